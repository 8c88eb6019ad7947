import assert from "node:assert/strict";
import type { PacketIn2Message } from "../../src/openflow/protocol/nx-packet-in.ts";
import type { PacketProperty } from "../../src/openflow/protocol/nx-packet-property.ts";
import { receivedPacket, resumption } from "../../src/openflow/received-packet.ts";

function packetIn2(...properties: PacketProperty[]): PacketIn2Message {
  return { version: 4, type: "packetIn2", xid: 9, properties };
}

const data = Uint8Array.of(1, 2, 3);
const paused: PacketProperty = { type: "continuation", properties: [{ type: "mirrors", mirrors: 5 }] };

describe("A packet in Nicira's first form", () => {
  it("is a PACKET_IN", () => {
    const fields = {
      bufferId: 0xffff_ffff,
      totalLen: 3,
      reason: "action" as const,
      tableId: 5,
      cookie: 0xaan,
      match: [{ field: "inPort" as const, value: 1 }],
      data,
    };
    assert.deepEqual(receivedPacket({ version: 4, type: "nxPacketIn", xid: 9, ...fields }), {
      version: 4,
      type: "packetIn",
      xid: 9,
      ...fields,
    });
  });
});

describe("A packet in its second form", () => {
  it("has the fields of a PACKET_IN, and is itself there too", () => {
    const message = packetIn2(
      { type: "packet", data },
      { type: "fullLen", fullLen: 1_500 },
      { type: "bufferId", bufferId: 7 },
      { type: "tableId", tableId: 3 },
      { type: "cookie", cookie: 5n },
      { type: "reason", reason: "invalidTtl" },
      { type: "metadata", match: [{ field: "inPort", value: 1 }] },
      { type: "userdata", data: Uint8Array.of(4) },
    );
    assert.deepEqual(receivedPacket(message), {
      version: 4,
      type: "packetIn",
      xid: 9,
      bufferId: 7,
      totalLen: 1_500,
      reason: "invalidTtl",
      tableId: 3,
      cookie: 5n,
      match: [{ field: "inPort", value: 1 }],
      data,
      packetIn2: message,
    });
  });

  it("says so where the switch left something out", () => {
    const packet = receivedPacket(packetIn2({ type: "packet", data }));
    assert.deepEqual(
      [packet.bufferId, packet.totalLen, packet.reason, packet.tableId, packet.cookie, packet.match],
      [0xffff_ffff, 3, "noMatch", 255, 0xffff_ffff_ffff_ffffn, []],
    );
    assert.equal(receivedPacket(packetIn2()).totalLen, 0);
  });

  it("is resumed with every property it came with", () => {
    const message = packetIn2({ type: "packet", data }, paused, { type: "raw", number: 99, data });
    const expected = { type: "resume", properties: message.properties };
    assert.deepEqual(resumption(message, {}), expected);
    assert.deepEqual(resumption(receivedPacket(message), {}), expected);
  });

  it("is resumed as another packet with other fields, and stays what it was", () => {
    const message = packetIn2({ type: "packet", data }, { type: "metadata", match: [] }, paused);
    const other = Uint8Array.of(9);
    assert.deepEqual(resumption(message, { data: other, match: [{ field: "inPort", value: 2 }] }), {
      type: "resume",
      properties: [
        { type: "packet", data: other },
        { type: "metadata", match: [{ field: "inPort", value: 2 }] },
        paused,
      ],
    });
    assert.deepEqual(message.properties[0], { type: "packet", data });
  });

  it("can't be resumed unless it is paused", () => {
    const message = packetIn2({ type: "packet", data });
    assert.throws(() => resumption(message, {}), TypeError);
    const { packetIn2: _, ...plain } = receivedPacket(packetIn2(paused));
    assert.throws(() => resumption(plain, {}), TypeError);
  });
});
