import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { connectSwitch } from "../../src/openflow/connect.ts";
import type { FlowWatch, FlowWatchEvent, FlowWatchOptions } from "../../src/openflow/flow-watch.ts";
import type { Switch } from "../../src/openflow/switch.ts";
import { frame, type PeerConnection, refusal, Type, withPeer } from "./fake-peer.ts";

interface Recorded {
  readonly dir: string;
  readonly type: number;
  readonly hex: string;
}

const onfMonitor = "ffff0000000000004f4e460000000 74e".replaceAll(" ", "");

/** One update of `event` (0 added, 1 deleted, 2 modified) in table `tableId` with this cookie. */
function update(event: number, tableId: number, cookie: number): string {
  const body = Buffer.alloc(32);
  body.writeUInt16BE(32, 0);
  body.writeUInt16BE(event, 2);
  body.writeUInt16BE(0x8000, 6);
  body.writeUInt16BE(4, 12);
  body.writeUInt8(tableId, 14);
  body.writeUInt32BE(cookie, 20);
  body.write("0001000400000000", 24, "hex");
  return body.toString("hex");
}

function updates(xid: number, ...entries: readonly string[]): Buffer {
  return frame(Type.multipartReply, xid, onfMonitor + entries.join(""));
}

const paused = (): Buffer => frame(Type.experimenter, 0, "4f4e46000000074f");
const resumed = (): Buffer => frame(Type.experimenter, 0, "4f4e460000000750");

/** Short words for what a watch yields. */
function word(event: FlowWatchEvent): string {
  if (event.event === "lost") return `lost ${event.count}`;
  return "cookie" in event ? `${event.event} ${event.tableId}/${event.cookie}` : event.event;
}

/** Takes `count` events. */
async function take(iterator: AsyncIterator<FlowWatchEvent>, count: number): Promise<readonly string[]> {
  if (count === 0) return [];
  const { done, value } = await iterator.next();
  assert.ok(done !== true, "the watch ended");
  return [word(value), ...(await take(iterator, count - 1))];
}

/** Runs `body` with a watch whose monitor the peer has set up, with `initial` flows. */
function withWatch(
  options: FlowWatchOptions,
  initial: readonly string[],
  body: (watch: FlowWatch, connection: PeerConnection, found: Switch, request: string) => Promise<void>,
): Promise<void> {
  return withPeer(async (peer) => {
    const connecting = connectSwitch(peer.target);
    const connection = await peer.accept();
    await connection.introduce();
    const found = await connecting;
    const watching = found.watchFlows(options);
    const request = await connection.expect(Type.multipartRequest);
    connection.send(updates(request.xid, ...initial));
    try {
      await body(await watching, connection, found, request.body);
    } finally {
      void found.close();
    }
  });
}

/** Settles when everything the peer has sent so far has been read. */
async function settle(found: Switch, connection: PeerConnection): Promise<void> {
  const done = found.barrier();
  const { xid } = await connection.expect(Type.barrierRequest);
  connection.send(frame(Type.barrierReply, xid));
  await done;
}

