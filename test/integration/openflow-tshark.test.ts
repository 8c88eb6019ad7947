// tshark as a reader of its own: it dissects generated messages of every standard kind without finding one malformed.
// It knows nothing of experimenters' messages, so those are left to ovs-ofctl and the switch.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { encode, type Message } from "../../src/openflow/index.ts";
import { Random } from "../fuzz/random.ts";
import { messagesByKind } from "../openflow/generated.ts";
import { capture, maxCaptured } from "../openflow/pcap.ts";
import { everyMessage } from "../openflow/protocol/message-arbitraries.ts";
import { isNamed, knownEntries } from "../openflow/registry.ts";
import { describeWith } from "../support/needs.ts";
import { samples, seed } from "../support/sampling.ts";

const run = promisify(execFile);
const COUNT = samples(60);
/** Of each kind so many at the least are left, once those with parts that nobody knows and those too long to capture are out. */
const LEAST = 4;

/** What the registry calls standard and the library knows. */
function standardKinds(): Set<string> {
  const standard = knownEntries().filter(({ entry }) => /^OFPS?T \d/.test(entry.number));
  return new Set(standard.flatMap(({ name }) => (name === undefined ? [] : [name.slice("message ".length)])));
}

const frame = Buffer.alloc(60);
frame.writeUInt16BE(0x88b5, 12);
const barrier = encode({ type: "barrierRequest" });

/**
 * The bytes of a message. What it carries is replaced by something whole, as tshark looks into it: an empty packet is a
 * malformed one, and an error carries what was refused.
 */
function carrying(message: Message): Uint8Array {
  const standing = { ...message, version: 4 };
  if (standing.type === "packetIn" || standing.type === "packetOut")
    return encode({ ...standing, data: frame });
  return encode(standing.type === "error" ? { ...standing, data: barrier } : standing);
}

/** Messages that only an experimenter knows. */
function experimenters(seed: number): { kind: string; bytes: Uint8Array }[] {
  return fc
    .sample(everyMessage["experimenter"] as fc.Arbitrary<Message>, { numRuns: COUNT, seed })
    .map((message) => ({ kind: "experimenter", bytes: encode(message) }));
}

describeWith(["tshark"], "tshark, given generated messages of every standard kind", function () {
  this.timeout(120_000);
  let folder = "";

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "ovskit-tshark-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** One line of fields for each packet that `filter` lets through. */
  async function dissected(messages: readonly Uint8Array[], filter: string): Promise<string[]> {
    const file = join(folder, "messages.pcap");
    await writeFile(file, capture(messages));
    const fields = ["-T", "fields", "-E", "occurrence=f", "-e", "frame.number", "-e", "openflow_v4.type"];
    const { stdout } = await run("tshark", ["-n", "-r", file, "-Y", filter, ...fields], {
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout.split("\n").filter((line) => line !== "");
  }

  it("finds the type of each and none malformed", async () => {
    const standard = standardKinds();
    const kinds = await messagesByKind({ count: COUNT, random: new Random(seed) });
    const messages = [
      ...[...kinds]
        .filter(([kind]) => standard.has(kind))
        .flatMap(([kind, of]) => of.filter(isNamed).map((message) => ({ kind, bytes: carrying(message) }))),
      ...experimenters(seed),
    ].filter(({ bytes }) => bytes.length <= maxCaptured);
    const counts = new Map<string, number>();
    for (const { kind } of messages) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    // 30 types of messages, of which two are multiparts, and 15 kinds of those, either way: but experimenters', which
    // tshark calls malformed whatever they carry.
    assert.equal(counts.size, 28 + 2 * 14, [...counts.keys()].join(" "));
    const few = [...counts].filter(([, count]) => count < LEAST);
    assert.deepEqual(few, []);
    const all = messages.map(({ bytes }) => bytes);
    const types = await dissected(all, "openflow_v4");
    assert.deepEqual(
      types,
      all.map((bytes, i) => `${i + 1}\t${bytes[1] ?? ""}`),
    );
    const malformed = await dissected(all, "_ws.malformed");
    const shown = malformed.map((line) => {
      const { kind, bytes } = messages[Number(line.split("\t")[0]) - 1] ?? {
        kind: line,
        bytes: new Uint8Array(),
      };
      return `${kind} ${Buffer.from(bytes).toString("hex")}`;
    });
    assert.deepEqual(shown, [], `seed ${seed}`);
  });

  it("would find a malformed one", async () => {
    const cut = Buffer.from(encode({ type: "setConfig", flags: 0, missSendLen: 1 })).subarray(0, 10);
    cut.writeUInt16BE(10, 2);
    assert.equal((await dissected([cut], "_ws.malformed")).length, 1);
  });
});
