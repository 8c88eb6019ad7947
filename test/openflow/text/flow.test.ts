// Whole flows: the words beside match and actions, what they mean for each command, filters, and the printed forms.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type FlowMod, type FlowModCommand, type FlowStats, flowMod } from "../../../src/openflow/index.ts";
import { FlowSyntaxError, formatFlow, parseFlow, parseFlowFilter } from "../../../src/openflow/text/index.ts";

const output2 = [{ type: "applyActions", actions: [{ type: "output", port: 2, maxLen: 0 }] }] as const;

describe("parseFlow", () => {
  it("reads every word a flow may have", () => {
    const text =
      "table=3,priority=100,cookie=0xdeadbeef,idle_timeout=30,hard_timeout=60,send_flow_rem,check_overlap,reset_counts,no_packet_counts,no_byte_counts,importance=5,in_port=1,actions=output:2";
    assert.deepEqual(
      parseFlow(text),
      flowMod({
        tableId: 3,
        priority: 100,
        cookie: 0xdeadbeefn,
        idleTimeout: 30,
        hardTimeout: 60,
        flags: 0x1f,
        match: [{ field: "inPort", value: 1 }],
        instructions: [{ type: "applyActions", actions: [...output2[0].actions] }],
      }),
    );
  });

  it("takes blanks, tabs and line ends for commas, and = and : and parentheses alike", () => {
    const expected = parseFlow("table=1,in_port=1,actions=output:2");
    assert.deepEqual(parseFlow("  table=1 \t in_port:1 \r\n actions=output=2 "), expected);
    assert.deepEqual(parseFlow(",,table(1),,in_port(1),action=output(2),,"), expected);
    assert.deepEqual(parseFlow("table=1,in_port=1,actions =output:2"), expected);
  });

  it("reads the lines of a dump back, counters and ages left out", () => {
    const line =
      " cookie=0x5, duration=3.141s, table=1, n_packets=7, n_bytes=700, idle_timeout=30, send_flow_rem priority=5,in_port=1 actions=output:2";
    assert.deepEqual(
      parseFlow(line),
      parseFlow("cookie=0x5,table=1,idle_timeout=30,send_flow_rem,priority=5,in_port=1,actions=output:2"),
    );
    assert.deepEqual(parseFlow("idle_age=3,hard_age=65535,actions=drop"), flowMod());
  });

  it("refuses to guess about anything else", () => {
    const wrong: readonly (readonly [text: string, token: string, reason: RegExp])[] = [
      ["", "", /the flow has no actions/],
      ["table=0 priority=5", "", /the flow has no actions: write actions=…/],
      ["in_port=1 actions:drop", "actions", /actions have no place here: .*actions=…/],
      ["table=255,actions=drop", "255", /table 255 means every table/],
      ["table=256,actions=drop", "256", /table is out of range/],
      ["table=main,actions=drop", "main", /no table is called "main"/],
      ["table=0x5,actions=drop", "0x5", /no table is called "0x5": .*decimal/],
      ["table=1,table=2,actions=drop", "table", /table is given twice/],
      ["priority=65536,actions=drop", "65536", /priority is out of range/],
      ["priority=1,priority=2,actions=drop", "priority", /priority is given twice/],
      ["priority=,actions=drop", "priority", /priority has no value/],
      ["idle_timeout=70000,actions=drop", "70000", /idle_timeout is out of range/],
      ["send_flow_rem=1,actions=drop", "1", /send_flow_rem takes no value/],
      ["cookie=5/1,actions=drop", "5/1", /whole cookie/],
      ["cookie=-2,actions=drop", "-2", /not a number/],
      ["cookie=0x10000000000000000,actions=drop", "0x10000000000000000", /out of range/],
      ["out_port=5,actions=drop", "out_port", /out_port means nothing in a flow to be added/],
      ["actions=drop,actions=drop", "actions", /unknown action actions/],
    ];
    for (const [text, token, reason] of wrong) {
      assert.throws(
        () => parseFlow(text),
        (error: unknown) => {
          assert.ok(error instanceof FlowSyntaxError, text);
          assert.match(error.message, reason);
          assert.equal(error.token, token);
          return true;
        },
        text,
      );
    }
  });

  it("says line, column, reason, the switch's name for it and what to write, each also as a field", () => {
    try {
      parseFlow("actions=normal,strip_vlan");
      assert.fail("it was taken");
    } catch (error) {
      assert.ok(error instanceof FlowSyntaxError);
      assert.equal(error.code, "ERR_FLOW_SYNTAX");
      assert.equal(error.name, "FlowSyntaxError");
      assert.deepEqual(
        [error.line, error.column, error.token, error.openflowError],
        [1, 16, "strip_vlan", "OFPBAC_MATCH_INCONSISTENT"],
      );
      assert.equal(
        error.message,
        `column 16: strip_vlan needs a VLAN tag (dl_vlan=…) in the match (OFPBAC_MATCH_INCONSISTENT): ${error.hint}`,
      );
    }
  });
});

function read(command: FlowModCommand, text: string): FlowMod {
  return parseFlow(text, { command });
}