describe("watching flows", () => {
  it("asks as ovs-ofctl does, and tells every update that was recorded", async () => {
    const path = new URL("../../../test/vectors/ovs31-flowmonitor-of13.json", import.meta.url);
    const recorded = JSON.parse(await readFile(path, "utf8")) as Recorded[];
    const asked = recorded.find(({ dir, type }) => dir === "c2s" && type === Type.multipartRequest);
    const [initial, ...later] = recorded.filter(
      ({ dir, type }) => dir === "s2c" && type === Type.multipartReply,
    );
    assert.ok(asked !== undefined && initial !== undefined && later.length === 3);
    const first = Buffer.from(initial.hex, "hex").toString("hex", 24);
    await withWatch({}, [first], async (watch, connection, _, request) => {
      assert.equal(request.slice(0, 32), asked.hex.slice(16, 48));
      assert.equal(request.slice(40), asked.hex.slice(56));
      connection.send(...later.map(({ hex }) => Buffer.from(hex, "hex")));
      assert.deepEqual(await take(watch[Symbol.asyncIterator](), 5), [
        "added 0/0",
        "synced",
        "added 2/0",
        "modified 2/0",
        "deleted 2/0",
      ]);
    });
  });

  it("names table, port and match, and leaves out what it isn't told to ask for", () =>
    withWatch(
      { tableId: 5, outPort: 7, initial: false, own: false, instructions: false },
      [],
      async (_, __, ___, request) => {
        assert.equal(request.slice(40), "000e000400000007050000000001000400000000");
      },
    ));

  it("tells when the switch pauses and resumes", () =>
    withWatch({}, [], async (watch, connection) => {
      connection.send(paused(), updates(0, update(1, 0, 1)), updates(0, update(0, 0, 2)), resumed());
      assert.deepEqual(await take(watch[Symbol.asyncIterator](), 5), [
        "synced",
        "paused",
        "deleted 0/1",
        "added 0/2",
        "resumed",
      ]);
    }));

  it("says how many updates a slow reader lost, and goes on after it", () =>
    withWatch({ maxBuffered: 3 }, [], async (watch, connection, found) => {
      const iterator = watch[Symbol.asyncIterator]();
      assert.deepEqual(await take(iterator, 1), ["synced"]);
      connection.send(updates(0, ...[1, 2, 3, 4, 5, 6].map((cookie) => update(0, 0, cookie))));
      await settle(found, connection);
      assert.equal(watch.buffered, 1);
      assert.deepEqual(await take(iterator, 1), ["lost 6"]);
      connection.send(updates(0, update(0, 0, 7)));
      assert.deepEqual(await take(iterator, 1), ["added 0/7"]);
    }));

  it("never counts the flows there were at the start as lost", () =>
    withWatch({ maxBuffered: 1 }, [update(0, 0, 1), update(0, 0, 2), update(0, 0, 3)], async (watch) => {
      assert.deepEqual(await take(watch[Symbol.asyncIterator](), 4), [
        "added 0/1",
        "added 0/2",
        "added 0/3",
        "synced",
      ]);
    }));

  it("keeps to its own table when two watches share a connection", () =>
    withWatch({ tableId: 1 }, [], async (one, connection, found) => {
      const watching = found.watchFlows({ tableId: 2 });
      connection.send(updates((await connection.expect(Type.multipartRequest)).xid));
      const two = await watching;
      connection.send(updates(0, update(0, 1, 11), update(0, 2, 22)));
      assert.deepEqual(await take(one[Symbol.asyncIterator](), 2), ["synced", "added 1/11"]);
      assert.deepEqual(await take(two[Symbol.asyncIterator](), 2), ["synced", "added 2/22"]);
    }));

  it("is cancelled by its own id when it is closed or its loop is left", () =>
    withWatch({}, [], async (watch, connection, found, request) => {
      const looping = (async (): Promise<void> => {
        for await (const _ of watch) return;
      })();
      const cancel = await connection.expect(Type.experimenter);
      assert.equal(cancel.body, `4f4e46000000074e${request.slice(32, 40)}`);
      connection.send(frame(Type.barrierReply, (await connection.expect(Type.barrierRequest)).xid));
      await looping;
      await watch.close();
      connection.send(updates(0, update(0, 0, 1)));
      await settle(found, connection);
      assert.equal(watch.buffered, 0);
      assert.equal(found.stats().sent["flowMonitorCancel"], 1);
    }));

  it("is refused by a switch that has no flow monitors", () =>
    withPeer(async (peer) => {
      const connecting = connectSwitch(peer.target);
      const connection = await peer.accept();
      await connection.introduce();
      const found = await connecting;
      const watching = found.watchFlows();
      watching.catch(() => {});
      connection.send(refusal((await connection.next()).xid, 1, 3));
      await assert.rejects(watching, { code: "ERR_OPENFLOW_SWITCH", errorName: "OFPBRC_BAD_VENDOR" });
      await found.close();
    }));

  it("throws when the connection ends, after the updates before it", () =>
    withWatch({}, [], async (watch, connection) => {
      const iterator = watch[Symbol.asyncIterator]();
      connection.socket.end(updates(0, update(0, 0, 1)));
      assert.deepEqual(await take(iterator, 2), ["synced", "added 0/1"]);
      await assert.rejects(iterator.next(), { code: "ERR_CONNECTION_CLOSED" });
    }));
});
