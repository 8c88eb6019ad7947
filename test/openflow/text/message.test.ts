// Messages as text: what ovs-ofctl printed of recorded ones, frames of every kind, and what is no message at all.
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  decode,
  encode,
  flowMod,
  formatMessage,
  type Match,
  type MessageInput,
} from "../../../src/openflow/index.ts";
import { everyMessage } from "../protocol/message-arbitraries.ts";
import { bytesOf, recording } from "../protocol/recordings.ts";

interface Printed {
  readonly hex: string;
  readonly ofp_print: string;
}

const transcripts = recording<{ messages: Printed[] }[]>("ovs31-transcripts-of13").flatMap(
  ({ messages }) => messages,
);
const asynchronous = recording<Printed[]>("ovs31-async-of13");
const monitored = recording<Printed[]>("ovs31-flowmonitor-of13");

/** The asynchronous messages were printed with their frames as digits, which are told at a higher verbosity alone. */
function withoutDigits(text: string): string {
  return text.replace(/(?:\n[0-9a-f]{8} {2}[0-9a-f -]+)+$/, "");
}

function textOf(message: MessageInput): string {
  return formatMessage(encode(message));
}

/** What a PACKET_IN says beside its match. */
const arrival = {
  bufferId: 0xffffffff,
  totalLen: 0,
  reason: "noMatch",
  tableId: 0,
  cookie: 0n,
  data: new Uint8Array(),
} as const;

/** The line that is printed of a frame. */
function frameLine(hex: string): string {
  const data = bytesOf(hex.replaceAll(/\s/g, ""));
  const text = textOf({ type: "packetOut", bufferId: 0xffffffff, inPort: 1, actions: [], data });
  return text.slice(text.indexOf("\n") + 1);
}

const addresses = "505400000007 505400000005";
const macs = "dl_src=50:54:00:00:00:05,dl_dst=50:54:00:00:00:07";
const untagged = `vlan_tci=0x0000,${macs}`;
const ipv6Addresses = "20010db8000000000000000000000001 fe80000000000000021122fffe334455";
const ipv6Words = `${untagged},ipv6_src=2001:db8::1,ipv6_dst=fe80::211:22ff:fe33:4455,ipv6_label=0x00000`;

