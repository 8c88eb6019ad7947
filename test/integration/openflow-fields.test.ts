// Every field under each of its headers, in matches and in all actions that name fields: what formatFlow prints of the
// messages against what Open vSwitch prints, all through one ovs-ofctl.
import assert from "node:assert/strict";
import { type Action, decode, encode, flowMod, type Match, type NamedOxm } from "../../src/openflow/index.ts";
import type { OxmField, WireName } from "../../src/openflow/protocol/oxm-field.ts";
import { oxmFields } from "../../src/openflow/protocol/oxm-fields.ts";
import { exactMask, oxmOfBits } from "../../src/openflow/text/field-text.ts";
import { formatFlow, parseMatch } from "../../src/openflow/text/index.ts";
import { allOnes } from "../../src/openflow/text/number-text.ts";
import { meeting } from "../openflow/text/prerequisites.ts";
import { describeWith } from "../support/needs.ts";
import { printed } from "./ofp-printer.ts";

interface Case {
  readonly match: Match;
  readonly actions: readonly Action[];
}

/** Open vSwitch 3.1 has them, and more than one of these prints alike. */
const known = oxmFields.filter(
  ({ name, newer }) =>
    newer === undefined && !/^(?:tunMetadata[1-9]|pbbIsid|inPhyPort|ipv6Exthdr)/.test(name),
);

function baseOf({ name, prerequisite }: OxmField): Match {
  if (name === "vlanVid") return parseMatch("dl_vlan=5");
  return prerequisite === undefined ? [] : parseMatch(meeting[prerequisite]);
}

/** The field under a header, with values and masks of several shapes. */
function oxmsOf(field: OxmField, wire: WireName, masked: boolean): NamedOxm[] {
  if (field.kind === "vlan") return [];
  const all = allOnes(field.bits);
  const last = field.format === "port" ? 0xffff_fffen : 0x1234_5678_9abc_defn;
  const values = [0n, 1n, all & 0x5555n, all & last];
  const masks = masked ? [1n, all >> 1n, all & 0xff00n, all & 0xf0n] : [exactMask(field)];
  const name = wire === field.wire[0] ? {} : { wireName: wire.name };
  return masks
    .filter((mask) => mask !== 0n && !(masked && mask === all))
    .flatMap((mask) =>
      values.map((value) => ({ ...oxmOfBits(field, { value: value & mask, mask }), ...name })),
    );
}

function settings(field: OxmField, wire: WireName): Action[] {
  if (!field.writable) return [];
  const [whole, masked] = [oxmsOf(field, wire, false), field.maskable ? oxmsOf(field, wire, true) : []];
  return [
    ...whole.map((oxm): Action => ({ type: "setField", oxm })),
    ...[...whole, ...masked].map((oxm): Action => ({ type: "regLoad2", oxm })),
  ];
}

/** Everything that names some bits of a field. */
function subfieldActions(field: OxmField, { name, experimenter }: WireName): Action[] {
  const last = field.bits - 1;
  const parts = [
    [0, field.bits],
    [0, 1],
    [last, 1],
    [0, Math.min(Math.max(last, 1), 32)],
  ] as const;
  return parts.flatMap(([ofs, nBits]): Action[] => {
    const place = { name, ofs };
    const moved = { src: name, srcOfs: ofs, dst: "NXM_NX_REG0", dstOfs: 0, nBits };
    const wide: Action[] = [
      { type: "stackPush", field: name, ofs, nBits },
      ...(field.writable ? [{ type: "stackPop", field: name, ofs, nBits } as const] : []),
      ...(field.writable && nBits === 1
        ? [{ type: "checkPktLarger", packetLength: 9, dst: name, ofs } as const]
        : []),
    ];
    if (nBits <= 32) wide.push({ type: "regMove", ...moved }, { type: "copyField", ...moved });
    if (nBits <= 64) wide.push({ type: "outputReg2", src: { name, ofs, nBits }, maxLen: 5 });
    if (experimenter !== undefined || nBits > 64) return wide;
    wide.push({ type: "outputReg", src: { name, ofs, nBits }, maxLen: 5 });
    if (!field.writable) return wide;
    const source = { value: 1n };
    return [
      ...wide,
      { type: "regLoad", dst: name, ofs, nBits, value: 1n },
      {
        type: "learn",
        idleTimeout: 0,
        hardTimeout: 0,
        priority: 0x8000,
        cookie: 0n,
        flags: 0,
        tableId: 1,
        finIdleTimeout: 0,
        finHardTimeout: 0,
        specs: [
          { type: "match", nBits, src: source, dst: place },
          { type: "match", nBits, src: place, dst: place },
          { type: "load", nBits, src: source, dst: place },
          { type: "output", nBits, src: place },
        ],
      },
    ];
  });
}

/** Fields whose masks Open vSwitch 3.1 leaves out, or which it doesn't print at all. */
const leftOut = /^(?:nshC|tunErspan|tunGtpu|tunGbpFlags|ctTp|tunMetadata|ctState)/;

function matchesOf(field: OxmField, wire: WireName): Match[] {
  if (leftOut.test(field.name)) return [];
  const others = baseOf(field).filter((oxm) => oxm.field !== field.name);
  const oxms = [...oxmsOf(field, wire, false), ...(field.maskable ? oxmsOf(field, wire, true) : [])];
  return oxms.map((oxm) => [...others, oxm]);
}

function cases(): Case[] {
  return known.flatMap((field) =>
    field.wire.flatMap((wire) => [
      ...[...settings(field, wire), ...subfieldActions(field, wire)].map(
        (action): Case => ({ match: baseOf(field), actions: [action] }),
      ),
      ...matchesOf(field, wire).map((match): Case => ({ match, actions: [] })),
    ]),
  );
}

function encoded({ match, actions }: Case): Uint8Array[] {
  const instructions = actions.length === 0 ? [] : [{ type: "applyActions" as const, actions: [...actions] }];
  try {
    return [encode({ type: "flowMod", ...flowMod({ match, instructions }) })];
  } catch {
    // The ingress port has 16 bits under one of its headers.
    return [];
  }
}

describeWith(["openvswitch"], "every field under each of its headers", function () {
  this.timeout(60_000);

  it("prints as ovs-ofctl prints it, and comes back as the same bytes", async () => {
    const messages = cases().flatMap(encoded);
    const texts = await printed(messages);
    let compared = 0;
    for (const [i, message] of messages.entries()) {
      const text = texts[i]?.split("\n")[0] ?? "";
      // What a match may not have said, or an action may not write, is refused there.
      if (text.includes("decode error")) continue;
      const flow = decode(message);
      assert.equal(flow.type, "flowMod");
      assert.deepEqual(encode(flow), message);
      assert.equal(formatFlow(flow), text.replace(/^.* ADD ?/, "").trimStart());
      compared++;
    }
    assert.ok(compared > 5_000, `${compared} of ${messages.length}`);
  });
});
