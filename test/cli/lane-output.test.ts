// Plans, outcomes and states of lanes in the command's words, on values made by hand.
import assert from "node:assert/strict";
import { exitCodeOf } from "../../src/cli/failure.ts";
import { applyValue, doneLines, plannedText, planValue, statusText } from "../../src/cli/lane-output.ts";
import { parseFlow } from "../../src/openflow/index.ts";
import {
  type ApplyResult,
  LaneApplyError,
  type LaneStatus,
  type LastMoved,
  OvnControllerError,
  type PlannedLane,
} from "../../src/policy/index.ts";
import { fakeCommand, runIn } from "./commands.ts";

const port: NonNullable<PlannedLane["port"]> = {
  uuid: "0",
  name: "qvo1",
  bridge: "br-int",
  tag: 2,
  vlanMode: undefined,
  trunks: [],
  externalIds: new Map(),
  otherConfig: new Map(),
  interfaces: [],
};
const up: PlannedLane = {
  name: "vm-137",
  id: 5,
  collector: "wazuh",
  nat: "proxy",
  port,
  placement: "elsewhere",
  proxy: { ip: "10.0.0.137", mac: "da:7a:0a:00:00:89" },
  down: undefined,
  lane: undefined,
  flows: [],
};
const down: PlannedLane = {
  ...up,
  name: "vm-9",
  port: undefined,
  placement: undefined,
  proxy: undefined,
  down: { code: "port-missing", reason: "no port has iface-id nowhere" },
};
const flow = parseFlow("cookie=1,priority=200,in_port=1,actions=drop");
const wanted = { bridge: "integration", lane: "vm-137", role: "passage", flow } as const;
const bridge = { uuid: "1", name: "br-int", ports: [] } as const;

const result: ApplyResult = {
  lanes: [up, down],
  bridges: [
    {
      side: "integration",
      bridge: "br-int",
      changes: [
        { kind: "add", wanted, replaces: undefined, mod: flow },
        { kind: "add", wanted, replaces: flow, mod: flow },
        { kind: "modify", wanted, before: flow, mod: flow },
        { kind: "delete", before: flow, mod: flow },
      ],
    },
  ],
  database: [
    { kind: "create-patch-pair", ports: [{ side: "integration", bridge, old: undefined }] },
    { kind: "remove-patch-pair", ports: [{ bridge, port }] },
    {
      kind: "remember-proxy",
      lane: "vm-137",
      port,
      address: "10.0.0.137",
      before: undefined,
    },
    { kind: "forget-proxy", port, before: "10.0.0.9" },
  ],
  outside: [],
  warnings: ["mind the gap"],
};

/** What went one way, 100 bytes a packet. */
function traffic(packets: bigint, lastMoved: LastMoved): LaneStatus["toCollector"] {
  return { packets, bytes: packets * 100n, lastMoved };
}

/** The state of a lane; vm-1's collector is on VLAN 100, vm-2 is down. */
function status(name: string, to: LastMoved, from: LastMoved): LaneStatus {
  return {
    ...up,
    name,
    port: { name: "qvo1", tag: 2 },
    segment: name === "vm-1" ? 100 : "flat",
    up: name !== "vm-2",
    down:
      name === "vm-2" ? { code: "not-applied", reason: "3 of its flows aren't in the switch" } : undefined,
    toCollector: traffic(to.kind === "never" ? 0n : 12n, to),
    fromCollector: traffic(from.kind === "never" ? 0n : 7n, from),
  };
}