/** Frames, and what ovs-ofctl 3.1 prints of each. */
const frames: readonly (readonly [what: string, hex: string, line: string])[] = [
  [
    "UDP with its checksum",
    `${addresses} 0800 4500001c0001000040111234 0a0000010a000002 003500360008beef`,
    `udp,${untagged},nw_src=10.0.0.1,nw_dst=10.0.0.2,nw_tos=0,nw_ecn=0,nw_ttl=64,nw_frag=no,tp_src=53,tp_dst=54 udp_csum:beef`,
  ],
  [
    "TCP's flags, those without a name too",
    `${addresses} 0800 45b900280001000040061234 0a0000010a000002 0050555500000001000000025e120064abcd0000`,
    `tcp,${untagged},nw_src=10.0.0.1,nw_dst=10.0.0.2,nw_tos=184,nw_ecn=1,nw_ttl=64,nw_frag=no,tp_src=80,tp_dst=21845,tcp_flags=syn|ack|[200]|[400]|[800] tcp_csum:abcd`,
  ],
  [
    "a TCP header that is cut, as zeros",
    `${addresses} 0800 450000200001000040061234 0a0000010a000002 005055550000000100000002`,
    `tcp,${untagged},nw_src=10.0.0.1,nw_dst=10.0.0.2,nw_tos=0,nw_ecn=0,nw_ttl=64,nw_frag=no,tp_src=0,tp_dst=0,tcp_flags=0`,
  ],
  [
    "a later fragment, which has no ports",
    `${addresses} 0800 4500001c0001001040111234 0a0000010a000002 003500360008beef`,
    `udp,${untagged},nw_src=10.0.0.1,nw_dst=10.0.0.2,nw_tos=0,nw_ecn=0,nw_ttl=64,nw_frag=later udp_csum:beef`,
  ],
  [
    "an IP packet longer than its frame, as zeros",
    `${addresses} 0800 450000640001000040111234 0a0000010a000002 003500360008beef`,
    `ip,${untagged},nw_src=0.0.0.0,nw_dst=0.0.0.0,nw_proto=0,nw_tos=0,nw_ecn=0,nw_ttl=0,nw_frag=no`,
  ],
  [
    "two tags",
    `${addresses} 88a80005 81002006 88cc 0000`,
    `dl_vlan=5,dl_vlan_pcp=0,dl_vlan1=6,dl_vlan_pcp1=1,${macs},dl_type=0x88cc`,
  ],
  [
    "ARP",
    `${addresses} 0806 0001080006040001 505400000005 0a000001 000000000000 0a000009`,
    `arp,${untagged},arp_spa=10.0.0.1,arp_tpa=10.0.0.9,arp_op=1,arp_sha=50:54:00:00:00:05,arp_tha=00:00:00:00:00:00`,
  ],
  [
    "neighbour discovery",
    `${addresses} 86dd 6000000000203aff ${ipv6Addresses} 8700aaaa00000000 20010db8000000000000000000000001 0101020304050607`,
    `icmp6,${ipv6Words},nw_tos=0,nw_ecn=0,nw_ttl=255,nw_frag=no,icmp_type=135,icmp_code=0,nd_target=2001:db8::1,nd_sll=02:03:04:05:06:07,nd_tll=00:00:00:00:00:00 icmp6_csum:aaaa`,
  ],
  [
    "neighbour discovery that says its address twice, as zeros",
    `${addresses} 86dd 6000000000283aff ${ipv6Addresses} 8700aaaa00000000 20010db8000000000000000000000001 0101020304050607 0101020304050607`,
    `icmp6,${ipv6Words},nw_tos=0,nw_ecn=0,nw_ttl=255,nw_frag=no,icmp_type=135,icmp_code=0,nd_target=::,nd_sll=00:00:00:00:00:00,nd_tll=00:00:00:00:00:00 icmp6_csum:aaaa`,
  ],
  [
    "IPv6 behind hop-by-hop options",
    `${addresses} 86dd 60000000001000ff ${ipv6Addresses} 1100010400000000 003500360008beef`,
    `udp6,${ipv6Words},nw_tos=0,nw_ecn=0,nw_ttl=255,nw_frag=no,tp_src=53,tp_dst=54 udp_csum:beef`,
  ],
  [
    "a stack of labels as far as three of them",
    `${addresses} 8848 00001001 00002001 00003001 00004101`,
    `mplsm,${untagged},mpls_label=1,mpls_tc=0,mpls_ttl=1,mpls_bos=0,mpls_lse1=8193,mpls_lse2=12289`,
  ],
  [
    "a service header",
    `${addresses} 894f 0fc60101 00007b05 00000001 00000002 00000003 00000004`,
    `${untagged},dl_type=0x894f,nsh_flags=0,nsh_ttl=63,nsh_mdtype=1,nsh_np=1,nsh_spi=0x7b,nsh_si=5,nsh_c1=0x1,nsh_c2=0x2,nsh_c3=0x3,nsh_c4=0x4,nw_proto=0,nw_tos=0,nw_ecn=0,nw_ttl=0,nw_frag=no`,
  ],
  ["an 802.3 frame", `${addresses} 0008 4242030000000000`, `${untagged},dl_type=0x05ff`],
  [
    "fewer bytes than Ethernet has",
    "5054",
    "vlan_tci=0x0000,dl_src=00:00:00:00:00:00,dl_dst=00:00:00:00:00:00,dl_type=0x0000",
  ],
];

