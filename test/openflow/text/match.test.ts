// Matches in text: protocols, words that depend on them, masks, subfields, and the refusal of everything that would
// match more, less or something else than what was written.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Match } from "../../../src/openflow/index.ts";
import { FlowSyntaxError, formatMatch, parseMatch } from "../../../src/openflow/text/index.ts";

const ip = { field: "ethType", value: 0x0800 } as const;
const arp = { field: "ethType", value: 0x0806 } as const;
const tcp = [ip, { field: "ipProto", value: 6 }] as const;

const read: readonly (readonly [text: string, match: Match])[] = [
  ["", []],
  ["ip", [ip]],
  ["ipv4", [ip]],
  ["arp,nw_src=10.0.0.1", [arp, { field: "arpSpa", value: "10.0.0.1" }]],
  ["nw_src=10.0.0.1,arp", [arp, { field: "arpSpa", value: "10.0.0.1" }]],
  ["dl_type=0x0800,nw_src=10.0.0.1", [ip, { field: "ipv4Src", value: "10.0.0.1" }]],
  ["arp,nw_proto=1", [arp, { field: "arpOp", value: 1 }]],
  ["ip,nw_proto=6,tp_dst=80", [...tcp, { field: "tcpDst", value: 80 }]],
  ["tcp,ip", [...tcp]],
  ["ip,nw_src=10.1.2.3/8", [ip, { field: "ipv4Src", value: "10.0.0.0", mask: "255.0.0.0" }]],
  ["ip,nw_src=10.1.2.3/255.0.0.255", [ip, { field: "ipv4Src", value: "10.0.0.3", mask: "255.0.0.255" }]],
  ["ip,nw_src=10.1.2.3/32", [ip, { field: "ipv4Src", value: "10.1.2.3" }]],
  ["ip,nw_src=10.1.2.3/0", [ip]],
  ["tp_dst=80/0xfff0,tcp", [...tcp, { field: "tcpDst", value: 80, mask: 0xfff0 }]],
  ["tcp,tp_src[3]=1,tp_src[8..9]=2", [...tcp, { field: "tcpSrc", value: 0x208, mask: 0x308 }]],
  ["ip,nw_tos=0x23", [ip, { field: "ipDscp", value: 8 }]],
  ["in_port=LOCAL", [{ field: "inPort", value: 0xfffffffe }]],
  ["in_port=local", [{ field: "inPort", value: 0xfffffffe }]],
  ["in_port=65534", [{ field: "inPort", value: 0xfffffffe }]],
  ["metadata=0x1234/0xff", [{ field: "metadata", value: 0x34n, mask: 0xffn }]],
  ["tun_id=0xffffffffffffffff", [{ field: "tunnelId", value: 0xffffffffffffffffn }]],
  ["dl_src=FA:16:3e:0:0:1", [{ field: "ethSrc", value: "fa:16:3e:00:00:01" }]],
  ["eth_dst[40]=1", [{ field: "ethDst", value: "01:00:00:00:00:00", mask: "01:00:00:00:00:00" }]],
];

const vlans: readonly (readonly [text: string, match: Match])[] = [
  ["dl_vlan=10", [{ field: "vlanVid", value: 10 }]],
  ["dl_vlan=0", [{ field: "vlanVid", value: 0 }]],
  ["dl_vlan=0xffff", [{ field: "vlanVid", value: "none" }]],
  ["vlan_tci=0", [{ field: "vlanVid", value: "none" }]],
  ["vlan_vid=0", [{ field: "vlanVid", value: "none" }]],
  ["vlan_tci=0/0x1fff", [{ field: "vlanVid", value: "none" }]],
  ["vlan_tci=0x1000/0x1000", [{ field: "vlanVid", value: 0, mask: 0 }]],
  ["vlan_vid=0x100a", [{ field: "vlanVid", value: 10 }]],
  ["vlan_vid=0x1002/0x1003", [{ field: "vlanVid", value: 2, mask: 3 }]],
  [
    "dl_vlan_pcp=5",
    [
      { field: "vlanVid", value: 0, mask: 0 },
      { field: "vlanPcp", value: 5 },
    ],
  ],
  [
    "vlan_pcp=5,dl_vlan=7",
    [
      { field: "vlanVid", value: 7 },
      { field: "vlanPcp", value: 5 },
    ],
  ],
  [
    "vlan_tci=0xb005",
    [
      { field: "vlanVid", value: 5 },
      { field: "vlanPcp", value: 5 },
    ],
  ],
  ["vlan_tci[12]=1", [{ field: "vlanVid", value: 0, mask: 0 }]],
  ["vlan_tci[0..12]=0x1005", [{ field: "vlanVid", value: 5 }]],
  ["vlan_vid[0..3]=5", [{ field: "raw", header: 0x80000d04, body: Uint8Array.of(0, 5, 0, 15) }]],
  ["vlan_vid=0x1", [{ field: "raw", header: 0x80000c02, body: Uint8Array.of(0, 1) }]],
  ["vlan_vid=0x1/0x3", [{ field: "raw", header: 0x80000d04, body: Uint8Array.of(0, 1, 0, 3) }]],
  ["vlan_tci=0/0x1000", [{ field: "raw", header: 0x80000d04, body: Uint8Array.of(0, 0, 0x10, 0) }]],
];

