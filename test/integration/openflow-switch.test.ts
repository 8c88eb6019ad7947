import assert from "node:assert/strict";
import { once } from "node:events";
import { type OpenVSwitch, startOpenVSwitch } from "../../lab/open-vswitch.ts";
import { type ConnectSwitchOptions, connectSwitch } from "../../src/openflow/connect.ts";
import type { FlowWatchEvent } from "../../src/openflow/flow-watch.ts";
import { type FlowMod, FlowModFlag, flowMod } from "../../src/openflow/protocol/flow-mod.ts";
import { Port } from "../../src/openflow/protocol/ports.ts";
import type { Switch } from "../../src/openflow/switch.ts";
import { parseFlow } from "../../src/openflow/text/index.ts";
import { describeWith } from "../support/needs.ts";

/** Flow `index` of many: a match and an output of its own. */
function numbered(index: number, cookie = 0n): FlowMod {
  const address = [10, index >> 16, (index >> 8) & 255, index & 255].join(".");
  return flowMod({
    cookie,
    priority: 100,
    match: [
      { field: "ethType", value: 0x0800 },
      { field: "ipv4Dst", value: address },
    ],
    instructions: [{ type: "applyActions", actions: [{ type: "output", port: 1, maxLen: 0 }] }],
  });
}

/** The next full update, as event, cookie and priority. */
async function next(events: AsyncIterator<FlowWatchEvent>): Promise<readonly unknown[]> {
  const { value } = (await events.next()) as { value: FlowWatchEvent };
  return "cookie" in value ? [value.event, value.cookie, value.priority] : [value.event];
}

