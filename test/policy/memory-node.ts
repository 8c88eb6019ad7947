// A node in memory: a database that runs the operations lanes write, and switches that take bundles, both failing where
// a test says. For trying every order of events that a real node would show once in a blue moon.
import assert from "node:assert/strict";
import { OvskitError } from "../../src/errors.ts";
import type { FlowMod } from "../../src/openflow/protocol/flow-mod.ts";
import type { FlowStats, FlowStatsRequest } from "../../src/openflow/protocol/flow-stats.ts";
import { formatFlow } from "../../src/openflow/text/index.ts";
import type { Operation } from "../../src/ovsdb/operations.ts";
import { NamedUuid, Uuid, type Value } from "../../src/ovsdb/values.ts";
import { flowKey } from "../../src/policy/flow-identity.ts";
import type { LaneSwitch, NodeAccess } from "../../src/policy/node-access.ts";
import { type Topology, type TopologyRows, topologyFrom } from "../../src/policy/topology.ts";
import type { Unixctl } from "../../src/unixctl/index.ts";
import { type NodeWords, rowsOf } from "./snapshot.ts";

/** Something the node is asked to do, which a test can make fail. */
export interface Event {
  readonly kind: "read" | "bundle" | "transact";
  /** The bridge, for the first two. */
  readonly bridge: string | undefined;
  readonly changes: readonly FlowMod[];
}

/** Called before and after each event; what it throws is what the event rejects with. */
export interface Faults {
  before?(event: Event, index: number): void;
  after?(event: Event, index: number): void;
}

type Rows = {
  [Table in keyof TopologyRows]: TopologyRows[Table] extends Iterable<infer Row> ? Map<string, Row> : never;
};

function tableOf<Row extends { readonly _uuid: string }>(rows: Iterable<Row>): Map<string, Row> {
  return new Map([...rows].map((row) => [row._uuid, row]));
}

function textOf(value: Value | undefined): string {
  assert.ok(typeof value === "string");
  return value;
}

function mapOf(value: Value | undefined): ReadonlyMap<string, string> {
  return value instanceof Map
    ? new Map([...value].map(([key, inner]) => [String(key), String(inner)]))
    : new Map();
}

/** A node in memory. */
export class MemoryNode implements NodeAccess {
  faults: Faults = {};
  /** Every event so far. */
  readonly events: Event[] = [];
  readonly #switches: Map<string, Map<string, FlowStats>> = new Map();
  #rows: Rows;
  #topology: Topology | undefined;
  #nextUuid = 1;
  #nextOfport = 100;

