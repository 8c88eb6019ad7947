// The packet codec: frames of Linux and Open vSwitch, both ways, and what broken and cut ones come to.
import assert from "node:assert/strict";
import {
  DecodeError,
  decodeEthernet,
  decodePacket,
  EncodeError,
  encodePacket,
  type Packet,
} from "../../../src/openflow/index.ts";
import { bytesOf, hexOf } from "../protocol/recordings.ts";
import { handMade, linuxFrames, switchFrames } from "./frames.ts";

function frame(name: string): Packet {
  const hex = handMade[name];
  assert.ok(hex !== undefined, name);
  return decodePacket(bytesOf(hex));
}

function linux(pattern: RegExp): Packet {
  const found = linuxFrames.find(({ tcpdump }) => pattern.test(tcpdump));
  assert.ok(found !== undefined, String(pattern));
  return decodePacket(bytesOf(found.hex));
}

/** A layer without what follows from the others. */
function bare<T extends object>(layer: T | undefined): T | undefined {
  return layer && { ...layer, checksum: 0, length: 0, totalLength: 0, payloadLength: 0 };
}

/** The state of the checksum of a packet's transport layer. */
function transportState({ tcp, udp, icmp, icmpv6 }: Packet): string | undefined {
  return (tcp ?? udp ?? icmp ?? icmpv6)?.checksumState;
}

