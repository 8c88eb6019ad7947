import assert from "node:assert/strict";
import { once } from "node:events";
import { type ConnectSwitchOptions, connectSwitch } from "../../src/openflow/connect.ts";
import type { Switch } from "../../src/openflow/switch.ts";
import { FakeClock } from "../transport/fake-clock.ts";
import { unusedPort } from "../transport/sockets.ts";
import {
  type Frame,
  featuresReply,
  frame,
  hello,
  type PeerConnection,
  refusal,
  Type,
  withPeer,
} from "./fake-peer.ts";

/** Runs `body` with a switch that is connected to a fake peer. */
function withSwitch(
  body: (found: Switch, connection: PeerConnection) => Promise<void>,
  options: ConnectSwitchOptions = {},
): Promise<void> {
  return withPeer(async (peer) => {
    const connecting = connectSwitch(peer.target, options);
    const connection = await peer.accept();
    await connection.introduce();
    const found = await connecting;
    try {
      await body(found, connection);
    } finally {
      void found.close();
    }
  });
}

/** Takes messages until a barrier request, answers it after `before`, and gives back what came before it. */
async function untilBarrier(
  connection: PeerConnection,
  before: (frames: readonly Frame[]) => readonly Buffer[] = () => [],
): Promise<readonly Frame[]> {
  const frames: Frame[] = [];
  const take = async (): Promise<number> => {
    const next = await connection.next();
    if (next.type === Type.barrierRequest) return next.xid;
    frames.push(next);
    return take();
  };
  const xid = await take();
  connection.send(...before(frames), frame(Type.barrierReply, xid));
  return frames;
}

const onf = "4f4e4600";
const bundleControl = "000008fc";
const bundleAdd = "000008fd";

/** BUNDLE_CONTROL of a bundle: 0 to 7 are open, close, commit and discard, each asked and answered. */
function controlFrame(xid: number, bundleId: string, control: number): Buffer {
  return frame(Type.experimenter, xid, `${onf}${bundleControl}${bundleId}000${control}0003`);
}

/** What a BUNDLE_CONTROL or BUNDLE_ADD says. */
function bundleOf({ body }: Frame): {
  id: string;
  control: number | undefined;
  flags: string;
  inner: string;
} {
  assert.equal(body.slice(0, 8), onf);
  const kind = body.slice(8, 16);
  assert.ok(kind === bundleControl || kind === bundleAdd);
  return {
    id: body.slice(16, 24),
    control: kind === bundleControl ? Number.parseInt(body.slice(24, 28), 16) : undefined,
    flags: body.slice(28, 32),
    inner: body.slice(32),
  };
}

/** Answers the opening of a bundle; gives back its frame. */
async function answerOpen(connection: PeerConnection): Promise<{ id: string; xid: number }> {
  const open = await connection.expect(Type.experimenter);
  const { id, control } = bundleOf(open);
  assert.equal(control, 0);
  connection.send(controlFrame(open.xid, id, 1));
  return { id, xid: open.xid };
}

/** Takes BUNDLE_CONTROL `control` and answers it. */
async function answerControl(connection: PeerConnection, control: number): Promise<void> {
  const asked = await connection.expect(Type.experimenter);
  const { id, control: found } = bundleOf(asked);
  assert.equal(found, control);
  connection.send(controlFrame(asked.xid, id, control + 1));
}

const flows = [{ priority: 1 }, { priority: 2 }, { priority: 3 }];

