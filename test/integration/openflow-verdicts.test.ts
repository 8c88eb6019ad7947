// What ovskit refuses offline against what ovs-vswitchd refuses: generated messages, right ones and wrong ones, and the
// error of each, or none.
import assert from "node:assert/strict";
import fc, { type Arbitrary } from "fast-check";
import { checkMessage, decode, encode, type MessageInput } from "../../src/openflow/index.ts";
import { flowMods, groupMods, meterMods, packetOuts } from "../openflow/protocol/doubtful.ts";
import { describeWith } from "../support/needs.ts";
import { samples, seed } from "../support/sampling.ts";
import { JudgingSwitch } from "./judging-switch.ts";

const count = samples(1_000);

/** What depends on the flows that a modify or delete finds, which nobody says to the offline verdict. */
const ofState: ReadonlySet<string | undefined> = new Set([
  "OFPBAC_BAD_OUT_GROUP",
  "OFPMMFC_INVALID_METER",
  "OFPBRC_EPERM",
]);

interface Case {
  readonly message: MessageInput;
  readonly bytes: Uint8Array;
}

/** A message that comes back from its bytes; what has no wire form says nothing about a switch. */
function caseOf(message: MessageInput): Case[] {
  try {
    const bytes = encode(message);
    decode(bytes);
    return [{ message, bytes }];
  } catch {
    return [];
  }
}

/** Groups and meters with numbers of their own, so that none is there before it is added. */
function numbered(message: MessageInput, index: number): MessageInput {
  if (message.type === "groupMod" && message.groupId < 0xffff_ff00) return { ...message, groupId: index };
  const isOrdinary = message.type === "meterMod" && message.meterId > 0 && message.meterId < 0xffff_0000;
  return isOrdinary ? { ...message, meterId: index + 1 } : message;
}

/** Whether the message changes flows that are there: none are, beside those that Open vSwitch keeps to itself. */
function changesFlows(message: MessageInput): boolean {
  return message.type === "flowMod" && message.command !== "add";
}

function shown(message: MessageInput): string {
  return JSON.stringify(message, (_key, value: unknown) =>
    typeof value === "bigint" ? `0x${value.toString(16)}` : value,
  );
}

describeWith(["openvswitch"], "the offline verdict on generated messages", function () {
  this.timeout(120_000 + count * 10);
  let judge: JudgingSwitch;

  before(async () => {
    judge = await JudgingSwitch.start();
  });
  after(() => judge.stop());

  const kinds: Readonly<Record<string, Arbitrary<MessageInput>>> = {
    "flow mods": flowMods,
    "group mods": groupMods,
    "meter mods": meterMods,
    "packets sent out": packetOuts,
  };
  for (const [name, arbitrary] of Object.entries(kinds)) {
    it(`is the switch's: ${name}`, async () => {
      const cases = fc.sample(arbitrary, { numRuns: count, seed }).map(numbered).flatMap(caseOf);
      assert.ok(cases.length > count * 0.9, `${cases.length} of ${count} can be sent`);
      const verdicts = await judge.judge(cases.map(({ bytes }) => bytes));
      const none: ReadonlySet<number> = new Set();
      for (const [index, { message }] of cases.entries()) {
        const expected = verdicts[index];
        const verdict = checkMessage(message, { groups: none, meters: none });
        if (verdict === undefined && changesFlows(message) && ofState.has(expected)) continue;
        assert.equal(verdict?.error, expected, `seed ${seed}: ${verdict?.reason}, ${shown(message)}`);
      }
      assert.ok(verdicts.includes(undefined) && verdicts.some((error) => error !== undefined));
    });
  }
});