describeWith(["openvswitch"], "a session with ovs-vswitchd", () => {
  let ovs: OpenVSwitch;
  const open: Switch[] = [];

  /** A connection to br0 that the suite closes. */
  const connect = async (options: ConnectSwitchOptions = {}): Promise<Switch> => {
    const found = await connectSwitch(ovs.mgmt("br0"), options);
    open.push(found);
    return found;
  };
  /** Flows as ovs-ofctl sees them, without what changes by itself. */
  const dump = async (): Promise<readonly string[]> => {
    const text = await ovs.ofctl("-O", "OpenFlow13", "--no-stats", "--no-names", "dump-flows", "br0");
    return text
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "" && !line.includes("OFPST_FLOW"));
  };

  before(async function () {
    this.timeout(30_000);
    ovs = await startOpenVSwitch({ datapath: "dummy" });
    await ovs.addBridge("br0");
    await ovs.vsctl(
      "add-port",
      "br0",
      "p1",
      "--",
      "set",
      "interface",
      "p1",
      "type=dummy",
      "ofport_request=1",
    );
    await ovs.vsctl(
      "add-port",
      "br0",
      "p2",
      "--",
      "set",
      "interface",
      "p2",
      "type=dummy",
      "ofport_request=2",
    );
  });

  beforeEach(async () => {
    await ovs.ofctl("-O", "OpenFlow13", "del-flows", "br0");
  });

  afterEach(async () => {
    await Promise.all(open.splice(0).map((found) => found.close()));
  });

  after(async function () {
    this.timeout(30_000);
    await ovs.stop();
  });

  it("knows the switch, its ports and who made it", async () => {
    const found = await connect();
    const id = found.features.datapathId.toString(16).padStart(16, "0");
    assert.equal(
      await ovs.vsctl("get", "bridge", "br0", "datapath_id").then((text) => text.trim()),
      `"${id}"`,
    );
    const ports = await found.ports();
    assert.deepEqual(
      ports.map(({ portNo, name }) => [portNo, name]).toSorted(([a], [b]) => Number(a) - Number(b)),
      [
        [1, "p1"],
        [2, "p2"],
        [Port.local, "br0"],
      ],
    );
    assert.equal((await found.desc()).hwDesc, "Open vSwitch");
    assert.equal((await found.portStats(1)).length, 1);
    assert.ok((await found.tables()).length >= 254);
  });

  it("adds, changes and deletes flows, and they are in when the promise settles", async () => {
    const found = await connect();
    const line = "priority=7,ip,nw_dst=10.0.0.1 actions=output:1";
    await found.add(parseFlow("priority=7,ip,nw_dst=10.0.0.1,actions=output:1"));
    assert.deepEqual(await dump(), [line]);
    await found.modify(parseFlow("ip,nw_dst=10.0.0.1,actions=output:2", { command: "modify" }));
    assert.deepEqual(await dump(), [line.replace(":1", ":2")]);
    const [flow] = await found.flows();
    assert.deepEqual(
      [flow?.priority, flow?.match, flow?.instructions],
      [
        7,
        [
          { field: "ethType", value: 0x0800 },
          { field: "ipv4Dst", value: "10.0.0.1" },
        ],
        [{ type: "applyActions", actions: [{ type: "output", port: 2, maxLen: 0 }] }],
      ],
    );
    await found.delete({ match: flow?.match ?? [] });
    assert.deepEqual(await dump(), []);
  });

  it("reads only the flows that are asked for", async () => {
    const found = await connect();
    await found.add(
      { tableId: 1, cookie: 0x10n, priority: 1 },
      { tableId: 2, cookie: 0x20n, priority: 2 },
      { tableId: 2, cookie: 0x21n, priority: 3 },
    );
    const priorities = async (filter: Parameters<Switch["flows"]>[0]): Promise<readonly number[]> =>
      (await found.flows(filter)).map(({ priority }) => priority).toSorted((a, b) => a - b);
    assert.deepEqual(await priorities({}), [1, 2, 3]);
    assert.deepEqual(await priorities({ tableId: 2 }), [2, 3]);
    assert.deepEqual(await priorities({ cookie: 0x20n, cookieMask: 0xf0n }), [2, 3]);
    assert.deepEqual(await priorities({ cookie: 0x21n, cookieMask: -1n & 0xffff_ffff_ffff_ffffn }), [3]);
    assert.equal((await found.aggregate({ tableId: 2 })).flowCount, 2);
  });

  it("names what the switch refuses, and takes the other flows of the call in", async () => {
    const found = await connect();
    const bad = flowMod({ instructions: [{ type: "applyActions", actions: [{ type: "popVlan" }] }] });
    await assert.rejects(found.add({ priority: 1 }, bad, { priority: 3 }), {
      code: "ERR_OPENFLOW_SWITCH",
      errorName: "OFPBAC_MATCH_INCONSISTENT",
      request: "flowMod",
      flow: bad,
    });
    assert.equal((await dump()).length, 2);
    await assert.rejects(found.add({ tableId: 255 }), { errorName: "OFPFMFC_BAD_TABLE_ID" });
    await assert.rejects(
      found.request({
        type: "multipartRequest",
        multipart: "raw",
        more: false,
        body: { number: 200, data: new Uint8Array(0) },
      }),
      { errorName: "OFPBRC_BAD_STAT", request: "multipartRequest" },
    );
  });

  it("tells of a refusal that nobody waits for, with what it is about", async () => {
    const found = await connect();
    const heard = once(found, "error");
    const xid = found.send({ type: "flowMod", ...flowMod({ tableId: 255 }) });
    const [error] = await heard;
    assert.deepEqual([error.errorName, error.xid, error.request], ["OFPFMFC_BAD_TABLE_ID", xid, "flowMod"]);
  });

  it("applies a bundle as a whole, in its order", async () => {
    const found = await connect();
    await found.add({ priority: 1 }, { priority: 2 });
    await found.apply([
      flowMod({ command: "delete", tableId: 255 }),
      flowMod({
        priority: 5,
        instructions: [{ type: "applyActions", actions: [{ type: "output", port: 1, maxLen: 0 }] }],
      }),
      flowMod({ priority: 6 }),
    ]);
    assert.deepEqual(
      new Set(await dump()),
      new Set(["priority=6 actions=drop", "priority=5 actions=output:1"]),
    );
  });

  it("installs nothing of a bundle of which one flow is refused, and names flow and reason", async () => {
    const found = await connect();
    await found.add({ priority: 1 });
    const before = await dump();
    const bad = parseFlow("priority=77,arp,actions=drop");
    const refused = {
      ...bad,
      instructions: [{ type: "applyActions", actions: [{ type: "popVlan" }] }],
    } satisfies FlowMod;
    await assert.rejects(
      found.apply([numbered(1), numbered(2), refused, numbered(3)]),
      (error: Error & { code: string; failures: unknown[] }) => {
        assert.equal(error.code, "ERR_OPENFLOW_BUNDLE");
        assert.match(error.message, /change 3 of 4, .*priority=77.*: OFPBAC_MATCH_INCONSISTENT$/);
        assert.equal(error.failures.length, 1);
        return true;
      },
    );
    assert.deepEqual(await dump(), before);
    const other = { ...numbered(9), priority: 9, flags: FlowModFlag.checkOverlap };
    await found.add({ priority: 9 });
    await assert.rejects(found.apply([numbered(4), other]), {
      phase: "commit",
      errorName: "OFPFMFC_OVERLAP",
      message: /change 2 of 2/,
    });
    assert.equal((await dump()).length, 2);
    await found.apply([numbered(5)]);
    assert.equal((await dump()).length, 3);
  });

  it("puts 10,000 flows in with one bundle and reads them back", async function () {
    this.timeout(20_000);
    const found = await connect();
    const flows = Array.from({ length: 10_000 }, (_, index) => numbered(index, BigInt(index)));
    await found.apply(flows);
    const back = await found.flows();
    assert.equal(back.length, 10_000);
    const seen = new Set<bigint>();
    for await (const { cookie, match } of found.flowStream()) {
      assert.deepEqual(match, flows[Number(cookie)]?.match);
      seen.add(cookie);
    }
    assert.equal(seen.size, 10_000);
    await found.delete({});
    assert.equal((await found.aggregate()).flowCount, 0);
  });

  it("applies bundles at once over one connection without mixing them up", async () => {
    const found = await connect();
    const bundles = Array.from({ length: 8 }, (_, bundle) =>
      Array.from({ length: 50 }, (_, index) => numbered(bundle * 1000 + index, BigInt(bundle))),
    );
    await Promise.all(bundles.map((changes) => found.apply(changes)));
    assert.equal((await found.aggregate()).flowCount, 400);
  });

  describe("watching flows", () => {
    it("shows the flows there are, then each change, also one that only swaps the cookie", async () => {
      const found = await connect();
      const other = await connect();
      await found.add(numbered(1, 0xan));
      const watch = await found.watchFlows();
      const events = watch[Symbol.asyncIterator]();
      assert.deepEqual(await next(events), ["added", 0xan, 100]);
      assert.deepEqual(await next(events), ["synced"]);
      await other.add(numbered(2, 0xbn));
      assert.deepEqual(await next(events), ["added", 0xbn, 100]);
      await other.add(numbered(1, 0xcn));
      assert.deepEqual(await next(events), ["added", 0xcn, 100], "a replacement is told as added");
      await other.delete(numbered(2));
      assert.deepEqual(await next(events), ["deleted", 0xbn, 100]);
      await watch.close();
      assert.equal((await events.next()).done, true);
    });

    it("needs one table only when told so, and stops when closed", async () => {
      const found = await connect();
      const watch = await found.watchFlows({ tableId: 3, initial: false });
      const events = watch[Symbol.asyncIterator]();
      await found.add({ tableId: 1, priority: 1 }, { tableId: 3, priority: 3 });
      assert.deepEqual(await next(events), ["synced"]);
      assert.deepEqual(await next(events), ["added", 0n, 3]);
      await watch.close();
      await found.add({ tableId: 3, priority: 4 });
      assert.equal(watch.buffered, 0);
      const again = await found.watchFlows({ tableId: 3 });
      const initial = again[Symbol.asyncIterator]();
      const priorities = [(await next(initial))[2], (await next(initial))[2]];
      assert.deepEqual(new Set(priorities), new Set([3, 4]));
    });
  });

  it("hears of ports and flows only after it asked for it", async () => {
    const quiet = await connect();
    const asking = await connect({ asyncMessages: true });
    const heard: string[] = [];
    quiet.on("portStatus", () => heard.push("quiet"));
    quiet.on("flowRemoved", () => heard.push("quiet"));
    const removed = once(asking, "flowRemoved");
    const status = once(asking, "portStatus");
    await asking.add({ priority: 9, flags: FlowModFlag.sendFlowRemoved });
    await asking.delete({});
    assert.equal((await removed)[0].priority, 9);
    await ovs.vsctl("add-port", "br0", "p3", "--", "set", "interface", "p3", "type=dummy");
    assert.equal((await status)[0].desc.name, "p3");
    await ovs.vsctl("del-port", "br0", "p3");
    await quiet.barrier();
    assert.deepEqual(heard, []);
  });

  it("gets a packet that a flow sends to the controller, and sends one out", async () => {
    const found = await connect({ asyncMessages: true });
    const toController = { type: "output", port: Port.controller, maxLen: 0xffff } as const;
    await found.add({ cookie: 0x77n, instructions: [{ type: "applyActions", actions: [toController] }] });
    const heard = once(found, "packetIn");
    const data = Buffer.from(`ffffffffffff50540000000a0800${"00".repeat(46)}`, "hex");
    found.send({
      type: "packetOut",
      bufferId: 0xffff_ffff,
      inPort: 1,
      actions: [{ type: "output", port: Port.table, maxLen: 0 }],
      data,
    });
    const [packet] = await heard;
    assert.equal(packet.cookie, 0x77n);
    assert.deepEqual(Buffer.from(packet.data), data);
    assert.deepEqual(packet.match, [{ field: "inPort", value: 1 }]);
  });
});