describe("connecting to a switch", () => {
  it("gives a switch with its features", () =>
    withSwitch(async (found) => {
      assert.equal(found.features.datapathId, 0xaa55_aa55_0001n);
      assert.equal(found.features.nTables, 0xfe);
      assert.match(found.peer, /^tcp:127\.0\.0\.1:\d+$/);
      assert.equal(found.closed, false);
    }));

  it("asks for asynchronous messages when told to", () =>
    withPeer(async (peer) => {
      const connecting = connectSwitch(peer.target, { asyncMessages: true });
      const connection = await peer.accept();
      await connection.introduce();
      const [config] = await untilBarrier(connection);
      assert.deepEqual([config?.type, config?.body], [Type.setConfig, "0000ffff"]);
      await (await connecting).close();
    }));

  it("fails when the peer closes at any byte of the handshake", () =>
    withPeer(async (peer) => {
      const handshake = Buffer.concat([hello, featuresReply(2)]);
      const ends = Array.from({ length: handshake.length }, async (_, sent) => {
        const connecting = connectSwitch(peer.target);
        const settled = assert.rejects(connecting, { code: "ERR_CONNECTION_CLOSED" }, `after ${sent} bytes`);
        const connection = await peer.accept();
        connection.socket.end(handshake.subarray(0, sent));
        await settled;
        await connection.closed();
      });
      await Promise.all(ends);
    }));

  it("succeeds when each byte of the handshake comes alone", () =>
    withPeer(async (peer) => {
      const connecting = connectSwitch(peer.target);
      const connection = await peer.accept();
      await connection.drip(hello);
      await connection.expect(Type.hello);
      await connection.drip(featuresReply((await connection.expect(Type.featuresRequest)).xid));
      const found = await connecting;
      assert.equal(found.features.datapathId, 0xaa55_aa55_0001n);
      await found.close();
    }));

  const silences: readonly (readonly [string, (connection: PeerConnection) => Promise<unknown>])[] = [
    ["never greets", (connection) => connection.expect(Type.hello)],
    [
      "greets and never tells its features",
      (connection) => {
        connection.send(hello);
        return connection.expect(Type.hello).then(() => connection.expect(Type.featuresRequest));
      },
    ],
  ];
  for (const [what, play] of silences) {
    it(`fails at its deadline when the peer ${what}`, () =>
      withPeer(async (peer) => {
        const clock = new FakeClock();
        const connecting = connectSwitch(peer.target, { clock, timeoutMs: 3000 });
        connecting.catch(() => {});
        const connection = await peer.accept();
        await play(connection);
        clock.advance(3000);
        await assert.rejects(connecting, {
          code: "ERR_TIMEOUT",
          message: /connecting to the switch tcp:.* 3000 ms/,
        });
        await connection.closed();
      }));
  }

  it("fails when the switch refuses to tell its features", () =>
    withPeer(async (peer) => {
      const connecting = connectSwitch(peer.target);
      connecting.catch(() => {});
      const connection = await peer.accept();
      connection.send(hello);
      await connection.expect(Type.hello);
      connection.send(refusal((await connection.next()).xid, 1, 5));
      await assert.rejects(connecting, { code: "ERR_OPENFLOW_SWITCH", request: "featuresRequest" });
      await connection.closed();
    }));

  it("fails with its reason when it is aborted at any step", () =>
    withPeer(async (peer) => {
      const reason = new Error("enough");
      await assert.rejects(connectSwitch(peer.target, { signal: AbortSignal.abort(reason) }), reason);
      const controller = new AbortController();
      const connecting = connectSwitch(peer.target, { signal: controller.signal });
      connecting.catch(() => {});
      const connection = await peer.accept();
      connection.send(hello);
      await connection.expect(Type.hello);
      await connection.expect(Type.featuresRequest);
      controller.abort(reason);
      await assert.rejects(connecting, reason);
      await connection.closed();
    }));

  it("fails when nobody listens and when the target is wrong", async () => {
    await assert.rejects(connectSwitch(`tcp:127.0.0.1:${await unusedPort()}`), { code: "ERR_CONNECT" });
    await assert.rejects(connectSwitch("unix:/nonexistent/br0.mgmt"), {
      code: "ERR_CONNECT",
      message: /ENOENT/,
    });
    await assert.rejects(connectSwitch("br0"), { code: "ERR_TARGET_SYNTAX" });
    await assert.rejects(connectSwitch("ptcp:6633"), { code: "ERR_TARGET_SYNTAX" });
  });
});

