// Generated messages of every kind: whatever the arbitraries beside the tests make (each file `*arbitraries*.ts` below
// this folder, found when it is needed, so that new ones count at once), put into the messages that can carry it.
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import fc, { type Arbitrary } from "fast-check";
import { decode, encode, type Message, type MessageInput } from "../../src/openflow/message.ts";
import { flowMod } from "../../src/openflow/protocol/flow-mod.ts";
import type { Random } from "../fuzz/random.ts";
import { everything } from "./protocol/recordings.ts";
import { knownEntries } from "./registry.ts";
import { variantsByKind } from "./variants.ts";

type Wrap = (value: unknown) => unknown;

/** The messages that may carry a value: as themselves, as their fields, as a multipart's body, as a part of a flow. */
function wraps(): readonly Wrap[] {
  const names = knownEntries().flatMap(({ entry, name }) =>
    entry.kind === "message" && name !== undefined ? [name.slice("message ".length)] : [],
  );
  const head = { version: 4, type: "flowMod", xid: 1 };
  return [
    (value) => value,
    ...[...new Set(names)].flatMap((name): Wrap[] => {
      const [type = "", multipart] = name.split("/");
      if (multipart === undefined) return [(value) => ({ ...(value as object), type, version: 4, xid: 1 })];
      const asked = { type, multipart, more: false, version: 4, xid: 1 };
      return [(value) => ({ ...asked, body: value }), (value) => ({ ...asked, body: [value] })];
    }),
    (actions) => ({
      version: 4,
      type: "packetOut",
      xid: 1,
      bufferId: 0xffffffff,
      inPort: 1,
      actions,
      data: new Uint8Array(),
    }),
    (action) => ({
      ...head,
      ...flowMod({ instructions: [{ type: "applyActions", actions: [action as never] }] }),
    }),
    (instructions) => ({ ...head, ...flowMod({ instructions: instructions as never }) }),
    (match) => ({ ...head, ...flowMod({ match: match as never }) }),
    (oxm) => ({ ...head, ...flowMod({ match: [oxm as never] }) }),
  ];
}

function isWritable(message: unknown): message is Message {
  try {
    encode(message as MessageInput);
    return true;
  } catch {
    return false;
  }
}

/** The arbitraries among what a module exports, and in records of arbitraries. */
function arbitrariesIn(exported: Readonly<Record<string, unknown>>, isInner = false): Arbitrary<unknown>[] {
  return Object.values(exported).flatMap((value): Arbitrary<unknown>[] => {
    if (value instanceof fc.Arbitrary) return [value];
    const isRecord = typeof value === "object" && value !== null && !Array.isArray(value) && !isInner;
    return isRecord ? arbitrariesIn(value as Record<string, unknown>, true) : [];
  });
}

/** Every arbitrary beside the tests, once each. */
async function arbitraries(): Promise<Arbitrary<unknown>[]> {
  const folder = fileURLToPath(new URL(".", import.meta.url));
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /arbitraries[^/]*\.js$/.test(file))
    .toSorted();
  const modules = await Promise.all(
    files.map((file) => import(new URL(file, import.meta.url).href) as Promise<Record<string, unknown>>),
  );
  return [...new Set(modules.flatMap((module) => arbitrariesIn(module)))];
}

/** The values that a message could carry at all. */
function isStructure(value: unknown): boolean {
  return typeof value === "object" && value !== null && !(value instanceof Uint8Array);
}

function decoded(bytes: Uint8Array): Message[] {
  try {
    return [decode(bytes)];
  } catch {
    return [];
  }
}

/** Whether a message has nothing that its structure doesn't. */
function isWhole(message: unknown): boolean {
  return isWritable(message) && isDeepStrictEqual(decoded(encode(message)), [message]);
}

/**
 * What the samples of one arbitrary can be put into: whatever one of the first of them comes back from. A whole message is
 * put into nothing else.
 */
function fitting(samples: readonly unknown[], [itself, ...others]: readonly Wrap[]): readonly Wrap[] {
  const first = samples
    .filter((value) => isStructure(value) && !(Array.isArray(value) && value.length === 0))
    .slice(0, 8);
  const fits = (wrap: Wrap): boolean => first.some((value) => isWhole(wrap(value)));
  return itself !== undefined && fits(itself) ? [itself] : others.filter(fits);
}

/** Messages with `count` samples of every arbitrary; the same for the same seed. */
export async function generatedMessages(options: { count: number; seed: number }): Promise<Message[]> {
  const all = wraps();
  const messages: Message[] = [];
  // Most of what is tried can't be: the stacks of so many errors would cost more than the rest.
  const stackLimit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  for (const arbitrary of await arbitraries()) {
    const samples = fc.sample(arbitrary, { numRuns: options.count, seed: options.seed });
    for (const wrap of fitting(samples, all)) {
      for (const value of samples) {
        const message = isStructure(value) ? wrap(value) : undefined;
        if (isWritable(message)) messages.push(message);
      }
    }
  }
  Error.stackTraceLimit = stackLimit;
  return messages;
}

/**
 * `count` messages of each kind that the library reads, made from recorded messages, from those of every structure the
 * registry lists, and from generated ones. The kind is a message's type, and for multiparts `multipartReply/flow`.
 */
export async function messagesByKind(options: {
  count: number;
  random: Random;
}): Promise<ReadonlyMap<string, readonly Message[]>> {
  const probed = knownEntries().flatMap(({ samples }) => samples);
  const known = [...everything.map(({ bytes }) => bytes), ...probed].flatMap(decoded);
  const generated = await generatedMessages({ count: options.count, seed: options.random.word() });
  return variantsByKind([...known, ...generated], options);
}
