// What may go into a bundle beside flows, and what a refusal of it says.
import assert from "node:assert/strict";
import { connectSwitch } from "../../src/openflow/connect.ts";
import { parseBundleFile } from "../../src/openflow/index.ts";
import type { BundleError } from "../../src/openflow/session-errors.ts";
import type { Switch } from "../../src/openflow/switch.ts";
import { type Frame, frame, type PeerConnection, refusal, Type, withPeer } from "./fake-peer.ts";

const packet = "00112233445500112233445608004500001400000000400066e70a0000010a000002";
const changes = [
  ...parseBundleFile(
    [
      "group add group_id=21,type=all,bucket=output:1",
      "flow add priority=3,actions=group:21",
      `packet-out in_port=1,packet=${packet},actions=output:2`,
    ].join("\n"),
  ),
  { type: "portMod", portNo: 4, hwAddr: "00:00:00:00:00:04", config: 1, mask: 1, advertise: 0 } as const,
  { priority: 9 },
];

/** Runs `body` with a switch that is connected to a fake peer. */
function withSwitch(body: (found: Switch, connection: PeerConnection) => Promise<void>): Promise<void> {
  return withPeer(async (peer) => {
    const connecting = connectSwitch(peer.target);
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

/** Answers a BUNDLE_CONTROL. */
async function answerControl(connection: PeerConnection): Promise<void> {
  const { xid, body } = await connection.expect(Type.experimenter);
  const reply = Number.parseInt(body.slice(24, 28), 16) + 1;
  connection.send(frame(Type.experimenter, xid, `${body.slice(0, 24)}000${reply}${body.slice(28)}`));
}

/** Takes the messages of the bundle, answers the barrier behind them, and gives them back. */
async function takeAdds(
  connection: PeerConnection,
  before: (adds: readonly Frame[]) => Buffer[] = () => [],
): Promise<readonly Frame[]> {
  const adds = await connection.take(changes.length);
  const { xid } = await connection.expect(Type.barrierRequest);
  connection.send(...before(adds), frame(Type.barrierReply, xid));
  return adds;
}

describe("a bundle of flows, groups, ports and packets", () => {
  it("carries each as a message of its own kind under the id of its adding", () =>
    withSwitch(async (found, connection) => {
      const applying = found.apply(changes);
      await answerControl(connection);
      const adds = await takeAdds(connection);
      const inner = adds.map(({ body }) => body.slice(32));
      assert.deepEqual(
        inner.map((hex) => Number.parseInt(hex.slice(2, 4), 16)),
        [15, 14, 13, 16, 14],
      );
      assert.deepEqual(
        inner.map((hex) => Number.parseInt(hex.slice(8, 16), 16)),
        adds.map(({ xid }) => xid),
      );
      assert.ok(inner[2]?.includes(packet));
      await answerControl(connection);
      await applying;
    }));

  it("names the group, the packet and the port that were refused", () =>
    withSwitch(async (found, connection) => {
      const applying = found.apply(changes);
      applying.catch(() => {});
      await answerControl(connection);
      await takeAdds(connection, (adds) => [
        refusal(adds[0]?.xid ?? 0, 6, 0),
        refusal(adds[2]?.xid ?? 0, 2, 4),
        refusal(adds[3]?.xid ?? 0, 7, 1),
        refusal(adds[4]?.xid ?? 0, 5, 1),
      ]);
      await answerControl(connection);
      await assert.rejects(applying, (error: BundleError) => {
        assert.match(
          error.message,
          /change 1 of 5, group add group_id=21,type=all,bucket=actions=output:1: OFPGMFC_GROUP_EXISTS \(and 3 more\)$/,
        );
        assert.equal(error.flow, undefined);
        assert.deepEqual(
          error.failures.map(({ index, message, flow, error: reason }) => [
            index,
            message.type,
            flow?.priority,
            reason.request,
            reason.errorName,
          ]),
          [
            [0, "groupMod", undefined, "groupMod", "OFPGMFC_GROUP_EXISTS"],
            [2, "packetOut", undefined, "packetOut", "OFPBAC_BAD_OUT_PORT"],
            [3, "portMod", undefined, "portMod", "OFPPMFC_BAD_HW_ADDR"],
            [4, "flowMod", 9, "flowMod", "OFPFMFC_TABLE_FULL"],
          ],
        );
        return true;
      });
    }));

  for (const [index, line] of [
    [2, `packet-out in_port=1,packet=${packet},actions=output:2`],
    [3, "mod-port 4"],
    [1, "priority=3 actions=group:21"],
  ] as const) {
    it(`says of change ${index + 1} what it was: ${line.replace(packet, "…")}`, () =>
      withSwitch(async (found, connection) => {
        const applying = found.apply(changes);
        applying.catch(() => {});
        await answerControl(connection);
        await takeAdds(connection, (adds) => [refusal(adds[index]?.xid ?? 0, 1, 6)]);
        await answerControl(connection);
        await assert.rejects(applying, (error: Error) => {
          assert.ok(
            error.message.endsWith(`change ${index + 1} of 5, ${line}: OFPBRC_BAD_LEN`),
            error.message,
          );
          return true;
        });
      }));
  }
});
