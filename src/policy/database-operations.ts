// How changes of the database are written: OVSDB operations for them, and those that take them back. Guards make the
// transaction fail when a row they rely on has gone since the plan was made.
import type { Operation } from "../ovsdb/operations.ts";
import { namedUuid, uuid } from "../ovsdb/values.ts";
import { proxyMemory } from "./address-pool.ts";
import type { DatabaseChange } from "./database-change.ts";
import type { LaneBridge } from "./lane/lane.ts";
import { ownPatchPorts, patchMark, patchNames, patchTrunk } from "./patch-pair.ts";
import type { Topology, TopologyBridge, TopologyPort } from "./topology.ts";

/** What ovsdb-server says when a guard doesn't hold (RFC 7047, 5.2.6). */
export const guardFailed = "timed out";

/** The operations of a change, for one transaction with those of the others. */
export function changeOperations(change: DatabaseChange): readonly Operation[] {
  if (change.kind === "create-patch-pair") {
    return change.ports.flatMap(({ side, bridge, old }) => createPort(side, bridge, old));
  }
  if (change.kind === "remove-patch-pair")
    return change.ports.map(({ bridge, port }) => unplug(bridge, port));
  if (change.kind === "forget-proxy") return writeMemory(change.port, undefined);
  return [present("Port", change.port), ...writeMemory(change.port, change.address)];
}

/** The operations that take changes back, on the database as it is now. */
export function undoOperations(changes: readonly DatabaseChange[], now: Topology): readonly Operation[] {
  return changes.flatMap((change): readonly Operation[] => {
    if (change.kind === "remember-proxy") return writeMemory(change.port, change.before);
    if (change.kind !== "create-patch-pair") return [];
    const made = new Set(change.ports.map(({ side }) => patchNames[side]));
    return ownPatchPorts(now)
      .filter(({ name }) => made.has(name))
      .flatMap((port) => {
        const bridge = now.bridges.get(port.bridge);
        return bridge === undefined ? [] : [unplug(bridge, port)];
      });
  });
}

function present(
  table: "Bridge" | "Port",
  { uuid: id, name }: { readonly uuid: string; readonly name: string },
): Operation {
  return {
    op: "wait",
    table,
    where: [["_uuid", "==", uuid(id)]],
    columns: ["name"],
    until: "==",
    rows: [{ name }],
    timeoutMs: 0,
  };
}

function createPort(
  side: LaneBridge,
  bridge: TopologyBridge,
  old: TopologyPort | undefined,
): readonly Operation[] {
  const name = patchNames[side];
  const peer = patchNames[side === "integration" ? "provider" : "integration"];
  const vlans = side === "integration" ? { vlan_mode: "trunk", trunks: [patchTrunk] } : {};
  const iface = namedUuid(`interface_${side}`);
  const port = namedUuid(`port_${side}`);
  return [
    present("Bridge", bridge),
    ...(old === undefined ? [] : [unplug({ uuid: bridge.uuid }, old)]),
    {
      op: "insert",
      table: "Interface",
      uuidName: iface.name,
      row: { name, type: "patch", options: new Map([["peer", peer]]) },
    },
    {
      op: "insert",
      table: "Port",
      uuidName: port.name,
      row: { name, interfaces: [iface], external_ids: new Map([[patchMark.key, patchMark.value]]), ...vlans },
    },
    {
      op: "mutate",
      table: "Bridge",
      where: [["_uuid", "==", uuid(bridge.uuid)]],
      mutations: [["ports", "insert", [port]]],
    },
  ];
}

/** A port that no bridge refers to is removed by the server, with its interfaces. */
function unplug(bridge: { readonly uuid: string }, port: { readonly uuid: string }): Operation {
  return {
    op: "mutate",
    table: "Bridge",
    where: [["_uuid", "==", uuid(bridge.uuid)]],
    mutations: [["ports", "delete", [uuid(port.uuid)]]],
  };
}

function writeMemory({ uuid: id }: TopologyPort, address: string | undefined): readonly Operation[] {
  const where = [["_uuid", "==", uuid(id)]] as const;
  // Inserting a key that is there changes nothing (RFC 7047, 5.1), so it goes first.
  const mutations: ["external_ids", "insert" | "delete", readonly string[] | ReadonlyMap<string, string>][] =
    [["external_ids", "delete", [proxyMemory]]];
  if (address !== undefined) mutations.push(["external_ids", "insert", new Map([[proxyMemory, address]])]);
  return [{ op: "mutate", table: "Port", where, mutations }];
}