describe("a switch", () => {
  it("takes flows in behind one barrier, with what is left out filled in", () =>
    withSwitch(async (found, connection) => {
      const adding = found.add(...flows);
      const frames = await untilBarrier(connection);
      await adding;
      assert.deepEqual(
        frames.map(({ type }) => type),
        [Type.flowMod, Type.flowMod, Type.flowMod],
      );
      assert.equal(
        frames[1]?.body,
        `${"00".repeat(16)}0000000000000002ffffffffffffffffffffffff000000000001000400000000`,
      );
    }));

  it("names each flow that was refused, and no other", () =>
    withSwitch(async (found, connection) => {
      const adding = found.add(...flows);
      adding.catch(() => {});
      await untilBarrier(connection, ([, second, third]) => [
        refusal(second?.xid ?? 0, 4, 9),
        refusal(third?.xid ?? 0, 5, 1),
      ]);
      await assert.rejects(
        adding,
        (error: Error & { failures: { errorName: string; flow: { priority: number } }[] }) => {
          assert.deepEqual(
            error.failures.map(({ errorName, flow }) => [errorName, flow.priority]),
            [
              ["OFPBMC_BAD_PREREQ", 2],
              ["OFPFMFC_TABLE_FULL", 3],
            ],
          );
          assert.match(error.message, /refused flowMod .*priority=2.*: OFPBMC_BAD_PREREQ \(and 1 more\)/);
          return true;
        },
      );
    }));

  it("deletes from every table unless one is named, loosely unless told to be strict", () =>
    withSwitch(async (found, connection) => {
      const deleting = found.delete({}, { tableId: 3 }, { command: "deleteStrict" });
      const frames = await untilBarrier(connection);
      await deleting;
      assert.deepEqual(
        frames.map(({ body }) => body.slice(32, 36)),
        ["ff03", "0303", "ff04"],
      );
      const modifying = found.modify({}, { command: "modifyStrict" });
      assert.deepEqual(
        (await untilBarrier(connection)).map(({ body }) => body.slice(32, 36)),
        ["0001", "0002"],
      );
      await modifying;
    }));

  it("sends nothing for no flows at all", () =>
    withSwitch(async (found) => {
      const before = found.stats();
      await Promise.all([found.add(), found.modify(), found.delete(), found.apply([])]);
      assert.deepEqual(found.stats(), before);
    }));

  it("emits what the switch tells on its own", () =>
    withSwitch(async (found, connection) => {
      const heard: string[] = [];
      found.on("packetIn", ({ tableId }) => heard.push(`packet of table ${tableId}`));
      found.on("portStatus", ({ desc }) => heard.push(`port ${desc.portNo}`));
      found.on("flowRemoved", ({ priority }) => heard.push(`flow ${priority}`));
      found.on("error", ({ errorName }) => heard.push(errorName));
      connection.send(
        frame(Type.packetIn, 0, "ffffffff0036010700000000000000000001000c800000040000000100000000000000aabb"),
        frame(Type.portStatus, 0, `00${"00".repeat(7)}00000004${"00".repeat(60)}`),
        frame(Type.flowRemoved, 0, `${"00".repeat(8)}0007${"00".repeat(30)}0001000400000000`),
        refusal(0x999, 1, 5),
      );
      const done = found.barrier();
      await untilBarrier(connection);
      await done;
      assert.deepEqual(heard, ["packet of table 7", "port 4", "flow 7", "OFPBRC_EPERM"]);
    }));

  it("closes with everything that waits rejected", () =>
    withSwitch(async (found) => {
      const waiting = Promise.allSettled([
        found.ports(),
        found.flows(),
        found.add({}),
        found.apply(flows),
        found.barrier(),
        found.watchFlows(),
        found.flowStream()[Symbol.asyncIterator]().next(),
      ]);
      const closed = once(found, "close");
      await found.close();
      assert.deepEqual(await closed, [undefined]);
      assert.deepEqual(
        (await waiting).map((one) =>
          one.status === "rejected" ? (one.reason as { code: string }).code : "done",
        ),
        Array.from({ length: 7 }, () => "ERR_CONNECTION_CLOSED"),
      );
      await assert.rejects(found.apply(flows), { code: "ERR_CONNECTION_CLOSED" });
      await assert.rejects(found.watchFlows(), { code: "ERR_CONNECTION_CLOSED" });
    }));
});

