// What a peer that means ill would send: as many structures as 64 KB hold, of every kind, and structures within themselves
// as deep as that reaches. Each is a value or a DecodeError, with work and memory that its bytes account for.
import assert from "node:assert/strict";
import { outcomeOf } from "../fuzz/property.ts";
import { applied, knownEntries } from "./registry.ts";

/** Where the action stands in a flow mod that applies one. */
const ACTION_AT = 64;
const ROOM = 65_000;

/** One of every action that the library knows, as bytes. */
const known = knownEntries()
  .filter(({ entry, name }) => entry.kind === "action" && name !== undefined)
  .flatMap(({ entry, samples }) =>
    samples.slice(0, 1).map((sample) => ({ name: entry.name, bytes: sample.subarray(ACTION_AT) })),
  );

/** An action within itself, `depth` times: `head` is what stands before the inner one, length included. */
function nested(head: string, depth: number): Uint8Array {
  const bytes = Buffer.from(head.repeat(depth), "hex");
  const step = head.length / 2;
  for (let at = 0; at < bytes.length; at += step) bytes.writeUInt16BE(bytes.length - at, at + 2);
  return bytes;
}

const heads: readonly (readonly [what: string, head: string])[] = [
  ["clones", "ffff000000002320002a000000000000"],
  ["ct actions", "ffff00000000232000230000000000000000ff0000000000"],
];

describe("64 KB of the same action", () => {
  for (const { name, bytes } of known) {
    it(`is read and comes back: ${name}`, () => {
      const many = Buffer.concat(Array.from({ length: Math.floor(ROOM / bytes.length) }, () => bytes));
      const outcome = outcomeOf(applied(many));
      assert.equal(outcome.kind, "value", outcome.kind === "fault" ? outcome.fault : outcome.kind);
    });

    it(`is refused or read where its length says that it is nothing: ${name}`, () => {
      const empty = bytes.slice();
      empty.set([0, 0], 2);
      const many = Buffer.concat(Array.from({ length: Math.floor(ROOM / bytes.length) }, () => empty));
      assert.equal(outcomeOf(applied(many)).kind, "refused");
    });
  }
});

describe("An action within itself", () => {
  for (const [what, head] of heads) {
    it(`is read a few times over: ${what}`, () => {
      const outcome = outcomeOf(applied(nested(head, 3)));
      assert.equal(outcome.kind, "value", outcome.kind === "fault" ? outcome.fault : outcome.kind);
    });

    for (const depth of [30, 300, Math.floor(ROOM / (head.length / 2))]) {
      it(`has an end, ${depth} times over: ${what}`, () => {
        const outcome = outcomeOf(applied(nested(head, depth)));
        assert.notEqual(outcome.kind, "fault", outcome.kind === "fault" ? outcome.fault : "");
      });
    }
  }
});
