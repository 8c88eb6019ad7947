// binary-parser on its own, as its manual would have one write it. It checks no lengths, and its addresses stay numbers.
import { Parser } from "binary-parser";

function big() {
  return new Parser().endianess("big");
}

const oxm = big()
  .uint16("class")
  .bit7("field")
  .bit1("hasMask")
  .uint8("length")
  .choice("value", {
    tag: "length",
    choices: {
      2: big().uint16("number"),
      4: big().uint32("number"),
      6: big().array("bytes", { type: "uint8", length: 6 }),
    },
  });

function toMultiple(length) {
  return (8 - (length % 8)) % 8;
}

const action = big()
  .uint16("type")
  .uint16("length")
  .choice("body", {
    tag: "type",
    choices: {
      0: big().uint32("port").uint16("maxLen").seek(6),
      17: big().uint16("etherType").seek(2),
      25: big()
        .nest("oxm", { type: oxm })
        .seek(function () {
          return toMultiple(this.oxm.length);
        }),
    },
  });

const instruction = big()
  .uint16("type")
  .uint16("length")
  .seek(4)
  .array("actions", {
    type: action,
    lengthInBytes() {
      return this.length - 8;
    },
  });

function withMatch(parser) {
  return parser
    .uint16("matchType")
    .uint16("matchLength")
    .array("match", {
      type: oxm,
      lengthInBytes() {
        return this.matchLength - 4;
      },
    })
    .seek(function () {
      return toMultiple(this.matchLength);
    });
}

function header() {
  return big().uint8("version").uint8("type").uint16("length").uint32("xid");
}

/** A parser of FLOW_MOD. */
export const flowModParser = withMatch(
  header()
    .uint64("cookie")
    .uint64("cookieMask")
    .uint8("tableId")
    .uint8("command")
    .uint16("idleTimeout")
    .uint16("hardTimeout")
    .uint16("priority")
    .uint32("bufferId")
    .uint32("outPort")
    .uint32("outGroup")
    .uint16("flags")
    .seek(2),
).array("instructions", { type: instruction, readUntil: "eof" });

/** A parser of PACKET_IN. */
export const packetInParser = withMatch(
  header().uint32("bufferId").uint16("totalLen").uint8("reason").uint8("tableId").uint64("cookie"),
)
  .seek(2)
  .buffer("data", { readUntil: "eof" });

const flowStats = withMatch(
  big()
    .uint16("length")
    .uint8("tableId")
    .seek(1)
    .uint32("durationSec")
    .uint32("durationNsec")
    .uint16("priority")
    .uint16("idleTimeout")
    .uint16("hardTimeout")
    .uint16("flags")
    .seek(4)
    .uint64("cookie")
    .uint64("packetCount")
    .uint64("byteCount"),
).array("instructions", {
  type: instruction,
  lengthInBytes() {
    return this.length - 48 - this.matchLength - toMultiple(this.matchLength);
  },
});

/** A parser of a FLOW reply. */
export const flowReplyParser = header()
  .uint16("multipart")
  .uint16("flags")
  .seek(4)
  .array("entries", { type: flowStats, readUntil: "eof" });
