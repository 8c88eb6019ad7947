// `ovskit db transact`: runs operations as they go over the wire (RFC 7047, 4.1.3), and prints the server's reply, as
// `ovsdb-client transact` does.
import { ConnectionClosedError, TimeoutError } from "../../../errors.ts";
import { type JsonValue, parseExact } from "../../../jsonrpc/json.ts";
import { OutcomeUnknownError } from "../../../ovsdb/errors.ts";
import { Link } from "../../../ovsdb/link.ts";
import { refusalIn } from "../../../ovsdb/members.ts";
import { type Command, command, ExitCode, type Surroundings } from "../../command.ts";
import { connecting, waiting } from "../../database.ts";
import { chosenDatabase, databaseOption } from "../../database-tables.ts";
import { readInput } from "../../input-file.ts";
import { jsonLine } from "../../json-text.ts";
import { InputError, UsageError } from "../../usage-error.ts";

/** The transaction's array. Throws `InputError`. */
function parseTransaction(text: string, name: string): readonly JsonValue[] {
  let json: JsonValue;
  try {
    json = parseExact(text);
  } catch (error) {
    throw new InputError(
      name,
      `${name} is no JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  if (!Array.isArray(json)) throw new InputError(name, `${name} is no array: ["Open_vSwitch", {"op": …}, …]`);
  return json as readonly JsonValue[];
}

/** Sends the operations, and gives the reply. The database is the array's first element or, left out, as `--db` says. */
async function transact(
  transaction: readonly JsonValue[],
  name: string | undefined,
  surroundings: Surroundings,
): Promise<JsonValue> {
  const wait = waiting(surroundings);
  const link = new Link(surroundings.ovsdb, { ...connecting(surroundings), reconnect: false });
  let sent = false;
  try {
    await link.start();
    const connection = link.up();
    const [first, ...operations] = transaction;
    const named = typeof first === "string";
    const known = await connection.listDatabases(wait);
    const database = chosenDatabase(known, named ? first : name, surroundings.ovsdb);
    const params = [database, ...(named ? operations : transaction)];
    sent = true;
    // The server may still be waiting for something when we have given up.
    const onAbandoned = (id: JsonValue): void => connection.session.notify("cancel", [id]);
    return await connection.request("transact", params, { ...wait, onAbandoned });
  } catch (error) {
    const lost = error instanceof TimeoutError || error instanceof ConnectionClosedError;
    throw sent && lost ? new OutcomeUnknownError(surroundings.ovsdb, error) : error;
  } finally {
    link.close();
  }
}

export const dbTransactCommand: Command = command({
  name: "db transact",
  summary: "run operations as JSON, and print the reply",
  description: [
    "An array of operations as RFC 7047, 5.2, has them, with the database's name in front or as --db says. The",
    "exit code is 1 when the reply holds an error: then nothing was changed.",
  ].join("\n"),
  synopsis: "[TRANSACTION | -f FILE]",
  operands: [{ name: "TRANSACTION", optional: true, summary: "the array, or - for standard input" }],
  options: {
    db: databaseOption,
    file: {
      type: "string",
      short: "f",
      value: "FILE",
      summary: "read the array from FILE, - for standard input",
    },
  },
  examples: [
    {
      line: `ovskit db transact '[{"op":"select","table":"Port","where":[["tag","==",5]],"columns":["name"]}]'`,
      does: "the ports of VLAN 5",
    },
    { line: "ovskit db transact -f change.json", does: "a transaction that was written down" },
  ],
  run: async ({ operands, options, ...invocation }) => {
    const { TRANSACTION: word } = operands;
    const file = options.file ?? (word === "-" ? "-" : undefined);
    if ((word === undefined) === (options.file === undefined))
      throw new UsageError("give either a TRANSACTION or -f FILE");
    const text = file === undefined ? (word ?? "") : await readInput(file, invocation);
    const name = file === "-" ? "standard input" : (file ?? "TRANSACTION");
    const reply = await transact(parseTransaction(text, name), options.db, invocation);
    const elements = Array.isArray(reply) ? (reply as readonly JsonValue[]) : [];
    const refused = elements.some((element) => refusalIn(element) !== undefined);
    return { text: jsonLine(reply), value: reply, exitCode: refused ? ExitCode.refused : ExitCode.done };
  },
});
