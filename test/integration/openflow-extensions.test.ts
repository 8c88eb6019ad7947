import assert from "node:assert/strict";
import { once } from "node:events";
import { type OpenVSwitch, startOpenVSwitch } from "../../lab/open-vswitch.ts";
import { type ConnectSwitchOptions, connectSwitch } from "../../src/openflow/connect.ts";
import type { Message, MessageInput } from "../../src/openflow/message.ts";
import type { ContinuationProperty } from "../../src/openflow/protocol/nx-packet-property.ts";
import { Port } from "../../src/openflow/protocol/ports.ts";
import type { ReceivedPacket } from "../../src/openflow/received-packet.ts";
import type { Switch } from "../../src/openflow/switch.ts";
import { describeWith } from "../support/needs.ts";

const data = Buffer.from(`ffffffffffff50540000000a0800${"00".repeat(46)}`, "hex");

/** Sends a packet through the flow tables as if it came in by port 1. */
function inject(found: Switch): void {
  const actions = [{ type: "output", port: Port.table, maxLen: 0 } as const];
  found.send({ type: "packetOut", bufferId: 0xffff_ffff, inPort: 1, actions, data });
}

/** The next message of that type that answers no request. */
function heard<T extends Message["type"]>(found: Switch, type: T): Promise<Extract<Message, { type: T }>> {
  return new Promise((resolve) => {
    found.on("message", (message) => {
      if (message.type === type) resolve(message as Extract<Message, { type: T }>);
    });
  });
}

/** How many packets each flow of a table has seen, by priority. */
async function counts(found: Switch, tableId: number): Promise<Readonly<Record<number, bigint>>> {
  const flows = await found.flows({ tableId });
  return Object.fromEntries(flows.map(({ priority, packetCount }) => [priority, packetCount]));
}

/** A paused packet's continuation. */
function propertiesOf(packet: ReceivedPacket): readonly ContinuationProperty[] {
  const found = packet.packetIn2?.properties.find(({ type }) => type === "continuation");
  assert.ok(found?.type === "continuation");
  return found.properties;
}

function kindsOf(packet: ReceivedPacket): ReadonlySet<string> {
  return new Set(propertiesOf(packet).map(({ type }) => type));
}

function askForRole(found: Switch, role: "equal" | "master"): Promise<Message> {
  return found.request({ type: "nxRoleRequest", role });
}

