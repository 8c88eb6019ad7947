// Open vSwitch's own actions and the deprecated ones of OpenFlow 1.0, from bytes to values and back, each in the bytes
// that Open vSwitch has for it; and what is broken in them, by the path of the field.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, it } from "mocha";
import {
  type Action,
  DecodeError,
  decode,
  EncodeError,
  encode,
  type Instruction,
} from "../../../src/openflow/index.ts";
import { checkActions } from "../../../src/openflow/protocol/consistency.ts";
import { anyPacket } from "../../../src/openflow/protocol/packet-shape.ts";
import { capturedFlows } from "../text/vectors.ts";

interface RegistryEntry {
  readonly vendor: string | null;
  readonly type_or_subtype: number;
  readonly raw: string;
}

const registry = JSON.parse(
  readFileSync(join(process.cwd(), "test", "vectors", "ovs-of13-registry.json"), "utf8"),
) as { readonly actions: readonly RegistryEntry[] };

function packetOut(actions: Uint8Array): Buffer {
  const head = Buffer.from("040d000000000000ffffffffffffffff0000000000000000", "hex");
  head.writeUInt16BE(head.length + actions.length, 2);
  head.writeUInt16BE(actions.length, 16);
  head.writeUInt32BE(1, 12);
  return Buffer.concat([head, actions]);
}

function actionsIn(hex: string): Action[] {
  const message = decode(packetOut(Buffer.from(hex, "hex")));
  assert.equal(message.type, "packetOut");
  return message.actions;
}

function hexOf(...actions: Action[]): string {
  const bytes = encode({
    type: "packetOut",
    bufferId: 0xffffffff,
    inPort: 1,
    actions,
    data: new Uint8Array(),
  });
  return Buffer.from(bytes).toString("hex").slice(48);
}

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));
const nx = (hex: string): string => {
  const length = (8 + hex.length / 2).toString(16).padStart(4, "0");
  return `ffff${length}00002320${hex}`;
};
const reg0 = { name: "NXM_NX_REG0", ofs: 0, nBits: 32 };

