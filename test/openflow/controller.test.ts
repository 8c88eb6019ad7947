import assert from "node:assert/strict";
import { once } from "node:events";
import {
  type ListenForSwitchesOptions,
  listenForSwitches,
  type SwitchListener,
} from "../../src/openflow/controller.ts";
import type { Switch } from "../../src/openflow/switch.ts";
import { FakeClock } from "../transport/fake-clock.ts";
import { dialPeer, frame, hello, Type } from "./fake-peer.ts";

async function withListener(
  options: ListenForSwitchesOptions,
  body: (listener: SwitchListener, port: number) => Promise<void>,
): Promise<void> {
  const listener = await listenForSwitches("ptcp:0", options);
  try {
    assert.ok(listener.target.kind === "ptcp");
    await body(listener, listener.target.port);
  } finally {
    await listener.close();
  }
}

/** A switch that connects and introduces itself. */
async function join(port: number): Promise<Awaited<ReturnType<typeof dialPeer>>> {
  const connection = await dialPeer(port);
  await connection.introduce();
  return connection;
}

describe("listening for switches", () => {
  it("greets each one that connects and hands it out, as event and to who waits for the next", () =>
    withListener({}, async (listener, port) => {
      const events: Switch[] = [];
      listener.on("switch", (found) => events.push(found));
      const next = listener.next();
      const connection = await join(port);
      const found = await next;
      assert.deepEqual(events, [found]);
      assert.deepEqual(listener.switches, [found]);
      assert.equal(found.features.datapathId, 0xaa55_aa55_0001n);
      assert.equal(found.peer, `tcp:127.0.0.1:${connection.socket.localPort}`);
      const barrier = found.barrier();
      connection.send(frame(Type.barrierReply, (await connection.expect(Type.barrierRequest)).xid));
      await barrier;
    }));

  it("can be iterated for those that are up and those that come", () =>
    withListener({}, async (listener, port) => {
      const first = listener.next();
      await join(port);
      await first;
      const seen: Switch[] = [];
      const looping = (async (): Promise<void> => {
        for await (const found of listener) {
          seen.push(found);
          if (seen.length === 2) return;
        }
      })();
      await join(port);
      await looping;
      assert.equal(new Set(seen).size, 2);
      assert.deepEqual(listener.switches, seen);
    }));

  it("turns a bad peer away and says why, and the others never notice", () =>
    withListener({}, async (listener, port) => {
      const next = listener.next();
      const good = await join(port);
      const found = await next;
      const refusals: string[] = [];
      listener.on("refused", ({ error }) => refusals.push((error as Error & { code: string }).code));
      const bad: readonly (readonly [Buffer, string])[] = [
        [Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n\r\n".padEnd(30_000)), "ERR_OPENFLOW_VERSION"],
        [Buffer.from("0400000300000000", "hex"), "ERR_OPENFLOW_DECODE"],
        [frame(Type.hello, 1, "", 1), "ERR_OPENFLOW_VERSION"],
        [Buffer.concat([hello, frame(Type.portStatus, 0, "00")]), "ERR_CONNECTION_CLOSED"],
      ];
      await bad.reduce(async (before, [bytes, code]) => {
        await before;
        const refused = once(listener, "refused");
        const peer = await dialPeer(port);
        peer.send(bytes);
        await refused;
        await peer.closed();
        assert.equal(refusals.at(-1), code);
      }, Promise.resolve());
      assert.equal(refusals.length, bad.length);
      const barrier = found.barrier();
      good.send(frame(Type.barrierReply, (await good.expect(Type.barrierRequest)).xid));
      await barrier;
      assert.deepEqual(listener.switches, [found]);
    }));

  it("turns a peer away that is silent for longer than the handshake may take", () => {
    const clock = new FakeClock();
    return withListener({ clock, handshakeTimeoutMs: 2000 }, async (listener, port) => {
      const refused = once(listener, "refused") as Promise<[{ error: Error & { code: string } }]>;
      const silent = await dialPeer(port);
      await silent.expect(Type.hello);
      clock.advance(2000);
      assert.equal((await refused)[0].error.code, "ERR_TIMEOUT");
      await silent.closed();
    });
  });

  it("takes no more connections than its limit", () =>
    withListener({ maxConnections: 1 }, async (listener, port) => {
      const next = listener.next();
      await join(port);
      await next;
      const second = await dialPeer(port);
      await second.closed();
      assert.equal(second.received.length, 0);
      assert.equal(listener.switches.length, 1);
    }));

  it("forgets a switch that has gone and takes it again", () =>
    withListener({}, async (listener, port) => {
      const next = listener.next();
      const connection = await join(port);
      const found = await next;
      const gone = once(found, "close");
      connection.socket.end();
      await gone;
      assert.deepEqual(listener.switches, []);
      const again = listener.next();
      await join(port);
      assert.notEqual(await again, found);
    }));

  it("ends switches, handshakes, loops and waits when it is closed", () =>
    withListener({}, async (listener, port) => {
      const next = listener.next();
      const connection = await join(port);
      const found = await next;
      const halfway = await dialPeer(port);
      await halfway.expect(Type.hello);
      const waiting = listener.next();
      waiting.catch(() => {});
      const request = found.ports();
      request.catch(() => {});
      const looping = (async (): Promise<number> => {
        let seen = 0;
        for await (const _ of listener) seen += 1;
        return seen;
      })();
      await listener.close();
      await assert.rejects(waiting, { code: "ERR_CONNECTION_CLOSED" });
      await assert.rejects(request, { code: "ERR_CONNECTION_CLOSED" });
      assert.equal(await looping, 1);
      await Promise.all([connection.closed(), halfway.closed()]);
      await assert.rejects(dialPeer(port));
    }));

  it("keeps no switch that came and went for a loop that is busy", () =>
    withListener({}, async (listener, port) => {
      const loop = listener[Symbol.asyncIterator]();
      const first = loop.next();
      await join(port);
      assert.equal((await first).done, false);
      const next = listener.next();
      const short = await join(port);
      const gone = once(await next, "close");
      short.socket.end();
      await gone;
      const last = listener.next();
      await join(port);
      assert.equal((await loop.next()).value, await last);
    }));

  it("closes when its signal is aborted", async () => {
    const controller = new AbortController();
    const listener = await listenForSwitches("ptcp:0", { signal: controller.signal });
    const closed = once(listener, "close");
    controller.abort();
    await closed;
  });

  it("rejects a target that connects and one that is taken", () =>
    withListener({}, async (_, port) => {
      await assert.rejects(listenForSwitches("tcp:127.0.0.1:1"), { code: "ERR_TARGET_SYNTAX" });
      await assert.rejects(listenForSwitches(`ptcp:${port}`), { code: "ERR_LISTEN" });
    }));
});
