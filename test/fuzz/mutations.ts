// What the fuzzer does to messages: to single bytes, and to the structures in them.
import { type Node, nodesOf, replaced } from "./nesting.ts";
import type { Random } from "./random.ts";

/** One way to change a message. `pool` is where strange bytes may be taken from. */
type Mutation = (bytes: Uint8Array, random: Random, pool: readonly Uint8Array[]) => Uint8Array;

const MAX_BYTES = 0xffff;

function setLength(bytes: Uint8Array): Uint8Array {
  if (bytes.length >= 4) {
    bytes[2] = (bytes.length >> 8) & 0xff;
    bytes[3] = bytes.length & 0xff;
  }
  return bytes;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function changed(bytes: Uint8Array, change: (copy: Uint8Array) => void): Uint8Array {
  const copy = bytes.slice();
  change(copy);
  return copy;
}

function anyNode(bytes: Uint8Array, random: Random): Node | undefined {
  const nodes = nodesOf(bytes);
  return nodes.length < 2 ? undefined : nodes[1 + random.below(nodes.length - 1)];
}

/** The bytes of a structure, padding included. */
function bytesIn(bytes: Uint8Array, node: Node): Uint8Array {
  return bytes.subarray(node.start, node.padded);
}

/** Changes one structure of the message; a message without any stays as it is. */
function onNode(
  change: (found: Uint8Array, random: Random, pool: readonly Uint8Array[]) => Uint8Array,
): Mutation {
  return (bytes, random, pool) => {
    const node = anyNode(bytes, random);
    if (node === undefined) return bytes;
    const by = change(bytesIn(bytes, node), random, pool);
    return bytes.length - (node.padded - node.start) + by.length > MAX_BYTES
      ? bytes
      : replaced(bytes, node, by);
  };
}

const strangeLengths: readonly number[] = [0, 1, 3, 4, 7, 8, 12, 16, 0x7fff, 0xfff8, 0xffff];

/** A number that hits lengths: nothing, everything, and the neighbours of what was there. */
function strangeLength(was: number, random: Random): number {
  return random.once(2) ? random.pick(strangeLengths) : (was + random.pick([-8, -4, -1, 1, 4, 8])) & 0xffff;
}

/** As many repetitions of one structure as a message holds. */
const filled: Mutation = (bytes, random) => {
  const node = anyNode(bytes, random);
  if (node === undefined) return bytes;
  const found = bytesIn(bytes, node);
  const piece = random.once(3) ? found.slice(0, 8) : found;
  if (piece !== found && piece.length === 8) piece.set([0, 8], 2);
  const times = Math.floor((MAX_BYTES - bytes.length) / piece.length);
  return replaced(bytes, node, joined(found, ...Array.from({ length: times }, () => piece)));
};

/** A structure within itself, again and again, as far as a message reaches. */
const nested: Mutation = (bytes, random) => {
  const node = anyNode(bytes, random);
  if (node === undefined) return bytes;
  const found = bytesIn(bytes, node);
  const head = found.slice(0, Math.min(found.length, random.pick([4, 8, 16, 24, 32])));
  const room = Math.min(random.pick([1, 3, 20, 5_000]), Math.floor((MAX_BYTES - bytes.length) / head.length));
  const heads: Uint8Array[] = [];
  for (let depth = room; depth > 0; depth--) {
    const copy = head.slice();
    const length = depth * head.length + found.length;
    copy.set([(length >> 8) & 0xff, length & 0xff], node.lengthAt - node.start);
    heads.push(copy);
  }
  return replaced(bytes, node, joined(...heads, found));
};

const mutations: readonly Mutation[] = [
  // Single bytes.
  (bytes, random) =>
    changed(bytes, (copy) => {
      const at = random.below(copy.length);
      copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
    }),
  (bytes, random) =>
    changed(bytes, (copy) => {
      copy[random.below(copy.length)] = random.pick([0, 1, 4, 8, 0x7f, 0x80, 0xff, random.below(256)]);
    }),
  (bytes, random) =>
    changed(bytes, (copy) => {
      const at = random.below(Math.max(1, copy.length - 1));
      const to = strangeLength((copy[at] ?? 0) * 256 + (copy[at + 1] ?? 0), random);
      copy.set([to >> 8, to & 0xff].slice(0, copy.length - at), at);
    }),
  (bytes, random) => {
    const at = random.below(bytes.length + 1);
    const more = random.bytes(random.pick([1, 2, 4, 8, 16]));
    const longer = joined(bytes.subarray(0, at), more, bytes.subarray(at));
    return longer.length > MAX_BYTES ? bytes : setLength(longer);
  },
  (bytes, random) => {
    const at = random.below(bytes.length);
    const cut = random.pick([1, 2, 4, 8, bytes.length]);
    return setLength(joined(bytes.subarray(0, at), bytes.subarray(at + cut)));
  },
  // Structures.
  onNode(() => new Uint8Array()),
  onNode((found) => joined(found, found)),
  onNode((found, random, pool) => {
    const other = random.pick(pool);
    const taken = anyNode(other, random);
    const strange = taken === undefined ? random.bytes(8) : bytesIn(other, taken);
    return random.once(2) ? strange : joined(found, strange);
  }),
  onNode((found, random) =>
    changed(found, (copy) => {
      const at = random.below(Math.min(8, Math.max(1, copy.length - 1)));
      const to = strangeLength((copy[at] ?? 0) * 256 + (copy[at + 1] ?? 0), random);
      copy.set([to >> 8, to & 0xff], at);
    }),
  ),
  onNode((found, random) =>
    changed(found, (copy) => {
      copy.set(random.bytes(4), 4 * random.below(Math.floor(copy.length / 4)));
    }),
  ),
];

/** Few, as they make messages of 64 KB. */
const large: readonly Mutation[] = [filled, nested];

/** `bytes` after one to a few mutations. */
export function mutated(bytes: Uint8Array, random: Random, pool: readonly Uint8Array[]): Uint8Array {
  let result = bytes;
  for (let left = random.pick([1, 1, 1, 2, 3, 6]); left > 0; left--) {
    if (result.length === 0) return result;
    const mutation = random.once(60) ? random.pick(large) : random.pick(mutations);
    result = mutation(result, random, pool);
  }
  return result;
}

/** Bytes at random behind a header of any type, with the ids of experimenters where they are looked for. */
export function rawBytes(random: Random): Uint8Array {
  const body = random.bytes(random.pick([0, 4, 8, 16, 24, 32, 40, 64, 200]));
  const type = random.once(8) ? random.below(256) : random.below(30);
  const lists = new DataView(body.buffer);
  for (const at of [0, 8]) {
    if (body.length < at + 8 || random.once(3)) continue;
    const multipart = at === 0 && (type === 18 || type === 19);
    if (multipart) {
      lists.setUint32(0, (random.once(3) ? 0xffff : random.below(14)) * 0x10000);
      continue;
    }
    lists.setUint32(at, random.pick([0x2320, 0x4f4e4600]));
    lists.setUint32(at + 4, random.pick([random.below(40), 1870, 1871, 1872, 1911, 2300, 2301, 2350]));
  }
  return setLength(joined(Uint8Array.of(4, type, 0, 0, 0, 0, 0, 1), body));
}
