import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { Channel, type OpenChannelOptions } from "../../src/openflow/channel.ts";
import { dial } from "../../src/transport/dial.ts";
import { FakeClock } from "../transport/fake-clock.ts";
import { type FakePeer, frame, hello, type PeerConnection, refusal, Type, withPeer } from "./fake-peer.ts";

interface Recorded {
  readonly switch_msgs: readonly string[];
}

/** What a real switch said to clients of all versions. */
async function recorded(): Promise<readonly Recorded[]> {
  const path = new URL("../../../test/vectors/ovs31-hello-negotiation.json", import.meta.url);
  return JSON.parse(await readFile(path, "utf8")) as Recorded[];
}

/** Opens a channel to the peer; the peer's end comes with it. */
async function greet(
  peer: FakePeer,
  options: Partial<OpenChannelOptions> = {},
): Promise<{ opening: Promise<Channel>; connection: PeerConnection }> {
  const socket = await dial(peer.target);
  const opening = Channel.open(socket, { peer: peer.target, ...options });
  opening.catch(() => {});
  return { opening, connection: await peer.accept() };
}

describe("the greeting of a channel", () => {
  it("offers OpenFlow 1.3 and nothing else", () =>
    withPeer(async (peer) => {
      const { opening, connection } = await greet(peer);
      const first = await connection.expect(Type.hello);
      assert.deepEqual(
        { version: first.version, body: first.body },
        { version: 4, body: "0001000800000010" },
      );
      connection.send(hello);
      const channel = await opening;
      assert.equal(channel.closed, false);
      await channel.close();
    }));

  it("is agreed on with every greeting of a switch that was recorded", async () => {
    const greetings = new Map(
      (await recorded()).map(({ switch_msgs: [first = ""] }) => [first.slice(0, 2) + first.slice(16), first]),
    );
    assert.ok(greetings.size >= 2);
    await Promise.all(
      [...greetings.values()].map((first) =>
        withPeer(async (peer) => {
          const { opening, connection } = await greet(peer);
          connection.send(Buffer.from(first, "hex"));
          await (await opening).close();
        }),
      ),
    );
  });

  it("is refused with the words of every refusal that was recorded", async () => {
    const errors = (await recorded()).flatMap(({ switch_msgs: [, second] }) =>
      second === undefined ? [] : [second],
    );
    assert.ok(errors.length > 3);
    await Promise.all(
      errors.map((error) =>
        withPeer(async (peer) => {
          const { opening, connection } = await greet(peer);
          connection.send(Buffer.from(error, "hex"));
          await assert.rejects(opening, {
            code: "ERR_OPENFLOW_VERSION",
            message: /OFPHFC_INCOMPATIBLE: We support version/,
          });
        }),
      ),
    );
  });

  const agreed: readonly (readonly [string, Buffer])[] = [
    ["version 4 without a bitmap", frame(Type.hello, 1, "", 4)],
    ["version 6 without a bitmap", frame(Type.hello, 1, "", 6)],
    ["version 6 with a bitmap that has 1.3", frame(Type.hello, 1, "0001000800000052", 6)],
    ["version 4 with an empty bitmap", frame(Type.hello, 1, "0001000800000000", 4)],
    ["an unknown element before the bitmap", frame(Type.hello, 1, "00070008deadbeef0001000800000010", 4)],
  ];
  for (const [what, greeting] of agreed) {
    it(`is agreed on with ${what}`, () =>
      withPeer(async (peer) => {
        const { opening, connection } = await greet(peer);
        connection.send(greeting);
        await (await opening).close();
      }));
  }

  const refused: readonly (readonly [string, Buffer, readonly number[]])[] = [
    ["version 1 without a bitmap", frame(Type.hello, 1, "", 1), [1]],
    ["version 3 without a bitmap", frame(Type.hello, 1, "", 3), [1, 2, 3]],
    ["version 6 with a bitmap that lacks 1.3", frame(Type.hello, 1, "0001000800000062", 6), [1, 5, 6]],
  ];
  for (const [what, greeting, versions] of refused) {
    it(`is refused, in the peer's own version, to ${what}`, () =>
      withPeer(async (peer) => {
        const { opening, connection } = await greet(peer);
        connection.send(greeting);
        await assert.rejects(opening, { name: "NegotiationError", code: "ERR_OPENFLOW_VERSION", versions });
        await connection.expect(Type.hello);
        const answer = await connection.expect(Type.error);
        assert.equal(answer.version, greeting[0]);
        assert.match(answer.body, /^00000000/);
        await connection.closed();
      }));
  }

  it("ends when the peer answers with an error of its own version, with the peer's words", () =>
    withPeer(async (peer) => {
      const { opening, connection } = await greet(peer);
      const text = Buffer.from("We support version 0x01\u0007").toString("hex");
      connection.send(frame(Type.error, 0, `00000000${text}`, 1));
      await assert.rejects(opening, {
        code: "ERR_OPENFLOW_VERSION",
        message: /OFPHFC_INCOMPATIBLE: We support version 0x01$/,
      });
    }));

  it("ends later still when the refusal crosses the peer's own HELLO", () =>
    withPeer(async (peer) => {
      const { opening, connection } = await greet(peer);
      connection.send(frame(Type.hello, 1, "", 6));
      const channel = await opening;
      const waiting = channel.request({ type: "featuresRequest" });
      connection.send(frame(Type.error, 0, "00000000", 1));
      await assert.rejects(waiting, { code: "ERR_CONNECTION_CLOSED", message: /OFPHFC_INCOMPATIBLE/ });
    }));

  it("ends when the peer begins with anything else", () =>
    withPeer(async (peer) => {
      const { opening, connection } = await greet(peer);
      connection.send(frame(Type.echoRequest, 7));
      await assert.rejects(opening, {
        code: "ERR_OPENFLOW_VERSION",
        message: /echoRequest instead of a HELLO/,
      });
      await connection.closed();
    }));

  const garbage: readonly (readonly [string, string])[] = [
    ["a length below 8", "0400000700000001"],
    ["a length of 0", "0400000000000001"],
    [
      "an HTTP server's words",
      Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n".padEnd(30_000)).toString("hex"),
    ],
  ];
  for (const [what, bytes] of garbage) {
    it(`ends when the peer begins with ${what}`, () =>
      withPeer(async (peer) => {
        const { opening, connection } = await greet(peer);
        connection.send(Buffer.from(bytes, "hex"));
        await assert.rejects(opening, (error: { code: string }) =>
          ["ERR_OPENFLOW_DECODE", "ERR_OPENFLOW_VERSION"].includes(error.code),
        );
        await connection.closed();
      }));
  }

  it("ends at its deadline when the peer stays silent, and leaves no timer", () =>
    withPeer(async (peer) => {
      const clock = new FakeClock();
      const { opening, connection } = await greet(peer, { clock, timeoutMs: 4000 });
      await connection.expect(Type.hello);
      clock.advance(4000);
      await assert.rejects(opening, { code: "ERR_TIMEOUT", timeoutMs: 4000 });
      await connection.closed();
      assert.ok(clock.pending <= 1, "only the wait for the last bytes may be left");
    }));

  it("ends when it is aborted, before and during", () =>
    withPeer(async (peer) => {
      const reason = new Error("enough");
      const before = await greet(peer, { signal: AbortSignal.abort(reason) });
      await assert.rejects(before.opening, reason);
      await before.connection.closed();
      const controller = new AbortController();
      const during = await greet(peer, { signal: controller.signal });
      controller.abort(reason);
      await assert.rejects(during.opening, reason);
      await during.connection.closed();
    }));

  it("ends when the peer closes at any byte of its greeting", () =>
    withPeer(async (peer) => {
      const ends = Array.from({ length: hello.length }, async (_, sent) => {
        const { opening, connection } = await greet(peer);
        connection.socket.end(hello.subarray(0, sent));
        await assert.rejects(opening, { code: "ERR_CONNECTION_CLOSED" }, `after ${sent} bytes`);
        await connection.closed();
      });
      await Promise.all(ends);
    }));

  it("ends when the peer resets the connection", () =>
    withPeer(async (peer) => {
      const { opening, connection } = await greet(peer);
      connection.socket.resetAndDestroy();
      await assert.rejects(opening, { code: "ERR_CONNECTION_CLOSED" });
    }));

  it("ends at once on a connection that had closed before", () =>
    withPeer(async (peer) => {
      const socket = await dial(peer.target);
      socket.destroy();
      await assert.rejects(Channel.open(socket, { peer: peer.target }), {
        code: "ERR_CONNECTION_CLOSED",
        message: /closed already/,
      });
    }));

  it("is agreed on when each byte comes alone", () =>
    withPeer(async (peer) => {
      const { opening, connection } = await greet(peer);
      await connection.drip(hello);
      await (await opening).close();
    }));

  it("takes what comes in one piece with the HELLO", () =>
    withPeer(async (peer) => {
      const { opening, connection } = await greet(peer);
      connection.send(hello, frame(Type.echoRequest, 0x77, "abcd"));
      const channel = await opening;
      await connection.expect(Type.hello);
      const echo = await connection.expect(Type.echoReply);
      assert.deepEqual([echo.xid, echo.body], [0x77, "abcd"]);
      await channel.close();
    }));

  it("is refused to a peer that sends an error about something else first", () =>
    withPeer(async (peer) => {
      const { opening, connection } = await greet(peer);
      connection.send(refusal(0, 1, 5));
      await assert.rejects(opening, { code: "ERR_OPENFLOW_VERSION", message: /OFPBRC_/ });
    }));
});
