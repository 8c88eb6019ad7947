// What a bundle holds: the difference between wanted and found flows, ours alone, in an order that is safe.
import assert from "node:assert/strict";
import { formatFlow, parseFlow } from "../../src/openflow/text/index.ts";
import { type FlowChange, flowDifference } from "../../src/policy/flow-difference.ts";
import type { FlowFacts } from "../../src/policy/flow-identity.ts";
import { flowsAbove, flowsReplaced } from "../../src/policy/foreign-flows.ts";
import type { LaneFlow } from "../../src/policy/lane/lane.ts";

const hook = "cookie=0x6f766b1100000007";
const body = "cookie=0x6f766b1200000007";

const hookLine = `${hook},table=0,priority=200,ip,in_port=5,nw_dst=10.100.7.140,actions=goto_table:210`;
const guardLine = `${hook},table=0,priority=190,ip,in_port=5,actions=drop`;
const bodyLine = `${body},table=210,priority=20,ip,in_port=5,nw_src=192.168.1.137,actions=set_field:10.0.0.1->ip_src,output:9`;

function wanted(...lines: readonly string[]): readonly LaneFlow[] {
  return lines.map((line) => ({
    bridge: "integration",
    lane: "vm-137",
    role: "guard",
    flow: parseFlow(line),
  }));
}

function found(...lines: readonly string[]): readonly FlowFacts[] {
  return lines.map((line) => parseFlow(line));
}

function texts(changes: readonly FlowChange[]): readonly string[] {
  return changes.map(({ kind, mod }) => `${kind} ${mod.command} ${formatFlow(mod)}`);
}

function added(line: string): string {
  return `add add ${formatFlow(parseFlow(line))}`;
}

describe("the difference between wanted and found flows", () => {
  it("is nothing when they are the same, though written in another order or with masks of all ones", () => {
    const desired = wanted(hookLine, bodyLine);
    const [first] = desired;
    assert.ok(first);
    const turned: FlowFacts = { ...first.flow, match: first.flow.match.toReversed() };
    assert.deepEqual(flowDifference(desired, [turned, ...found(bodyLine)]), []);
  });

  it("adds what is missing, private tables before table 0 and guards before hooks", () => {
    const changes = flowDifference(wanted(hookLine, guardLine, bodyLine), []);
    assert.deepEqual(texts(changes), [bodyLine, guardLine, hookLine].map(added));
  });

  it("deletes what is ours and not wanted, hooks first, by the very cookie it has", () => {
    const changes = flowDifference([], found(bodyLine, guardLine, hookLine));
    assert.deepEqual(
      changes.map(({ kind, mod }) => [kind, mod.command, mod.tableId, mod.priority]),
      [
        ["delete", "deleteStrict", 0, 200],
        ["delete", "deleteStrict", 0, 190],
        ["delete", "deleteStrict", 210, 20],
      ],
    );
    for (const { mod } of changes) assert.equal(mod.cookieMask, 0xffff_ffff_ffff_ffffn);
    assert.equal(changes[0]?.mod.cookie, 0x6f766b1100000007n);
  });

  it("never touches a flow of somebody else", () => {
    const foreign = found(
      "cookie=0xa1b2,table=0,priority=200,ip,in_port=5,actions=drop",
      "table=210,priority=20,ip,actions=drop",
    );
    assert.deepEqual(flowDifference([], foreign), []);
    assert.deepEqual(texts(flowDifference(wanted(hookLine), foreign)), [added(hookLine)]);
  });

  it("changes other instructions in place, so that counters stay", () => {
    const changes = flowDifference(wanted(hookLine), found(hookLine.replace("goto_table:210", "drop")));
    const [change] = changes;
    assert.equal(changes.length, 1);
    assert.deepEqual([change?.kind, change?.mod.command], ["modify", "modifyStrict"]);
  });

  it("writes a flow anew when its cookie, its timeouts or its flags are others", () => {
    const others = [
      hookLine.replace("0x6f766b1100000007", "0x6f766b1100000008"),
      hookLine.replace("priority=200", "idle_timeout=5,priority=200"),
      hookLine.replace("priority=200", "send_flow_rem,priority=200"),
    ];
    for (const other of others) {
      const changes = flowDifference(wanted(hookLine), found(other));
      assert.deepEqual(
        changes.map(({ kind, mod }) => [kind, mod.command]),
        [["modify", "add"]],
        other,
      );
    }
  });

  it("sees that somebody put a flow of another cookie in the place of ours", () => {
    const foreign = hookLine.replace(hook, "cookie=0xa1b2");
    const changes = flowDifference(wanted(hookLine), found(foreign));
    assert.deepEqual(texts(changes), [added(hookLine)]);
    const [replaced] = flowsReplaced("integration", changes);
    assert.deepEqual(
      [replaced?.effect, replaced?.flow.cookie, replaced?.lanes],
      ["replaced", 0xa1b2n, ["vm-137"]],
    );
  });

  it("tells apart actions in another order and values of another size", () => {
    const swapped = bodyLine.replace(
      "set_field:10.0.0.1->ip_src,output:9",
      "output:9,set_field:10.0.0.1->ip_src",
    );
    assert.equal(flowDifference(wanted(bodyLine), found(swapped)).length, 1);
    assert.equal(
      flowDifference(wanted(bodyLine), found(bodyLine.replace("output:9", "output:10"))).length,
      1,
    );
  });
});

function above(line: string, hooks: readonly LaneFlow[] = wanted(hookLine, guardLine)): readonly string[] {
  return flowsAbove("integration", hooks, found(line)).flatMap(({ lanes }) => lanes);
}

describe("a foreign flow in table 0", () => {
  it("is warned of when it stands above a hook and takes some of its packets", () => {
    assert.deepEqual(above("cookie=0xa1b2,priority=300,in_port=5,actions=drop"), ["vm-137"]);
    assert.deepEqual(above("priority=65535,ip,nw_dst=10.100.0.0/16,actions=NORMAL"), ["vm-137"]);
  });

  it("is warned of when it stands level with a hook, since which wins isn't said", () => {
    assert.deepEqual(above("priority=200,ip,actions=drop"), ["vm-137"]);
  });

  it("is no matter when it stands below, takes other packets, is in another table or is ours", () => {
    assert.deepEqual(above("priority=189,ip,in_port=5,actions=drop"), []);
    assert.deepEqual(above("priority=300,in_port=6,actions=drop"), []);
    assert.deepEqual(above("priority=300,arp,actions=drop"), []);
    assert.deepEqual(above("table=60,priority=300,actions=drop"), []);
    assert.deepEqual(above(`${hook},priority=300,in_port=5,actions=drop`), []);
    assert.deepEqual(above("priority=300,actions=drop", []), []);
  });

  it("is no matter when it takes tagged packets, which access ports never send", () => {
    assert.deepEqual(above("priority=65535,vlan_tci=0x0fff/0x1fff,actions=drop"), []);
    assert.deepEqual(above("priority=65535,dl_vlan=4095,actions=drop"), []);
  });
});
