import assert from "node:assert/strict";
import { once } from "node:events";
import { Duplex } from "node:stream";
import { Channel, type OpenChannelOptions } from "../../src/openflow/channel.ts";
import type { Message, MessageInput } from "../../src/openflow/message.ts";
import { flowMod } from "../../src/openflow/protocol/flow-mod.ts";
import { NO_BUFFER, Port } from "../../src/openflow/protocol/ports.ts";
import type { SwitchError } from "../../src/openflow/session-errors.ts";
import { dial } from "../../src/transport/dial.ts";
import { FakeClock } from "../transport/fake-clock.ts";
import { featuresReply, frame, hello, type PeerConnection, refusal, Type, withPeer } from "./fake-peer.ts";

/** Runs `body` with a channel that has agreed with its peer. */
function withChannel(
  options: Partial<OpenChannelOptions>,
  body: (channel: Channel, connection: PeerConnection) => Promise<void>,
): Promise<void> {
  return withPeer(async (peer) => {
    const socket = await dial(peer.target);
    const opening = Channel.open(socket, { peer: peer.target, ...options });
    const connection = await peer.accept();
    connection.send(hello);
    await connection.expect(Type.hello);
    const channel = await opening;
    try {
      await body(channel, connection);
    } finally {
      void channel.close();
    }
  });
}

/** One PORT_DESC part with a port of this number and name. */
function portDescPart(xid: number, portNo: number, name: string, more: boolean): Buffer {
  const port = Buffer.alloc(64);
  port.writeUInt32BE(portNo, 0);
  port.write(name, 16);
  return frame(Type.multipartReply, xid, `000d${more ? "0001" : "0000"}00000000${port.toString("hex")}`);
}

/** One FLOW part without flows. */
function flowPart(xid: number, more: boolean): Buffer {
  return frame(Type.multipartReply, xid, `0001${more ? "0001" : "0000"}00000000`);
}

const portDesc = { type: "multipartRequest", multipart: "portDesc", more: false, body: undefined } as const;

function portNames(message: Message): readonly string[] {
  assert.ok(message.type === "multipartReply" && message.multipart === "portDesc");
  assert.equal(message.more, false);
  return message.body.map(({ name }) => name);
}

/** One of everything that can wait. */
function everyWait(channel: Channel): readonly Promise<unknown>[] {
  return [
    channel.request({ type: "featuresRequest" }),
    channel.request(portDesc),
    channel.barrier(),
    channel.request({ type: "setConfig", flags: 0, missSendLen: 0 }),
    channel.sendAll(3, (_, xid) => ({ ...flowMod(), type: "flowMod", xid })),
  ];
}

/** A PACKET_OUT with this many bytes of packet. */
function packetOut(bytes: number): MessageInput {
  return {
    type: "packetOut",
    bufferId: NO_BUFFER,
    inPort: Port.controller,
    actions: [],
    data: new Uint8Array(bytes),
  };
}

