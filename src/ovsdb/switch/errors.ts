// Why bridges and ports can't be as they were asked for: the names of others are in the way, or ovs-vswitchd can't, or
// doesn't, do what the database says by now.
import { OvskitError } from "../../errors.ts";
import type { Integer } from "../values.ts";

/** What has a name in a switch. Bridges, ports and interfaces share one set of names. */
export type NamedPart = "bridge" | "port" | "interface";

/** A bridge, port or interface has this name already: `ERR_OVSDB_NAME_TAKEN`. */
export class NameTakenError extends OvskitError {
  /** The name in the way. */
  readonly taken: string;
  /** Whose it is. */
  readonly by: NamedPart;
  /** The bridge that this one is on. */
  readonly bridge: string;

  constructor(what: string, taken: string, by: NamedPart, bridge: string) {
    const where = by === "bridge" ? "" : ` on bridge ${bridge}`;
    super("ERR_OVSDB_NAME_TAKEN", `cannot ${what}: there is a ${by} ${taken} already${where}`);
    this.taken = taken;
    this.by = by;
    this.bridge = bridge;
  }
}

/** There is no bridge or port of this name: `ERR_OVSDB_UNKNOWN_NAME`. */
export class UnknownNameError extends OvskitError {
  readonly kind: NamedPart;
  /** The name, as given. */
  readonly unknown: string;
  /** The bridge that was to have it, undefined when any might. */
  readonly bridge: string | undefined;

  constructor(kind: NamedPart, unknown: string, bridge?: string) {
    const where = bridge === undefined ? "" : ` on bridge ${bridge}`;
    super("ERR_OVSDB_UNKNOWN_NAME", `there is no ${kind} ${unknown}${where}`);
    this.kind = kind;
    this.unknown = unknown;
    this.bridge = bridge;
  }
}

/** The port is there, but on another bridge, or with other interfaces: `ERR_OVSDB_PORT_ELSEWHERE`. */
export class PortElsewhereError extends OvskitError {
  readonly port: string;
  /** The bridge that it is on. */
  readonly bridge: string;
  /** The names of its interfaces. */
  readonly interfaces: readonly string[];

  constructor(expected: string, port: string, bridge: string, interfaces: readonly string[]) {
    const where = `it is on bridge ${bridge} with interface ${interfaces.join(", ")}`;
    super("ERR_OVSDB_PORT_ELSEWHERE", `port ${port} isn't ${expected}: ${where}`);
    this.port = port;
    this.bridge = bridge;
    this.interfaces = interfaces;
  }
}

/** A bridge's own port goes with the bridge and not before: `ERR_OVSDB_LOCAL_PORT`. */
export class LocalPortError extends OvskitError {
  readonly bridge: string;

  constructor(bridge: string) {
    super(
      "ERR_OVSDB_LOCAL_PORT",
      `cannot delete port ${bridge}: it is the local port of bridge ${bridge}, delete the bridge`,
    );
    this.bridge = bridge;
  }
}

/** An interface that ovs-vswitchd can't use. */
export interface FailedInterface {
  readonly name: string;
  /** Why, as the switch says in Interface.error; undefined when it says nothing but in its log. */
  readonly error: string | undefined;
}

/** The database has the new interfaces, but ovs-vswitchd can't use some: `ERR_OVSDB_INTERFACE_FAILED`. They stay in the database. */
export class InterfaceFailedError extends OvskitError {
  readonly interfaces: readonly FailedInterface[];

  constructor(interfaces: readonly FailedInterface[]) {
    const reasons = interfaces.map(
      ({ name, error }) => `${name} (${error ?? "the log of ovs-vswitchd says why"})`,
    );
    super(
      "ERR_OVSDB_INTERFACE_FAILED",
      `the change is in the database, but ovs-vswitchd can't set up ${reasons.join(", ")}`,
    );
    this.interfaces = interfaces;
  }
}

/** ovs-vswitchd hasn't taken up, in the time there was, what the database has by now: `ERR_SWITCH_SILENT`. */
export class SwitchSilentError extends OvskitError {
  /** The configuration that was waited for. */
  readonly nextConfig: Integer;
  /** The one that the switch had last. */
  readonly currentConfig: Integer | undefined;
  readonly timeoutMs: number;

  constructor(nextConfig: Integer, currentConfig: Integer | undefined, timeoutMs: number) {
    super(
      "ERR_SWITCH_SILENT",
      `the change is in the database, but ovs-vswitchd hasn't taken it up in ${timeoutMs} ms: is it running?`,
    );
    this.nextConfig = nextConfig;
    this.currentConfig = currentConfig;
    this.timeoutMs = timeoutMs;
  }
}
