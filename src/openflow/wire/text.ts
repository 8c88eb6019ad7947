// Names in fields of fixed size, filled up with NULs. They are UTF-8 by custom but any bytes by right, so bytes that
// are no UTF-8 become lone surrogates (U+DC80 to U+DCFF), which go back to the same bytes.

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();
const LONE_SURROGATE = /\p{Surrogate}/u;

function isAscii(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    if ((bytes[i] ?? 0) > 127) {
      return false;
    }
  }
  return true;
}

/** The text in `length` bytes at `at`, up to the first NUL. */
export function readText(bytes: Uint8Array, at: number, length: number): string {
  let end = at;
  while (end < at + length && bytes[end] !== 0) {
    end++;
  }
  if (isAscii(bytes, at, end)) {
    let text = "";
    for (let i = at; i < end; i++) {
      text += String.fromCharCode(bytes[i] ?? 0);
    }
    return text;
  }
  const part = bytes.slice(at, end);
  try {
    return decoder.decode(part);
  } catch {
    return String.fromCharCode(...Array.from(part, (byte) => (byte < 128 ? byte : 0xdc00 + byte)));
  }
}

/** The bytes of a text that `readText` gave, or of any other. */
export function textBytes(text: string): Uint8Array {
  if (!LONE_SURROGATE.test(text)) {
    return encoder.encode(text);
  }
  return Uint8Array.from(
    Array.from(text).flatMap((character) => {
      const code = character.codePointAt(0) ?? 0;
      return code >= 0xdc80 && code <= 0xdcff ? [code - 0xdc00] : [...encoder.encode(character)];
    }),
  );
}
