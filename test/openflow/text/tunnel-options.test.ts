// Tunnel options with the table that a switch has of them: sizes, masks, and what the table has no room for.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type Match, mappedMatch, type TlvMap } from "../../../src/openflow/index.ts";
import {
  FlowSyntaxError,
  formatFlow,
  formatMatch,
  parseFlow,
  parseMatch,
} from "../../../src/openflow/text/index.ts";

const tlvMap: readonly TlvMap[] = [
  { optionClass: 0xffff, optionType: 0, optionLen: 4, index: 0 },
  { optionClass: 0xffff, optionType: 1, optionLen: 8, index: 1 },
];

describe("A match on tunnel options", () => {
  const sized: readonly (readonly [text: string, match: Match, printed: string])[] = [
    ["tun_metadata0=0x1234", [{ field: "tunMetadata0", value: "0x00001234" }], "tun_metadata0=0x1234"],
    ["tun_metadata0=0", [{ field: "tunMetadata0", value: "0x00000000" }], "tun_metadata0=0"],
    ["tun_metadata0", [{ field: "tunMetadata0", value: "0x00000000", mask: "0x00000000" }], "tun_metadata0"],
    [
      "tun_metadata1=0x12/0xff",
      [{ field: "tunMetadata1", value: "0x0000000000000012", mask: "0x00000000000000ff" }],
      "tun_metadata1=0x12/0xff",
    ],
    ["tun_metadata0=5/0xffffffff", [{ field: "tunMetadata0", value: "0x00000005" }], "tun_metadata0=0x5"],
    [
      "tun_metadata0[8..15]=5",
      [{ field: "tunMetadata0", value: "0x00000500", mask: "0x0000ff00" }],
      "tun_metadata0=0x500/0xff00",
    ],
  ];
  for (const [text, match, printed] of sized) {
    it(`has the sizes of the switch's table: ${text}`, () => {
      assert.deepEqual(parseMatch(text, { tlvMap }), match);
      assert.deepEqual(parseFlow(`${text},actions=drop`, { tlvMap }).match, match);
      assert.deepEqual(mappedMatch(parseMatch(text), tlvMap), match);
      assert.equal(formatMatch(match, { tlvMap }), printed);
      assert.deepEqual(parseMatch(printed, { tlvMap }), match);
    });
  }

  it("takes as many bytes as its value needs where no table is known", () => {
    assert.deepEqual(parseMatch("tun_metadata0=0x123,tun_metadata1=0"), [
      { field: "tunMetadata0", value: "0x0123" },
      { field: "tunMetadata1", value: "0x" },
    ]);
  });

  it("prints a mask that covers the option only where the table doesn't say so", () => {
    const match: Match = [{ field: "tunMetadata0", value: "0x00000012", mask: "0xffffffff" }];
    assert.equal(formatMatch(match), "tun_metadata0=0x12/0xffffffff");
    assert.equal(formatMatch(match, { tlvMap }), "tun_metadata0=0x12");
    const flow = parseFlow("actions=drop");
    assert.equal(formatFlow({ ...flow, match }, { tlvMap }), "tun_metadata0=0x12 actions=drop");
  });

  it("stays as it is where the table hasn't got it, or has less room", () => {
    const match: Match = [
      { field: "inPort", value: 1 },
      { field: "tunMetadata0", value: "0x1122334455" },
      { field: "tunMetadata9", value: "0x01" },
      { field: "raw", header: 0x0001_5004, body: new Uint8Array(4) },
    ];
    assert.deepEqual(mappedMatch(match, tlvMap), match);
  });

  const refused: readonly (readonly [text: string, token: string, reason: RegExp, error?: string])[] = [
    ["tun_metadata2=1", "tun_metadata2=1", /no option/, "NXFMFC_INVALID_TLV_FIELD"],
    ["in_port=1,tun_metadata63", "tun_metadata63", /no option/, "NXFMFC_INVALID_TLV_FIELD"],
    ["tun_metadata0=0x112345678", "tun_metadata0=0x112345678", /has 4 bytes/],
    ["tun_metadata0=0/0x112345678", "tun_metadata0=0/0x112345678", /has 4 bytes/],
    ["tun_metadata0[32]=1", "tun_metadata0[32]=1", /has 4 bytes/],
  ];
  for (const [text, token, reason, error] of refused) {
    it(`is refused where the table has no room for it: ${text}`, () => {
      assert.throws(
        () => parseMatch(text, { tlvMap }),
        (thrown: unknown) =>
          thrown instanceof FlowSyntaxError &&
          thrown.token === token &&
          reason.test(thrown.message) &&
          thrown.openflowError === error,
      );
    });
  }
});
