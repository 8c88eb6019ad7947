// Bridges and ports as steps of an edit, on tables made by hand: which operations they become, and what is in the way;
// and how ovs-vswitchd is waited for.
import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ConnectionClosedError } from "../../src/errors.ts";
import type { JsonValue } from "../../src/jsonrpc/json.ts";
import { EditCollector } from "../../src/ovsdb/edit/edit.ts";
import {
  LocalPortError,
  NameTakenError,
  PortElsewhereError,
  parseSchema,
  type SwitchEdit,
  type SwitchReplica,
  SwitchSilentError,
  switchTakesUp,
  UnknownNameError,
} from "../../src/ovsdb/index.ts";
import { TableStore } from "../../src/ovsdb/replica-table.ts";
import { SwitchConfiguration } from "../../src/ovsdb/switch/switch-configuration.ts";
import type { GenericRow } from "../../src/ovsdb/values.ts";

const schemaText = readFileSync(join(process.cwd(), "test", "vectors", "vswitch.ovsschema"), "utf8");
const schema = parseSchema(JSON.parse(schemaText) as JsonValue);

function id(digit: string): string {
  return `${digit.repeat(8)}-0000-4000-8000-000000000000`;
}

/** br0 with its own port, p1, a VLAN bridge and a bond of e0 and e1; br1 with its own port only. */
const rows: Readonly<Record<string, readonly GenericRow[]>> = {
  Open_vSwitch: [{ _uuid: id("0"), bridges: [id("1"), id("2")], next_cfg: 3, cur_cfg: 3 }],
  Bridge: [
    { _uuid: id("1"), name: "br0", ports: [id("3"), id("4"), id("5"), id("6")] },
    { _uuid: id("2"), name: "br1", ports: [id("7")] },
  ],
  Port: [
    { _uuid: id("3"), name: "br0", interfaces: [id("8")], fake_bridge: false },
    { _uuid: id("4"), name: "p1", interfaces: [id("9")], fake_bridge: false },
    { _uuid: id("5"), name: "vlan7", interfaces: [id("a")], fake_bridge: true },
    { _uuid: id("6"), name: "bond0", interfaces: [id("b"), id("c")], fake_bridge: false },
    { _uuid: id("7"), name: "br1", interfaces: [id("d")], fake_bridge: false },
  ],
  Interface: ["br0", "p1", "vlan7", "e0", "e1", "br1"].map((name, index) => ({
    _uuid: id("89abcd"[index] ?? ""),
    name,
    ofport: index,
    error: undefined,
  })),
  Flow_Sample_Collector_Set: [{ _uuid: id("e"), bridge: id("1") }],
};

interface Made {
  readonly it: SwitchConfiguration;
  /** The operations so far, as `op table`. */
  operations(): readonly string[];
}

function configuration(tables: typeof rows = rows): Made {
  const stores = new Map(
    Object.entries(tables).map(([name, content]) => {
      const store = new TableStore(name, "Open_vSwitch");
      for (const row of content) store.write(row._uuid, row);
      return [name, store];
    }),
  );
  const store = (name: string): TableStore => stores.get(name) ?? assert.fail(name);
  const collector = new EditCollector(schema, (table, uuid) => store(table).get(uuid));
  // Only tables are asked for, of rows that have the columns.
  const replica = { table: store } as unknown as SwitchReplica;
  return {
    it: new SwitchConfiguration(replica, collector as unknown as SwitchEdit),
    operations: () =>
      collector
        .operations()
        .map((operation) => ("table" in operation ? `${operation.op} ${operation.table}` : operation.op)),
  };
}

function taken(run: () => unknown, name: string, by: string): void {
  assert.throws(run, (error) => {
    return (
      error instanceof NameTakenError && error.taken === name && error.by === by && error.bridge === "br0"
    );
  });
}

