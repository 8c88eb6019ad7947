import assert from "node:assert/strict";
import { decode, encode, type Message } from "../../../src/openflow/message.ts";
import {
  asynchronous,
  flowModAnswers,
  flowMods,
  flowMonitor,
  greetings,
  handMade,
  hexOf,
  type Recorded,
  transcripts,
  verdicts,
} from "./recordings.ts";

/** A hello whose last element is cut short: the switch shrugs it off, a decoder must not guess. */
const TRUNCATED_HELLO = "0400000c0000000100010008";

function returnsUnchanged(messages: readonly Recorded[]): void {
  for (const { from, bytes } of messages) {
    assert.equal(hexOf(encode(decode(bytes))), hexOf(bytes), from);
  }
}

describe("Messages recorded from Open vSwitch 3.1", () => {
  it("come back byte for byte: flow mods", () => returnsUnchanged(flowMods));
  it("come back byte for byte: flows read back, and errors", () => returnsUnchanged(flowModAnswers));
  it("come back byte for byte: whole sessions, both directions", () => returnsUnchanged(transcripts));
  it("come back byte for byte: what the switch sends unasked", () => returnsUnchanged(asynchronous));
  it("come back byte for byte: a flow monitor's session", () => returnsUnchanged(flowMonitor));
  it("come back byte for byte: the switch's verdicts", () => returnsUnchanged(verdicts));
  it("come back byte for byte: greetings of every version", () => {
    const whole = greetings.filter(({ bytes }) => hexOf(bytes) !== TRUNCATED_HELLO);
    assert.equal(greetings.length - whole.length, 2);
    returnsUnchanged(whole);
  });

  it("have none of the 40 basic fields raw, but a VLAN without the bit that says there is one", () => {
    const raw = new Set<string>();
    for (const { from, bytes } of flowMods) {
      const message = decode(bytes);
      assert.equal(message.type, "flowMod", from);
      for (const oxm of message.type === "flowMod" ? message.match : []) {
        if (oxm.field === "raw" && oxm.header >>> 16 === 0x8000) {
          raw.add(`${oxm.header.toString(16)} ${hexOf(oxm.body)}`);
        }
      }
    }
    // 0x80005804 is packet_type, a field of OpenFlow 1.5; the VLANs are vlan_tci=0x1, 0x123/0xfff and the like.
    const vlan = [...raw].filter((oxm) => oxm.startsWith("80000c02") || oxm.startsWith("80000d04"));
    assert.deepEqual(
      [...raw].filter((oxm) => !vlan.includes(oxm)).every((oxm) => oxm.startsWith("80005804")),
      true,
    );
    assert.ok(
      vlan.every((oxm) => (Number.parseInt(oxm.split(" ")[1]?.slice(0, 4) ?? "", 16) & 0x1000) === 0),
      vlan.join(),
    );
  });

  it("are raw nowhere", () => {
    const seen = new Map<string, number>();
    for (const { from, bytes } of [...transcripts, ...asynchronous, ...flowMonitor, ...flowModAnswers]) {
      const message = decode(bytes);
      const isRaw =
        message.type === "raw" ||
        message.type === "experimenter" ||
        ("multipart" in message && message.multipart === "raw");
      assert.equal(isRaw, false, from);
      const name = "multipart" in message ? `${message.type}/${message.multipart}` : message.type;
      seen.set(name, (seen.get(name) ?? 0) + 1);
    }
    const expected = [
      "barrierReply",
      "barrierRequest",
      "bundleAdd",
      "bundleControl",
      "ctFlushZone",
      "echoReply",
      "echoRequest",
      "error",
      "featuresReply",
      "featuresRequest",
      "flowMod",
      "flowRemoved",
      "getConfigReply",
      "getConfigRequest",
      "groupMod",
      "hello",
      "meterMod",
      "multipartReply/aggregate",
      "multipartReply/desc",
      "multipartReply/flow",
      "multipartReply/flowMonitor",
      "multipartReply/groupDesc",
      "multipartReply/groupFeatures",
      "multipartReply/groupStats",
      "multipartReply/meterConfig",
      "multipartReply/meterFeatures",
      "multipartReply/meterStats",
      "multipartReply/portDesc",
      "multipartReply/portStats",
      "multipartReply/queueStats",
      "multipartReply/table",
      "multipartReply/tableFeatures",
      "multipartRequest/aggregate",
      "multipartRequest/desc",
      "multipartRequest/flow",
      "multipartRequest/flowMonitor",
      "multipartRequest/groupDesc",
      "multipartRequest/groupFeatures",
      "multipartRequest/groupStats",
      "multipartRequest/ipfixBridge",
      "multipartRequest/ipfixFlow",
      "multipartRequest/meterConfig",
      "multipartRequest/meterFeatures",
      "multipartRequest/meterStats",
      "multipartRequest/portDesc",
      "multipartRequest/portStats",
      "multipartRequest/queueStats",
      "multipartRequest/table",
      "multipartRequest/tableFeatures",
      "packetIn",
      "packetIn2",
      "packetOut",
      "portMod",
      "portStatus",
      "queueGetConfigReply",
      "queueGetConfigRequest",
      "roleStatus",
      "setConfig",
      "setPacketInFormat",
      "tlvTableMod",
      "tlvTableReply",
      "tlvTableRequest",
    ];
    assert.deepEqual([...seen.keys()].toSorted(), expected);
  });

  it("give the same value after a second trip, however odd they are", () => {
    let read = 0;
    for (const { from, bytes } of handMade) {
      let value: Message;
      try {
        value = decode(bytes);
      } catch {
        continue;
      }
      read++;
      assert.deepEqual(decode(encode(value)), value, from);
    }
    assert.ok(read > 100, `${read} of ${handMade.length}`);
  });
});
