// The packets that controllers send most, and packets of every layer: what is written is read back with good checksums.
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  arpReply,
  arpRequest,
  decodePacket,
  encodePacket,
  gratuitousArp,
  neighbourAdvertisement,
  type PacketInput,
  pingReply,
  pingRequest,
} from "../../../src/openflow/index.ts";
import { hexOf } from "../protocol/recordings.ts";

const us = { mac: "fa:16:3e:00:00:01", ip: "192.0.2.1" };
const them = { mac: "fa:16:3e:00:00:02", ip: "192.0.2.2" };
const us6 = { ...us, ip: "2001:db8::1" };
const them6 = { ...them, ip: "2001:db8::2" };

describe("A made packet", () => {
  it("asks by ARP", () => {
    assert.equal(
      hexOf(encodePacket(arpRequest(us, them.ip))),
      "fffffffffffffa163e00000108060001080006040001fa163e000001c0000201000000000000c0000202",
    );
  });

  it("answers by ARP", () => {
    assert.equal(
      hexOf(encodePacket(arpReply(us, them))),
      "fa163e000002fa163e00000108060001080006040002fa163e000001c0000201fa163e000002c0000202",
    );
  });

  it("announces itself by ARP", () => {
    const { arp, ethernet } = decodePacket(encodePacket(gratuitousArp(us)));
    assert.deepEqual([arp?.spa, arp?.tpa, ethernet.dst], [us.ip, us.ip, "ff:ff:ff:ff:ff:ff"]);
  });

  it("pings, and answers a ping with its contents", () => {
    const contents = { identifier: 7, sequence: 9, payload: Uint8Array.of(1, 2, 3) };
    for (const [from, to] of [
      [us, them],
      [us6, them6],
    ] as const) {
      for (const [made, type4, type6] of [
        [pingRequest(from, to, contents), 8, 128],
        [pingReply(from, to, contents), 0, 129],
      ] as const) {
        const { icmp, icmpv6, payload, undecoded } = decodePacket(encodePacket(made));
        assert.deepEqual(
          [icmp?.type ?? icmpv6?.type, undecoded],
          [icmp === undefined ? type6 : type4, undefined],
        );
        assert.equal((icmp ?? icmpv6)?.checksumState, "good");
        assert.deepEqual(payload, contents.payload);
      }
    }
  });

  it("advertises a neighbour, asked and unasked", () => {
    const asked = decodePacket(encodePacket(neighbourAdvertisement(us6, them6)));
    assert.deepEqual(
      [asked.ipv6?.hopLimit, asked.icmpv6?.checksumState, asked.icmpv6?.body],
      [
        255,
        "good",
        {
          kind: "neighbourAdvertisement",
          flags: 0x60000000,
          target: us6.ip,
          options: [{ type: "targetLinkLayer", mac: us.mac }],
        },
      ],
    );
    const unasked = decodePacket(encodePacket(neighbourAdvertisement(us6)));
    assert.deepEqual([unasked.ethernet.dst, unasked.ipv6?.dst], ["33:33:00:00:00:01", "ff02::1"]);
  });
});

const mac = fc
  .uint8Array({ minLength: 6, maxLength: 6 })
  .map((bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(":"));
const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const bytes = (max: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength: max });
const options = fc
  .integer({ min: 0, max: 10 })
  .chain((n) => fc.uint8Array({ minLength: n * 4, maxLength: n * 4 }));
const ports = { srcPort: u16, dstPort: u16 };
const transport: fc.Arbitrary<Partial<PacketInput>> = fc.oneof(
  fc.record({
    tcp: fc.record({
      ...ports,
      seq: u32,
      ack: u32,
      flags: fc.integer({ min: 0, max: 0xfff }),
      window: u16,
      options,
    }),
  }),
  fc.record({ udp: fc.record(ports) }),
);
const network: fc.Arbitrary<Partial<PacketInput>> = fc.oneof(
  fc.record({
    ipv4: fc.record({
      src: fc.ipV4(),
      dst: fc.ipV4(),
      dscp: fc.integer({ min: 0, max: 63 }),
      ecn: fc.integer({ min: 0, max: 3 }),
      ttl: fc.integer({ min: 0, max: 255 }),
      identification: u16,
      dontFragment: fc.boolean(),
      options,
    }),
  }),
  fc.record({
    ipv6: fc.record({
      src: fc.ipV6(),
      dst: fc.ipV6(),
      flowLabel: fc.integer({ min: 0, max: 0xfffff }),
      extensions: fc.array(
        fc.record({
          type: fc.constant("raw" as const),
          protocol: fc.constantFrom(0, 60),
          data: fc.constantFrom(6, 14, 22).chain((n) => fc.uint8Array({ minLength: n, maxLength: n })),
        }),
        { maxLength: 8 },
      ),
    }),
  }),
);
const packet: fc.Arbitrary<PacketInput> = fc
  .tuple(
    fc.record({
      ethernet: fc.record({ dst: mac, src: mac }),
      vlans: fc.array(
        fc.record({
          vid: fc.integer({ min: 0, max: 4095 }),
          pcp: fc.integer({ min: 0, max: 7 }),
          dei: fc.boolean(),
          tpid: fc.constantFrom(0x8100, 0x88a8),
        }),
        { maxLength: 8 },
      ),
      payload: bytes(1500),
      trailer: bytes(8),
    }),
    network,
    transport,
  )
  .map(([frame, below, above]) => ({ ...frame, ...below, ...above }));

/** The same values with the usual prototype, which generated ones may lack. */
function plain<T extends object>(values: readonly T[]): T[] {
  return values.map((value) => ({ ...value }));
}

describe("Any packet", () => {
  it("is read as it was written, with good checksums, and written as it was read", () => {
    fc.assert(
      fc.property(packet, (made) => {
        const written = encodePacket(made);
        const read = decodePacket(written);
        assert.equal(read.undecoded, undefined);
        assert.equal(read.ipv4?.checksumState ?? "good", "good");
        assert.equal((read.tcp ?? read.udp)?.checksumState, "good");
        assert.deepEqual(read.vlans, plain(made.vlans ?? []));
        assert.deepEqual(read.payload, made.payload);
        assert.deepEqual(read.trailer, made.trailer);
        assert.deepEqual({ ...read.tcp, ...made.tcp }, { ...read.tcp });
        assert.deepEqual(read.ipv6?.extensions ?? [], plain(made.ipv6?.extensions ?? []));
        assert.equal(hexOf(encodePacket(read)), hexOf(written));
      }),
      { numRuns: 500 },
    );
  });
});
