import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { parseTrace, type Trace, type TraceStep } from "../../src/unixctl/trace.ts";

const recorded = JSON.parse(readFileSync("test/vectors/ovs31-traces.json", "utf8")) as readonly {
  readonly name: string;
  readonly text: string;
}[];

function traceOf(name: string): Trace {
  const found = recorded.find((one) => one.name === name);
  assert.ok(found, name);
  return parseTrace(found.text);
}

/** Bridge, table, depth and actions of each step: the shape of a trace. */
function shape(steps: readonly TraceStep[]): unknown[] {
  return steps.map(({ bridge, table, depth, actions }) => [bridge, table, depth, actions.join(" ")]);
}

describe("a trace of ofproto/trace", () => {
  it("has each step's flow: table, priority, match and cookie", () => {
    const { steps } = traceOf("lane out through a patch pair");
    assert.deepEqual(steps[1], {
      bridge: "br-int",
      table: 210,
      depth: 0,
      matched: true,
      match: "ip,in_port=1,dl_src=00:00:00:00:00:01,nw_src=192.168.1.1",
      priority: 20,
      cookie: 0xdeadbeefn,
      actions: ["set_field:fa:16:3e:00:00:02->eth_src", "set_field:10.0.0.9->ip_src", "output:10"],
      notes: [],
    });
    assert.equal(steps[0]?.cookie, 0n);
  });

  it("goes through patch ports into other bridges", () => {
    const trace = traceOf("lane out through a patch pair");
    assert.deepEqual(shape(trace.steps), [
      ["br-int", 0, 0, "goto_table:210"],
      ["br-int", 210, 0, "set_field:fa:16:3e:00:00:02->eth_src set_field:10.0.0.9->ip_src output:10"],
      ["br-ex", 0, 0, "push_vlan:0x8100 set_field:4196->vlan_vid NORMAL"],
    ]);
    assert.deepEqual(trace.steps[2]?.notes, ["no learned MAC for destination, flooding"]);
  });

  it("has what went in and out, the megaflow and the datapath's actions", () => {
    const trace = traceOf("lane out through a patch pair");
    assert.match(trace.flow, /^icmp,in_port=1,.*nw_src=192\.168\.1\.1,nw_dst=10\.0\.0\.1,/);
    assert.match(trace.finalFlow, /dl_src=fa:16:3e:00:00:02,.*nw_src=10\.0\.0\.9,/);
    assert.match(trace.megaflow, /^recirc_id=0,eth,icmp,in_port=1,/);
    assert.equal(
      trace.datapathActions,
      "set(eth(src=fa:16:3e:00:00:02)),set(ipv4(src=10.0.0.9)),push_vlan(vid=100,pcp=0),1,5",
    );
    assert.deepEqual([trace.slowPath, trace.failure, trace.recirculations], [[], undefined, []]);
  });

  it("says so when the packet is dropped in a later table, and leaves it as it was", () => {
    const trace = traceOf("spoofed source dropped in a later table");
    assert.deepEqual(shape(trace.steps), [
      ["br-int", 0, 0, "goto_table:210"],
      ["br-int", 210, 0, "drop"],
    ]);
    assert.deepEqual([trace.steps[1]?.match, trace.steps[1]?.priority], ["", 0]);
    assert.equal(trace.finalFlow, trace.flow);
    assert.equal(trace.datapathActions, "drop");
  });

  it("comes back from resubmits, also from those with a patch port inside", () => {
    assert.deepEqual(shape(traceOf("nested resubmits with a patch port inside").steps), [
      ["br-int", 0, 0, "resubmit(,5) output:2"],
      ["br-int", 5, 1, "resubmit(,6) set_field:0x1->reg0"],
      ["br-int", 6, 2, "write_metadata:0x5 goto_table:7"],
      ["br-int", 7, 2, "NORMAL"],
      ["br-ex", 0, 2, "drop"],
    ]);
  });

  it("knows its bridge again after a patch port inside a resubmit", () => {
    assert.deepEqual(shape(traceOf("resubmit then a last resubmit at the same depth").steps), [
      ["br-int", 0, 0, "resubmit(,6) resubmit(,7)"],
      ["br-int", 6, 1, "write_metadata:0x5 goto_table:7"],
      ["br-int", 7, 1, "NORMAL"],
      ["br-ex", 0, 1, "drop"],
      ["br-int", 7, 0, "NORMAL"],
      ["br-ex", 0, 0, "drop"],
    ]);
  });

  it("has the remarks of an ARP responder and why the datapath can't do it", () => {
    const trace = traceOf("ARP responder");
    assert.equal(trace.steps.length, 1);
    assert.equal(trace.steps[0]?.actions.at(-1), "IN_PORT");
    assert.deepEqual(trace.steps[0]?.notes, [
      "NXM_OF_ETH_DST[] is now 00:00:00:00:00:01",
      "NXM_NX_ARP_THA[] is now 00:00:00:00:00:01",
      "NXM_OF_ARP_TPA[] is now 192.168.1.1",
    ]);
    assert.deepEqual(trace.slowPath, ["Uses action(s) not supported by datapath."]);
  });

  it("has a step without a flow where none matched", () => {
    const { matched, match, priority, cookie, actions, notes } = traceOf("no match").steps[0] as TraceStep;
    assert.deepEqual(
      { matched, match, priority, cookie, actions, notes },
      {
        matched: false,
        match: undefined,
        priority: undefined,
        cookie: undefined,
        actions: ["drop"],
        notes: ["No match."],
      },
    );
    assert.deepEqual(shape(traceOf("resubmit without a match, controller").steps), [
      ["br-int", 0, 0, "resubmit(,77) CONTROLLER:65535"],
      ["br-int", 77, 1, "drop"],
    ]);
  });

  it("has loud remarks without their arrows", () => {
    assert.deepEqual(traceOf("unknown port").steps[0]?.notes, [
      "received packet on unknown port 99",
      "no input bundle, dropping",
    ]);
  });

  it("tells hairpins and actions inside clones", () => {
    const { steps } = traceOf("clone and output to the input port");
    assert.deepEqual(
      steps.map(({ table, depth }) => [table, depth]),
      [
        [0, 0],
        [9, 1],
        [9, 1],
      ],
    );
    assert.equal(steps[0]?.actions.at(-1), "output:2");
    assert.deepEqual(steps[1]?.notes, ["skipping output to input port"]);
  });

  it("has the actions of a group's buckets with the flow that led there", () => {
    assert.deepEqual(shape(traceOf("group").steps), [
      ["br-int", 0, 0, "group:7 bucket 0 set_field:9.9.9.9->ip_src output:2 bucket 1 output:10"],
      ["br-ex", 0, 1, "drop"],
    ]);
  });

  it("has the action set as a step without a table, on the right bridge", () => {
    const { steps } = traceOf("write_actions");
    assert.deepEqual(shape(steps).at(-1), ["br-int", undefined, 0, "output:2"]);
    assert.deepEqual(steps[0]?.notes, ["action set is: output:2"]);
  });

  it("has further passes after connection tracking", () => {
    const trace = traceOf("conntrack with a second pass");
    assert.deepEqual(shape(trace.steps), [["br-int", 0, 0, "ct(table=8,zone=5) drop"]]);
    assert.equal(trace.datapathActions, "ct(zone=5),recirc(0x1)");
    const [pass, ...more] = trace.recirculations;
    assert.deepEqual(shape(pass?.steps ?? []), [["br-int", 8, 0, "ct(commit,zone=5) drop output:2"]]);
    assert.equal(pass?.datapathActions, "ct(commit,zone=5),3");
    assert.deepEqual(more, []);
  });

  it("says why the switch gave up", () => {
    const trace = traceOf("endless resubmit");
    assert.equal(trace.failure, "Recursion too deep");
    assert.deepEqual(trace.steps.at(-1)?.notes, ["over max translation depth 64"]);
  });

  it("has port names where they were asked for", () => {
    const { steps } = traceOf("names");
    assert.equal(steps[2]?.match, 'ip,in_port="ex-int",nw_src=10.0.0.9');
  });

  it("loses no line: every one but headers and rulers is an action, a note or a result", () => {
    for (const { name, text } of recorded) {
      const trace = parseTrace(text);
      const passes = [trace, ...trace.recirculations];
      const steps = passes.flatMap((pass) => pass.steps);
      const told = new Set(steps.flatMap(({ actions, notes }) => [...actions, ...notes]));
      const lines = text
        .split("\n")
        .filter(
          (line) => /^ {4}/.test(line) && !/^ *(\d+\. |bridge\(|-+$|thaw$|Resuming from table )/.test(line),
        )
        .map((line) =>
          line
            .trim()
            .replace(/^(?:->|>>+) ?/, "")
            .replace(/ <<+$/, ""),
        );
      assert.deepEqual(
        lines.filter((line) => !told.has(line)),
        [],
        name,
      );
    }
  });

  it("is empty for text that is none", () => {
    for (const text of ["", "\n\n", "garbage\n 0. priority 7\n    drop", "Flow: x"]) {
      assert.deepEqual(parseTrace(text).steps, []);
      assert.equal(parseTrace(text).raw, text);
    }
  });
});
