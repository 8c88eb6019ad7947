// The snippets of docs/ovsdb.md on TLS and on servers that dial us, compiled here; page.test.ts holds the page to them and an
// integration test runs them.
import { TlsError } from "../../src/index.ts";
import { connectOvsdb } from "../../src/ovsdb/index.ts";

/** What the page says of TLS, on a server with a certificate of ovs-pki. */
export async function overTls(
  target: string,
  { ca, cert, key }: Readonly<Record<"ca" | "cert" | "key", string>>,
  log: (...words: unknown[]) => void,
): Promise<void> {
  const console = { log };
  const tls = { ca, cert, key, checkHostName: false };
  await using client = await connectOvsdb(target, { tls });

  try {
    await connectOvsdb(target, { tls: { ...tls, checkHostName: true } });
  } catch (error) {
    if (error instanceof TlsError) console.log(error.problem, error.target, error.message);
    else throw error;
  }
  await client.echo();
}

/** What the page says of servers that dial us. */
export async function dialed(
  listening: string,
  tls: Readonly<Record<"ca" | "cert" | "key", string>>,
  log: (...words: unknown[]) => void,
): Promise<void> {
  const console = { log };
  await using client = await connectOvsdb(listening, { tls });
  console.log(client.peer); // such as ssl:10.0.0.7:43210: whoever has dialed
}