  constructor(words: NodeWords) {
    const rows = rowsOf(words);
    this.#rows = {
      Open_vSwitch: tableOf(rows.Open_vSwitch),
      Bridge: tableOf(rows.Bridge),
      Port: tableOf(rows.Port),
      Interface: tableOf(rows.Interface),
    };
  }

  get topology(): Topology {
    const { Open_vSwitch, Bridge, Port, Interface } = this.#rows;
    this.#topology ??= topologyFrom({
      Open_vSwitch: Open_vSwitch.values(),
      Bridge: Bridge.values(),
      Port: Port.values(),
      Interface: Interface.values(),
    });
    return this.#topology;
  }

  until(ready: (topology: Topology) => boolean): Promise<boolean> {
    return Promise.resolve(ready(this.topology));
  }

  synced(): Promise<void> {
    return Promise.resolve();
  }

  unixctl(): Promise<Unixctl> {
    return Promise.reject(new OvskitError("ERR_TEST", "no control socket in memory"));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  switchOf(bridge: string): Promise<LaneSwitch> {
    const flows = (): Map<string, FlowStats> => this.#flowsOf(bridge);
    return Promise.resolve({
      flows: (filter = {}) =>
        this.#event({ kind: "read", bridge, changes: [] }, () => selected(flows(), filter)),
      apply: (changes) => {
        const mods = changes as readonly FlowMod[];
        if (mods.length === 0) return Promise.resolve();
        return this.#event({ kind: "bundle", bridge, changes: mods }, () => {
          const next = new Map(flows());
          for (const mod of mods) change(next, mod);
          this.#switches.set(bridge, next);
        });
      },
    });
  }

  transact(operations: readonly Operation[]): Promise<void> {
    return this.#event({ kind: "transact", bridge: undefined, changes: [] }, () => {
      const named = new Map<string, string>();
      for (const operation of operations) this.#run(operation, named);
      this.#collect();
      this.#topology = undefined;
    });
  }

  /** Puts a flow of somebody else in. */
  addFlow(bridge: string, flow: FlowMod): void {
    change(this.#flowsOf(bridge), flow);
  }

  /** Changes rows as somebody else does. */
  set(words: NodeWords): void {
    const { Port, Interface, Bridge } = rowsOf(words);
    this.#rows = {
      ...this.#rows,
      Bridge: tableOf(Bridge),
      Port: tableOf(Port),
      Interface: tableOf(Interface),
    };
    this.#topology = undefined;
  }

  /** All of the node's state, for comparing; numbers of ports that came and went don't count. */
  dump(): string {
    const flows = [...this.#switches].flatMap(([bridge, table]) =>
      [...table.values()].map((flow) => `${bridge} ${formatFlow(flow)}`),
    );
    const rows = Object.values(this.#rows).flatMap((table) =>
      [...table.values()].map((row) => JSON.stringify(row, replacer)),
    );
    return [...flows, ...rows].toSorted().join("\n");
  }

  async #event<T>(event: Event, run: () => T): Promise<T> {
    const index = this.events.push(event) - 1;
    await Promise.resolve();
    this.faults.before?.(event, index);
    const result = run();
    this.faults.after?.(event, index);
    return result;
  }

  #flowsOf(bridge: string): Map<string, FlowStats> {
    const flows = this.#switches.get(bridge) ?? new Map<string, FlowStats>();
    this.#switches.set(bridge, flows);
    return flows;
  }

  #run(operation: Operation, named: Map<string, string>): void {
    if (operation.op === "insert") this.#insert(operation, named);
    else if (operation.op === "mutate") this.#mutate(operation, named);
    else assert.equal(operation.op, "wait");
  }

  #insert({ table, row, uuidName = "" }: Operation & { op: "insert" }, named: Map<string, string>): void {
    const uuid = `00000000-0000-4000-8000-${String(this.#nextUuid).padStart(12, "0")}`;
    this.#nextUuid += 1;
    named.set(uuidName, uuid);
    if (table === "Interface") {
      this.#nextOfport += 1;
      const ofport = this.#nextOfport;
      const options = mapOf(row["options"]);
      const fixed = { _uuid: uuid, name: textOf(row["name"]), type: textOf(row["type"]), ofport, options };
      this.#rows.Interface.set(uuid, { ...fixed, error: undefined, external_ids: new Map() });
      return;
    }
    assert.equal(table, "Port");
    const trunk = row["vlan_mode"] === "trunk";
    this.#rows.Port.set(uuid, {
      _uuid: uuid,
      name: textOf(row["name"]),
      interfaces: uuids(row["interfaces"], named),
      tag: undefined,
      vlan_mode: trunk ? "trunk" : undefined,
      trunks: trunk ? [4095] : [],
      external_ids: mapOf(row["external_ids"]),
      other_config: new Map(),
    });
  }

  #mutate({ table, where, mutations }: Operation & { op: "mutate" }, named: Map<string, string>): void {
    const [uuid = ""] = uuids(where[0]?.[2], named);
    for (const [, mutator, value] of mutations) {
      if (table === "Bridge") this.#mutatePorts(uuid, mutator === "insert", uuids(value, named));
      else this.#mutateIds(uuid, mutator === "insert" ? mapOf(value) : undefined, value);
    }
  }

  #mutatePorts(uuid: string, insert: boolean, ports: readonly string[]): void {
    const bridge = this.#rows.Bridge.get(uuid);
    if (bridge === undefined) return;
    const others = bridge.ports.filter((port) => !ports.includes(port));
    this.#rows.Bridge.set(uuid, { ...bridge, ports: insert ? [...others, ...ports] : others });
  }

  #mutateIds(uuid: string, insert: ReadonlyMap<string, string> | undefined, keys: Value): void {
    const port = this.#rows.Port.get(uuid);
    if (port === undefined) return;
    const ids = new Map(port.external_ids);
    if (insert === undefined) for (const key of keys as readonly string[]) ids.delete(key);
    else for (const [key, value] of insert) if (!ids.has(key)) ids.set(key, value);
    this.#rows.Port.set(uuid, { ...port, external_ids: ids });
  }

  /** Rows that nothing refers to are gone, as in a database. */
  #collect(): void {
    const { Bridge, Port, Interface } = this.#rows;
    const ports = new Set([...Bridge.values()].flatMap((row) => row.ports));
    for (const uuid of Port.keys()) if (!ports.has(uuid)) Port.delete(uuid);
    const interfaces = new Set([...Port.values()].flatMap((row) => row.interfaces));
    for (const uuid of Interface.keys()) if (!interfaces.has(uuid)) Interface.delete(uuid);
  }
}

function replacer(_key: string, value: unknown): unknown {
  return value instanceof Map ? [...value].map(([key, inner]) => `${key}=${inner}`).toSorted() : value;
}

function uuids(value: Value | undefined, named: ReadonlyMap<string, string>): readonly string[] {
  const list = Array.isArray(value) ? value : [value];
  return list.map((each) =>
    each instanceof NamedUuid ? (named.get(each.name) ?? "") : each instanceof Uuid ? each.value : "",
  );
}

function selected(flows: ReadonlyMap<string, FlowStats>, filter: Partial<FlowStatsRequest>): FlowStats[] {
  const { tableId = 255, cookie = 0n, cookieMask = 0n } = filter;
  return [...flows.values()].filter((flow) => {
    return (
      (tableId === 255 || flow.tableId === tableId) && (flow.cookie & cookieMask) === (cookie & cookieMask)
    );
  });
}

/** As OpenFlow 1.3.5, 6.4 has it. */
function change(flows: Map<string, FlowStats>, mod: FlowMod): void {
  const { tableId, priority, cookie, match, instructions, idleTimeout, hardTimeout, flags } = mod;
  const key = flowKey(mod);
  const found = flows.get(key);
  const chosen = found !== undefined && (found.cookie & mod.cookieMask) === (cookie & mod.cookieMask);
  if (mod.command === "deleteStrict") {
    if (chosen) flows.delete(key);
  } else if (mod.command === "modifyStrict") {
    if (chosen) flows.set(key, { ...found, instructions });
  } else {
    assert.equal(mod.command, "add");
    const counters = { packetCount: 0n, byteCount: 0n, durationSec: 0, durationNsec: 0 };
    flows.set(key, {
      tableId,
      priority,
      cookie,
      match,
      instructions,
      idleTimeout,
      hardTimeout,
      flags,
      ...counters,
    });
  }
}
