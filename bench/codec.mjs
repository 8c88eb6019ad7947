// Encoding and decoding beside hand-written code, binary-parser alone and, where it is installed, os-ken.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { decode, encode } from "../build/src/openflow/message.js";
import { readFlowMod, readFlowReply, readPacketIn, writeFlowMod } from "./hand-written.mjs";
import { natFlowMod, natTexts } from "./nat-flows.mjs";
import { flowModParser, flowReplyParser, packetInParser } from "./parser-alone.mjs";
import { report, timeFunctions } from "./rounds.mjs";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "9" }, ms: { type: "string", default: "100" } },
});
const rounds = Number(values.rounds);
const milliseconds = Number(values.ms);

function viewOf(bytes) {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const texts = natTexts(1);
const flowMod = encode(natFlowMod(texts, 1));
const packetIn = encode({
  type: "packetIn",
  xid: 0,
  bufferId: 0xffffffff,
  totalLen: 128,
  reason: "action",
  tableId: 0,
  cookie: 0x4dn,
  match: [{ field: "inPort", value: 1 }],
  data: Uint8Array.from({ length: 128 }, (_, i) => i),
});

function flowReply(from, to, more) {
  const body = Array.from({ length: to - from }, (_, i) => {
    const { cookie, match, instructions, priority } = natFlowMod(natTexts(from + i), 0);
    const stats = { tableId: 0, durationSec: 9, durationNsec: 5, priority, idleTimeout: 0, hardTimeout: 0 };
    return { ...stats, flags: 0, cookie, packetCount: 0n, byteCount: 0n, match, instructions };
  });
  return encode({ type: "multipartReply", xid: 1, multipart: "flow", more, body });
}

const parts = [flowReply(1, 401, true), flowReply(401, 501, false)];
const views = parts.map(viewOf);
const flowModView = viewOf(flowMod);
const packetInView = viewOf(packetIn);

const memory = new Uint8Array(65_536);
const memoryView = viewOf(memory);
let slab = new Uint8Array(16_384);
let slabView = viewOf(slab);
let used = 0;

/** The fastest way to bytes of their own that we know: written where they stay. */
function ownBytes(flow) {
  if (used + 2_048 > slab.length) {
    slab = new Uint8Array(16_384);
    slabView = viewOf(slab);
    used = 0;
  }
  const start = used;
  used = writeFlowMod(slabView, start, flow);
  return new Uint8Array(slab.buffer, start, used - start);
}

assert.deepEqual(readFlowMod(flowModView), decode(flowMod));
const byHand = readPacketIn(packetInView, packetIn);
assert.deepEqual({ ...byHand, data: Uint8Array.from(byHand.data) }, decode(packetIn));
assert.deepEqual(
  views.flatMap((view) => readFlowReply(view, [])),
  parts.flatMap((part) => decode(part).body),
);
assert.deepEqual(ownBytes(natFlowMod(texts, 1)), flowMod);
assert.equal(flowMod.length, 160);

const cases = {
  "FLOW_MOD of 160 bytes, decode": {
    "hand-written": () => readFlowMod(flowModView),
    ovskit: () => decode(flowMod),
    "binary-parser alone": () => flowModParser.parse(flowMod),
  },
  "FLOW_MOD, build and encode": {
    "hand-written": (i) => ownBytes(natFlowMod(texts, i)),
    "hand-written, one buffer over and over": (i) => writeFlowMod(memoryView, 0, natFlowMod(texts, i)),
    ovskit: (i) => encode(natFlowMod(texts, i)),
  },
  "PACKET_IN with 128 bytes, decode": {
    "hand-written": () => readPacketIn(packetInView, packetIn),
    ovskit: () => decode(packetIn),
    "binary-parser alone": () => packetInParser.parse(packetIn),
  },
  "FLOW reply of 500 entries, decode": {
    "hand-written": () => views.map((view) => readFlowReply(view, [])),
    ovskit: () => parts.map((part) => decode(part)),
    "binary-parser alone": () => parts.map((part) => flowReplyParser.parse(part)),
  },
};

/** os-ken's figures for the same bytes, one for each case it has; nothing where it is not installed. */
function osKen() {
  const script = new URL("os-ken-codec.py", import.meta.url).pathname;
  const input = [flowMod, packetIn, ...parts].map((bytes) => Buffer.from(bytes).toString("hex")).join("\n");
  const runs = ["python3", "/usr/bin/python3"].map((python) =>
    spawnSync(python, [script, String(milliseconds)], { input, encoding: "utf8" }),
  );
  const run = runs.find(({ status }) => status === 0);
  return run === undefined ? {} : JSON.parse(run.stdout);
}

const others = Array.from({ length: Math.min(rounds, 3) }, osKen);
for (const [title, functions] of Object.entries(cases)) {
  const results = timeFunctions(functions, rounds, milliseconds);
  const figures = others.flatMap((other) => other[title] ?? []);
  report(title, "ns", figures.length === 0 ? results : { ...results, "os-ken": figures }, "hand-written");
}
if (others.every((other) => Object.keys(other).length === 0)) {
  console.log("\nos-ken is not installed (Debian: python3-os-ken), so it was left out");
}