/** One of every action, in its bytes. */
const examples: readonly (readonly [hex: string, value: Action])[] = [
  [nx("0001000500000000"), { type: "resubmit", inPort: 5 }],
  [nx("0002000000000005"), { type: "setTunnel", tunnelId: 5 }],
  [nx("0005000000000000"), { type: "popQueue" }],
  [nx("0008414243000000"), { type: "note", data: bytesOf("414243000000") }],
  [nx("00090000000000000000000123456789"), { type: "setTunnel64", tunnelId: 0x123456789n }],
  [
    nx("000a000104000000000200030000000a0000001f00010004"),
    {
      type: "multipath",
      fields: "symmetricL4",
      basis: 1024,
      algorithm: "hrw",
      maxLink: 3,
      arg: 10,
      dst: reg0,
    },
  ],
  [
    nx("000c0000000900320000000200030000000000000000000000010002fffe0000"),
    { type: "bundle", algorithm: "activeBackup", fields: 9, basis: 50, members: [1, 2, 0xfffe] },
  ],
  [
    nx("000d000100000000000000020002001f00010004000000000001000200000000"),
    { type: "bundleLoad", algorithm: "hrw", fields: "ethSrc", basis: 0, members: [1, 2], dst: reg0 },
  ],
  [nx("000efff801000000"), { type: "resubmitTable", inPort: 0xfff8, tableId: 1 }],
  [nx("000f001f00010004ffff000000000000"), { type: "outputReg", src: reg0, maxLen: 0xffff }],
  [
    nx(
      "00100000003c800000000000000000000000010000000000000c00000802000000000802000000300000040600000000020600002820000000050001000400001010000000020000",
    ),
    {
      type: "learn",
      idleTimeout: 0,
      hardTimeout: 60,
      priority: 0x8000,
      cookie: 0n,
      flags: 0,
      tableId: 1,
      finIdleTimeout: 0,
      finHardTimeout: 0,
      specs: [
        {
          type: "match",
          nBits: 12,
          src: { name: "NXM_OF_VLAN_TCI", ofs: 0 },
          dst: { name: "NXM_OF_VLAN_TCI", ofs: 0 },
        },
        {
          type: "match",
          nBits: 48,
          src: { name: "NXM_OF_ETH_SRC", ofs: 0 },
          dst: { name: "NXM_OF_ETH_DST", ofs: 0 },
        },
        { type: "load", nBits: 32, src: { value: 5n }, dst: { name: "NXM_NX_REG0", ofs: 0 } },
        { type: "output", nBits: 16, src: { name: "NXM_OF_IN_PORT", ofs: 0 } },
      ],
    },
  ],
  [nx("0011000000000000"), { type: "exit" }],
  [nx("0013000a00140000"), { type: "finTimeout", finIdleTimeout: 10, finHardTimeout: 20 }],
  [nx("0014008000050100"), { type: "controller", maxLen: 128, controllerId: 5, reason: 1 }],
  [nx("00150003000000000001000200030000"), { type: "decTtlCntIds", controllerIds: [1, 2, 3] }],
  [
    nx("00160000000000000000000000000005ffffffffffffffff"),
    { type: "writeMetadata", metadata: 5n, mask: 0xffff_ffff_ffff_ffffn },
  ],
  [nx("001b0003000100040003000000000000"), { type: "stackPush", ofs: 3, field: "NXM_NX_REG0", nBits: 3 }],
  [nx("001c0000000102040020000000000000"), { type: "stackPop", ofs: 0, field: "NXM_NX_REG1", nBits: 32 }],
  [
    nx("001d04d2000000050000000600000007"),
    { type: "sample", probability: 1234, collectorSetId: 5, obsDomainId: 6, obsPointId: 7 },
  ],
  [nx("0020001fffff00010004000000000000"), { type: "outputReg2", src: reg0, maxLen: 0xffff }],
  [nx("00218000040800000000000000050000"), { type: "regLoad2", oxm: { field: "metadata", value: 5n } }],
  [nx("0022010300000005"), { type: "conjunction", clause: 1, nClauses: 3, id: 5 }],
  [
    nx("0023000300010004000f020000000015"),
    {
      type: "ct",
      flags: 3,
      zone: { name: "NXM_NX_REG0", ofs: 0, nBits: 16 },
      recircTable: 2,
      alg: 21,
      actions: [],
    },
  ],
  [
    nx("00240000001100330a0000f00a0000fe8000ffff00000000"),
    {
      type: "nat",
      flags: 0x11,
      ipv4Min: "10.0.0.240",
      ipv4Max: "10.0.0.254",
      protoMin: 32768,
      protoMax: 65535,
    },
  ],
  [
    nx(
      "00250000000000000000000804d2000000010008162e000000020005020000000003000901020304050000000000000000040004000000000005000800000007",
    ),
    {
      type: "controller2",
      properties: [
        { type: "maxLen", maxLen: 1234 },
        { type: "controllerId", controllerId: 5678 },
        { type: "reason", reason: 2 },
        { type: "userdata", userdata: bytesOf("0102030405") },
        { type: "pause" },
        { type: "meterId", meterId: 7 },
      ],
    },
  ],
  [
    nx("0026303900005ba0000087070000b26eddd5000000000000"),
    {
      type: "sample2",
      probability: 12345,
      collectorSetId: 23456,
      obsDomainId: 34567,
      obsPointId: 45678,
      samplingPort: 56789,
    },
  ],
  [nx("0027000100000040"), { type: "outputTrunc", port: 1, maxLen: 64 }],
  [
    nx("0029303900005ba0000087070000b26effff010000000000"),
    {
      type: "sample3",
      probability: 12345,
      collectorSetId: 23456,
      obsDomainId: 34567,
      obsPointId: 45678,
      samplingPort: 0xffff,
      direction: 1,
    },
  ],
  [
    nx(`002a000000000000${nx(`002a000000000000${nx("002b000000000000")}`)}`),
    { type: "clone", actions: [{ type: "clone", actions: [{ type: "ctClear" }] }] },
  ],
  [nx("002b000000000000"), { type: "ctClear" }],
  [nx("002c000105000000"), { type: "resubmitTableCt", inPort: 1, tableId: 5 }],
  [
    nx(
      "002d000a00140050123456789abcdef00006020000020004000000010008000000010004000c000008020000000008020000000000000000",
    ),
    {
      type: "learn2",
      idleTimeout: 10,
      hardTimeout: 20,
      priority: 80,
      cookie: 0x123456789abcdef0n,
      flags: 2,
      tableId: 2,
      finIdleTimeout: 2,
      finHardTimeout: 4,
      limit: 1,
      result: { name: "NXM_NX_REG0", ofs: 8 },
      specs: [
        {
          type: "match",
          nBits: 12,
          src: { name: "NXM_OF_VLAN_TCI", ofs: 0 },
          dst: { name: "NXM_OF_VLAN_TCI", ofs: 0 },
        },
      ],
    },
  ],
  [
    nx("002e00000001894f00040105020000000004021010000a041234567800000000"),
    {
      type: "encap",
      headerSize: 0,
      newPacketType: 0x1894f,
      properties: [
        { type: "nshMdType", mdType: 2 },
        { type: "nshTlv", tlvClass: 0x1000, tlvType: 10, data: bytesOf("12345678") },
      ],
    },
  ],
  [nx("002f00000000fffe"), { type: "decap", newPacketType: 0xfffe }],
  [nx("0030000000000000"), { type: "decNshTtl" }],
  [
    nx("003105dc000400010004000000000000"),
    { type: "checkPktLarger", packetLength: 1500, ofs: 4, dst: "NXM_NX_REG0" },
  ],
  [nx("00320001507c00000000000000000000"), { type: "deleteField", field: "NXM_NX_TUN_METADATA0" }],
  [
    nx("00330001000000050001000401c100000000000000000007ffff010000000000"),
    {
      type: "sample4",
      probability: 1,
      collectorSetId: 5,
      obsDomain: { name: "NXM_NX_REG0", ofs: 7, nBits: 2 },
      obsPoint: 7,
      samplingPort: 0xffff,
      direction: 1,
    },
  ],
  [nx("00fe000000000000"), { type: "debugSlow" }],
  [nx("00ff000000000000"), { type: "debugRecirc" }],
  [
    "ffff00204f4e46000c8000000020000000000000000100040001020400000000",
    { type: "copyField", nBits: 32, srcOfs: 0, dstOfs: 0, src: "NXM_NX_REG0", dst: "NXM_NX_REG1" },
  ],
  ["0001000800050000", { type: "setVlanVid", value: 5 }],
  ["0002000803000000", { type: "setVlanPcp", value: 3 }],
  ["00030010aabbccddeeff000000000000", { type: "setDlSrc", address: "aa:bb:cc:dd:ee:ff" }],
  ["00040010aabbccddeeff000000000000", { type: "setDlDst", address: "aa:bb:cc:dd:ee:ff" }],
  ["000500080a000001", { type: "setNwSrc", value: 0x0a000001 }],
  ["000600080a000001", { type: "setNwDst", value: 0x0a000001 }],
  ["00070008fc000000", { type: "setNwTos", value: 0xfc }],
  ["0008000802000000", { type: "setNwEcn", value: 2 }],
  ["0009000800500000", { type: "setTpSrc", value: 80 }],
  ["000a000800500000", { type: "setTpDst", value: 80 }],
  ["000d000800000005", { type: "setMplsLabel", value: 5 }],
  ["000e000805000000", { type: "setMplsTc", value: 5 }],
];

