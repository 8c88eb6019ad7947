// Whatever a structure may say comes back from its bytes: values of every message, instruction and action, generated.
import assert from "node:assert/strict";
import fc, { type Arbitrary } from "fast-check";
import { DecodeError } from "../../../src/openflow/codec-errors.ts";
import { Framer } from "../../../src/openflow/framer.ts";
import { decode, encode, type Message } from "../../../src/openflow/message.ts";
import { flowMod } from "../../../src/openflow/protocol/flow-mod.ts";
import { oxmFields } from "../../../src/openflow/protocol/oxm-fields.ts";
import { knownEntries, namesIn } from "../registry.ts";
import { everyAction } from "./action-arbitraries.ts";
import { match, oxmOf } from "./arbitraries.ts";
import { instruction } from "./flow-arbitraries.ts";
import { everyMessage } from "./message-arbitraries.ts";
import { hexOf } from "./recordings.ts";

/** The value comes back from its bytes, and the bytes from that. */
function comesBack(message: Message): void {
  const encoded = encode(message);
  const decoded = decode(encoded);
  assert.deepStrictEqual(decoded, message);
  assert.equal(hexOf(encode(decoded)), hexOf(encoded));
}

function carried(part: Parameters<typeof flowMod>[0]): Message {
  return { version: 4, type: "flowMod", xid: 1, ...flowMod(part) };
}

/** Has `length` bytes, and says so; every other length in it is as it was. */
function cut(encoded: Uint8Array, length: number): Uint8Array {
  const bytes = encoded.slice(0, length);
  new DataView(bytes.buffer).setUint16(2, length);
  return bytes;
}

describe("Every message", () => {
  for (const [kind, arbitrary] of Object.entries(everyMessage)) {
    it(`comes back whatever it says: ${kind}`, () => {
      fc.assert(fc.property(arbitrary, comesBack), { numRuns: 100 });
    });

    it(`holds nothing of the memory it was read from: ${kind}`, () => {
      fc.assert(
        fc.property(arbitrary, (message) => {
          const memory = new Uint8Array(encode(message));
          const decoded = decode(memory);
          memory.fill(0xa5);
          assert.deepStrictEqual(decoded, message);
        }),
        { numRuns: 20 },
      );
    });

    it(`gives a value or a DecodeError wherever it is cut off: ${kind}`, () => {
      fc.assert(
        fc.property(arbitrary, (message) => {
          const encoded = encode(message);
          for (let length = 8; length < encoded.length; length += 3) {
            let value: Message;
            try {
              value = decode(cut(encoded, length));
            } catch (error) {
              assert.ok(error instanceof DecodeError && error.cause === undefined, String(error));
              continue;
            }
            comesBack(value);
          }
        }),
        { numRuns: 8 },
      );
    });
  }

  it("comes out of a stream as it went in, wherever the stream is cut", () => {
    const any = fc.oneof(...Object.values(everyMessage));
    const stream = fc.tuple(
      fc.array(any, { minLength: 1, maxLength: 8 }),
      fc.array(fc.nat(4_000), { maxLength: 20 }),
    );
    fc.assert(
      fc.property(stream, ([messages, cuts]) => {
        const bytes = new Uint8Array(Buffer.concat(messages.map((message) => encode(message))));
        const ends = [...cuts.map((at) => at % bytes.length).toSorted((a, b) => a - b), bytes.length];
        const framer = new Framer();
        const read: Message[] = [];
        let start = 0;
        for (const end of ends) {
          for (const frame of framer.push(bytes.slice(start, end))) read.push(decode(frame));
          start = end;
        }
        assert.deepStrictEqual(read, messages);
      }),
      { numRuns: 300 },
    );
  });
});

describe("Every action", () => {
  for (const [type, arbitrary] of Object.entries(everyAction)) {
    it(`comes back whatever it says: ${type}`, () => {
      fc.assert(
        fc.property(arbitrary, (action) => {
          assert.equal(action.type, type);
          comesBack(carried({ instructions: [{ type: "applyActions", actions: [action] }] }));
        }),
        { numRuns: 100 },
      );
    });
  }
});

/** What a few samples of each have in them, by name. */
function namesOf(arbitraries: readonly Arbitrary<unknown>[], numRuns: number): ReadonlySet<string> {
  const samples = arbitraries.flatMap((arbitrary) => fc.sample(arbitrary, { numRuns, seed: 1 }));
  return new Set(samples.flatMap((sample) => [...namesIn(sample)]));
}

describe("The structures that the registry lists", () => {
  const known = knownEntries();

  it("are all in those tests: messages and multiparts, in each direction", () => {
    for (const [kind, arbitrary] of Object.entries(everyMessage)) {
      const [message] = fc.sample(arbitrary, 1);
      assert.ok(message !== undefined);
      assert.equal("multipart" in message ? `${message.type}/${message.multipart}` : message.type, kind);
    }
    const listed = known.filter(({ entry }) => entry.kind === "message");
    assert.equal(listed.length, 86);
    const missing = listed.filter(({ name = "" }) => !(name.slice("message ".length) in everyMessage));
    assert.deepEqual(
      missing.map(({ entry }) => entry.name),
      [],
    );
  });

  it("are all in those tests: actions and instructions", () => {
    const names = namesOf(
      [
        ...Object.values(everyAction).map((action) => fc.record({ actions: fc.tuple(action) })),
        fc.record({ instructions: fc.tuple(instruction) }),
      ],
      100,
    );
    const listed = known.filter(({ entry }) => ["action", "instruction"].includes(entry.kind));
    assert.equal(listed.length, 73);
    assert.deepEqual(
      listed.filter(({ name = "" }) => !names.has(name)).map(({ entry }) => entry.name),
      [],
    );
  });

  it("are all in those tests: match fields", () => {
    const listed = known.filter(({ entry }) => entry.kind === "field");
    assert.equal(listed.length, 237);
    const names = namesOf([match], 5_000);
    const byName = namesOf(oxmFields.map(oxmOf), 1);
    for (const { entry, name = "" } of listed) {
      assert.ok(byName.has(name), entry.name);
      assert.ok(names.has(name), `${entry.name} is never in a match`);
    }
  });
});
