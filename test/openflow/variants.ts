// Messages made from others: every number, address and list of a decoded message may become another one that its field
// can hold. So there are generated messages of every structure that a sample is known of, also where no arbitrary was
// written for it.
import { encode, type Message } from "../../src/openflow/message.ts";
import type { Random } from "../fuzz/random.ts";

/** The values that were seen under each key, to take others from. */
type Pool = ReadonlyMap<string, readonly unknown[]>;

const MAX_POOL = 400;
const TRIES = 6;

/** What says which structure a value is stays as it is. */
const fixed: ReadonlySet<string> = new Set([
  "version",
  "type",
  "multipart",
  "header",
  "experimenter",
  "number",
]);

function collect(value: unknown, key: string, into: Map<string, unknown[]>): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, `${key}[]`, into);
  } else if (typeof value === "object" && value !== null && !(value instanceof Uint8Array)) {
    for (const [name, member] of Object.entries(value)) collect(member, name, into);
  }
  const seen = into.get(key) ?? [];
  if (seen.length < MAX_POOL) seen.push(value);
  into.set(key, seen);
}

/** Everything that stands in some messages, by its key. */
function poolOf(messages: readonly Message[]): Pool {
  const pool = new Map<string, unknown[]>();
  for (const message of messages) collect(message, "", pool);
  return pool;
}

const numbers: readonly number[] = [0, 1, 2, 7, 8, 63, 0x7f, 0xff];

class Varying {
  readonly #random: Random;
  readonly #pool: Pool;
  readonly #often: number;

  constructor(random: Random, pool: Pool, often: number) {
    this.#random = random;
    this.#pool = pool;
    this.#often = often;
  }

  of(value: unknown, key: string): unknown {
    if (fixed.has(key)) return value;
    if (Array.isArray(value)) return this.#list(value, key);
    // Packets and messages within messages are kept: they are no matter of ours, and others look into them.
    if (value instanceof Uint8Array) return value;
    if (typeof value === "object" && value !== null) return this.#object(value);
    return this.#random.once(this.#often) ? this.#leaf(value, key) : value;
  }

  /** A match field is kept with its mask, as they have to agree. */
  #object(value: object): unknown {
    if ("field" in value) return value;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, this.of(member, name)]));
  }

  #list(value: readonly unknown[], key: string): unknown[] {
    const others = this.#pool.get(`${key}[]`) ?? value;
    const kept = value.slice(0, 8).filter(() => !this.#random.once(4));
    const isKnown = others.length > 0;
    const more =
      isKnown && this.#random.once(2) ? [this.#random.pick(others), this.#random.pick(others)] : [];
    return [...kept, ...more].map((item) => this.of(item, `${key}[]`));
  }

  #leaf(value: unknown, key: string): unknown {
    const random = this.#random;
    if (typeof value === "bigint") return BigInt(random.word()) * 0x1_0000_0000n + BigInt(random.word());
    if (typeof value === "boolean") return random.once(2);
    if (typeof value === "number")
      return random.once(2) ? random.pick(numbers) : random.pick(this.#seen(key, value));
    return typeof value === "string" ? random.pick(this.#seen(key, value)) : value;
  }

  #seen<T>(key: string, value: T): readonly T[] {
    const seen = (this.#pool.get(key) ?? []).filter((other): other is T => typeof other === typeof value);
    return seen.length === 0 ? [value] : seen;
  }
}

/** Another message of the same kind; undefined where what was tried can't be written. */
function variantOf(message: Message, random: Random, pool: Pool): Message | undefined {
  for (let left = TRIES; left > 0; left--) {
    const often = random.pick([1, 2, 4, 10]);
    const variant = new Varying(random, pool, often).of(message, "") as Message;
    try {
      encode(variant);
      return variant;
    } catch {
      // A number that its field can't hold, or a value that goes with no other: the next try is another one.
    }
  }
  return undefined;
}

/** By what a message is: its type, and a multipart's kind. */
function kindOf(message: Message): string {
  return "multipart" in message ? `${message.type}/${message.multipart}` : message.type;
}

/** `count` variants of each kind of message among `samples`, by kind. */
export function variantsByKind(
  samples: readonly Message[],
  { count, random }: { count: number; random: Random },
): ReadonlyMap<string, readonly Message[]> {
  const pool = poolOf(samples);
  const kinds = new Map<string, Message[]>();
  for (const sample of samples) kinds.set(kindOf(sample), [...(kinds.get(kindOf(sample)) ?? []), sample]);
  return new Map(
    [...kinds].map(([kind, known]) => {
      const variants = Array.from({ length: count }, () => variantOf(random.pick(known), random, pool));
      return [kind, variants.filter((variant) => variant !== undefined)];
    }),
  );
}
