// The fault that readers and writers throw: it gathers its path while it climbs through the structures, so that
// nothing is spent on paths as long as all goes well. The caller turns it into a DecodeError or an EncodeError.

/** Something could not be read or written. Never leaves `decode` and `encode` as it is. */
export class Fault extends Error {
  /** Where in the input the fault lies; -1 when writing. */
  readonly offset: number;
  /** The path below the structure that has caught the fault last. */
  path: string;

  constructor(message: string, offset: number, path = "", options?: ErrorOptions) {
    super(message, options);
    this.name = "Fault";
    this.offset = offset;
    this.path = path;
  }

  /** Puts the name of the structure or the index around the path. */
  within(segment: string): this {
    const separator = this.path === "" || this.path.startsWith("[") ? "" : ".";
    this.path = `${segment}${separator}${this.path}`;
    return this;
  }
}

/** The fault that `error` is, or stands for, seen from around `segment`. */
export function faultWithin(error: unknown, segment: string): Fault {
  if (error instanceof Fault) {
    return error.within(segment);
  }
  const message = error instanceof Error ? error.message : String(error);
  return new Fault(message, -1, segment, { cause: error });
}

/** How a wrong value is shown in a message. */
export function shown(value: unknown): string {
  if (value === undefined) {
    return "nothing";
  }
  if (typeof value === "string") {
    return JSON.stringify(value);
  }
  if (typeof value === "bigint") {
    return `${value}n`;
  }
  return typeof value === "number" || typeof value === "boolean" || value === null
    ? String(value)
    : `a value of type ${typeof value}`;
}
