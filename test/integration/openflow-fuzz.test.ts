// A short run of `npm run fuzz` in every test run, a minute of it in continuous integration, from a new seed each time. FUZZ_SECONDS says
// how long otherwise; the seed is printed.
import assert from "node:assert/strict";
import { describeReport, fuzz, minimised } from "../fuzz/fuzzer.ts";
import { nodesOf, replaced } from "../fuzz/nesting.ts";
import { bytesOf, hexOf } from "../openflow/protocol/recordings.ts";

const seconds = Number(process.env["FUZZ_SECONDS"] ?? (process.env["CI"] === "true" ? 60 : 20));

describe("mutated messages", function () {
  this.timeout(seconds * 1_000 + 60_000);

  it("give a value or a DecodeError, and values come back unchanged", async () => {
    const report = await fuzz({ seconds, seed: Math.floor(Math.random() * 2 ** 32) });
    console.log(describeReport(report).replaceAll(/^/gm, "      "));
    assert.ok(report.faults.length === 0, describeReport(report));
    assert.ok(report.values > 0 && report.refused > 0);
  });
});

const flow =
  "040e005800000001000000000000000000000000000000000000000000000064ffffffffffffffffffffffff00000000" +
  "0001000c800000040000000100000000" +
  "00040018000000000012000800000000" +
  "0018000800000000";

describe("the fuzzer", () => {
  it("finds the structures in a message, and those in these", () => {
    const found = nodesOf(bytesOf(flow)).map(({ start, end }) => [start, end]);
    assert.deepEqual(found, [
      [0, 88],
      [48, 60],
      [64, 88],
      // A field of a match has a length as well, if one looks at it so.
      [52, 56],
      [72, 80],
      [80, 88],
    ]);
  });

  it("keeps the lengths around a structure that it replaces", () => {
    const bytes = bytesOf(flow);
    const first = nodesOf(bytes).find(({ start }) => start === 72);
    assert.ok(first !== undefined);
    const cut = flow.replace("0012000800000000", "").replace("040e0058", "040e0050");
    assert.equal(hexOf(replaced(bytes, first, new Uint8Array())), cut.replace("00040018", "00040010"));
  });

  it("makes an input smaller for as long as its fault stays", () => {
    const bytes = bytesOf(`0402006000000001${"aa".repeat(40)}77${"bb".repeat(47)}`);
    const small = minimised(bytes, (candidate) => candidate.includes(0x77));
    assert.equal(hexOf(small), "040200090000000177");
  });

  it("takes the same way for the same seed", async () => {
    const runs = [
      await fuzz({ seconds: 60, seed: 7, inputs: 500 }),
      await fuzz({ seconds: 60, seed: 7, inputs: 500 }),
    ];
    const [one, two] = runs.map(({ values, refused, places, seeds }) => ({ values, refused, places, seeds }));
    assert.deepEqual(one, two);
  }).timeout(60_000);
});