describe("a switch's configuration", () => {
  it("adds a bridge with its local port, and a port to a bridge", () => {
    const { it: steps, operations } = configuration();
    assert.equal(steps.addBridge("br2", { bridge: { fail_mode: "secure" } }), true);
    assert.equal(steps.addPort("br2", "p2", { port: { tag: 7 } }), true);
    assert.equal(steps.addPort("br1", "p3"), true);
    assert.equal(steps.newInterfaces.length, 3);
    const counts = ["insert Bridge", "insert Port", "insert Interface", "mutate Open_vSwitch"].map(
      (wanted) => operations().filter((operation) => operation === wanted).length,
    );
    assert.deepEqual(counts, [1, 3, 3, 1]);
  });

  it("deletes a bridge with what would keep it, and a port", () => {
    const { it: steps, operations } = configuration();
    assert.equal(steps.deletePort("bond0", { bridge: "br0" }), true);
    assert.deepEqual(operations(), ["delete Port", "mutate Bridge"]);
    assert.equal(steps.deleteBridge("br0"), true);
    assert.ok(operations().includes("delete Bridge"));
    assert.ok(operations().includes("delete Flow_Sample_Collector_Set"));
    assert.equal(steps.deleteBridge("br0", { ifExists: true }), false);
    assert.throws(() => steps.deletePort("p1"), UnknownNameError);
    assert.equal(steps.addPort("br1", "p1"), true, "its name is free again");
    assert.equal(steps.addBridge("br0"), true);
    assert.equal(steps.deleteBridge("br0"), true);
    assert.equal(steps.newInterfaces.length, 1);
  });

  it("announces itself once, also where nobody has initialized the database", () => {
    const known = configuration();
    known.it.announce();
    known.it.announce();
    assert.deepEqual([known.it.announced, known.operations()], [true, ["mutate Open_vSwitch"]]);
    const empty = Object.fromEntries(Object.keys(rows).map((table) => [table, []]));
    const first = configuration(empty);
    first.it.addBridge("br0");
    first.it.announce();
    assert.equal(first.operations().filter((operation) => operation === "insert Open_vSwitch").length, 1);
  });

  it("says whose name is in the way, and does nothing", () => {
    const { it: steps, operations } = configuration();
    taken(() => steps.addBridge("br0"), "br0", "bridge");
    taken(() => steps.addPort("br1", "br0", { mayExist: true }), "br0", "bridge");
    taken(() => steps.addPort("br1", "p1"), "p1", "port");
    taken(() => steps.addBridge("p1", { mayExist: true }), "p1", "port");
    taken(() => steps.addPort("br0", "e1"), "e1", "interface");
    taken(() => steps.addPort("br0", "vlan7", { mayExist: true }), "vlan7", "port");
    assert.throws(() => steps.addPort("br1", "p1", { mayExist: true }), PortElsewhereError);
    assert.throws(
      () => steps.addPort("br0", "bond0", { mayExist: true }),
      /on bridge br0 with interface e0, e1/,
    );
    assert.throws(() => steps.addPort("br9", "p9"), UnknownNameError);
    assert.throws(() => steps.deletePort("br0"), LocalPortError);
    assert.throws(() => steps.deletePort("vlan7"), LocalPortError);
    assert.throws(() => steps.deletePort("p1", { bridge: "br1", ifExists: true }), PortElsewhereError);
    assert.throws(() => steps.deletePort("p1", { bridge: "br9" }), UnknownNameError);
    assert.throws(() => steps.deleteBridge("br9"), UnknownNameError);
    assert.deepEqual(
      [
        steps.addBridge("br0", { mayExist: true }),
        steps.addPort("br0", "p1", { mayExist: true }),
        steps.deletePort("br0", { ifExists: true }),
        steps.deletePort("p9", { ifExists: true }),
      ],
      [false, false, false, false],
    );
    assert.deepEqual(operations(), []);
  });
});

/** What a replica shows of cur_cfg. */
class Shown extends EventEmitter {
  readonly database = "Open_vSwitch";
  current: number | undefined;

  constructor(current: number | undefined) {
    super();
    this.current = current;
  }

  table(): Iterable<{ readonly _uuid: string; readonly cur_cfg: number }> {
    return this.current === undefined ? [] : [{ _uuid: id("0"), cur_cfg: this.current }];
  }

  show(current: number | undefined): void {
    this.current = current;
    this.emit("change");
  }
}

describe("waiting for ovs-vswitchd", () => {
  it("ends with the configuration that is waited for, or a later one, or none", async () => {
    await switchTakesUp(new Shown(3), 3);
    await switchTakesUp(new Shown(undefined), 3);
    for (const end of [4, 9, undefined]) {
      const shown = new Shown(2);
      let settled = false;
      const waiting = switchTakesUp(shown, 4).then(() => (settled = true));
      shown.show(3);
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await new Promise(setImmediate);
      assert.equal(settled, false);
      shown.show(end);
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await waiting;
      assert.equal(shown.listenerCount("change") + shown.listenerCount("close"), 0);
    }
  });

  it("ends with the deadline, the replica or the signal, and lets go of the replica", async () => {
    const shown = new Shown(2);
    await assert.rejects(switchTakesUp(shown, 3, { timeoutMs: 1 }), (error) => {
      return error instanceof SwitchSilentError && error.nextConfig === 3 && error.currentConfig === 2;
    });
    const closed = switchTakesUp(shown, 3);
    shown.emit("close");
    await assert.rejects(closed, ConnectionClosedError);
    const stop = new AbortController();
    const aborted = switchTakesUp(shown, 3, { signal: stop.signal });
    stop.abort(new Error("enough"));
    await assert.rejects(aborted, /enough/);
    assert.equal(shown.listenerCount("change") + shown.listenerCount("close"), 0);
  });
});
