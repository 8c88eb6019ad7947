// Names of ports and tables: letters and digits stand as they are, everything else is a JSON string, as ovs-ofctl
// writes and reads them.

/** A name as it stands in a flow. */
export function quotedName(name: string): string {
  return /^[A-Za-z][A-Za-z0-9]*$/.test(name) ? name : JSON.stringify(name);
}

/** The name that `text` says; undefined where it begins with a quote and is no JSON string. */
export function writtenName(text: string): string | undefined {
  if (!text.startsWith('"')) return text;
  try {
    const name: unknown = JSON.parse(text);
    return typeof name === "string" ? name : undefined;
  } catch {
    return undefined;
  }
}