describe("a bundle", () => {
  it("is opened atomic and ordered, filled, and committed behind a barrier", () =>
    withSwitch(async (found, connection) => {
      const applying = found.apply(flows);
      const { id, xid } = await answerOpen(connection);
      const adds = await untilBarrier(connection);
      assert.deepEqual(
        adds.map((add) => add.xid),
        [xid + 1, xid + 2, xid + 3],
      );
      for (const [index, add] of adds.entries()) {
        const { id: inBundle, control, flags, inner } = bundleOf(add);
        assert.deepEqual([inBundle, control, flags], [id, undefined, "0003"]);
        assert.equal(inner.slice(0, 16), `040e0038${add.xid.toString(16).padStart(8, "0")}`);
        assert.equal(inner.slice(56, 64), `0000000${index + 1}`);
      }
      await answerControl(connection, 4);
      await applying;
    }));

  it("is discarded when the switch refuses one of its flows, and the error names flow and reason", () =>
    withSwitch(async (found, connection) => {
      const applying = found.apply(flows);
      applying.catch(() => {});
      await answerOpen(connection);
      await untilBarrier(connection, ([, second]) => [refusal(second?.xid ?? 0, 2, 10)]);
      await answerControl(connection, 6);
      await assert.rejects(applying, {
        name: "BundleError",
        code: "ERR_OPENFLOW_BUNDLE",
        phase: "add",
        errorName: "OFPBAC_MATCH_INCONSISTENT",
        message:
          /nothing was installed: the switch refused change 2 of 3, .*priority=2.*: OFPBAC_MATCH_INCONSISTENT$/,
      });
      await assert.rejects(
        applying,
        (error: { failures: { index: number; flow: { priority: number } }[] }) => {
          assert.deepEqual(
            error.failures.map(({ index, flow }) => [index, flow.priority]),
            [[1, 2]],
          );
          return true;
        },
      );
      assert.equal(connection.received.filter((one) => one.type === Type.experimenter).length, 5);
    }));

  it("tells why its commit failed and which flow was to blame", () =>
    withSwitch(async (found, connection) => {
      const applying = found.apply(flows);
      applying.catch(() => {});
      await answerOpen(connection);
      const adds = await untilBarrier(connection);
      const commit = await connection.expect(Type.experimenter);
      connection.send(refusal(adds[2]?.xid ?? 0, 5, 3), refusal(commit.xid, 17, 15));
      await assert.rejects(applying, {
        phase: "commit",
        errorName: "OFPFMFC_OVERLAP",
        message: /change 3 of 3/,
      });
    }));

  it("tells when its opening is refused, and sends no more", () =>
    withSwitch(async (found, connection) => {
      const applying = found.apply(flows);
      applying.catch(() => {});
      const open = await connection.expect(Type.experimenter);
      connection.send(refusal(open.xid, 1, 3));
      await assert.rejects(applying, { phase: "open", errorName: "OFPBRC_BAD_VENDOR", failures: [] });
      const done = found.barrier();
      assert.deepEqual(await untilBarrier(connection), []);
      await done;
    }));

  it("that expired while it was filled is never committed", () =>
    withSwitch(async (found, connection) => {
      const applying = found.apply(flows);
      applying.catch(() => {});
      const { xid } = await answerOpen(connection);
      await untilBarrier(connection, () => [refusal(xid, 17, 8)]);
      await answerControl(connection, 6);
      await assert.rejects(applying, { phase: "add", code: "ERR_OPENFLOW_BUNDLE", failures: [] });
    }));

  it("is discarded when it is aborted half-way", () =>
    withSwitch(async (found, connection) => {
      const controller = new AbortController();
      const applying = found.apply(flows, { signal: controller.signal });
      applying.catch(() => {});
      await answerOpen(connection);
      await connection.take(flows.length);
      await connection.expect(Type.barrierRequest);
      controller.abort(new Error("enough"));
      await assert.rejects(applying, /enough/);
      await answerControl(connection, 6);
    }));

  it("is discarded when one of its flows can't be encoded", () =>
    withSwitch(async (found, connection) => {
      const applying = found.apply([{}, { priority: -1 }]);
      applying.catch(() => {});
      await answerOpen(connection);
      await connection.expect(Type.experimenter);
      await answerControl(connection, 6);
      await assert.rejects(applying, { code: "ERR_OPENFLOW_ENCODE" });
    }));

  it("shares its id with no other on the same connection", () =>
    withSwitch(async (found, connection) => {
      const both = Promise.all([found.apply([{}]), found.apply([{}])]);
      const ids: string[] = [];
      const answer = async (commits: number): Promise<void> => {
        if (commits === 2) return;
        const asked = await connection.next();
        if (asked.type === Type.barrierRequest) {
          connection.send(frame(Type.barrierReply, asked.xid));
          return answer(commits);
        }
        const { id, control } = bundleOf(asked);
        if (control !== undefined) connection.send(controlFrame(asked.xid, id, control + 1));
        if (control === 0) ids.push(id);
        return answer(control === 4 ? commits + 1 : commits);
      };
      await answer(0);
      await both;
      assert.equal(new Set(ids).size, 2);
    }));
});