describe("Open vSwitch's own actions", () => {
  for (const [hex, value] of examples) {
    it(`${value.type} is read from its bytes and written to them`, () => {
      assert.deepEqual(actionsIn(hex), [value]);
      assert.equal(hexOf(value), hex);
    });
  }

  it("are all that the registry has at wire version 4", () => {
    const raws = registry.actions.filter(({ vendor, type_or_subtype: number }) => {
      const head = vendor === null ? number.toString(16).padStart(4, "0") : "ffff";
      const inside = vendor === null ? "" : vendor.slice(2) + number.toString(16).padStart(4, "0");
      const standard = [0, 6, 7, 11, 12, ...Array.from({ length: 13 }, (_, i) => 15 + i)];
      const known = examples.some(([hex]) => hex.startsWith(head) && hex.startsWith(inside, 8));
      return !known && !(standard.includes(number) && (vendor === null || number === 6 || number === 7));
    });
    assert.deepEqual(
      raws.map(({ raw }) => raw),
      [],
    );
  });

  it("leave nothing raw in what ovs-ofctl sent", () => {
    const inside = (actions: readonly Action[]): Action[] =>
      actions.flatMap((one) => ["actions" in one ? inside(one.actions) : [], one].flat());
    const raw = capturedFlows.filter(({ hex }) => {
      const message = decode(Buffer.from(hex, "hex"));
      assert.equal(message.type, "flowMod");
      const lists = message.instructions.map((one: Instruction) => ("actions" in one ? one.actions : []));
      assert.equal(Buffer.from(encode(message)).toString("hex"), hex);
      return inside(lists.flat()).some(({ type }) => type === "experimenter" || type === "raw");
    });
    assert.deepEqual(raw, []);
  });
});

