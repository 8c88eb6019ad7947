// Files of changes that belong together, one a line, as `ovs-ofctl bundle FILE` reads them (ovs-ofctl(8)): flows, groups and
// packets, in the order in which they are to be made.
import type { BundleMessage } from "../protocol/bundle.ts";
import type { GroupModCommand } from "../protocol/groups.ts";
import { flowCommands } from "./flow-file.ts";
import { type ParseOptions, parseFlow } from "./flow-reader.ts";
import { parseGroup } from "./group-text.ts";
import { parsePacketOut } from "./packet-out-text.ts";
import { refuse } from "./scanner.ts";
import { atLine, blanked, leadingWord, linesOf } from "./text-lines.ts";

type Kind = "flow" | "group" | "packet-out";

const kinds: ReadonlyMap<string, Kind> = new Map([
  ["flow", "flow"],
  ["group", "group"],
  ["packet-out", "packet-out"],
]);

const groupCommands: ReadonlyMap<string, GroupModCommand> = new Map([
  ["add", "add"],
  ["modify", "modify"],
  ["delete", "delete"],
  ["add_or_mod", "addOrModify"],
]);

/**
 * Reads a file of changes for `Switch.apply`. A line says `flow`, `group` or `packet-out`; then, for the first two, what is done
 * (`add`, which goes without saying, `modify` or `delete`, for flows also `modify_strict` and `delete_strict`, for groups
 * `add_or_mod`); and then the flow, group or packet. `#` starts a comment. Throws `FlowSyntaxError` with line and column.
 */
export function parseBundleFile(text: string, options: ParseOptions = {}): BundleMessage[] {
  return linesOf(text).flatMap(({ body, number }) =>
    body.trim() === "" ? [] : [atLine(number, () => parseChange(body, options))],
  );
}

function parseChange(body: string, options: ParseOptions): BundleMessage {
  const kind = leadingWord(body, kinds);
  if (kind === undefined) throw unknownKind(body);
  const rest = blanked(body, kind.length);
  if (kind.meaning === "packet-out") return { type: "packetOut", ...parsePacketOut(rest, options) };
  if (kind.meaning === "group") {
    const { command, text } = withoutCommand(rest, kind.length, groupCommands);
    return { type: "groupMod", ...parseGroup(text, { ...options, command }) };
  }
  const { command, text } = withoutCommand(rest, kind.length, flowCommands);
  return { type: "flowMod", ...parseFlow(text, { ...options, command }) };
}

/** Takes the command off a line whose first `from` characters are read. */
function withoutCommand<C>(
  body: string,
  from: number,
  commands: ReadonlyMap<string, C>,
): { readonly command: C | "add"; readonly text: string } {
  const [blanks = ""] = /^\s*/.exec(body.slice(from)) ?? [];
  const start = from + blanks.length;
  const found = leadingWord(body.slice(start), commands);
  if (found === undefined) return { command: "add", text: body };
  return { command: found.meaning, text: blanked(body, start + found.length) };
}

function unknownKind(body: string): Error {
  const [, blanks = "", word = ""] = /^(\s*)([^\s,]*)/.exec(body) ?? [];
  const token = { text: word, start: blanks.length, end: blanks.length + word.length };
  return refuse(token, `${JSON.stringify(word)} is no kind of change`, {
    hint: "a line begins with flow, group or packet-out",
  });
}
