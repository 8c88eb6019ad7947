// Messages grown to a size in the ways that cost a reader most: one of their structures again and again, empty ones, nothing
// but zeros, and a structure within itself.
import { type Node, replaced } from "./nesting.ts";

/** How a message grows. */
export type Growth = "repeated" | "empty" | "zeros" | "nested";

export const growths: readonly Growth[] = ["repeated", "empty", "zeros", "nested"];

function repeated(piece: Uint8Array, bytes: number): Uint8Array {
  const times = Math.max(1, Math.floor(bytes / piece.length));
  return new Uint8Array(Buffer.concat(Array.from({ length: times }, () => piece)));
}

/** Its first bytes with a length that holds nothing more: 8, as most structures are aligned, or 4. */
function emptied(found: Uint8Array, lengthAt: number): Uint8Array {
  const size = found.length >= 8 ? 8 : 4;
  const piece = new Uint8Array(size);
  piece.set(found.subarray(0, size));
  piece.set([0, size], lengthAt);
  return piece;
}

/** What stands in front of the first structure in it, around itself as often as there is room. */
function nested(found: Uint8Array, lengthAt: number, headBytes: number, bytes: number): Uint8Array {
  const head = found.subarray(0, Math.min(found.length, headBytes));
  const depth = Math.floor((bytes - found.length) / head.length);
  const heads = Array.from({ length: Math.max(0, depth) }, (_, at) => {
    const copy = head.slice();
    const length = (depth - at) * head.length + found.length;
    copy.set([(length >> 8) & 0xff, length & 0xff], lengthAt);
    return copy;
  });
  return new Uint8Array(Buffer.concat([...heads, found]));
}

/** The message with one of its structures grown until it has about `bytes` bytes. `headBytes` is where what it holds begins. */
export function grown(
  message: Uint8Array,
  { node, how, headBytes }: { node: Node; how: Growth; headBytes: number },
  bytes: number,
): Uint8Array {
  const found = message.subarray(node.start, node.padded);
  const lengthAt = node.lengthAt - node.start;
  const room = bytes - message.length;
  const pieces: Readonly<Record<Growth, () => Uint8Array>> = {
    repeated: () => repeated(found, room),
    empty: () => repeated(emptied(found, lengthAt), room),
    zeros: () => new Uint8Array(Buffer.concat([found, new Uint8Array(room & ~7)])),
    nested: () => nested(found, lengthAt, headBytes, room),
  };
  return replaced(message, node, pieces[how]());
}
