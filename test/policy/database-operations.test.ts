// How changes of the database are written and taken back.
import assert from "node:assert/strict";
import type { Operation } from "../../src/ovsdb/operations.ts";
import { changeOperations, undoOperations } from "../../src/policy/database-operations.ts";
import type { Topology, TopologyPort } from "../../src/policy/topology.ts";
import { ownPatch, snapshot, vm } from "./snapshot.ts";

const node = snapshot({
  bridges: {
    "br-int": { qvo1: vm(5, "id-1", "fa:16:3e:00:00:01"), "int-probe": ownPatch.integration },
    "br-ex": { "ex-probe": ownPatch.provider },
  },
});

function portOf(name: string): TopologyPort {
  const [port] = node.portsByName.get(name) ?? [];
  assert.ok(port);
  return port;
}

function bridgeOf(topology: Topology, name: string): NonNullable<ReturnType<Topology["bridges"]["get"]>> {
  const bridge = topology.bridges.get(name);
  assert.ok(bridge);
  return bridge;
}

function words(operations: readonly Operation[]): readonly string[] {
  return operations.map((operation) =>
    "table" in operation ? `${operation.op} ${operation.table}` : operation.op,
  );
}

describe("the operations of a database change", () => {
  it("make both patch ports in one transaction, guarded by their bridges", () => {
    const ports = [
      { side: "integration" as const, bridge: bridgeOf(node, "br-int"), old: undefined },
      { side: "provider" as const, bridge: bridgeOf(node, "br-ex"), old: undefined },
    ];
    const operations = changeOperations({ kind: "create-patch-pair", ports });
    const each = ["wait Bridge", "insert Interface", "insert Port", "mutate Bridge"];
    assert.deepEqual(words(operations), [...each, ...each]);
    const [guard, iface, port] = operations;
    assert.ok(guard?.op === "wait" && guard.timeoutMs === 0);
    assert.deepEqual(guard.rows, [{ name: "br-int" }]);
    assert.ok(iface?.op === "insert" && port?.op === "insert");
    assert.deepEqual(iface.row["options"], new Map([["peer", "ex-probe"]]));
    assert.deepEqual([port.row["vlan_mode"], port.row["trunks"]], ["trunk", [4095]]);
    assert.deepEqual(port.row["external_ids"], new Map([["ovskit-patch", "lanes"]]));
  });

  it("take a patch port that somebody changed out in the same transaction", () => {
    const ports = [{ side: "provider" as const, bridge: bridgeOf(node, "br-ex"), old: portOf("ex-probe") }];
    const operations = changeOperations({ kind: "create-patch-pair", ports });
    assert.deepEqual(words(operations), [
      "wait Bridge",
      "mutate Bridge",
      "insert Interface",
      "insert Port",
      "mutate Bridge",
    ]);
  });

  it("overwrite what a port remembers, which an insert alone would leave", () => {
    const change = {
      kind: "remember-proxy",
      lane: "a",
      port: portOf("qvo1"),
      address: "10.0.0.9",
      before: "10.0.0.8",
    } as const;
    const [guard, write] = changeOperations(change);
    assert.equal(guard?.op, "wait");
    assert.ok(write?.op === "mutate");
    assert.deepEqual(
      write.mutations.map(([, mutator]) => mutator),
      ["delete", "insert"],
    );
  });

  it("are taken back by writing what was remembered before, or nothing", () => {
    const change = { kind: "remember-proxy", lane: "a", port: portOf("qvo1"), address: "10.0.0.9" } as const;
    const [restore] = undoOperations([{ ...change, before: "10.0.0.8" }], node);
    assert.ok(restore?.op === "mutate");
    assert.deepEqual(restore.mutations.at(-1), [
      "external_ids",
      "insert",
      new Map([["ovskit-proxy", "10.0.0.8"]]),
    ]);
    const [forget] = undoOperations([{ ...change, before: undefined }], node);
    assert.ok(forget?.op === "mutate");
    assert.deepEqual(forget.mutations, [["external_ids", "delete", ["ovskit-proxy"]]]);
  });

  it("are taken back by unplugging the patch ports that were made, and no others", () => {
    const made = { side: "provider" as const, bridge: bridgeOf(node, "br-ex"), old: undefined };
    assert.deepEqual(words(undoOperations([{ kind: "create-patch-pair", ports: [made] }], node)), [
      "mutate Bridge",
    ]);
    const without = snapshot({ bridges: { "br-int": {}, "br-ex": {} } });
    assert.deepEqual(undoOperations([{ kind: "create-patch-pair", ports: [made] }], without), []);
  });
});
