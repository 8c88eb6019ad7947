import assert from "node:assert/strict";
import fc from "fast-check";
import { EncodeError } from "../../../src/openflow/codec-errors.ts";
import { decode, encode } from "../../../src/openflow/message.ts";
import { flowMod } from "../../../src/openflow/protocol/flow-mod.ts";
import { canonicalMatch, type Match, type Oxm } from "../../../src/openflow/protocol/match.ts";
import { oxmFieldByText, oxmFields, prerequisites } from "../../../src/openflow/protocol/oxm-fields.ts";
import { subfieldByName, subfields } from "../../../src/openflow/protocol/subfields.ts";
import { oxmOf } from "./arbitraries.ts";
import { bytesOf, hexOf, recording } from "./recordings.ts";

/** The fields of a match as hex: what follows its type and length, without the padding. */
function matchHex(match: Match): string {
  const bytes = encode({ type: "flowMod", ...flowMod({ match }) });
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint16(50);
  return hexOf(bytes.subarray(52, 48 + length));
}

function matchOf(hex: string): Match {
  const length = 4 + hex.length / 2;
  const padded = (length + 7) & ~7;
  const bytes = `040e${(48 + padded).toString(16).padStart(4, "0")}00000001${"0".repeat(80)}0001${length.toString(16).padStart(4, "0")}${hex}${"00".repeat(padded - length)}`;
  const message = decode(bytesOf(bytes));
  assert.ok(message.type === "flowMod");
  return message.match;
}

interface FieldFacts {
  name: string;
  alias: string | null;
  n_bytes: number;
  n_bits: number;
  maskable: boolean;
  writable: boolean;
  prereqs: string;
  oxms: { name: string; oxm_class: string; experimenter: string | null; field: number; value_len: number }[];
}

function wireKey(name: string, oxmClass: number, id: number | undefined, number: number): string {
  return `${name} ${oxmClass} ${id} ${number}`;
}

const facts = recording<FieldFacts[]>("ovs-oxm-fields");

describe("The registry of match fields", () => {
  it("has the 40 fields of OpenFlow 1.3, numbered 0 to 39", () => {
    const basic = oxmFields.filter(({ wire: [wire] }) => wire.class === 0x8000 && wire.number < 40);
    const numbers = basic.map((field) => field.wire[0].number).toSorted((a, b) => a - b);
    assert.deepEqual(
      numbers,
      Array.from({ length: 40 }, (_, i) => i),
    );
  });

  it("has every field that Open vSwitch has a number for, under all of its numbers", () => {
    const theirs = facts.flatMap(({ oxms }) =>
      oxms.map((oxm) =>
        wireKey(
          oxm.name,
          Number(oxm.oxm_class),
          oxm.experimenter === null ? undefined : Number(oxm.experimenter),
          oxm.field,
        ),
      ),
    );
    const known = oxmFields.flatMap(({ wire }) =>
      wire.map(({ name, class: oxmClass, experimenter, number }) =>
        wireKey(name, oxmClass, experimenter, number),
      ),
    );
    const ours = new Set(known);
    assert.deepEqual(
      theirs.filter((wire) => !ours.has(wire)),
      [],
    );
    assert.equal(ours.size, known.length);
    assert.equal(new Set(oxmFields.map(({ rank }) => rank)).size, oxmFields.length);
  });

  it("says of each what Open vSwitch says", () => {
    const known = new Map(facts.flatMap((f) => f.oxms.map((oxm) => [oxm.name, f] as const)));
    const unknown: string[] = [];
    for (const field of oxmFields) {
      const fact = known.get(field.wire[0].name);
      if (fact === undefined) {
        unknown.push(field.name);
        continue;
      }
      assert.equal(field.bytes, fact.n_bytes, field.name);
      // Open vSwitch leaves out the bit that says that there is a VLAN.
      assert.equal(field.bits, field.name === "vlanVid" ? 13 : fact.n_bits, field.name);
      assert.equal(field.maskable, fact.maskable, field.name);
      assert.equal(field.writable, fact.writable, field.name);
      assert.equal(field.prerequisite === undefined, ["none", "Ethernet"].includes(fact.prereqs), field.name);
    }
    assert.deepEqual(unknown.toSorted(), ["inPhyPort", "ipv6Exthdr", "pbbIsid"]);
  });

  it("finds a field by every name ovs-ofctl has for it", () => {
    for (const [text, name] of [
      ["nw_src", "ipv4Src"],
      ["ip_src", "ipv4Src"],
      ["dl_type", "ethType"],
      ["tp_dst", "tcpDst"],
      ["in_port", "inPort"],
      ["tunnel_id", "tunnelId"],
    ]) {
      assert.equal(oxmFieldByText.get(text ?? "")?.name, name);
    }
  });

  it("gives every prerequisite a meaning", () => {
    for (const field of oxmFields) {
      assert.ok(field.prerequisite === undefined || prerequisites[field.prerequisite] !== undefined);
    }
  });

  it("knows every header of Open vSwitch's as a subfield", () => {
    const headers = facts.flatMap((f) =>
      f.oxms.map((oxm) => {
        const length = oxm.value_len + (oxm.experimenter === null ? 0 : 4);
        return [oxm.name, Number(oxm.oxm_class) * 0x10000 + oxm.field * 512 + length] as const;
      }),
    );
    for (const [name, header] of headers) {
      assert.equal(subfieldByName.get(name)?.header, header, name);
    }
    assert.equal(new Set(subfields.map((s) => `${s.header} ${s.experimenter}`)).size, subfields.length);
  });
});

