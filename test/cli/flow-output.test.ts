// Flows, steps of traces and lanes as commands print them.
import assert from "node:assert/strict";
import { ownedPass, passText } from "../../src/cli/commands/trace.ts";
import { differenceText, differenceValue, flowValue } from "../../src/cli/flow-output.ts";
import { flowOwners, ownerText } from "../../src/cli/flow-owner.ts";
import { parseFlow } from "../../src/openflow/index.ts";
import { laneIds, policyFrom } from "../../src/policy/index.ts";
import { CookieKind, cookieOf } from "../../src/policy/lane/cookie.ts";
import { parseTrace } from "../../src/unixctl/index.ts";

const policy = policyFrom({
  version: 1,
  pool: { cidr: "10.0.0.0/24" },
  collectors: { wazuh: { ip: "10.100.7.140", mac: "fa:16:3e:f3:a6:fd", segment: "flat" } },
  probes: { "vm-137": { port: { name: "qvo1" }, ip: "192.168.1.137", collector: "wazuh" } },
});
const id = laneIds(["vm-137"]).get("vm-137") ?? 0;

describe("a flow for programs", () => {
  it("is taken apart, with names of ports and flags", () => {
    const flow = parseFlow(
      "cookie=0x8000000000000001,table=3,idle_timeout=5,send_flow_rem,in_port=1,actions=output:2",
    );
    const ports = new Map([
      [1, "qvo1"],
      [2, "qvo2"],
    ]);
    assert.deepEqual(flowValue(flow, { ports }), {
      table: 3,
      priority: 32_768,
      cookie: "0x8000000000000001",
      idleTimeout: 5,
      hardTimeout: 0,
      flags: ["sendFlowRemoved"],
      match: "in_port=qvo1",
      actions: "output:qvo2",
      flow: "cookie=0x8000000000000001, table=3, idle_timeout=5, send_flow_rem in_port=qvo1 actions=output:qvo2",
    });
  });

  it("as a difference has a sign in front, or a word for it", () => {
    const wanted = parseFlow("in_port=1,actions=output:2");
    const present = {
      ...parseFlow("in_port=1,actions=drop"),
      durationSec: 1,
      durationNsec: 500_000_000,
      packetCount: 3n,
      byteCount: 4n,
    };
    const differences = [
      { present, wanted },
      { present: undefined, wanted },
      { present, wanted: undefined },
    ];
    const [gone, come] = ["-in_port=1 actions=drop", "+in_port=1 actions=output:2"];
    assert.equal(differenceText(differences, {}), [gone, come, come, gone].join("\n"));
    const values = differenceValue(differences, {}) as {
      change: string;
      present?: Record<string, unknown>;
    }[];
    assert.deepEqual(
      values.map(({ change }) => change),
      ["change", "add", "delete"],
    );
    assert.equal(values[0]?.present?.["durationSeconds"], 1.5);
  });
});

describe("the owner of a flow", () => {
  const named = flowOwners(policy);
  const unnamed = flowOwners(undefined);

  it("is a lane, by its name where the policy is known", () => {
    assert.equal(ownerText(named(cookieOf(CookieKind.hook, id))), "ovskit lane vm-137, hook");
    const number = id.toString(16).padStart(8, "0");
    assert.equal(ownerText(unnamed(cookieOf(CookieKind.body, id))), `ovskit lane #${number}, body`);
    assert.equal(ownerText(named(cookieOf(CookieKind.body, 7))), "ovskit lane #00000007, body");
  });

  it("is all lanes for what they share", () => {
    assert.equal(ownerText(named(cookieOf(CookieKind.fixedHook, 0))), "ovskit, all lanes, hook");
    assert.equal(ownerText(named(cookieOf(CookieKind.fixedBody, 0))), "ovskit, all lanes, body");
  });

  it("is somebody else by the cookie", () => {
    assert.equal(ownerText(named(0xa1b2n)), "cookie 0xa1b2");
    assert.equal(ownerText(named(0n)), "no cookie");
  });
});

describe("a trace", () => {
  const hook = cookieOf(CookieKind.hook, id).toString(16);
  const text = `Flow: icmp,in_port=1,nw_dst=10.100.7.140

bridge("br-int")
----------------
 0. ip,in_port=1,nw_dst=10.100.7.140, priority 200, cookie 0x${hook}
    goto_table:210
210. priority 0, cookie 0x7
    output:2

    bridge("br-ex")
    ---------------
         0. No match.
            drop

Final flow: icmp,in_port=1,nw_dst=10.9.9.9
Megaflow: recirc_id=0,eth,ip,in_port=1
Datapath actions: drop
`;

  it("has at each step whose flow decided", () => {
    const pass = ownedPass(parseTrace(text), flowOwners(policy));
    assert.equal(
      passText(pass),
      `Flow: icmp,in_port=1,nw_dst=10.100.7.140

bridge br-int
  table 0: priority=200,ip,in_port=1,nw_dst=10.100.7.140  [ovskit lane vm-137, hook]
      goto_table:210
  table 210: priority=0  [cookie 0x7]
      output:2

    bridge br-ex
      table 0: No match.
          drop

Final flow: icmp,in_port=1,nw_dst=10.9.9.9
Datapath actions: drop`,
    );
    assert.deepEqual(
      pass.steps.map(({ owner }) => owner?.ours),
      [true, false, undefined],
    );
  });

  it("says why the datapath can't do it alone and why the switch gave up", () => {
    const pass = {
      ...ownedPass(parseTrace("Flow: arp\n\nFinal flow: unchanged\n"), flowOwners(undefined)),
      slowPath: ["Uses action(s) not supported by datapath."],
      failure: "Recursion too deep",
    };
    const lines = passText(pass).split("\n");
    assert.ok(lines.includes("Final flow: unchanged"));
    assert.deepEqual(lines.slice(-2), [
      "  - Uses action(s) not supported by datapath.",
      "The switch gave up: Recursion too deep",
    ]);
  });
});
