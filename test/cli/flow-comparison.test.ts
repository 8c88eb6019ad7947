// What is a difference between flows asked for and flows a switch has, and what isn't. The recordings hold, for each
// text, what Open vSwitch gave back of the flow that ovs-ofctl made of it.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { changesFor, compareFlows } from "../../src/cli/flow-comparison.ts";
import { decode, type FlowStats, FlowSyntaxError, flowMod, parseFlow } from "../../src/openflow/index.ts";

interface Recording {
  readonly text: string;
  readonly n_flow_mods: number;
  readonly dump_reply_hex?: readonly string[];
}

function flowsIn(hex: string): FlowStats[] {
  const message = decode(Buffer.from(hex, "hex"));
  assert.ok(message.type === "multipartReply" && message.multipart === "flow");
  return message.body;
}

function stats(text: string, given: Partial<FlowStats> = {}): FlowStats {
  const { cookie, tableId, priority, idleTimeout, hardTimeout, flags, match, instructions } = parseFlow(text);
  const counters = { durationSec: 1, durationNsec: 2, packetCount: 3n, byteCount: 4n };
  return {
    ...counters,
    cookie,
    tableId,
    priority,
    idleTimeout,
    hardTimeout,
    flags,
    match,
    instructions,
    ...given,
  };
}

describe("the comparison of flows", () => {
  it("finds no difference between any recorded flow and what the switch gave back of it", async () => {
    const file = new URL("../../../test/vectors/ovs31-flowmod13-captured.json", import.meta.url);
    const recordings = JSON.parse(await readFile(file, "utf8")) as readonly Recording[];
    let compared = 0;
    for (const { text, n_flow_mods: count, dump_reply_hex: replies } of recordings) {
      if (replies === undefined || count !== 1) continue;
      const present = replies.flatMap(flowsIn);
      if (present.length !== 1) continue;
      let wanted: ReturnType<typeof parseFlow>;
      try {
        wanted = parseFlow(text);
      } catch (error) {
        assert.ok(error instanceof FlowSyntaxError);
        continue;
      }
      compared += 1;
      assert.deepEqual(compareFlows(present, [wanted]), [], text);
    }
    assert.ok(compared > 250, `only ${compared} recordings could be compared`);
  });

  it("finds another cookie, timeout, kept flag or action", () => {
    const present = [stats("cookie=1,in_port=1,actions=output:2")];
    for (const text of [
      "cookie=2,in_port=1,actions=output:2",
      "cookie=1,in_port=1,idle_timeout=5,actions=output:2",
      "cookie=1,in_port=1,send_flow_rem,actions=output:2",
      "cookie=1,in_port=1,actions=output:3",
      "cookie=1,in_port=1,actions=output:2,output:3",
      "cookie=1,in_port=1,actions=drop",
    ]) {
      const [difference, ...more] = compareFlows(present, [parseFlow(text)]);
      assert.ok(difference?.present !== undefined && difference.wanted !== undefined, text);
      assert.deepEqual(more, []);
    }
  });

  it("finds none in counters, ages, and flags that a switch doesn't keep", () => {
    const wanted = [parseFlow("in_port=1,check_overlap,reset_counts,actions=output:2")];
    assert.deepEqual(compareFlows([stats("in_port=1,actions=output:2")], wanted), []);
  });

  it("takes another table, priority or match for another flow", () => {
    const present = [stats("in_port=1,actions=output:2")];
    for (const text of ["table=1,in_port=1", "priority=5,in_port=1", "in_port=1,ip"]) {
      const differences = compareFlows(present, [parseFlow(`${text},actions=output:2`)]);
      assert.equal(differences.length, 2, text);
    }
  });

  it("counts the later of two wanted flows that are one to the switch", () => {
    const wanted = ["in_port=1,actions=output:2", "in_port=1,actions=output:3"].map((text) =>
      parseFlow(text),
    );
    assert.deepEqual(compareFlows([stats("in_port=1,actions=output:3")], wanted), []);
  });

  it("changes only what differs, and modifies where the actions alone do", () => {
    const present = ["cookie=1,in_port=1", "cookie=1,in_port=2", "cookie=1,in_port=3", "in_port=4"].map(
      (text) => stats(`${text},actions=output:9`),
    );
    const wanted = [
      "cookie=1,in_port=1,actions=output:9",
      "cookie=1,in_port=2,actions=output:8",
      "cookie=2,in_port=3,actions=output:9",
      "in_port=5,actions=drop",
    ].map((text) => parseFlow(text));
    const changes = changesFor(compareFlows(present, wanted));
    const [gone] = present.slice(3);
    assert.deepEqual(changes, [
      flowMod({ command: "deleteStrict", match: gone?.match ?? [] }),
      { ...wanted[1], command: "modifyStrict", cookie: 0n },
      wanted[2],
      wanted[3],
    ]);
  });
});
