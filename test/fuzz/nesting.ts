// Where the structures with a length lie in a message, found from the bytes alone: a run of lengths that fills its
// surroundings to the last byte is taken for a list. So mutations reach inside structures of every kind, also of those
// that are declared after this was written, and can keep the lengths around a change right, or wrong, as they like.

/** A structure with a length. */
export interface Node {
  readonly start: number;
  /** The end by its length, and with its padding to a multiple of 8. */
  readonly end: number;
  readonly padded: number;
  /** Where its 16-bit length stands. */
  readonly lengthAt: number;
  readonly parent: Node | undefined;
}

const HEADER_BYTES = 8;
/** How deep and how far into a structure lists are looked for. */
const MAX_DEPTH = 6;
const MAX_PREFIX = 96;
const MAX_NODES = 4_000;

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** A list from `start` that fills the bytes up to `end`; undefined where none does. */
function tiled(
  lengths: DataView,
  start: number,
  end: number,
  lengthIn: number,
  parent: Node,
): Node[] | undefined {
  const nodes: Node[] = [];
  for (let at = start; at < end; ) {
    const length = at + 4 <= end ? lengths.getUint16(at + lengthIn) : 0;
    const padded = at + length + (-length & 7);
    if (length < 4 || padded > end || nodes.length > MAX_NODES) return undefined;
    nodes.push({ start: at, end: at + length, padded, lengthAt: at + lengthIn, parent });
    at = padded;
  }
  return nodes.length === 0 ? undefined : nodes;
}

function childrenOf(lengths: DataView, node: Node, from: number): Node[] {
  const last = Math.min(node.end - 4, from + MAX_PREFIX);
  for (let start = from; start <= last; start += 4) {
    const found = tiled(lengths, start, node.end, 2, node) ?? tiled(lengths, start, node.end, 0, node);
    if (found !== undefined) return found;
  }
  return [];
}

/** The message itself, and every structure with a length that was found in it. */
export function nodesOf(bytes: Uint8Array): Node[] {
  const root: Node = { start: 0, end: bytes.length, padded: bytes.length, lengthAt: 2, parent: undefined };
  const lengths = view(bytes);
  const all = [root];
  let level = childrenOf(lengths, root, HEADER_BYTES);
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0 && all.length < MAX_NODES; depth++) {
    all.push(...level);
    level = level.slice(0, 200).flatMap((node) => childrenOf(lengths, node, node.start + 4));
  }
  return all;
}

/** `bytes` with the ones of `node` replaced, and every length around them following, `node`'s own left as it is. */
export function replaced(bytes: Uint8Array, node: Node, by: Uint8Array): Uint8Array {
  const grown = by.length - (node.padded - node.start);
  const result = new Uint8Array(bytes.length + grown);
  result.set(bytes.subarray(0, node.start));
  result.set(by, node.start);
  result.set(bytes.subarray(node.padded), node.start + by.length);
  const lengths = view(result);
  for (let around = node.parent; around !== undefined; around = around.parent) {
    lengths.setUint16(around.lengthAt, (around.end - around.start + grown) & 0xffff);
  }
  return result;
}
