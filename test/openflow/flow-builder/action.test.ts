// Actions and instructions written as function calls: what they become, and what they refuse by themselves.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { fieldPart } from "../../../src/openflow/flow-builder/field-part.ts";
import {
  ActionError,
  action,
  formatActions,
  formatInstructions,
  instruction,
  match,
  parseActions,
  parseInstructions,
  parseMatch,
  type ReadOnlyField,
} from "../../../src/openflow/index.ts";
import { oxmFields } from "../../../src/openflow/protocol/oxm-fields.ts";
import { builtActions, builtInstructions } from "./built-actions.ts";

/** Runs `build` and gives what it throws. */
function refusalOf(build: () => unknown): ActionError {
  try {
    build();
  } catch (error) {
    assert.ok(error instanceof ActionError, String(error));
    assert.equal(error.code, "ERR_OPENFLOW_ACTION");
    return error;
  }
  return assert.fail("nothing was refused");
}

describe("action", () => {
  for (const { built, text, match = "" } of builtActions) {
    it(`makes ${text}`, () => {
      assert.deepEqual(parseActions(text, { match: parseMatch(match) }), [built]);
      assert.equal(formatActions([built]), text);
    });
  }

  it("has a case above for each of its functions", () => {
    const source = builtActions.map(({ built }) => built.type).join(" ");
    const made: Readonly<Record<keyof typeof action, string>> = {
      bundle: "bundle",
      bundleLoad: "bundleLoad",
      checkPktLarger: "checkPktLarger",
      clone: "clone",
      conjunction: "conjunction",
      controller: "controller2",
      ct: "ct",
      ctClear: "ctClear",
      decap: "decap",
      decMplsTtl: "decMplsTtl",
      decNshTtl: "decNshTtl",
      decTtl: "decNwTtl",
      encap: "encap",
      exit: "exit",
      finTimeout: "finTimeout",
      group: "group",
      learn: "learn2",
      load: "regLoad",
      move: "regMove",
      multipath: "multipath",
      note: "note",
      output: "outputTrunc",
      pop: "stackPop",
      popMpls: "popMpls",
      popQueue: "popQueue",
      popVlan: "popVlan",
      push: "stackPush",
      pushMpls: "pushMpls",
      pushVlan: "pushVlan",
      resubmit: "resubmitTableCt",
      sample: "sample3",
      setField: "setField",
      setMplsTtl: "setMplsTtl",
      setQueue: "setQueue",
      setTtl: "setNwTtl",
      deleteField: "deleteField",
    };
    assert.deepEqual(Object.keys(made).toSorted(), Object.keys(action).toSorted());
    for (const type of Object.values(made)) assert.ok(source.includes(type), type);
  });

  it("writes every field that Open vSwitch writes, and no other", () => {
    const readOnly: Readonly<Record<ReadOnlyField, true>> = {
      inPhyPort: true,
      pbbIsid: true,
      ipv6Exthdr: true,
      dpHash: true,
      recircId: true,
      conjId: true,
      actsetOutput: true,
      packetType: true,
      ethType: true,
      mplsBos: true,
      ipFrag: true,
      ipProto: true,
      tcpFlags: true,
      tunGtpuFlags: true,
      tunGtpuMsgtype: true,
      nshMdtype: true,
      nshNp: true,
      ctState: true,
      ctZone: true,
      ctNwSrc: true,
      ctNwDst: true,
      ctIpv6Src: true,
      ctIpv6Dst: true,
      ctNwProto: true,
      ctTpSrc: true,
      ctTpDst: true,
    };
    const registered = oxmFields.filter(({ writable }) => !writable).map(({ name }) => name);
    assert.deepEqual(Object.keys(readOnly).toSorted(), [...registered, "pbbIsid"].toSorted());
    for (const name of registered) {
      const missing = name === "inPhyPort" || name === "ipv6Exthdr";
      const error = missing ? "OFPBAC_BAD_SET_TYPE" : "OFPBAC_BAD_SET_ARGUMENT";
      assert.equal(refusalOf(() => action.load(0, name as "reg0")).openflowError, error);
    }
  });

  it("names each field by the header that ovs-ofctl writes for it", () => {
    for (const { name, bits } of oxmFields) {
      const part = fieldPart(name as "reg0");
      assert.ok(name === "vlanVid" ? part.nBits === 12 : name === "inPort" || part.nBits === bits, name);
    }
    assert.deepEqual(fieldPart("ethSrc[0..7]"), { name: "NXM_OF_ETH_SRC", ofs: 0, nBits: 8 });
    assert.deepEqual(fieldPart("xreg9"), { name: "OXM_OF_PKT_REG9", ofs: 0, nBits: 64 });
  });

  it("refuses numbers that don't fit their place, and says which", () => {
    const refused: readonly (readonly [() => unknown, string, RegExp])[] = [
      [() => action.group(-1), "group.groupId", /from 0 to|whole/],
      [() => action.output(2 ** 32), "output.port", /whole|from 0/],
      [() => action.setTtl(256), "setNwTtl.ttl", /255|byte|whole/],
      [() => action.resubmit({ table: 256 }), "resubmitTable.tableId", /./],
      [() => action.ct({ zone: 0x1_0000 }), "ct.zone", /./],
      [
        () => action.ct({ nat: { src: { address: "10.0.0" } }, commit: true }),
        "ct.actions[0].range.ipv4Min",
        /IPv4/,
      ],
      [() => action.clone({ type: "group", groupId: -1 }), "clone.actions[0].groupId", /./],
      [() => action.load(16, "reg0[0..3]"), "reg0[0..3]", /16 doesn't fit in 4 bits/],
      [() => action.load(-1, "reg0"), "reg0", /doesn't fit/],
      [() => action.load(1.5, "reg0"), "reg0", /doesn't fit/],
      [() => action.load(1, "reg0[32]"), "reg0[32]", /bits 0 to 31/],
      [() => action.load(1, "reg0[5..1]"), "reg0[5..1]", /the first comes first/],
      [() => action.load(1, "ipv6Src"), "ipv6Src", /128 bits/],
      [() => action.setField({ vlanVid: 4096 }), "vlanVid", /4095/],
      [() => action.setField({ ipv4Src: "10.0.0" }), "ipv4Src", /IPv4 address/],
      [() => instruction.goto(256), "gotoTable.tableId", /./],
      [() => instruction.metadata(2n ** 64n), "writeMetadata.metadata", /./],
      [() => instruction.apply({ type: "group", groupId: -1 }), "applyActions.actions[0].groupId", /./],
    ];
    for (const [build, field, pattern] of refused) {
      const error = refusalOf(build);
      assert.equal(error.field, field);
      assert.match(error.message, pattern);
    }
  });

  it("refuses with the switch's own name, and says what to write instead", () => {
    const refused: readonly (readonly [() => unknown, string | undefined, RegExp])[] = [
      [() => action.setField({ ipv4Src: "10.0.0.0/24" }), "OFPBAC_BAD_SET_MASK", /load\(…, "ipv4Src\[…\]"\)/],
      [() => action.setField({ ["nwTos" as "nwTtl"]: 4 }), "OFPBAC_BAD_SET_ARGUMENT", /load\(…, "nwTos"\)/],
      [() => action.setField({ ["pbbIsid" as "nwTtl"]: 4 }), "OFPBAC_BAD_SET_LEN", /^$/],
      [() => action.load(2, "reg0[0]"), "OFPBAC_BAD_SET_ARGUMENT", /^$/],
      [() => action.conjunction(1, { clause: 3, of: 2 }), "OFPBAC_BAD_ARGUMENT", /counted from 1/],
      [() => action.sample({ probability: 0 }), "OFPBAC_BAD_ARGUMENT", /^$/],
      [() => action.ct({ zone: "reg0" }), "OFPBAC_BAD_SET_LEN", /"reg0\[0\.\.15\]"/],
      [() => action.checkPktLarger(64, "reg0"), undefined, /"reg0\[0\]"/],
      [() => action.move("ethSrc", "reg0"), undefined, /\[0\.\.47\]/],
    ];
    for (const [build, openflowError, hint] of refused) {
      const error = refusalOf(build);
      assert.equal(error.openflowError, openflowError);
      assert.match(error.hint ?? "", hint);
      if (error.hint !== undefined) assert.ok(error.message.endsWith(error.hint));
    }
  });

  it("refuses two fields in one setField, or none", () => {
    // @ts-expect-error -- one at a time
    assert.match(refusalOf(() => action.setField({ ethSrc: "02::", ethDst: "02::" })).message, /one field/);
    // @ts-expect-error -- none
    assert.equal(refusalOf(() => action.setField({})).field, "setField");
  });
});

describe("instruction", () => {
  for (const { built, text } of builtInstructions) {
    it(`makes ${text}`, () => {
      assert.deepEqual(parseInstructions(text), [built]);
      assert.equal(formatInstructions([built]), text);
    });
  }

  it("stands beside a match that was built", () => {
    assert.deepEqual(match({ ethType: "ipv4" }), [{ field: "ethType", value: 0x0800 }]);
  });
});
