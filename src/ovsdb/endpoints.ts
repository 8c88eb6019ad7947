// Where a database is served: one connection method, several, or the text in which Open vSwitch's own programs take
// several (ovsdb(7), "Connection Methods"), and the order in which one client tries them.
import { TargetSyntaxError } from "../transport/errors.ts";
import {
  type ActiveTarget,
  formatTarget,
  isPassive,
  type PassiveTarget,
  parseTarget,
  type Target,
} from "../transport/target.ts";
import type { ClusterOptions } from "./cluster.ts";
import { isUuid } from "./values.ts";

/** Where OVSDB listens when a target names no port (RFC 7047, 4.1). */
export const ovsdbPort = 6640;

/**
 * One server, or several that serve the same database. A text may name several too: `tcp:10.0.0.1:6641,tcp:10.0.0.2:6641`, and their
 * cluster, `cid:UUID`. Or where a server dials us: `ptcp:PORT`, `pssl:PORT` or `punix:PATH`, of which there can be one only.
 */
export type OvsdbTargets = string | Target | readonly (string | Target)[];

/** Where to connect to, or where to listen. */
export interface Endpoints {
  /** Where to connect to, in turn; empty when we listen. */
  readonly targets: readonly ActiveTarget[];
  /** Where to listen. */
  readonly listening: PassiveTarget | undefined;
  readonly cluster: ClusterOptions | undefined;
}

/** A comma that a connection method follows: a Unix socket's path may hold others. */
const separator = /\s*,\s*(?=[A-Za-z]+:)/;
const clusterPrefix = "cid:";

/** Reads targets. Throws `TargetSyntaxError` and, without a target, `RangeError`. */
export function endpointsOf(given: OvsdbTargets, cluster?: ClusterOptions): Endpoints {
  const list = typeof given === "string" || "kind" in given ? [given] : given;
  const targets: Target[] = [];
  let clusterId = cluster?.clusterId;
  const parts = list.flatMap((one): (string | Target)[] =>
    typeof one === "string" ? one.trim().split(separator) : [one],
  );
  for (const part of parts) {
    if (typeof part !== "string") targets.push(part);
    else if (part.startsWith(clusterPrefix)) clusterId = clusterIn(part, cluster, clusterId);
    else targets.push(parseTarget(part, { defaultPort: ovsdbPort }));
  }
  if (targets.length === 0) throw new RangeError("no target to connect to");
  const listening = targets.find(isPassive);
  if (listening !== undefined && targets.length > 1) {
    throw new TargetSyntaxError(formatTarget(listening), "it listens, and so it is the only one");
  }
  return {
    targets: targets.filter((target) => !isPassive(target)),
    listening,
    cluster: cluster === undefined ? undefined : { ...cluster, clusterId },
  };
}

function clusterIn(text: string, cluster: ClusterOptions | undefined, known: string | undefined): string {
  const clusterId = text.slice(clusterPrefix.length).toLowerCase();
  if (!isUuid(clusterId)) throw new TargetSyntaxError(text, "expected the UUID of a cluster after cid:");
  if (cluster === undefined)
    throw new TargetSyntaxError(text, "of which database isn't said: option cluster");
  if (known !== undefined && known.toLowerCase() !== clusterId) {
    throw new TargetSyntaxError(text, `another cluster than ${known}`);
  }
  return clusterId;
}

/** The same in an order of chance (Fisher and Yates), so that the clients of a cluster don't all ask the same member first. */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const result = [...items];
  for (let left = result.length; left > 1; left -= 1) {
    const [chosen] = result.splice(Math.floor(random() * left), 1);
    if (chosen !== undefined) result.push(chosen);
  }
  return result;
}