describe("parseFlow for other commands", () => {
  it("deletes from every table and whatever the outputs, if nothing else is said", () => {
    assert.deepEqual(read("delete", ""), flowMod({ command: "delete", tableId: 0xff }));
    assert.deepEqual(
      read("delete", "table=3,out_port=2,out_group=3,cookie=0x10/-1"),
      flowMod({
        command: "delete",
        tableId: 3,
        outPort: 2,
        outGroup: 3,
        cookie: 0x10n,
        cookieMask: 0xffffffffffffffffn,
      }),
    );
    assert.equal(read("deleteStrict", "priority=5").priority, 5);
  });

  it("modifies without changing the cookie, which filters by a mask alone", () => {
    const modify = read("modify", "cookie=2,actions=drop");
    assert.deepEqual([modify.cookie, modify.cookieMask], [0n, 0n]);
    const filtered = read("modifyStrict", "cookie=0x12/0xf,actions=drop");
    assert.deepEqual([filtered.cookie, filtered.cookieMask], [2n, 0xfn]);
  });

  it("refuses what means nothing for the command", () => {
    assert.throws(() => read("delete", "priority=5"), /priority means nothing in a deletion/);
    assert.throws(() => read("delete", "in_port=1,actions=drop"), /actions mean nothing in a deletion/);
    assert.throws(
      () => read("deleteStrict", "send_flow_rem"),
      /send_flow_rem means nothing in a strict deletion/,
    );
    assert.throws(() => read("delete", "cookie=2"), /write cookie=2\/-1 to look for this cookie/);
    assert.throws(() => read("modify", "in_port=1"), /the flow has no actions/);
    assert.throws(
      () => read("modify", "out_port=1,actions=drop"),
      /out_port means nothing in a modification/,
    );
    assert.throws(() => read("modify", "importance=1,actions=drop"), /importance means nothing/);
  });
});

describe("parseFlowFilter", () => {
  it("asks for every flow when nothing is said", () => {
    assert.deepEqual(parseFlowFilter(""), {
      tableId: 0xff,
      outPort: 0xffffffff,
      outGroup: 0xffffffff,
      cookie: 0n,
      cookieMask: 0n,
      match: [],
    });
  });

  it("narrows by table, cookie, outputs and match", () => {
    const filter = parseFlowFilter("table=1,cookie=0x10/0xff,out_port=vm-a,in_port=1", {
      ports: new Map([["vm-a", 7]]),
    });
    assert.deepEqual(filter, {
      tableId: 1,
      outPort: 7,
      outGroup: 0xffffffff,
      cookie: 0x10n,
      cookieMask: 0xffn,
      match: [{ field: "inPort", value: 1 }],
    });
  });

  it("refuses what a question can't have", () => {
    assert.throws(() => parseFlowFilter("cookie=1"), /write cookie=1\/-1/);
    assert.throws(() => parseFlowFilter("priority=1"), /priority means nothing in a question/);
    assert.throws(() => parseFlowFilter("actions=drop"), /actions have no place here/);
  });
});

describe("formatFlow", () => {
  const stats: FlowStats = {
    tableId: 0,
    durationSec: 3,
    durationNsec: 141_000_000,
    priority: 0x8000,
    idleTimeout: 0,
    hardTimeout: 0,
    flags: 0,
    cookie: 0n,
    packetCount: 7n,
    byteCount: 700n,
    match: [],
    instructions: [],
  };

  it("prints statistics as dump-flows does", () => {
    assert.equal(
      formatFlow(stats),
      "cookie=0x0, duration=3.141s, table=0, n_packets=7, n_bytes=700, actions=drop",
    );
    assert.equal(
      formatFlow({
        ...stats,
        tableId: 3,
        cookie: 0xdeadbeefn,
        idleTimeout: 30,
        hardTimeout: 60,
        flags: 3,
        priority: 100,
        match: [{ field: "inPort", value: 1 }],
        instructions: [{ type: "applyActions", actions: [...output2[0].actions] }],
      }),
      "cookie=0xdeadbeef, duration=3.141s, table=3, n_packets=7, n_bytes=700, idle_timeout=30, hard_timeout=60, send_flow_rem check_overlap priority=100,in_port=1 actions=output:2",
    );
  });

  it("prints durations as exactly as they are: seconds, milliseconds, nanoseconds", () => {
    const texts = [0, 5_000_000, 5_000_001, 120_000_000, 5_000_100].map((durationNsec) =>
      formatFlow({ ...stats, durationNsec }),
    );
    assert.deepEqual(
      texts.map((text) => /duration=(\S+),/.exec(text)?.[1]),
      ["3s", "3.005s", "3.005000001s", "3.120s", "3.0050001s"],
    );
  });

  it("leaves out statistics and defaults on request", () => {
    assert.equal(formatFlow(stats, { stats: false }), "actions=drop");
    assert.equal(
      formatFlow({ ...stats, tableId: 1, cookie: 1n, priority: 0 }, { stats: false }),
      "cookie=0x1, table=1, priority=0 actions=drop",
    );
  });

  it("prints a flow mod so that it reads back, with what its command has", () => {
    const texts: readonly (readonly [FlowModCommand, string])[] = [
      ["add", "actions=drop"],
      ["add", "cookie=0x1, table=1, idle_timeout=5, send_flow_rem priority=5,in_port=1 actions=output:2"],
      ["modify", "cookie=0x1/0xff, in_port=1 actions=output:2"],
      ["delete", "table=0, out_port=LOCAL, out_group=5, in_port=1"],
      ["delete", ""],
      ["deleteStrict", "priority=5,in_port=1"],
    ];
    for (const [command, text] of texts) {
      assert.equal(formatFlow(parseFlow(text, { command })), text);
    }
  });

  it("names ports where it is told their names", () => {
    const flow = parseFlow("in_port=1,actions=output:2,IN_PORT");
    const ports = new Map([
      [1, "vm-a"],
      [2, "br ex"],
    ]);
    assert.equal(formatFlow(flow, { ports }), 'in_port="vm-a" actions=output:"br ex",IN_PORT');
  });
});