describe("a channel", () => {
  it("gives each request the answer that bears its transaction id, in whatever order they come", () =>
    withChannel({}, async (channel, connection) => {
      const first = channel.request({ type: "featuresRequest" });
      const second = channel.request({ type: "getConfigRequest" });
      const [features, config] = [await connection.next(), await connection.next()];
      connection.send(frame(Type.getConfigReply, config.xid, "00000080"), featuresReply(features.xid));
      assert.equal((await first).type, "featuresReply");
      const answer = await second;
      assert.ok(answer.type === "getConfigReply");
      assert.equal(answer.missSendLen, 0x80);
      assert.equal(channel.pending, 0);
    }));

  it("takes no message for an answer that bears another transaction id or is of another type", () =>
    withChannel({}, async (channel, connection) => {
      const others: string[] = [];
      channel.on("message", (message) => others.push(message.type));
      const waiting = channel.request({ type: "barrierRequest" });
      const { xid } = await connection.expect(Type.barrierRequest);
      connection.send(
        frame(Type.barrierReply, xid + 1),
        frame(Type.getConfigReply, xid, "00000000"),
        frame(Type.barrierReply, 0),
        frame(Type.barrierReply, xid),
      );
      assert.equal((await waiting).type, "barrierReply");
      assert.deepEqual(others, ["barrierReply", "getConfigReply", "barrierReply"]);
    }));

  it("reads answers whose bytes come one by one", () =>
    withChannel({}, async (channel, connection) => {
      const waiting = Promise.all([channel.request({ type: "featuresRequest" }), channel.request(portDesc)]);
      const [features, ports] = [await connection.next(), await connection.next()];
      await connection.drip(portDescPart(ports.xid, 1, "p1", false), featuresReply(features.xid));
      const [, answer] = await waiting;
      assert.deepEqual(portNames(answer), ["p1"]);
    }));

  it("joins the parts of multipart replies that come interleaved", () =>
    withChannel({}, async (channel, connection) => {
      const both = Promise.all([channel.request(portDesc), channel.request(portDesc)]);
      const [one, two] = [await connection.next(), await connection.next()];
      connection.send(
        portDescPart(one.xid, 1, "a1", true),
        portDescPart(two.xid, 1, "b1", true),
        portDescPart(two.xid, 2, "b2", false),
        portDescPart(one.xid, 2, "a2", true),
        frame(Type.multipartReply, one.xid, "000d000000000000"),
      );
      assert.deepEqual((await both).map(portNames), [
        ["a1", "a2"],
        ["b1", "b2"],
      ]);
    }));

  it("rejects a multipart request that is answered with parts of another type", () =>
    withChannel({}, async (channel, connection) => {
      const waiting = channel.request(portDesc);
      const { xid } = await connection.next();
      connection.send(portDescPart(xid, 1, "a1", true), flowPart(xid, false));
      await assert.rejects(waiting, {
        code: "ERR_OPENFLOW_PROTOCOL",
        message: /portDesc request was answered with flow/,
      });
      assert.equal(channel.closed, false);
    }));

  it("rejects a multipart request whose answer never ends when it exceeds the limit", () =>
    withChannel({ maxReplyBytes: 200 }, async (channel, connection) => {
      const waiting = channel.request(portDesc);
      const { xid } = await connection.next();
      connection.send(...[1, 2, 3].map((number) => portDescPart(xid, number, "p", true)));
      await assert.rejects(waiting, { code: "ERR_OPENFLOW_PROTOCOL", message: /exceeds 200 bytes/ });
    }));

  it("joins an error to the request that caused it", () =>
    withChannel({}, async (channel, connection) => {
      const failing = channel.request(portDesc);
      const passing = channel.request({ type: "featuresRequest" });
      const [ports, features] = [await connection.next(), await connection.next()];
      connection.send(refusal(ports.xid, 1, 2), featuresReply(features.xid));
      await assert.rejects(failing, {
        name: "SwitchError",
        code: "ERR_OPENFLOW_SWITCH",
        errorName: "OFPBRC_BAD_STAT",
        errorType: 1,
        errorCode: 2,
        xid: ports.xid,
        request: "multipartRequest",
      });
      await passing;
    }));

  it("tells of an error that belongs to no request, with the type it is about, and survives it unheard", () =>
    withChannel({}, async (channel, connection) => {
      connection.send(refusal(0x1234, 1, 5));
      const waiting = channel.barrier();
      const { xid } = await connection.next();
      connection.send(frame(Type.barrierReply, xid));
      await waiting;
      const heard = once(channel, "error") as Promise<[SwitchError]>;
      connection.send(refusal(0x1234, 1, 5, frame(Type.flowMod, 0x1234, "00".repeat(56)).toString("hex")));
      const [error] = await heard;
      assert.deepEqual([error.errorName, error.xid, error.request], ["OFPBRC_EPERM", 0x1234, "flowMod"]);
    }));

  it("settles a message without an answer at a barrier", () =>
    withChannel({}, async (channel, connection) => {
      const setConfig = { type: "setConfig", flags: 0, missSendLen: 0xffff } as const;
      const passing = channel.request(setConfig);
      await connection.expect(Type.setConfig);
      connection.send(frame(Type.barrierReply, (await connection.expect(Type.barrierRequest)).xid));
      assert.equal((await passing).type, "barrierReply");
      const failing = channel.request(setConfig);
      const { xid } = await connection.expect(Type.setConfig);
      connection.send(
        refusal(xid, 10, 1),
        frame(Type.barrierReply, (await connection.expect(Type.barrierRequest)).xid),
      );
      await assert.rejects(failing, { errorName: "OFPSCFC_BAD_LEN", request: "setConfig" });
    }));

  it("sends many messages before one barrier and tells which were refused", () =>
    withChannel({}, async (channel, connection) => {
      const flow = flowMod();
      const waiting = channel.sendAll(5, (index, xid) => ({
        ...flow,
        type: "flowMod",
        xid,
        priority: index,
      }));
      const sent = [await connection.next(), await connection.next(), await connection.next()];
      await connection.next();
      await connection.next();
      const barrier = await connection.expect(Type.barrierRequest);
      assert.deepEqual(
        sent.map(({ xid }) => xid - (sent[0]?.xid ?? 0)),
        [0, 1, 2],
      );
      connection.send(
        refusal(sent[1]?.xid ?? 0, 5, 1),
        refusal(sent[2]?.xid ?? 0, 2, 4),
        frame(Type.barrierReply, barrier.xid),
      );
      assert.deepEqual(
        (await waiting).map(({ index, error }) => [index, error.name]),
        [
          [1, "OFPFMFC_TABLE_FULL"],
          [2, "OFPBAC_BAD_OUT_PORT"],
        ],
      );
    }));

  it("hands out no transaction id that is still waited for when the counter wraps", () =>
    withChannel({ firstXid: 0xffff_fffd }, async (channel, connection) => {
      const old = channel.request({ type: "barrierRequest" });
      const before = await connection.next();
      assert.equal(before.xid, 0xffff_fffe);
      const next = channel.sendAll(3, (_, xid) => ({ ...flowMod(), type: "flowMod", xid }));
      const run = [await connection.next(), await connection.next(), await connection.next()];
      assert.deepEqual(
        run.map(({ xid }) => xid),
        [1, 2, 3],
      );
      const barrier = await connection.expect(Type.barrierRequest);
      connection.send(frame(Type.barrierReply, barrier.xid), frame(Type.barrierReply, before.xid));
      await Promise.all([old, next]);
    }));

  it("answers an echo with the same bytes", () =>
    withChannel({}, async (channel, connection) => {
      connection.send(frame(Type.echoRequest, 0xfedc_ba98, "00112233445566778899"));
      const answer = await connection.expect(Type.echoReply);
      assert.deepEqual([answer.xid, answer.body], [0xfedc_ba98, "00112233445566778899"]);
      assert.equal(channel.stats().received["echoRequest"], 1);
      assert.equal(channel.stats().sent["echoReply"], 1);
    }));

  it("counts messages by type in both directions", () =>
    withChannel({}, async (channel, connection) => {
      const waiting = channel.barrier();
      connection.send(frame(Type.barrierReply, (await connection.next()).xid));
      await waiting;
      assert.deepEqual(channel.stats(), {
        sent: { hello: 1, barrierRequest: 1 },
        received: { hello: 1, barrierReply: 1 },
      });
    }));

  describe("that falls quiet", () => {
    const quiet = { echoIntervalMs: 1000, echoTimeoutMs: 300 };

    it("asks for an echo after the interval and goes on when it is answered", () => {
      const clock = new FakeClock();
      return withChannel({ clock, ...quiet }, async (channel, connection) => {
        clock.advance(999);
        assert.equal(channel.stats().sent["echoRequest"], undefined);
        clock.advance(1);
        const { xid } = await connection.expect(Type.echoRequest);
        const heard = once(channel, "message");
        connection.send(frame(Type.echoReply, xid));
        await heard;
        clock.advance(300);
        assert.equal(channel.closed, false);
        clock.advance(700);
        await connection.expect(Type.echoRequest);
      });
    });

    it("takes any byte for a sign of life", () => {
      const clock = new FakeClock();
      return withChannel({ clock, ...quiet }, async (channel, connection) => {
        clock.advance(1000);
        await connection.expect(Type.echoRequest);
        const waiting = channel.barrier({ timeoutMs: Number.POSITIVE_INFINITY });
        connection.send(frame(Type.barrierReply, (await connection.next()).xid));
        await waiting;
        clock.advance(300);
        assert.equal(channel.closed, false);
      });
    });

    it("closes when not a byte comes by the deadline", () => {
      const clock = new FakeClock();
      return withChannel({ clock, ...quiet }, async (channel, connection) => {
        const waiting = channel.barrier({ timeoutMs: Number.POSITIVE_INFINITY });
        const closed = once(channel, "close");
        clock.advance(1000);
        clock.advance(299);
        assert.equal(channel.closed, false);
        clock.advance(1);
        await assert.rejects(waiting, { code: "ERR_CONNECTION_CLOSED", message: /echo/ });
        assert.match(String((await closed)[0]), /not a byte for 300 ms/);
        await connection.closed();
      });
    });

    it("asks for nothing when the interval is infinite", () => {
      const clock = new FakeClock();
      return withChannel({ clock, echoIntervalMs: Number.POSITIVE_INFINITY }, async (channel) => {
        clock.advance(1e9);
        assert.equal(channel.stats().sent["echoRequest"], undefined);
        assert.equal(clock.pending, 0);
      });
    });
  });

  describe("that ends", () => {
    const ends: readonly (readonly [
      string,
      (channel: Channel, connection: PeerConnection) => unknown,
      RegExp,
    ])[] = [
      ["closed by us", (channel) => channel.close(), /closed by us/],
      ["closed by the peer", (_, connection) => connection.socket.end(), /the peer closed it/],
      ["reset by the peer", (_, connection) => connection.socket.resetAndDestroy(), /closed/],
      [
        "with half a message",
        (_, connection) => connection.socket.end(featuresReply(2).subarray(0, 20)),
        /the peer closed it/,
      ],
      [
        "by a message that can't be read",
        (_, connection) => connection.send(frame(Type.portStatus, 0, "00")),
        /closed/,
      ],
      [
        "by a length below 8",
        (_, connection) => connection.send(Buffer.from("0402000400000001", "hex")),
        /closed/,
      ],
      [
        "by an error of another version",
        (_, connection) => connection.send(frame(Type.error, 2, "00010005", 1)),
        /wire version 1/,
      ],
      [
        "by a message of another version",
        (_, connection) => connection.send(frame(Type.barrierReply, 9, "", 1)),
        /wire version 1/,
      ],
    ];
    for (const [how, end, reason] of ends) {
      it(`rejects everything that waits when it is ended ${how}`, () => {
        const clock = new FakeClock();
        return withChannel({ clock }, async (channel, connection) => {
          const settled = Promise.allSettled(everyWait(channel));
          await connection.next();
          void end(channel, connection);
          for (const result of await settled) {
            assert.ok(result.status === "rejected");
            assert.equal((result.reason as { code: string }).code, "ERR_CONNECTION_CLOSED");
            assert.match(String(result.reason), reason);
          }
          assert.equal(channel.pending, 0);
          assert.throws(() => channel.send({ type: "barrierRequest" }), { code: "ERR_CONNECTION_CLOSED" });
          await assert.rejects(channel.barrier(), { code: "ERR_CONNECTION_CLOSED" });
          await connection.closed();
          await channel.close();
          assert.equal(clock.pending, 0, "no timer is left");
        });
      });
    }

    it("by a message that can't be read tells which byte and field", () =>
      withChannel({}, async (channel, connection) => {
        const closed = once(channel, "close") as Promise<
          [Error & { code: string; offset: number; field: string }]
        >;
        connection.send(frame(Type.portStatus, 0, "00"));
        const [reason] = await closed;
        assert.equal(reason.code, "ERR_OPENFLOW_DECODE");
        assert.equal(typeof reason.offset, "number");
        assert.equal(typeof reason.field, "string");
      }));

    it("sends what is queued before it closes", () =>
      withChannel({}, async (channel, connection) => {
        channel.send({ type: "echoRequest", data: Uint8Array.of(1) });
        await channel.close();
        assert.equal((await connection.next()).body, "01");
      }));

    it("does not wait for a peer that never closes its side", () =>
      withChannel({ clock: new FakeClock() }, async (channel, connection) => {
        connection.socket.pause();
        await channel.close();
      }));

    it("tells of its end once", () =>
      withChannel({}, async (channel, connection) => {
        let ends = 0;
        channel.on("close", () => (ends += 1));
        connection.socket.destroy();
        await once(channel, "close");
        await channel.close();
        await channel.close();
        assert.equal(ends, 1);
      }));
  });

  it("rejects a request at its deadline or when it is aborted, and ignores the late answer", () => {
    const clock = new FakeClock();
    return withChannel({ clock, echoIntervalMs: Number.POSITIVE_INFINITY }, async (channel, connection) => {
      const controller = new AbortController();
      const late = channel.request({ type: "featuresRequest" }, { timeoutMs: 50 });
      const aborted = channel.request({ type: "featuresRequest" }, { signal: controller.signal });
      const frames = [await connection.next(), await connection.next()];
      clock.advance(50);
      controller.abort(new Error("enough"));
      await assert.rejects(late, { code: "ERR_TIMEOUT", timeoutMs: 50 });
      await assert.rejects(aborted, /enough/);
      connection.send(...frames.map(({ xid }) => featuresReply(xid)));
      const waiting = channel.barrier();
      connection.send(frame(Type.barrierReply, (await connection.next()).xid));
      await waiting;
      assert.equal(channel.pending, 0);
      assert.equal(clock.pending, 0);
    });
  });

  it("rejects a message that can't be encoded and sends nothing of it", () =>
    withChannel({}, async (channel, connection) => {
      const bad = { ...flowMod(), type: "flowMod", priority: 65_536 } as const;
      await assert.rejects(channel.request(bad), { code: "ERR_OPENFLOW_ENCODE" });
      assert.throws(() => channel.send(bad), { code: "ERR_OPENFLOW_ENCODE" });
      const waiting = channel.barrier();
      connection.send(frame(Type.barrierReply, (await connection.expect(Type.barrierRequest)).xid));
      await waiting;
    }));

  it("refuses to queue more than the limit for a peer that reads nothing", () =>
    withChannel({ maxQueuedBytes: 300_000 }, async (channel, connection) => {
      connection.socket.pause();
      const packet = packetOut(60_000);
      assert.throws(
        () => {
          for (let sent = 0; sent < 1000; sent += 1) channel.send(packet);
        },
        { code: "ERR_OPENFLOW_QUEUE_FULL" },
      );
      assert.equal(channel.closed, false);
      assert.ok((channel.stats().sent["packetOut"] ?? 0) < 1000);
    }));

  it("closes when a peer asks for echoes and never reads the answers", () =>
    withChannel({ maxQueuedBytes: 300_000 }, async (channel, connection) => {
      connection.socket.pause();
      const closed = once(channel, "close") as Promise<[Error & { code: string }]>;
      const echo = frame(Type.echoRequest, 1, "00".repeat(60_000));
      const flood = (): void => {
        while (!channel.closed && connection.socket.write(echo));
        if (!channel.closed) connection.socket.once("drain", flood);
      };
      flood();
      assert.equal((await closed)[0].code, "ERR_OPENFLOW_QUEUE_FULL");
    }));

  it("waits for a slow peer instead of filling the queue when it sends many messages", () =>
    withChannel({ maxQueuedBytes: 300_000 }, async (channel, connection) => {
      connection.socket.pause();
      const packet = packetOut(60_000);
      const waiting = channel.sendAll(200, (_, xid) => ({ ...packet, xid }));
      connection.socket.resume();
      const answer = async (): Promise<void> => {
        const { type, xid } = await connection.next();
        if (type !== Type.barrierRequest) return answer();
        connection.send(frame(Type.barrierReply, xid));
      };
      await answer();
      assert.deepEqual(await waiting, []);
    }));

  it("writes once for all messages of one turn", async () => {
    const writes: number[] = [];
    const stream = new Duplex({
      read: () => {},
      write(chunk: Buffer, _encoding, done) {
        writes.push(chunk.length);
        done();
      },
    });
    const opening = Channel.open(stream, { peer: "test" });
    stream.push(hello);
    const channel = await opening;
    await new Promise((resolve) => setImmediate(resolve));
    writes.length = 0;
    const flow = flowMod();
    stream.push(Buffer.concat([frame(Type.echoRequest, 1), frame(Type.echoRequest, 2)]));
    for (let sent = 0; sent < 10; sent += 1) channel.send({ ...flow, type: "flowMod" });
    channel.barrier().catch(() => {});
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(writes, [2 * 8 + 10 * 56 + 8]);
    await channel.close();
  });
});
