// A thousand switches behind one controller whose connections break at the same moment, and who come back at once: what waits on
// the old connections ends, and none of the new ones is lost.
import assert from "node:assert/strict";
import { listenForSwitches, type SwitchListener } from "../../src/openflow/controller.ts";
import type { Switch } from "../../src/openflow/switch.ts";
import { dialPeer, frame, hello, type PeerConnection, Type } from "./fake-peer.ts";

const count = 1000;

/** A switch that introduces itself by its number; it answers barriers once it is told to. */
class StormSwitch {
  readonly #number: number;
  readonly #port: number;
  #connection: PeerConnection | undefined;

  constructor(number: number, port: number) {
    this.#number = number;
    this.#port = port;
  }

  async join(): Promise<void> {
    const connection = await dialPeer(this.#port);
    this.#connection = connection;
    connection.send(hello);
    await connection.expect(Type.hello);
    const { xid } = await connection.expect(Type.featuresRequest);
    const datapathId = this.#number.toString(16).padStart(16, "0");
    connection.send(frame(Type.featuresReply, xid, `${datapathId}00000000fe0000000000004f00000000`));
  }

  drop(): void {
    this.#connection?.socket.resetAndDestroy();
  }

  async answerBarrier(): Promise<void> {
    const connection = this.#connection;
    assert.ok(connection);
    connection.send(frame(Type.barrierReply, (await connection.expect(Type.barrierRequest)).xid));
  }
}

/** Settles with the next so many switches. */
function nextSwitches(listener: SwitchListener): Promise<readonly Switch[]> {
  return new Promise((resolve) => {
    const found: Switch[] = [];
    const hear = (one: Switch): void => {
      found.push(one);
      if (found.length < count) return;
      listener.off("switch", hear);
      resolve(found);
    };
    listener.on("switch", hear);
  });
}

function datapathIds(switches: readonly Switch[]): readonly bigint[] {
  return switches.map(({ features }) => features.datapathId).toSorted((a, b) => Number(a - b));
}

describe("a thousand switches that break off at once and come back", () => {
  it("are all up again, and whatever waited on the old connections has ended", async () => {
    await using listener = await listenForSwitches("ptcp:0", { handshakeTimeoutMs: 60_000 });
    assert.ok(listener.target.kind === "ptcp");
    const { port } = listener.target;
    const refused: Error[] = [];
    listener.on("refused", ({ error }) => refused.push(error));
    const players = Array.from({ length: count }, (_, number) => new StormSwitch(number, port));
    const expected = players.map((_, number) => BigInt(number));
    try {
      const first = nextSwitches(listener);
      await Promise.all(players.map((player) => player.join()));
      const before = await first;
      assert.deepEqual(datapathIds(before), expected);

      const waiting = before.map((found) =>
        found.barrier().then(String, (error: { code: string }) => error.code),
      );
      const second = nextSwitches(listener);
      const joining = players.map((player) => {
        player.drop();
        return player.join();
      });
      assert.deepEqual(new Set(await Promise.all(waiting)), new Set(["ERR_CONNECTION_CLOSED"]));
      await Promise.all(joining);
      const after = await second;
      assert.deepEqual(datapathIds(after), expected);
      assert.deepEqual(refused, []);
      assert.equal(before.filter(({ closed }) => !closed).length, 0);
      assert.deepEqual(new Set(listener.switches), new Set(after));

      const barriers = after.map((found) => found.barrier());
      await Promise.all(players.map((player) => player.answerBarrier()));
      await Promise.all(barriers);
    } finally {
      for (const player of players) player.drop();
    }
  }).timeout(60_000);
});