describe("lanes in the command's words", () => {
  it("are planned up, or down with the reason", () => {
    assert.equal(
      plannedText([up, down]),
      `LANE    STATE  PLACEMENT  PROXY       TAG  REASON
vm-137  up     elsewhere  10.0.0.137  2
vm-9    down   -          -           -    no port has iface-id nowhere`,
    );
  });

  it("have a line for each bridge and each change of the database", () => {
    assert.deepEqual(doneLines(result), [
      "br-int: 2 flows added, 1 changed, 1 deleted",
      "database: made int-probe",
      "database: removed qvo1",
      "database: qvo1 remembers proxy address 10.0.0.137",
      "database: qvo1 forgets proxy address 10.0.0.9",
    ]);
  });

  it("have every change as a value, flows in ovs-ofctl's syntax", () => {
    const value = applyValue(result) as {
      lanes: { name: string; port?: unknown; down?: unknown }[];
      bridges: { changes: { kind: string; before?: { flow: string }; flow?: { flow: string } }[] }[];
      database: unknown;
      warnings: unknown;
    };
    const text = "cookie=0x1, priority=200,in_port=1 actions=drop";
    assert.deepEqual(
      value.bridges[0]?.changes.map(({ kind, before, flow: after }) => [kind, before?.flow, after?.flow]),
      [
        ["add", undefined, text],
        ["add", text, text],
        ["modify", text, text],
        ["delete", text, undefined],
      ],
    );
    assert.deepEqual(value.lanes[0]?.port, { name: "qvo1", tag: 2 });
    assert.deepEqual(value.lanes[1]?.down, down.down);
    assert.deepEqual(value.database, [
      { kind: "create-patch-pair", ports: [{ bridge: "br-int", port: "int-probe" }] },
      { kind: "remove-patch-pair", ports: [{ bridge: "br-int", port: "qvo1" }] },
      { kind: "remember-proxy", lane: "vm-137", port: "qvo1", address: "10.0.0.137", before: undefined },
      { kind: "forget-proxy", port: "qvo1", before: "10.0.0.9" },
    ]);
    assert.deepEqual(value.warnings, ["mind the gap"]);
  });

  it("have, in a plan, names for ports and the flows of others", () => {
    const value = planValue({
      ...result,
      bridges: result.bridges.map((one) => ({ ...one, portNames: new Map([[1, "qvo1"]]) })),
      foreign: [{ bridge: "integration", flow, effect: "above", lanes: ["vm-137"] }],
    }) as { bridges: { changes: { flow?: { match: string } }[] }[]; foreign: { effect: string }[] };
    assert.equal(value.bridges[0]?.changes[0]?.flow?.match, "in_port=qvo1");
    assert.equal(value.foreign[0]?.effect, "above");
  });

  it("say what they carried each way, and when it last moved", () => {
    const lanes = [
      status("vm-1", { kind: "ago", ms: 1240 }, { kind: "longer", ms: 10_000 }),
      status("vm-2", { kind: "never" }, { kind: "unknown" }),
    ];
    assert.equal(
      statusText(lanes),
      `LANE  STATE  PLACEMENT  PROXY       TAG  SEGMENT  TO-PACKETS  TO-BYTES  TO-LAST   FROM-PACKETS  FROM-BYTES  FROM-LAST  REASON
vm-1  up     elsewhere  10.0.0.137  2    100      12          1200      1.2s ago  7             700         >10s ago
vm-2  down   elsewhere  10.0.0.137  2    flat     0           0         never     7             700         ?          3 of its flows aren't in the switch`,
    );
  });
});

describe("a failure of lanes", () => {
  const failure = { bridges: [], database: "unchanged", reason: "it went away" } as const;

  it("is a refusal, or no connection where that was what failed", () => {
    assert.equal(exitCodeOf(new LaneApplyError({ ...failure, step: "flows", bridge: "br-int" })), 1);
    assert.equal(exitCodeOf(new LaneApplyError({ ...failure, step: "connection" })), 3);
  });

  it("comes with the option that helps", async () => {
    const error = new OvnControllerError("br-int", "tcp:10.0.0.1:6642");
    const { exitCode, stderr } = await runIn([fakeCommand("show", error)], ["show", "br0"]);
    assert.equal(exitCode, 1);
    assert.match(stderr, /; give --allow-ovn to apply all the same\n$/);
    const { stderr: json } = await runIn([fakeCommand("show", error)], ["show", "br0", "--json"]);
    const { error: described } = JSON.parse(json) as { error: Record<string, unknown> };
    assert.equal(described["hint"], "give --allow-ovn to apply all the same");
    assert.equal(described["ovnRemote"], "tcp:10.0.0.1:6642");
  });
});
