// The order in which lanes are read, written and taken back, on a node in memory: at every step that can fail, and with
// a node that changes meanwhile.
import assert from "node:assert/strict";
import { ConnectionClosedError, TimeoutError } from "../../src/errors.ts";
import { parseFlow } from "../../src/openflow/text/index.ts";
import { TransactionError } from "../../src/ovsdb/errors.ts";
import type { Policy } from "../../src/policy/document/policy.ts";
import { policyFrom } from "../../src/policy/document/reading.ts";
import { LaneApplyError } from "../../src/policy/errors.ts";
import { Lanes } from "../../src/policy/lanes.ts";
import { planLines } from "../../src/policy/plan-text.ts";
import { type Event, MemoryNode } from "./memory-node.ts";
import { type NodeWords, vm } from "./snapshot.ts";

const words: NodeWords = {
  bridges: {
    "br-int": {
      qvoA: vm(5, "id-a", "fa:16:3e:00:00:0a"),
      qvoB: vm(6, "id-b", "fa:16:3e:00:00:0b", { portIds: { "ovskit-proxy": "10.9.9.9", other: "kept" } }),
      qvoS: vm(9, "id-s", "fa:16:3e:f3:a6:fd", { tag: 1 }),
    },
    "br-ex": { eth1: { ofport: 1 } },
  },
};

function policyOf(...names: readonly ("a" | "b")[]): Policy {
  const collectors = {
    here: { ip: "10.100.7.140", mac: "fa:16:3e:f3:a6:fd", segment: "flat" },
    away: { ip: "10.200.7.140", mac: "fa:16:3e:f3:a6:64", segment: 100 },
  };
  const probes = {
    a: { port: { "iface-id": "id-a" }, ip: "192.168.1.137", collector: "here" },
    b: { port: { "iface-id": "id-b" }, ip: "192.168.1.137", collector: "away" },
  };
  const chosen = Object.fromEntries(names.map((name) => [name, probes[name]]));
  return policyFrom({ version: 1, pool: { cidr: "10.0.0.0/24" }, collectors, probes: chosen });
}

function lanesOn(node: MemoryNode, policy: Policy = policyOf("a", "b")): Lanes {
  return new Lanes(node, { policy, ovsdb: "unix:/unused" });
}

function writes(node: MemoryNode): readonly string[] {
  return node.events.filter(({ kind }) => kind !== "read").map(({ kind, bridge }) => bridge ?? kind);
}

async function failure(work: Promise<unknown>): Promise<LaneApplyError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof LaneApplyError, String(error));
  return error;
}