/** A FLOW part with flows of these priorities. */
function part(xid: number, priorities: readonly number[], more: boolean): Buffer {
  const entries = priorities.map((priority) => {
    const entry = Buffer.alloc(56);
    entry.writeUInt16BE(56, 0);
    entry.writeUInt16BE(priority, 12);
    entry.write("0001000400000000", 48, "hex");
    return entry.toString("hex");
  });
  return frame(Type.multipartReply, xid, `0001${more ? "0001" : "0000"}00000000${entries.join("")}`);
}

describe("reading flows one by one", () => {
  it("yields them part by part, over empty parts, and ends", () =>
    withSwitch(async (found, connection) => {
      const reading = (async (): Promise<number[]> => {
        const seen: number[] = [];
        for await (const { priority } of found.flowStream({ tableId: 7 })) seen.push(priority);
        return seen;
      })();
      const { xid, body } = await connection.expect(Type.multipartRequest);
      assert.equal(body.slice(0, 18), "000100000000000007");
      connection.send(part(xid, [1, 2], true), part(xid, [], true));
      await connection.drip(part(xid, [3], true), part(xid, [], false));
      assert.deepEqual(await reading, [1, 2, 3]);
    }));

  it("sends nothing before the first flow is wanted, and once per loop", () =>
    withSwitch(async (found) => {
      found.flowStream();
      assert.equal(found.stats().sent["multipartRequest"], undefined);
    }));

  it("drops the rest when the loop is left", () =>
    withSwitch(async (found, connection) => {
      const reading = (async (): Promise<number> => {
        for await (const { priority } of found.flowStream()) return priority;
        return -1;
      })();
      const { xid } = await connection.expect(Type.multipartRequest);
      connection.send(part(xid, [1, 2], true));
      assert.equal(await reading, 1);
      connection.send(part(xid, [3], true), part(xid, [4], false));
      const done = found.barrier();
      await untilBarrier(connection);
      await done;
    }));

  it("throws what went wrong after the flows before it", () =>
    withSwitch(async (found, connection) => {
      const seen: number[] = [];
      const reading = (async (): Promise<void> => {
        for await (const { priority } of found.flowStream()) seen.push(priority);
      })();
      reading.catch(() => {});
      const { xid } = await connection.expect(Type.multipartRequest);
      connection.send(part(xid, [1, 2], true), refusal(xid, 1, 5));
      await assert.rejects(reading, { errorName: "OFPBRC_EPERM" });
      assert.deepEqual(seen, [1, 2]);
      const other = found.flowStream()[Symbol.asyncIterator]().next();
      other.catch(() => {});
      await connection.expect(Type.multipartRequest);
      connection.socket.destroy();
      await assert.rejects(other, { code: "ERR_CONNECTION_CLOSED" });
    }));

  it("throws at its deadline when the next part doesn't come", () => {
    const clock = new FakeClock();
    return withSwitch(
      async (found, connection) => {
        const iterator = found.flowStream({}, { timeoutMs: 70 })[Symbol.asyncIterator]();
        const first = iterator.next();
        const { xid } = await connection.expect(Type.multipartRequest);
        connection.send(part(xid, [1], true));
        await first;
        const second = iterator.next();
        second.catch(() => {});
        clock.advance(70);
        await assert.rejects(second, { code: "ERR_TIMEOUT" });
      },
      { clock, echoIntervalMs: Number.POSITIVE_INFINITY },
    );
  });

  it("fails when the reader leaves more unread than the limit", () =>
    withSwitch(
      async (found, connection) => {
        const iterator = found.flowStream()[Symbol.asyncIterator]();
        const first = iterator.next();
        const { xid } = await connection.expect(Type.multipartRequest);
        connection.send(...[1, 2, 3, 4, 5].map((priority) => part(xid, [priority], true)));
        await first;
        const drain = async (): Promise<void> => {
          if ((await iterator.next()).done !== true) await drain();
        };
        const rest = drain();
        await assert.rejects(rest, { code: "ERR_OPENFLOW_PROTOCOL", message: /exceeds 200 bytes/ });
      },
      { maxReplyBytes: 200 },
    ));
});