describe("A frame of Linux", () => {
  for (const { tcpdump, cut, hex } of linuxFrames) {
    const isFragment = /frag \(|flags \[\+\]|ip-proto-1/.test(tcpdump);
    const expected = isFragment || cut ? "unverified" : "good";
    it(`is read: ${tcpdump.slice(0, 300)}`, () => {
      const packet = decodePacket(bytesOf(hex));
      assert.equal(packet.undecoded?.layer, cut ? "payload" : undefined);
      assert.equal(packet.ipv4?.checksumState ?? "good", "good");
      assert.equal(transportState(packet) ?? expected, expected);
      const { src, dst, etherType } = packet.ethernet;
      const type = etherType.toString(16).padStart(4, "0");
      assert.match(tcpdump, new RegExp(`^${src} > ${dst}, ethertype \\w+ \\(0x${type}\\)`));
      assert.equal(hexOf(encodePacket(packet, { keep: true })), hex);
    });
    if (!cut && !isFragment) {
      it(`gets the same lengths and checksums from us: ${tcpdump.slice(0, 300)}`, () => {
        const { ethernet, ipv4, ipv6, ...layers } = decodePacket(bytesOf(hex));
        const packet = {
          ...layers,
          ethernet,
          ipv4: bare(ipv4),
          ipv6: bare(ipv6),
          tcp: bare(layers.tcp),
          udp: bare(layers.udp),
          icmp: bare(layers.icmp),
          icmpv6: bare(layers.icmpv6),
        };
        assert.equal(hexOf(encodePacket(packet)), hex);
      });
    }
  }

  it("gives its fields as tcpdump does", () => {
    const { tcp, ipv4, payload } = linux(/Flags \[P\.\], cksum 0x7b27/);
    assert.deepEqual(
      [ipv4?.src, tcp?.srcPort, ipv4?.dst, tcp?.dstPort, tcp?.flags, tcp?.window, tcp?.options.length],
      ["192.0.2.1", 36004, "192.0.2.2", 8080, 0x18, 63, 12],
    );
    assert.deepEqual(
      [ipv4?.identification, ipv4?.dontFragment, ipv4?.ttl, tcp?.checksum],
      [50109, true, 64, 0x7b27],
    );
    assert.equal(Buffer.from(payload).toString(), "hello");
  });

  it("keeps an IPv4 header's options", () => {
    const { ipv4, icmp } = linux(/options \(NOP,RR/);
    assert.equal(ipv4?.options.length, 40);
    assert.deepEqual([icmp?.type, icmp?.identifier, icmp?.sequence], [8, 8863, 1]);
  });

  it("tells fragments, of which only the first has a transport header", () => {
    const first = linux(/id 13996, offset 0, flags \[\+\]/);
    assert.deepEqual([first.ipv4?.moreFragments, first.icmp?.identifier], [true, 8868]);
    const second = linux(/id 13996, offset 1480/);
    assert.deepEqual(
      [second.ipv4?.fragmentOffset, second.icmp, second.payload.length],
      [1480, undefined, 528],
    );
    const ipv6 = linux(/frag \(0xb93eb96a:1448\|560\)/);
    assert.deepEqual(ipv6.ipv6?.extensions, [
      { type: "fragment", offset: 1448, moreFragments: false, identification: 0xb93eb96a, reserved: 0 },
    ]);
    assert.deepEqual([ipv6.ipv6?.protocol, ipv6.icmpv6], [58, undefined]);
  });

  it("is read through IPv6 options to neighbour discovery", () => {
    const { ipv6, icmpv6 } = linux(/HBH/);
    assert.deepEqual([ipv6?.extensions[0]?.type, ipv6?.protocol, icmpv6?.type], ["raw", 58, 143]);
    const { icmpv6: advertisement } = linux(/neighbor advertisement, length 32/);
    assert.deepEqual(advertisement?.body, {
      kind: "neighbourAdvertisement",
      flags: 0x60000000,
      target: "2001:db8::2",
      options: [{ type: "targetLinkLayer", mac: "0e:a2:a3:9a:75:20" }],
    });
  });

  it("tells who asks whom in ARP", () => {
    assert.deepEqual(linux(/who-has/).arp, {
      op: "request",
      sha: "06:4d:3f:0f:f4:79",
      spa: "192.0.2.1",
      tha: "00:00:00:00:00:00",
      tpa: "192.0.2.2",
    });
  });
});

describe("A frame of Open vSwitch's PACKET_INs", () => {
  for (const [index, bytes] of switchFrames.entries()) {
    it(`number ${index} is read and written back`, () => {
      const packet = decodePacket(bytes);
      assert.deepEqual([packet.undecoded, transportState(packet)], [undefined, "good"]);
      assert.equal(hexOf(encodePacket(packet)), hexOf(bytes));
    });
  }

  it("has its tag", () => {
    const tagged = switchFrames.map((bytes) => decodePacket(bytes)).find(({ vlans }) => vlans.length > 0);
    assert.deepEqual(tagged?.vlans, [{ tpid: 0x8100, vid: 99, pcp: 5, dei: false }]);
    assert.equal(tagged?.ethernet.etherType, 0x0800);
  });
});

describe("A frame with", () => {
  for (const [name, hex] of Object.entries(handMade)) {
    it(`${name} keeps its bytes`, () => {
      assert.equal(hexOf(encodePacket(decodePacket(bytesOf(hex)), { keep: true })), hex);
    });
  }

  it("two tags has the outer one first", () => {
    const { vlans, ethernet, undecoded } = frame("two tags");
    assert.deepEqual(vlans, [
      { tpid: 0x88a8, vid: 0xc8, pcp: 5, dei: false },
      { tpid: 0x8100, vid: 0xbff, pcp: 0, dei: true },
    ]);
    assert.deepEqual([ethernet.etherType, undecoded?.layer, undecoded?.missingBytes], [0x0800, "ipv4", 16]);
  });

  it("too many tags or extension headers is read that far", () => {
    assert.deepEqual(frame("nine tags").undecoded, {
      layer: "vlans",
      reason: "are more than 8",
      missingBytes: 0,
    });
    const { ipv6, undecoded } = frame("nine extension headers");
    assert.deepEqual([ipv6?.extensions.length, undecoded?.layer], [8, "ipv6.extensions"]);
  });

  it("a length for a type, or one that we don't know, is all payload", () => {
    for (const name of ["an 802.3 length", "an unknown type"]) {
      const { payload, undecoded } = frame(name);
      assert.deepEqual([payload.length > 0, undecoded], [true, undefined]);
    }
  });

  it("ARP for another medium is no ARP", () => {
    const { arp, payload, undecoded } = frame("ARP for another medium");
    assert.deepEqual([arp, payload.length, undecoded?.layer], [undefined, 28, "arp"]);
  });

  it("a router advertisement has all its options", () => {
    const { icmpv6, undecoded } = frame("a router advertisement with every option");
    assert.equal(undecoded, undefined);
    assert.equal(icmpv6?.checksumState, "bad");
    assert.ok(icmpv6?.body.kind === "routerAdvertisement");
    const { options, ...fields } = icmpv6.body;
    assert.deepEqual(fields, {
      kind: "routerAdvertisement",
      hopLimit: 64,
      flags: 0xc0,
      routerLifetime: 1800,
      reachableTime: 30_000,
      retransTimer: 1000,
    });
    assert.deepEqual(options.slice(0, 3), [
      { type: "sourceLinkLayer", mac: "50:54:00:00:00:05" },
      {
        type: "prefix",
        prefixLength: 64,
        flags: 0xc0,
        validLifetime: 0xffffffff,
        preferredLifetime: 0xffff,
        reserved: 0,
        prefix: "2001:db8::",
      },
      { type: "mtu", reserved: 0, mtu: 1500 },
    ]);
    assert.deepEqual([options[3]?.type, options.length], ["raw", 4]);
  });

  it("a header behind an authentication header is found, and one on its way isn't judged", () => {
    assert.equal(frame("an authentication header").udp?.dstPort, 53);
    assert.equal(frame("a routing header with a segment left").udp?.checksumState, "unverified");
  });

  it("no UDP checksum says so, and gets one from us", () => {
    const packet = frame("a UDP datagram without a checksum");
    assert.deepEqual([packet.udp?.checksumState, Buffer.from(packet.payload).toString()], ["none", "abcd"]);
    assert.equal(decodePacket(encodePacket(packet)).udp?.checksumState, "good");
  });

  it("an endless option is read up to it", () => {
    const { icmpv6, payload, undecoded } = frame("an option of neighbour discovery with no length");
    assert.deepEqual(undecoded, {
      layer: "icmpv6.options",
      reason: "has an option of length 0",
      missingBytes: 0,
    });
    assert.deepEqual([icmpv6?.body.kind, payload.length], ["neighbourSolicitation", 8]);
  });

  it("zeros to reach 60 bytes keeps them apart from the payload", () => {
    const arp = bytesOf(
      (linuxFrames.find(({ tcpdump }) => tcpdump.includes("who-has"))?.hex ?? "").padEnd(120, "0"),
    );
    const { payload, trailer } = decodePacket(arp);
    assert.deepEqual([payload.length, trailer.length], [0, 18]);
  });

  it("a wrong checksum is read, and told", () => {
    const bytes = Uint8Array.from(switchFrames[0] ?? []);
    bytes[24] = (bytes[24] ?? 0) ^ 1;
    bytes[47] = (bytes[47] ?? 0) ^ 1;
    const { ipv4, tcp } = decodePacket(bytes);
    assert.deepEqual([ipv4?.checksumState, tcp?.checksumState], ["bad", "bad"]);
  });
});

describe("Only as much of a frame as is asked for", () => {
  const [bytes = new Uint8Array(0)] = switchFrames;

  it("is its Ethernet header", () => {
    assert.deepEqual(decodeEthernet(bytes), {
      dst: "50:54:00:00:00:07",
      src: "50:54:00:00:00:05",
      etherType: 0x0800,
    });
    assert.throws(() => decodeEthernet(bytes.subarray(0, 13)), DecodeError);
  });

  it("is read up to Ethernet", () => {
    const { ethernet, ipv4, payload } = decodePacket(bytes, { upTo: "ethernet" });
    assert.deepEqual([ethernet.etherType, ipv4, payload.length], [0x0800, undefined, bytes.length - 14]);
  });

  it("is read up to IP", () => {
    const { ipv4, tcp, payload } = decodePacket(bytes, { upTo: "network" });
    assert.deepEqual([ipv4?.protocol, tcp, payload.length], [6, undefined, 20]);
  });
});

describe("A packet that has no wire form", () => {
  const ethernet = { dst: "50:54:00:00:00:07", src: "50:54:00:00:00:05" };
  const ipv4 = { src: "192.0.2.1", dst: "192.0.2.2" };
  const udp = { srcPort: 1, dstPort: 2 };
  const cases: readonly (readonly [string, Parameters<typeof encodePacket>[0]])[] = [
    ["packet.ethernet.etherType", { ethernet }],
    ["packet.ethernet.etherType", { ethernet: { ...ethernet, etherType: 0x0806 }, ipv4, udp }],
    ["packet.ethernet.dst", { ethernet: { ...ethernet, dst: "nobody", etherType: 1 } }],
    ["packet.vlans[1].vid", { ethernet, vlans: [{ vid: 1 }, { vid: 4096 }], ipv4, udp }],
    ["packet.vlans[0].tpid", { ethernet, vlans: [{ vid: 1, tpid: 0x9100 }], ipv4, udp }],
    ["packet.ipv4.protocol", { ethernet, ipv4 }],
    ["packet.ipv4.protocol", { ethernet, ipv4: { ...ipv4, protocol: 6 }, udp }],
    ["packet.ipv4.src", { ethernet, ipv4: { ...ipv4, src: "192.0.2" }, udp }],
    ["packet.ipv4.dscp", { ethernet, ipv4: { ...ipv4, dscp: 64 }, udp }],
    ["packet.ipv4.fragmentOffset", { ethernet, ipv4: { ...ipv4, protocol: 17, fragmentOffset: 12 } }],
    ["packet.ipv4", { ethernet, ipv4: { ...ipv4, fragmentOffset: 8 }, udp }],
    ["packet.ipv4.options", { ethernet, ipv4: { ...ipv4, options: new Uint8Array(41) }, udp }],
    ["packet.udp.srcPort", { ethernet, ipv4, udp: { srcPort: 65_536, dstPort: 1 } }],
    ["packet.ipv4", { ethernet, ipv4: { ...ipv4, protocol: 99 }, payload: new Uint8Array(65_530) }],
    ["packet.udp", { ethernet, udp }],
    ["packet.icmp", { ethernet, ipv6: { src: "::1", dst: "::2" }, icmp: { type: 8 } }],
    ["packet.udp", { ethernet, ipv4, tcp: udp, udp }],
    ["packet.tcp.flags", { ethernet, ipv4, tcp: { ...udp, flags: 0x1000 } }],
    [
      "packet.icmpv6.body.kind",
      {
        ethernet,
        ipv6: { src: "::1", dst: "::2" },
        icmpv6: { type: 128, body: { kind: "other", word: 0 } },
      },
    ],
    [
      "packet.ipv6.extensions[0].data",
      {
        ethernet,
        ipv6: { src: "::1", dst: "::2", extensions: [{ type: "raw", protocol: 0, data: new Uint8Array(7) }] },
        udp,
      },
    ],
  ];
  for (const [field, packet] of cases) {
    it(`is refused with the field ${field}`, () => {
      assert.throws(
        () => encodePacket(packet),
        (error) => error instanceof EncodeError && error.field === field,
      );
    });
  }
});