/** Text, the text the refusal points at, and what it says. */
const refused: readonly (readonly [text: string, token: string, reason: RegExp])[] = [
  ["nw_src=10.0.0.1", "nw_src", /nw_src needs ip, or arp in the match/],
  ["ipv6,nw_src=10.0.0.1", "nw_src", /nw_src needs ip, or arp/],
  ["ip,ipv6_src=::1", "ipv6_src=::1", /ipv6_src needs ipv6/],
  ["ip,arp_spa=10.0.0.1", "arp_spa=10.0.0.1", /arp_spa needs arp/],
  ["ip,tp_dst=80", "tp_dst", /tp_dst needs tcp or tcp6, or udp or udp6/],
  ["udp,tcp_dst=80", "tcp_dst=80", /tcp_dst needs tcp or tcp6/],
  [
    "icmp6,icmp_type=130,nd_target=fe80::1",
    "nd_target=fe80::1",
    /nd_target needs icmp6,icmp_type=135 or 136/,
  ],
  ["tcp,udp", "udp", /udp contradicts/],
  ["tcp,nw_proto=17", "nw_proto=17", /nw_proto=17 contradicts/],
  ["arp,ip", "ip", /ip contradicts/],
  ["dl_vlan=5,dl_vlan=6", "dl_vlan=6", /contradicts/],
  ["in_port=1,in_port=2", "in_port=2", /contradicts/],
  ["ip=3", "3", /ip takes no value/],
  ["in_port=", "in_port", /in_port has no value/],
  ["in_port", "in_port", /in_port has no value/],
  ["in_port=0x1", "0x1", /no port is called "0x1"/],
  ["in_port=vm-a", "vm-a", /no port is called "vm-a"/],
  ["in_port=65300", "65300", /65300 is not an OpenFlow port/],
  ["in_port=1/1", "1", /in_port takes no mask/],
  ["in_port[0..3]=1", "in_port[0..3]", /in_port takes no mask/],
  ["dl_type=0x800/0xff00", "0xff00", /dl_type takes no mask/],
  ["dl_vlan=5000", "5000", /5000 is not a VLAN/],
  ["dl_vlan_pcp=9", "9", /dl_vlan_pcp is out of range/],
  ["vlan_vid=0x2005", "0x2005", /vlan_vid is out of range/],
  ["vlan_tci=0x2000/0xe000", "vlan_tci=0x2000/0xe000", /priority of a tagged packet only/],
  ["vlan_tci=0xe000", "vlan_tci=0xe000", /priority of a tagged packet only/],
  ["vlan_tci=0x3005/0x3fff", "vlan_tci=0x3005/0x3fff", /some bits of the VLAN priority/],
  ["ip,nw_src=010.1.1.1", "010.1.1.1", /not an IPv4 address/],
  ["ip,nw_src=10.1", "10.1", /not an IPv4 address/],
  ["ip,nw_src=10.0.0.1/33", "33", /at most 32 bits/],
  ["ip,nw_src=10.0.0.1/255.0.0", "255.0.0", /not an IPv4 address/],
  ["ipv6,ipv6_src=fe80::1%eth0", "fe80::1%eth0", /not an IPv6 address/],
  ["ipv6,ipv6_src=::/129", "129", /at most 128 bits/],
  ["dl_src=fa-16-3e-00-00-01", "fa-16-3e-00-00-01", /not a MAC address/],
  ["dl_src=fa:16:3e:00:00", "fa:16:3e:00:00", /not a MAC address/],
  ["tcp,tp_dst=70000", "70000", /out of range/],
  ["tcp,tp_dst=080", "080", /leading zero/],
  ["tcp,tp_dst=http", "http", /not a number/],
  ["tcp,tp_dst=-1", "-1", /not a number/],
  ["tcp,tp_src[3..1]=1", "tp_src[3..1]", /bits 0 to 15/],
  ["tcp,tp_src[16]=1", "tp_src[16]", /bits 0 to 15/],
  ["tcp,tp_src[0..1]=4", "4", /out of range/],
  ["metadata=0x10000000000000000", "0x10000000000000000", /out of range/],
  [`metadata=0x${"0".repeat(100)}`, `0x${"0".repeat(100)}`, /out of range/],
  ["in_PORT=1", "in_PORT", /unknown word "in_PORT".*lower case/],
  ["foo=1", "foo", /unknown word "foo"/],
  ["foo[1]=1", "foo[1]", /unknown word/],
  ["skb_priority=1", "skb_priority", /field of Open vSwitch's own/],
  ["actions=drop", "actions", /actions have no place here/],
  ["in_port=(1", "(1", /no port is called/],
  ["ip(", "(", /never closed/],
  ["oxm_80000a02=0x08", "0x08", /takes 2 bytes/],
  ["oxm_80000a02=0x0800/0xffff", "0x0800/0xffff", /takes 2 bytes/],
  ["oxm_80000a02=0800", "0800", /not a string of bytes/],
];

describe("parseMatch", () => {
  for (const [text, match] of [...read, ...vlans]) {
    it(`reads ${JSON.stringify(text)}`, () => {
      assert.deepEqual(parseMatch(text), match);
    });
  }

  it("writes fields in the order in which a switch wants them, whatever the order of the words", () => {
    const fields = parseMatch("tp_dst=80,nw_dst=10.0.0.1,metadata=1,tcp,dl_vlan=5,in_port=3").map(
      ({ field }) => field,
    );
    assert.deepEqual(fields, ["inPort", "ethType", "vlanVid", "ipv4Dst", "ipProto", "tcpDst", "metadata"]);
  });

  it("asks for the numbers of named ports, as a map or a function", () => {
    const expected = [{ field: "inPort", value: 7 }];
    assert.deepEqual(parseMatch("in_port=vm-a", { ports: new Map([["vm-a", 7]]) }), expected);
    assert.deepEqual(
      parseMatch("in_port=vm-a", { ports: (name) => (name === "vm-a" ? 7 : undefined) }),
      expected,
    );
    assert.deepEqual(parseMatch('in_port="vm a,b"', { ports: new Map([["vm a,b", 7]]) }), expected);
  });

  for (const [text, token, reason] of refused) {
    it(`refuses ${JSON.stringify(text)} and points at ${JSON.stringify(token)}`, () => {
      assert.throws(
        () => parseMatch(text),
        (error: unknown) => {
          assert.ok(error instanceof FlowSyntaxError);
          assert.equal(error.code, "ERR_FLOW_SYNTAX");
          assert.match(error.message, reason);
          assert.equal(error.token, token);
          assert.equal(text.slice(error.column - 1, error.column - 1 + token.length), token);
          return true;
        },
      );
    });
  }
});

describe("formatMatch", () => {
  it("prints in the order of dump-flows, not that of the wire", () => {
    const text =
      "tcp,tun_id=0x5,metadata=0x6,in_port=3,dl_vlan=5,dl_src=00:00:00:00:00:01,nw_src=10.0.0.1,nw_tos=32,tp_dst=80";
    assert.equal(formatMatch(parseMatch(text)), text);
  });

  it("prints names of ports where they are known, in quotes where they would be read as something else", () => {
    const ports = new Map([
      [1, "vm-a"],
      [2, "vm b"],
      [3, "10"],
    ]);
    const print = (port: number): string => formatMatch([{ field: "inPort", value: port }], { ports });
    assert.deepEqual([1, 2, 3, 4, 0xfffffffe].map(print), [
      'in_port="vm-a"',
      'in_port="vm b"',
      'in_port="10"',
      "in_port=4",
      "in_port=LOCAL",
    ]);
  });

  it("prints fields that have no name by their header, so that they read back", () => {
    const match: Match = [
      { field: "raw", header: 0x00010004, body: Uint8Array.of(0, 0, 0x12, 0x34) },
      { field: "raw", header: 0x00010308, body: Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 3) },
      { field: "raw", header: 0xffff5406, body: Uint8Array.of(0, 2), experimenter: 0x4f4e4600 },
    ];
    const text = "oxm_00010004=0x00001234,oxm_00010308=0x00000001/0x00000003,oxm_ffff5406_4f4e4600=0x0002";
    assert.equal(formatMatch(match), text);
    assert.deepEqual(parseMatch(text), match);
  });

  for (const [text, match] of vlans) {
    it(`prints the VLAN of ${text} as words that read back`, () => {
      assert.deepEqual(parseMatch(formatMatch(match)), match);
    });
  }
});