describe("lanes are applied", () => {
  it("to the database, then the provider bridge, then the integration bridge with its hooks last", async () => {
    const node = new MemoryNode(words);
    await lanesOn(node).apply();
    assert.deepEqual(writes(node), ["transact", "br-ex", "br-int"]);
    const bundle = node.events.find(({ kind, bridge }) => kind === "bundle" && bridge === "br-int");
    const hooks = bundle?.changes.map(({ tableId, priority }) => tableId === 0 && priority === 200) ?? [];
    assert.ok(hooks.includes(true) && hooks.includes(false));
    assert.ok(!hooks.slice(hooks.indexOf(true)).includes(false), "after the first hook come hooks alone");
  });

  it("and removed in reverse, the hooks first", async () => {
    const node = new MemoryNode(words);
    const lanes = lanesOn(node);
    await lanes.apply();
    node.events.length = 0;
    await lanes.remove();
    assert.deepEqual(writes(node), ["br-int", "br-ex", "transact"]);
    const bundle = node.events.find(({ kind }) => kind === "bundle");
    const hooks = bundle?.changes.map(({ tableId, priority }) => tableId === 0 && priority === 200) ?? [];
    assert.ok(!hooks.slice(hooks.indexOf(false)).includes(true), "after the first body come no hooks");
  });

  it("a second time by reading alone", async () => {
    const node = new MemoryNode(words);
    await lanesOn(node).apply();
    node.events.length = 0;
    const { bridges, database } = await lanesOn(node).apply();
    assert.deepEqual(writes(node), []);
    assert.deepEqual([bridges, database], [[], []]);
    assert.equal(node.events.length, 2, "one reading of each bridge");
  });

  it("for the policy as it is now: what is no longer wanted goes in the same bundle", async () => {
    const node = new MemoryNode(words);
    await lanesOn(node).apply();
    const { bridges } = await lanesOn(node, policyOf("b")).apply();
    assert.deepEqual(
      bridges.map(({ bridge, changes }) => [bridge, new Set(changes.map(({ kind }) => kind))]),
      [["br-int", new Set(["delete"])]],
    );
    assert.deepEqual(
      (await lanesOn(node, policyOf("b")).status()).map(({ up }) => up),
      [true],
    );
  });

  it("by what the node is in the end, when a port goes between reading and writing", async () => {
    const node = new MemoryNode(words);
    let gone = false;
    node.faults = {
      after: ({ kind, bridge }) => {
        if (gone || kind !== "bundle" || bridge !== "br-ex") return;
        gone = true;
        const { qvoA, qvoS } = words.bridges["br-int"] ?? {};
        assert.ok(qvoA && qvoS);
        node.set({ bridges: { ...words.bridges, "br-int": { qvoA, qvoS } } });
      },
    };
    const { lanes } = await lanesOn(node).apply();
    assert.deepEqual(
      lanes.map(({ down }) => down?.code),
      [undefined, "port-missing"],
    );
    assert.ok(!node.dump().includes("10.200.7.140"), "no flow of the lane that went is left");
  });

  it("anew when a row went between plan and transaction", async () => {
    const node = new MemoryNode(words);
    let refusals = 0;
    node.faults = {
      before: ({ kind }) => {
        if (kind !== "transact" || refusals > 0) return;
        refusals += 1;
        throw new TransactionError({ error: "timed out" }, { operationIndex: 0, table: "Port" });
      },
    };
    const { lanes } = await lanesOn(node).apply();
    assert.deepEqual(
      lanes.map(({ down }) => down),
      [undefined, undefined],
    );
    assert.deepEqual(writes(node), ["transact", "transact", "br-ex", "br-int"]);
  });

  it("though connections close under way, whether the bundle had gone in or not", async () => {
    await Promise.all(
      (["before", "after"] as const).map(async (moment) => {
        const node = new MemoryNode(words);
        const closed = new Set<string>();
        node.faults = {
          [moment]: ({ kind, bridge = "" }: Event) => {
            if (kind === "transact" || closed.has(`${kind} ${bridge}`)) return;
            closed.add(`${kind} ${bridge}`);
            throw new ConnectionClosedError(bridge, "the datapath id changed");
          },
        };
        const lanes = lanesOn(node);
        await lanes.apply();
        const statuses = await lanes.status();
        assert.deepEqual([moment, ...statuses.map(({ up }) => up)], [moment, true, true]);
      }),
    );
  });

  it("in the place of somebody else's flow, which comes back when that fails", async () => {
    const node = new MemoryNode(words);
    node.addFlow("br-ex", parseFlow("cookie=0x77,table=0,priority=190,in_port=102,actions=NORMAL"));
    const before = node.dump();
    node.faults = {
      before: ({ kind, bridge }) => {
        if (kind === "bundle" && bridge === "br-int") throw new TimeoutError("the bundle", 1);
      },
    };
    const error = await failure(lanesOn(node).apply());
    assert.deepEqual(
      error.bridges.map(({ state }) => state),
      ["taken-back", "taken-back"],
    );
    assert.equal(node.dump(), before);
  });
});

describe("a plan of lanes", () => {
  it("reads as a difference of flows and of the database, with port names, and changes nothing", async () => {
    const node = new MemoryNode(words);
    const before = node.dump();
    const lines = planLines(await lanesOn(node).plan());
    assert.equal(node.dump(), before);
    const bridges = ["bridge br-int", "bridge br-ex", "database Open_vSwitch"].map((line) =>
      lines.indexOf(line),
    );
    assert.ok(
      bridges.every((index) => index >= 0),
      lines.join("\n"),
    );
    assert.ok(
      lines.some((line) => /^\+ cookie=0x6f766b12[0-9a-f]+, table=210, .*output:"?int-probe"?$/.test(line)),
    );
    assert.ok(lines.includes("+ patch port ex-probe on br-ex"));
    assert.ok(lines.includes("- port qvoB external_ids:ovskit-proxy=10.9.9.9"));
    assert.ok(lines.some((line) => line.startsWith("warning: the proxy address of b moves from 10.9.9.9")));
  });

  it("shows what goes and what is changed, before and after, and which lanes stay down", async () => {
    const node = new MemoryNode(words);
    await lanesOn(node).apply();
    node.addFlow("br-int", parseFlow("cookie=0x6f766b1400000000,table=211,priority=0,actions=NORMAL"));
    node.addFlow("br-int", parseFlow("cookie=0x6f766b1400000000,table=211,priority=5,actions=drop"));
    node.addFlow("br-int", parseFlow("cookie=0x77,table=0,priority=300,in_port=5,actions=drop"));
    const lines = planLines(await lanesOn(node).plan());
    assert.deepEqual(lines.slice(0, 4), [
      "bridge br-int",
      "- cookie=0x6f766b1400000000, table=211, priority=5 actions=drop",
      "- cookie=0x6f766b1400000000, table=211, priority=0 actions=NORMAL",
      "+ cookie=0x6f766b1400000000, table=211, priority=0 actions=drop",
    ]);
    assert.ok(
      lines.some((line) => /^warning: a flow of somebody else stands above hooks .*\(lane a\)/.test(line)),
      lines.join("\n"),
    );
    const without = new MemoryNode({ bridges: { "br-int": {}, "br-ex": {} } });
    assert.ok(
      planLines(await lanesOn(without).plan()).includes(
        "lane a stays down: no port of this node has iface-id id-a",
      ),
    );
  });
});