describe("an action set", () => {
  it("has no place for actions that only run in lists", () => {
    const exit: Action = { type: "exit" };
    assert.equal(checkActions([exit], anyPacket, true)?.error, "OFPBAC_BAD_TYPE");
    assert.equal(checkActions([exit], anyPacket, false), undefined);
  });
});

describe("broken actions", () => {
  const broken: readonly (readonly [what: string, hex: string, field: string])[] = [
    ["more ids than bytes", nx("00150005000000000001000200030000"), "actions[0].controllerIds"],
    [
      "more members than bytes",
      nx("000c000000090032000000020005000000000000000000000001000200030000"),
      "actions[0].tail",
    ],
    ["a nat range that isn't there", nx("0024000000010001"), "actions[0].range.ipv4Min"],
    ["a part of a nat range that nobody knows", nx("0024000000010040"), "actions[0].range"],
    [
      "a learn spec of no kind",
      nx("00100000003c8000000000000000000000000100000000001800000000000000"),
      "actions[0].specs[0].type",
    ],
    [
      "a learn spec that is cut off",
      nx("00100000003c8000000000000000000000000100000000000030000000000000"),
      "actions[0].specs[0].dst",
    ],
    [
      "bytes after the last learn spec",
      nx("00100000003c8000000000000000000000000100000000000000000000000001"),
      "actions[0].specs",
    ],
    [
      "a controller property beyond its action",
      nx("002500000000000000000010000000ff"),
      "actions[0].properties[0].length",
    ],
    [
      "an encap property without its header",
      nx("002e00000001894f0004010300000000"),
      "actions[0].properties[0].length",
    ],
    [
      "a length inside clone that goes beyond it",
      nx("002a00000000000000000020000000010000000000000000"),
      "actions[0].actions[0].length",
    ],
  ];
  for (const [what, hex, field] of broken) {
    it(`${what}: the error names ${field}`, () => {
      assert.throws(
        () => actionsIn(hex),
        (error: unknown) =>
          error instanceof DecodeError && (assert.equal(error.field, `packetOut.${field}`), true),
      );
    });
  }

  it("clones in clones are read to a depth that no flow has, and refused beyond", () => {
    const nested = (depth: number): string => (depth === 0 ? "" : nx(`002a000000000000${nested(depth - 1)}`));
    assert.equal(actionsIn(nested(30))[0]?.type, "clone");
    assert.throws(() => actionsIn(nested(200)), DecodeError);
  });

  it("values that no action can have are refused by the path of the entry", () => {
    const wrong: readonly (readonly [action: object, field: string])[] = [
      [{ type: "conjunction", clause: 0, nClauses: 256, id: 1 }, "nClauses"],
      [{ type: "nat", flags: 1, ipv4Min: "10.0.0" }, "range.ipv4Min"],
      [{ type: "outputReg", src: { ...reg0, nBits: 65 }, maxLen: 0 }, "src.nBits"],
      [{ type: "decTtlCntIds", controllerIds: [1, -1] }, "controllerIds[1]"],
      [
        // There is room for a header of four bytes.
        {
          type: "learn",
          idleTimeout: 0,
          hardTimeout: 0,
          priority: 0,
          cookie: 0n,
          flags: 0,
          tableId: 0,
          finIdleTimeout: 0,
          finHardTimeout: 0,
          specs: [{ type: "output", nBits: 8, src: { name: "NXOXM_NSH_C1", ofs: 0 } }],
        },
        "specs[0].src.name",
      ],
    ];
    for (const [action, field] of wrong) {
      assert.throws(
        () => hexOf(action as Action),
        (error: unknown) =>
          error instanceof EncodeError && (assert.equal(error.field, `packetOut.actions[0].${field}`), true),
      );
    }
  });

  it("any bytes changed anywhere give an action or a DecodeError, and what is read is written the same again", () => {
    const all = Buffer.from(examples.map(([hex]) => hex).join(""), "hex");
    fc.assert(
      fc.property(fc.nat(all.length - 1), fc.nat(255), (at, byte) => {
        const bytes = Uint8Array.from(all);
        bytes[at] = byte;
        let read: Action[];
        try {
          read = actionsIn(Buffer.from(bytes).toString("hex"));
        } catch (error) {
          assert.ok(error instanceof DecodeError);
          return;
        }
        assert.deepEqual(actionsIn(hexOf(...read)), read);
      }),
      { numRuns: 500 },
    );
  });
});