describeWith(["openvswitch"], "Open vSwitch's own messages, with ovs-vswitchd", () => {
  let ovs: OpenVSwitch;
  const open: Switch[] = [];

  /** A connection to br0 that the suite closes. */
  const connect = async (options: ConnectSwitchOptions = {}): Promise<Switch> => {
    const found = await connectSwitch(ovs.mgmt("br0"), options);
    open.push(found);
    return found;
  };
  const ofctl = (...args: string[]): Promise<string> => ovs.ofctl("-O", "OpenFlow13", ...args);
  const addFlow = (flow: string): Promise<string> => ofctl("add-flow", "br0", flow);
  /** The packet that a flow with these actions hands over. */
  const packetOf = async (found: Switch, actions: string): Promise<ReceivedPacket> => {
    await addFlow(`cookie=0x77,priority=1,actions=${actions}`);
    const next = once(found, "packetIn");
    inject(found);
    const [packet] = await next;
    return packet;
  };

  before(async function () {
    this.timeout(30_000);
    ovs = await startOpenVSwitch({ datapath: "dummy" });
    await ovs.addBridge("br0");
    for (const port of ["1", "2"]) {
      const settings = ["type=dummy", `ofport_request=${port}`];
      // oxlint-disable-next-line no-await-in-loop -- the database is asked one thing at a time
      await ovs.vsctl("add-port", "br0", `p${port}`, "--", "set", "interface", `p${port}`, ...settings);
    }
  });

  beforeEach(async () => {
    await ofctl("del-flows", "br0");
  });

  afterEach(async () => {
    await Promise.all(open.splice(0).map((found) => found.close()));
  });

  after(async function () {
    this.timeout(30_000);
    await ovs.stop();
  });

  it("gives packets in the second form the fields of a plain one, and what only they have", async () => {
    const found = await connect({ asyncMessages: true, packetIn2: true });
    const packet = await packetOf(found, "load:7->NXM_NX_REG3[],controller(userdata=01.02.03)");
    assert.deepEqual(
      [packet.type, packet.cookie, packet.tableId, packet.reason, packet.totalLen],
      ["packetIn", 0x77n, 0, "action", data.length],
    );
    assert.deepEqual(Buffer.from(packet.data), data);
    assert.ok(packet.match.some((oxm) => oxm.field === "inPort" && oxm.value === 1));
    const properties = packet.packetIn2?.properties ?? [];
    const userdata = properties.find(({ type }) => type === "userdata");
    assert.deepEqual(userdata, { type: "userdata", data: Uint8Array.of(1, 2, 3) });
    assert.ok(!properties.some(({ type }) => type === "continuation"));
  });

  it("resumes a paused packet behind the action that paused it", async () => {
    const found = await connect({ asyncMessages: true, packetIn2: true });
    await addFlow("table=1,priority=1,actions=drop");
    await addFlow("table=1,priority=2,in_port=1,reg5=0x1234,actions=drop");
    const packet = await packetOf(
      found,
      "load:0x1234->NXM_NX_REG5[],push:NXM_OF_IN_PORT[],push:NXM_NX_REG5[],controller(pause,userdata=09),pop:NXM_NX_REG6[],resubmit(,1)",
    );
    assert.deepEqual(await counts(found, 1), { 1: 0n, 2: 0n }, "it waits");
    await found.resume(packet);
    assert.deepEqual(await counts(found, 1), { 1: 0n, 2: 1n });
    const kinds = kindsOf(packet);
    assert.ok(kinds.has("bridge") && kinds.has("stack") && kinds.has("actions"), [...kinds].join());
    assert.ok(!kinds.has("raw"));
    const stack = propertiesOf(packet).flatMap((found) =>
      found.type === "stack" ? [found.data.at(-1)] : [],
    );
    assert.deepEqual(stack, [0x34, 1], "the top of the stack comes first");
  });

  it("keeps the action set of a paused packet", async () => {
    const found = await connect({ asyncMessages: true, packetIn2: true });
    await addFlow("table=1,actions=controller(pause),goto_table:2");
    await addFlow("table=2,priority=3,actions=drop");
    const before = await found.portStats(2);
    const packet = await packetOf(found, "write_actions(output:2),goto_table:1");
    assert.ok(kindsOf(packet).has("actionSet"));
    await found.resume(packet);
    assert.deepEqual(await counts(found, 2), { 3: 1n });
    assert.deepEqual((await found.portStats(2))[0]?.txPackets, (before[0]?.txPackets ?? 0n) + 1n);
  });

  it("resumes a paused packet as something else", async () => {
    const found = await connect({ asyncMessages: true, packetIn2: true });
    await addFlow("table=1,priority=1,actions=drop");
    await addFlow("table=1,priority=2,metadata=5,dl_src=50:54:00:00:00:0b,actions=drop");
    const packet = await packetOf(found, "controller(pause),resubmit(,1)");
    const changed = Buffer.from(data);
    changed[11] = 0x0b;
    await found.resume(packet, { data: changed, match: [...packet.match, { field: "metadata", value: 5n }] });
    assert.deepEqual(await counts(found, 1), { 1: 0n, 2: 1n });
  });

  it("names the reason where a packet can't be resumed any more", async () => {
    const found = await connect({ asyncMessages: true, packetIn2: true });
    const packet = await packetOf(found, "controller(pause),resubmit(,1)");
    const properties = (packet.packetIn2?.properties ?? []).map((property) =>
      property.type === "continuation"
        ? { ...property, properties: [{ type: "bridge" as const, uuid: new Uint8Array(16).fill(7) }] }
        : property,
    );
    await assert.rejects(found.resume({ version: 4, xid: 0, type: "packetIn2", properties }), {
      errorName: "NXR_STALE",
      request: "resume",
    });
    const plain = await connect({ asyncMessages: true });
    await ofctl("del-flows", "br0");
    const unpaused = await packetOf(plain, "controller(max_len=128)");
    await assert.rejects(plain.resume(unpaused), TypeError);
  });

  it("hands packets over in Nicira's first form when that is asked for", async () => {
    const found = await connect({ asyncMessages: true });
    await found.request({ type: "setPacketInFormat", format: "nxPacketIn" });
    const packet = await packetOf(found, "controller");
    assert.deepEqual(
      [packet.type, packet.cookie, packet.reason, packet.tableId, packet.packetIn2],
      ["packetIn", 0x77n, "action", 0, undefined],
    );
    assert.deepEqual(Buffer.from(packet.data), data);
    assert.ok(packet.match.length > 0);
    assert.ok(found.stats().received["nxPacketIn"] === 1 && found.stats().received["packetIn"] === undefined);
  });

  it("changes the table of tunnel options and reads it back, as ovs-ofctl does", async () => {
    const found = await connect();
    const map = { optionClass: 0x102, optionType: 3, optionLen: 8, index: 5 };
    await found.changeTlvTable("add", [map]);
    assert.deepEqual(await found.tlvTable(), { maxOptionSpace: 256, maxFields: 64, maps: [map] });
    assert.match(await ofctl("dump-tlv-map", "br0"), /0x102 +0x3 +8 +tun_metadata5/);
    await assert.rejects(found.changeTlvTable("add", [map]), {
      errorName: "NXTTMFC_ALREADY_MAPPED",
      request: "tlvTableMod",
    });
    await found.changeTlvTable("delete", [map]);
    await ofctl("add-tlv-map", "br0", "{class=0xffff,type=1,len=4}->tun_metadata0");
    const { maps } = await found.tlvTable();
    assert.deepEqual(maps, [{ optionClass: 0xffff, optionType: 1, optionLen: 4, index: 0 }]);
    await found.changeTlvTable("clear");
    assert.deepEqual((await found.tlvTable()).maps, []);
  });

  it("tells of other controllers: their group mods, and a role they took", async () => {
    const [first, second] = [await connect(), await connect()];
    await first.request({
      type: "nxSetAsyncConfig2",
      properties: [
        { type: "requestForwardMaster", mask: 3 },
        { type: "roleStatusMaster", mask: 7 },
        { type: "roleStatusSlave", mask: 7 },
      ],
    });
    const forwarded = heard(first, "requestForward");
    await ofctl("add-group", "br0", "group_id=9,type=all,bucket=output:2");
    const { message } = await forwarded;
    assert.ok(message.type === "groupMod" && message.groupId === 9 && message.command === "add");
    const status = heard(first, "roleStatus");
    const reply = await askForRole(first, "master");
    assert.ok(reply.type === "nxRoleReply" && reply.role === "master");
    await askForRole(second, "master");
    const { role: now, reason } = await status;
    assert.deepEqual([now, reason], ["slave", "masterRequest"]);
    await askForRole(second, "equal");
    await ofctl("del-groups", "br0");
  });

  it("takes a flow mod in Nicira's form, with instructions", async () => {
    const found = await connect();
    await found.request({
      type: "nxFlowMod",
      cookie: 0xaan,
      tableId: 2,
      command: "add",
      idleTimeout: 0,
      hardTimeout: 0,
      priority: 7,
      bufferId: 0xffff_ffff,
      outPort: 0xffff,
      flags: 0,
      match: [{ field: "ethType", value: 0x0800 }],
      instructions: [{ type: "applyActions", actions: [{ type: "output", port: 2, maxLen: 0 }] }],
    });
    const dump = await ofctl("--no-stats", "--no-names", "dump-flows", "br0");
    assert.match(dump, /^ cookie=0xaa, table=2, priority=7,ip actions=output:2$/m);
  });

  const requests: Readonly<Record<string, MessageInput>> = {
    "the table in the command": { type: "flowModTableId", set: 1 },
    "the age of flows": { type: "flowAge" },
    "a controller id": { type: "setControllerId", controllerId: 5 },
    "a zone to be flushed": { type: "ctFlushZone", zoneId: 5 },
    "a zone to be flushed, in the newer form": {
      type: "ctFlush",
      ipProto: 0,
      properties: [{ type: "zone", zoneId: 5 }],
    },
    "connections to be flushed": {
      type: "ctFlush",
      ipProto: 17,
      properties: [
        {
          type: "origTuple",
          properties: [
            { type: "src", address: "10.1.1.1" },
            { type: "dst", address: "10.1.1.2" },
            { type: "srcPort", port: 1 },
            { type: "dstPort", port: 2 },
          ],
        },
      ],
    },
    "asynchronous messages to be sent": {
      type: "nxSetAsyncConfig",
      packetInMaster: 1,
      packetInSlave: 0,
      portStatusMaster: 7,
      portStatusSlave: 7,
      flowRemovedMaster: 15,
      flowRemovedSlave: 0,
    },
  };
  for (const [what, request] of Object.entries(requests)) {
    it(`are taken by the switch: ${what}`, async () => {
      const found = await connect();
      await found.request(request);
    });
  }

  it("tells how many packets IPFIX has exported", async () => {
    const found = await connect();
    await assert.rejects(found.multipart("ipfixBridge", undefined), { errorName: "NXST_NOT_CONFIGURED" });
    const ipfix = ["--id=@i", "create", "IPFIX", 'targets="127.0.0.1:4739"', "sampling=1"];
    await ovs.vsctl("set", "Bridge", "br0", "ipfix=@i", "--", ...ipfix);
    const stats = await found.multipart("ipfixBridge", undefined);
    assert.deepEqual([stats.collectorSetId, stats.packets], [0, 0n]);
    await ovs.vsctl("clear", "Bridge", "br0", "ipfix");
    const collectors = ["--id=@b", "get", "Bridge", "br0", "--"];
    await ovs.vsctl(
      ...collectors,
      "create",
      "Flow_Sample_Collector_Set",
      "id=11",
      "bridge=@b",
      "ipfix=@i",
      "--",
      ...ipfix,
    );
    assert.deepEqual(
      (await found.multipart("ipfixFlow", undefined)).map((s) => s.collectorSetId),
      [11],
    );
  });
});