/** Runs `work` again and again on fresh nodes, failing at each event in turn, until it gets through. */
async function failEverywhere(
  prepare: (node: MemoryNode) => Promise<unknown>,
  work: (node: MemoryNode) => Promise<unknown>,
  moment: "before" | "after",
): Promise<number> {
  for (let index = 0; ; index += 1) {
    const node = new MemoryNode(words);
    // oxlint-disable no-await-in-loop -- one event after the other
    await prepare(node);
    const before = node.dump();
    const first = node.events.length;
    let failed = false;
    node.faults = {
      [moment]: ({ kind }: Event, at: number) => {
        if (failed || at !== first + index) return;
        failed = true;
        // A database that refuses says so; an answer that got lost leaves open what happened.
        const refused = kind === "transact" && moment === "before";
        throw refused
          ? new TransactionError({ error: "not allowed" }, {})
          : new TimeoutError("the answer", 1);
      },
    };
    const outcome = await work(node).then(
      () => undefined,
      (error: unknown) => error,
    );
    // oxlint-enable no-await-in-loop
    if (!failed) return index;
    assert.ok(outcome instanceof LaneApplyError, `event ${index}: ${String(outcome)}`);
    assert.equal(node.dump(), before, `event ${index} failed ${moment} it happened`);
  }
}

describe("lanes that fail at any step", () => {
  it("leave the node as it was: applied for the first time, nothing having happened at the step that failed", async () => {
    const events = await failEverywhere(
      () => Promise.resolve(),
      (node) => lanesOn(node).apply(),
      "before",
    );
    assert.ok(events > 8, String(events));
  });

  it("leave the node as it was: applied for the first time, the step that failed having happened unheard", async () => {
    await failEverywhere(
      () => Promise.resolve(),
      (node) => lanesOn(node).apply(),
      "after",
    );
  });

  it("leave the node as it was: applied with another policy before", async () => {
    await failEverywhere(
      (node) => lanesOn(node, policyOf("b")).apply(),
      (node) => lanesOn(node, policyOf("a")).apply(),
      "before",
    );
  });

  it("leave the node as it was: removed", async () => {
    await failEverywhere(
      (node) => lanesOn(node).apply(),
      (node) => lanesOn(node).remove(),
      "before",
    );
  });

  it("stay removed when only the answer to the database's last change got lost", async () => {
    const node = new MemoryNode(words);
    const untouched = node.dump();
    const lanes = lanesOn(node);
    await lanes.apply();
    node.faults = {
      after: ({ kind }) => {
        if (kind === "transact") throw new TimeoutError("the answer", 1);
      },
    };
    const error = await failure(lanes.remove());
    assert.deepEqual(new Set(error.bridges.map(({ state }) => state)), new Set(["changed"]));
    assert.equal(error.database, "unknown");
    assert.match(error.message, /^not all was applied/);
    // All but what the port of b had remembered before there were lanes.
    assert.equal(node.dump(), untouched.replace('"other=kept","ovskit-proxy=10.9.9.9"', '"other=kept"'));
  });

  it("say what they couldn't take back", async () => {
    const node = new MemoryNode(words);
    let broken = false;
    node.faults = {
      before: ({ kind, bridge }) => {
        broken ||= kind === "bundle" && bridge === "br-int";
        if (broken) throw new TimeoutError("the answer", 1);
      },
    };
    const error = await failure(lanesOn(node).apply());
    assert.deepEqual(error.bridges, [
      { bridge: "br-ex", state: "unknown" },
      { bridge: "br-int", state: "unknown" },
    ]);
    assert.equal(error.database, "unknown");
    assert.equal(error.step, "connection");
    assert.match(error.message, /br-ex unknown, br-int unknown, database unknown/);
  });

  it("report flows that somebody else changed in the moment they were written, and take them back", async () => {
    const node = new MemoryNode(words);
    const before = node.dump();
    let meddled = false;
    node.faults = {
      after: ({ kind, bridge, changes }) => {
        if (meddled || kind !== "bundle" || bridge !== "br-int") return;
        meddled = true;
        const [first] = changes;
        assert.ok(first);
        node.addFlow("br-int", { ...first, cookie: first.cookie + 1n });
      },
    };
    const error = await failure(lanesOn(node).apply());
    assert.deepEqual([error.step, error.bridge], ["verify", "br-int"]);
    assert.equal(node.dump(), before);
  });
});