describe("formatMessage", () => {
  for (const [what, printed] of Object.entries({ transcripts, asynchronous, monitored })) {
    it(`prints what ovs-ofctl printed of ${printed.length} recorded messages (${what})`, () => {
      for (const { hex, ofp_print: text } of printed) {
        const expected = what === "asynchronous" ? withoutDigits(text) : text;
        assert.equal(formatMessage(bytesOf(hex)), expected);
        assert.equal(formatMessage(decode(bytesOf(hex))), expected);
      }
    });
  }

  for (const [what, hex, line] of frames) {
    it(`prints of a frame ${what}`, () => assert.equal(frameLine(hex), line));
  }

  it("prints a packet that begins with its IP header as its metadata says", () => {
    const text = textOf({
      type: "packetIn2",
      xid: 1,
      properties: [
        { type: "packet", data: bytesOf("4500001c00010000401112340a0000010a000002003500360008beef") },
        { type: "metadata", match: [{ field: "packetType", value: 0x1_0800 }] },
      ],
    });
    assert.equal(
      text,
      [
        "NXT_PACKET_IN2 (OF1.3) (xid=0x1): total_len=28 packet_type=(1,0x800) (via no_match) data_len=28 (unbuffered)",
        "packet_type=(1,0x800),nw_src=10.0.0.1,nw_dst=10.0.0.2,nw_proto=17,nw_tos=0,nw_ecn=0,nw_ttl=64,nw_frag=no,tp_src=53,tp_dst=54 udp_csum:beef",
      ].join("\n"),
    );
  });

  it("prints an error with the message that was refused", () => {
    const refused = encode({
      type: "portMod",
      xid: 7,
      portNo: 1,
      hwAddr: "00:00:00:00:00:01",
      config: 1,
      mask: 1,
      advertise: 0,
    });
    assert.equal(
      textOf({ type: "error", xid: 7, errorType: 7, errorCode: 1, data: refused }),
      [
        "OFPT_ERROR (OF1.3) (xid=0x7): OFPPMFC_BAD_HW_ADDR",
        "OFPT_PORT_MOD (OF1.3) (xid=0x7): port: 1: addr:00:00:00:00:00:01",
        "     config: PORT_DOWN",
        "     mask:   PORT_DOWN",
        "     advertise: UNCHANGED",
      ].join("\n"),
    );
  });

  it("prints as much of a refused message as the error has", () => {
    const data = bytesOf("040f00200000000100000000000000fe");
    assert.equal(
      textOf({ type: "error", xid: 1, errorType: 6, errorCode: 1, data }),
      [
        "OFPT_ERROR (OF1.3) (xid=0x1): OFPGMFC_INVALID_GROUP",
        "OFPT_GROUP_MOD (OF1.3) (xid=0x1):",
        "(***truncated to 16 bytes from 32***)",
        "00000000  04 0f 00 20 00 00 00 01-00 00 00 00 00 00 00 fe |... ............|",
      ].join("\n"),
    );
  });

  it("prints errors about errors so far and no further", () => {
    let data: Uint8Array = new Uint8Array(0);
    for (let depth = 0; depth < 5_000; depth++) {
      data = encode({ type: "error", errorType: 1, errorCode: 1, data });
    }
    const lines = formatMessage(data).split("\n");
    assert.equal(lines.filter((line) => line.startsWith("OFPT_ERROR")).length, 17);
    assert.match(lines[17] ?? "", /^00000000  04 01 /);
  });

  it("prints errors in words, with what isn't printable as octal numbers", () => {
    const data = new TextEncoder().encode('no "1.0"\n');
    assert.equal(
      textOf({ type: "error", xid: 1, errorType: 0, errorCode: 0, data }),
      "OFPT_ERROR (OF1.3) (xid=0x1): OFPHFC_INCOMPATIBLE\nno \\0421.0\\042\\012",
    );
  });

  it("leaves out masks that cover an option, where it knows the switch's table of them", () => {
    const match: Match = [{ field: "tunMetadata0", value: "0x00000012", mask: "0xffffffff" }];
    const tlvMap = [{ optionClass: 0xffff, optionType: 0, optionLen: 4, index: 0 }];
    const messages: readonly MessageInput[] = [
      { type: "flowMod", ...flowMod({ match }) },
      { type: "packetIn", ...arrival, match },
      {
        type: "multipartRequest",
        multipart: "flow",
        more: false,
        body: { tableId: 0, outPort: 0xffffffff, outGroup: 0xffffffff, cookie: 0n, cookieMask: 0n, match },
      },
    ];
    for (const message of messages) {
      assert.match(textOf(message), /tun_metadata0=0x12\/0xffffffff/);
      assert.match(formatMessage(encode(message), { tlvMap }), /tun_metadata0=0x12(?: |$)/m);
    }
  });

  it("names ports where it knows their names", () => {
    const message: MessageInput = {
      type: "packetOut",
      xid: 1,
      bufferId: 9,
      inPort: 1,
      actions: [{ type: "output", port: 2, maxLen: 0 }],
      data: new Uint8Array(0),
    };
    const ports = new Map([
      [1, "eth0"],
      [2, "int-br-ex"],
    ]);
    assert.equal(
      formatMessage(encode(message), { ports }),
      'OFPT_PACKET_OUT (OF1.3) (xid=0x1): in_port=eth0 actions=output:"int-br-ex" buffer=0x00000009',
    );
  });

  it("leaves the xid out where it isn't wanted, in refused messages too", () => {
    const data = encode({ type: "barrierRequest", xid: 5 });
    assert.equal(
      formatMessage(encode({ type: "error", xid: 5, errorType: 1, errorCode: 5, data }), { xid: false }),
      "OFPT_ERROR (OF1.3): OFPBRC_EPERM\nOFPT_BARRIER_REQUEST (OF1.3):",
    );
  });

  it("says of bytes that are no whole message what they are", () => {
    assert.equal(formatMessage(new Uint8Array(0)), "OpenFlow message is empty");
    assert.equal(
      formatMessage(bytesOf("04000008")),
      "OpenFlow packet too short (only 4 bytes):\n00000000  04 00 00 08                                     |....            |",
    );
    assert.equal(
      formatMessage(bytesOf("041400080000000100")),
      "(***only uses 8 bytes out of 9***)\n00000000  04 14 00 08 00 00 00 01-00                      |.........       |",
    );
    assert.equal(
      formatMessage(bytesOf("042800080000000a")),
      "***decode error: OFPBRC_BAD_TYPE***\n00000000  04 28 00 08 00 00 00 0a-                        |.(......        |",
    );
  });

  it("prints a message that can't be decoded with the reason and its bytes", () => {
    assert.equal(
      formatMessage(bytesOf("0410000800000001")),
      [
        "OFPT_PORT_MOD (OF1.3) (xid=0x1): ***decode error: portMod.portNo: portMod takes at least 40 bytes and 8 are left (at byte 8)***",
        "00000000  04 10 00 08 00 00 00 01-                        |........        |",
      ].join("\n"),
    );
  });

  it("prints every message there is, without a line's end after the last", () => {
    for (const [kind, messages] of Object.entries(everyMessage)) {
      fc.assert(
        fc.property(messages, (message) => {
          const text = formatMessage(message);
          assert.doesNotMatch(text, /undefined|NaN|\[object|\n$/, kind);
          assert.match(
            text,
            /^(?:OFP|NX|ONF)\w+(?: request| reply)? \(OF1\.3\) \(xid=0x|^\*\*\*decode error/,
            kind,
          );
        }),
        { numRuns: 60 },
      );
    }
  });

  it("prints any bytes, and never throws", () => {
    const damaged = fc
      .tuple(
        fc.oneof(...Object.values(everyMessage)),
        fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 4 }),
      )
      .map(([message, changes]) => {
        const bytes = encode(message);
        for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
        return bytes;
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 100 }), damaged), (bytes) => {
        assert.notEqual(formatMessage(bytes), "");
      }),
      { numRuns: 2_000 },
    );
  });
});
