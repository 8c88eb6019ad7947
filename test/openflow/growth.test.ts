// Reading takes work and memory in proportion to the bytes, for every structure that may be repeated or nested: counted, not
// timed, at a few sizes up to the longest message there can be.
import assert from "node:assert/strict";
import { encode } from "../../src/openflow/message.ts";
import { flowMod } from "../../src/openflow/protocol/flow-mod.ts";
import type { LearnSpec } from "../../src/openflow/protocol/nx-learn.ts";
import { type Growth, grown, growths } from "../fuzz/growth.ts";
import { type Node, nodesOf } from "../fuzz/nesting.ts";
import { excessOf, type Work, workOf } from "../fuzz/work.ts";
import { knownEntries } from "./registry.ts";

const SIZES = [8_000, 64_000];

function check(bytes: Uint8Array, what: string): Work {
  const work = workOf(bytes);
  assert.equal(excessOf(bytes, work), undefined, what);
  return work;
}

/** Where what a structure holds may begin. */
const headSizes = [4, 8, 16, 24, 32];

interface Case {
  readonly node: Node;
  readonly how: Growth;
  readonly headBytes: number;
}

function* casesOf(message: Uint8Array): Generator<Case> {
  for (const node of nodesOf(message).slice(1, 6)) {
    for (const how of growths) {
      if (how !== "nested") yield { node, how, headBytes: 0 };
      else for (const headBytes of headSizes) yield { node, how, headBytes };
    }
  }
}

function outputs(count: number): LearnSpec[] {
  return Array.from({ length: count }, () => ({
    type: "output",
    nBits: 1,
    src: { name: "NXM_NX_REG0", ofs: 0 },
  }));
}

function learning(count: number): Uint8Array {
  return encode({
    type: "flowMod",
    ...flowMod({
      instructions: [
        {
          type: "applyActions",
          actions: [
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
              specs: outputs(count),
            },
          ],
        },
      ],
    }),
  });
}

/** A message within messages of the same kind, each with the 16 bytes of its header and ids before the next. */
function enclosed(head: string, depth: number): Uint8Array {
  const bytes = Buffer.from(head.repeat(depth) + "0415000800000001", "hex");
  for (let at = 0; at + 8 < bytes.length; at += head.length / 2)
    bytes.writeUInt16BE(bytes.length - at, at + 2);
  return new Uint8Array(bytes);
}

describe("Work and memory in proportion to the bytes", function () {
  this.timeout(60_000);

  const structures = new Map<string, Uint8Array>();
  for (const { entry, samples } of knownEntries()) {
    const [sample] = samples.toSorted((a, b) => nodesOf(b).length - nodesOf(a).length);
    // Of the fields, which are alike, one in twenty.
    const isChosen = entry.kind !== "field" || structures.size % 20 === 0;
    if (sample !== undefined && isChosen) structures.set(entry.name, sample);
  }

  for (const [name, message] of structures) {
    it(`are all that reading takes, however it grows: ${name}`, () => {
      for (const one of casesOf(message)) {
        for (const bytes of SIZES) check(grown(message, one, bytes), `${one.how} ${one.headBytes}`);
      }
    });
  }

  it("are all that 64 KB of learn's specifications take", () => {
    const works = [800, 8_000].map((count) => check(learning(count), "learn"));
    assert.ok(works.every(({ parts }) => parts > 800));
  });

  for (const [what, head] of [
    ["a bundle's message", "04040000000000014f4e4600000008fd0000000000000000"],
    ["a forwarded request", "04040000000000014f4e46000000092e"],
  ] as const) {
    it(`are all that messages in messages take: ${what}`, () => {
      for (const depth of [3, 30, 300, 2_500]) check(enclosed(head, depth), `${depth} deep`);
    });
  }

  it("are counted: ten times the specifications take ten times the work", () => {
    const [few, many] = [800, 8_000].map((count) => workOf(learning(count)));
    assert.ok(few !== undefined && many !== undefined);
    for (const key of ["reads", "parts"] as const) {
      const ratio = many[key] / few[key];
      assert.ok(ratio > 9 && ratio < 10.1, `${key}: ${few[key]} and ${many[key]}`);
    }
  });
});
