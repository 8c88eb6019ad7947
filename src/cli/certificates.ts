// The certificates of ssl: connections as the command line names them, by the names that Open vSwitch's own programs have for them.
import type { TlsOptions } from "../transport/tls.ts";
import { UsageError } from "./usage-error.ts";

/** What the options say; undefined when they say nothing. Throws `UsageError` when one needs another. */
export function tlsOf(words: Readonly<Record<string, unknown>>): TlsOptions | undefined {
  const file = (option: string): string | undefined => {
    const word = words[option];
    return typeof word === "string" ? word : undefined;
  };
  const [key, cert, ca] = [file("private-key"), file("certificate"), file("ca-cert")];
  const given = key !== undefined || cert !== undefined || words["no-host-check"] === true;
  if (ca === undefined) {
    if (given) throw new UsageError("whom to trust isn't said", "give --ca-cert FILE");
    return undefined;
  }
  if (key === undefined && cert !== undefined) {
    throw new UsageError("--certificate is given without its key", "give --private-key FILE");
  }
  if (cert === undefined && key !== undefined) {
    throw new UsageError("--private-key is given without its certificate", "give --certificate FILE");
  }
  return { ca, cert, key, checkHostName: words["no-host-check"] !== true };
}