describe("A match field", () => {
  const cases: readonly [what: string, oxm: Oxm, hex: string][] = [
    ["a port", { field: "inPort", value: 0xfffffffe }, "80000004fffffffe"],
    [
      "a MAC with a mask",
      { field: "ethDst", value: "01:00:00:00:00:00", mask: "01:00:00:00:00:00" },
      "8000070c010000000000010000000000",
    ],
    [
      "an IPv4 network",
      { field: "ipv4Src", value: "192.168.1.0", mask: "255.255.255.0" },
      "80001708c0a80100ffffff00",
    ],
    [
      "an IPv4 mask with holes",
      { field: "ipv4Dst", value: "10.0.0.1", mask: "255.0.255.1" },
      "800019080a000001ff00ff01",
    ],
    [
      "an IPv6 address",
      { field: "ipv6Dst", value: "2001:db8::1" },
      "8000361020010db8000000000000000000000001",
    ],
    [
      "an IPv6 network",
      { field: "ipv6Src", value: "2001:db8::", mask: "ffff:ffff::" },
      `8000352020010db8${"0".repeat(24)}ffffffff${"0".repeat(24)}`,
    ],
    [
      "metadata with a mask",
      { field: "metadata", value: 0x55n, mask: 0xffn },
      "80000510000000000000005500000000000000ff",
    ],
    ["a label of 20 bits", { field: "mplsLabel", value: 0xfffff }, "80004404000fffff"],
    ["a service of 24 bits", { field: "pbbIsid", value: 0x123456 }, "80004a03123456"],
    [
      "an extension header with a mask",
      { field: "ipv6Exthdr", value: 0x100, mask: 0x1ff & 0x101 },
      "80004f0401000101",
    ],
    ["a VLAN", { field: "vlanVid", value: 10 }, "80000c02100a"],
    ["VLAN 0, which is a tag", { field: "vlanVid", value: 0 }, "80000c021000"],
    ["no VLAN", { field: "vlanVid", value: "none" }, "80000c020000"],
    ["any VLAN", { field: "vlanVid", value: 0, mask: 0 }, "80000d0410001000"],
    ["some VLANs", { field: "vlanVid", value: 0x100, mask: 0xf00 }, "80000d0411001f00"],
    [
      "a field of another class",
      { field: "raw", header: 0x7fff0604, body: Uint8Array.of(0, 0, 0, 7) },
      "7fff060400000007",
    ],
    [
      "an experimenter's field",
      { field: "raw", header: 0xffff7006, body: Uint8Array.of(0, 2), experimenter: 0x4f4e4600 },
      "ffff70064f4e46000002",
    ],
    ["a register", { field: "reg3", value: 7, mask: 0xf }, "00010708000000070000000f"],
    ["TCP flags, an experimenter's field", { field: "tcpFlags", value: 2 }, "ffff54064f4e46000002"],
    [
      "TCP flags with a mask, after one id",
      { field: "tcpFlags", value: 2, mask: 0x12 },
      "ffff55084f4e460000020012",
    ],
    [
      "TCP flags as OpenFlow 1.5 has them",
      { field: "tcpFlags", value: 2, wireName: "OXM_OF_TCP_FLAGS" },
      "800054020002",
    ],
    [
      "a port by its old number",
      { field: "inPort", value: 0xffff_fffe, wireName: "NXM_OF_IN_PORT" },
      "00000002fffe",
    ],
    [
      "an address by its old header, with a mask",
      { field: "ipv4Src", value: "10.0.0.0", mask: "255.0.0.0", wireName: "NXM_OF_IP_SRC" },
      "00000f080a000000ff000000",
    ],
    ["a wide register", { field: "xreg1", value: 0x1_0000_0002n }, "800102080000000100000002"],
    [
      "a number of 128 bits",
      { field: "ctLabel", value: 0x1_0000_0000_0000_0002n, mask: 0x1_0000_0000_0000_000fn },
      "0001d920000000000000000100000000000000020000000000000001000000000000000f",
    ],
    ["a flag whose mask has no other bit", { field: "tunFlags", value: 1, mask: 1 }, "0001d10400010001"],
    ["a tunnel option", { field: "tunMetadata0", value: "0x0102" }, "000150020102"],
    [
      "a masked tunnel option",
      { field: "tunMetadata63", value: "0x0100", mask: "0xff00" },
      "0001cf040100ff00",
    ],
    ["the presence of a tunnel option", { field: "tunMetadata1", value: "0x", mask: "0x" }, "00015300"],
    [
      "a VLAN without the bit that says there is one",
      { field: "raw", header: 0x80000c02, body: Uint8Array.of(0, 10) },
      "80000c02000a",
    ],
    [
      "a DSCP of more than six bits",
      { field: "raw", header: 0x80001001, body: Uint8Array.of(0x40) },
      "8000100140",
    ],
    [
      "a mask where there may be none",
      { field: "raw", header: 0x80000108, body: Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 1) },
      "800001080000000100000001",
    ],
    [
      "a value outside its mask",
      { field: "raw", header: 0x80001708, body: Uint8Array.of(10, 0, 0, 1, 255, 255, 255, 0) },
      "800017080a000001ffffff00",
    ],
    [
      "a mask of nothing",
      { field: "raw", header: 0x80001708, body: new Uint8Array(8) },
      "800017080000000000000000",
    ],
    [
      "a field with a length that isn't its own",
      { field: "raw", header: 0x80000a04, body: Uint8Array.of(0, 0, 8, 0) },
      "80000a0400000800",
    ],
  ];

  for (const [what, oxm, hex] of cases) {
    it(`is read and written: ${what}`, () => {
      assert.deepEqual(matchOf(hex), [oxm]);
      assert.equal(matchHex([oxm]), hex);
    });
  }

  it("with a mask of all ones is the field without a mask, read and written", () => {
    assert.deepEqual(matchOf("800017080a000001ffffffff"), [{ field: "ipv4Src", value: "10.0.0.1" }]);
    assert.deepEqual(matchOf("80003908000000ff000fffff"), [{ field: "ipv6Flabel", value: 0xff }]);
    assert.deepEqual(matchOf("80000d04100a1fff"), [{ field: "vlanVid", value: 10 }]);
    assert.deepEqual(matchOf("80000d0400001fff"), [{ field: "vlanVid", value: "none" }]);
    assert.equal(
      matchHex([{ field: "ipv4Src", value: "10.0.0.1", mask: "255.255.255.255" }]),
      "800016040a000001",
    );
    assert.equal(matchHex([{ field: "vlanVid", value: 10, mask: 0xfff }]), "80000c02100a");
    assert.equal(
      matchHex([{ field: "metadata", value: 5n, mask: 0xffff_ffff_ffff_ffffn }]),
      "800004080000000000000005",
    );
  });

  it("with a mask of all zeros is left out, as it says nothing", () => {
    assert.equal(
      matchHex([
        { field: "inPort", value: 1 },
        { field: "ipv4Src", value: "0.0.0.0", mask: "0.0.0.0" },
      ]),
      "8000000400000001",
    );
    assert.equal(matchHex([{ field: "ethSrc", value: "00:00:00:00:00:00", mask: "00:00:00:00:00:00" }]), "");
  });

  const wrong: readonly [oxm: unknown, field: string, message: RegExp][] = [
    [{ field: "ipv4Src", value: "10.0.0" }, "value", /an IPv4 address/],
    [{ field: "ipv4Src", value: "010.0.0.1" }, "value", /an IPv4 address/],
    [{ field: "ipv4Src", value: 0x0a000001 }, "value", /not 167772161/],
    [{ field: "ipv4Src", value: "10.0.0.1", mask: "24" }, "mask", /an IPv4 address/],
    [
      { field: "ipv4Src", value: "10.0.0.1", mask: "255.255.255.0" },
      "value",
      /"10.0.0.1" has bits outside its mask "255.255.255.0"/,
    ],
    [{ field: "ipv4Src", value: "10.0.0.1", mask: "0.0.0.0" }, "value", /outside its mask/],
    [{ field: "ipv6Src", value: "fe80::1%eth0" }, "value", /an IPv6 address/],
    [{ field: "ethSrc", value: "02:00:00:00:00" }, "value", /a MAC address/],
    [{ field: "vlanVid", value: 4096 }, "value", /0 to 4095/],
    [{ field: "vlanVid", value: "none", mask: 1 }, "mask", /can't have a mask/],
    [{ field: "vlanVid", value: 1, mask: 0 }, "value", /outside its mask/],
    [{ field: "vlanPcp", value: 8 }, "value", /0 to 7/],
    [{ field: "ipDscp", value: 64 }, "value", /0 to 63/],
    [{ field: "tcpDst", value: 65_536 }, "value", /0 to 65535/],
    [{ field: "inPort", value: -1 }, "value", /0 to 4294967295/],
    [{ field: "inPort", value: 1, mask: 1 }, "mask", /inPort can't have a mask/],
    [{ field: "ethType", value: 0x800, mask: 0xff00 }, "mask", /can't have a mask/],
    [{ field: "metadata", value: 5 }, "value", /a bigint/],
    [{ field: "tunnelId", value: 1n << 64n }, "value", /a bigint/],
    [{ field: "mplsLabel", value: 0x100000 }, "value", /0 to 1048575/],
    [{ field: "nonsense", value: 1 }, "field", /"nonsense" is no match field/],
    [{ field: "raw", header: 0x00010604, body: new Uint8Array(3) }, "body", /don't fit/],
    [{ field: "raw", header: 0xffff0604, body: new Uint8Array(4) }, "experimenter", /class 0xffff/],
    [
      { field: "raw", header: 0x00010604, body: new Uint8Array(4), experimenter: 1 },
      "experimenter",
      /class 0xffff/,
    ],
    [{ field: "raw", header: -1, body: new Uint8Array(4) }, "header", /0 to 4294967295/],
  ];
  for (const [oxm, field, message] of wrong) {
    it(`is refused: ${JSON.stringify(oxm, (_, v: unknown) => (typeof v === "bigint" ? `${v}n` : v))}`, () => {
      assert.throws(
        () => matchHex([{ field: "inPort", value: 1 }, oxm as Oxm]),
        (error) =>
          error instanceof EncodeError &&
          error.field === `flowMod.match[1].${field}` &&
          message.test(error.message),
      );
    });
  }

  for (const field of oxmFields) {
    it(`comes back whatever it says: ${field.name}`, () => {
      fc.assert(
        fc.property(oxmOf(field), (oxm) => assert.deepEqual(matchOf(matchHex([oxm])), [oxm])),
        { numRuns: 60 },
      );
    });
  }
});

describe("A match", () => {
  it("that is empty takes eight bytes", () => {
    const bytes = hexOf(encode({ type: "flowMod", ...flowMod() }));
    assert.equal(bytes.slice(96), "0001000400000000");
  });

  it("is put in Open vSwitch's order: what a field depends on comes first", () => {
    const match: Match = [
      { field: "metadata", value: 1n },
      { field: "raw", header: 0x7fff0004, body: new Uint8Array(4) },
      { field: "tcpDst", value: 1514 },
      { field: "ipv4Dst", value: "10.0.0.1" },
      { field: "ipProto", value: 6 },
      { field: "vlanPcp", value: 1 },
      { field: "vlanVid", value: 1 },
      { field: "ethType", value: 0x800 },
      { field: "ethDst", value: "02:00:00:00:00:01" },
      { field: "ethSrc", value: "02:00:00:00:00:02" },
      { field: "inPort", value: 1 },
    ];
    assert.deepEqual(
      canonicalMatch(match).map((oxm) => oxm.field),
      [
        "inPort",
        "ethSrc",
        "ethDst",
        "ethType",
        "vlanVid",
        "vlanPcp",
        "ipv4Dst",
        "ipProto",
        "tcpDst",
        "metadata",
        "raw",
      ],
    );
    for (const field of oxmFields) {
      const before = new Set(oxmFields.filter((other) => other.rank < field.rank).map((other) => other.name));
      const needs = field.prerequisite === undefined ? {} : prerequisites[field.prerequisite];
      assert.ok(needs.ethTypes === undefined || before.has("ethType"), field.name);
      assert.ok(needs.ipProtos === undefined || before.has("ipProto"), field.name);
      assert.ok(needs.icmpv6Types === undefined || before.has("icmpv6Type"), field.name);
      assert.ok(needs.vlan === undefined || before.has("vlanVid"), field.name);
    }
  });

  it("recorded from ovs-ofctl is in that order already", () => {
    const cases = recording<{ text: string; hex: string }[]>("ovs31-flowmod13-captured");
    for (const { text, hex } of cases) {
      const message = decode(bytesOf(hex));
      const named = message.type === "flowMod" ? message.match.filter((oxm) => oxm.field !== "raw") : [];
      assert.deepEqual(canonicalMatch(named), named, text);
    }
  });
});
