import assert from "node:assert/strict";
import fc from "fast-check";
import { JsonFrameError } from "../../src/jsonrpc/errors.ts";
import { JsonFramer, type JsonFramerOptions } from "../../src/jsonrpc/framer.ts";
import type { JsonValue } from "../../src/jsonrpc/json.ts";

function framed(chunks: readonly Uint8Array[], options?: JsonFramerOptions): JsonValue[] {
  const framer = new JsonFramer(options);
  const values: JsonValue[] = [];
  for (const chunk of chunks) framer.push(chunk, (value) => values.push(value));
  assert.equal(framer.partial, false);
  return values;
}

function bytes(text: string): Buffer {
  return Buffer.from(text, "utf8");
}

/** JSON that is awkward to cut: characters of 2, 3 and 4 bytes, escapes, brackets and quotes inside strings, long integers. */
const awkward: readonly string[] = [
  String.raw`{"id":0,"result":["é","漢字","🦉",{"a":"}]{[\"\\","b":"\\\\"},"\ud83e\udd89\u00e9\n"],"error":null}`,
  String.raw`{"method":"update","params":[9223372036854775807,-9223372036854775808,[1.5e+300,-0.25]],"id":null}`,
  "{}",
  String.raw`{"":"\\","x":[[],{},[{}]]}`,
];

describe("JSON texts in a stream of bytes", () => {
  const whole = awkward.map((text) => framed([bytes(text)])[0]);

  it("are the same values wherever the stream is cut in two", () => {
    const stream = bytes(awkward.join(""));
    for (let cut = 0; cut <= stream.length; cut += 1) {
      assert.deepEqual(framed([stream.subarray(0, cut), stream.subarray(cut)]), whole, `cut at ${cut}`);
    }
  });

  it("are the same values when every byte comes alone", () => {
    const stream = bytes(awkward.join("\r\n \t"));
    assert.deepEqual(framed(Array.from(stream, (_, at) => stream.subarray(at, at + 1))), whole);
  });

  it("are what JSON.parse gives, for any values and any cuts", () => {
    const message = fc.record({ params: fc.array(fc.jsonValue()) });
    fc.assert(
      fc.property(fc.array(message), fc.array(fc.nat()), (messages, cuts) => {
        const texts = messages.map((value) => JSON.stringify(value));
        const stream = bytes(texts.join(""));
        const places = [...new Set(cuts.map((cut) => cut % (stream.length + 1)))].toSorted((a, b) => a - b);
        const chunks = [0, ...places].map((from, at) => stream.subarray(from, places[at] ?? stream.length));
        const rounded = JSON.stringify(framed(chunks), (_name, value: unknown) =>
          typeof value === "bigint" ? Number(value) : value,
        );
        assert.deepEqual(
          JSON.parse(rounded),
          texts.map((text) => JSON.parse(text) as unknown),
        );
      }),
    );
  });

  it("keep every int64 exact, as a number while that is safe and as a bigint beyond", () => {
    const text =
      "[9007199254740991,9007199254740992,-9223372036854775808,9223372036854775807,1234567890123456,-1,0]";
    assert.deepEqual(framed([bytes(`{"v":${text}}`)]), [
      {
        v: [
          9007199254740991,
          9007199254740992n,
          -9223372036854775808n,
          9223372036854775807n,
          1234567890123456,
          -1,
          0,
        ],
      },
    ]);
  });

  it("keep reals numbers, however many digits they are written with", () => {
    const reals = ["0.12345678901234567", "1e+300", "12345678901234567890.5", "-1.00000000000000000000"];
    const values = framed([bytes(`{"v":[${reals.join(",")}]}`)]);
    assert.deepEqual(values, [{ v: reals.map(Number) }]);
  });

  it("may have a member named __proto__, which stays a member", () => {
    for (const number of ["1", "9007199254740993"]) {
      const [value] = framed([bytes(`{"__proto__":{"polluted":true},"n":${number}}`)]);
      assert.deepEqual(Object.keys(value as object), ["__proto__", "n"]);
      assert.equal(Object.getPrototypeOf(value), Object.prototype);
    }
    assert.equal("polluted" in {}, false);
  });

  it("may hold invalid UTF-8, which becomes U+FFFD", () => {
    const stream = Buffer.concat([bytes('{"v":"a'), Buffer.from([0xff, 0xc3]), bytes('b"}')]);
    assert.deepEqual(framed([stream]), [{ v: "a\ufffd\ufffdb" }]);
  });
});

function refused(
  chunks: readonly Uint8Array[],
  offset: number,
  reason: RegExp,
  options?: JsonFramerOptions,
): void {
  assert.throws(
    () => framed(chunks, options),
    (error: unknown) => {
      assert.ok(error instanceof JsonFrameError);
      assert.equal(error.code, "ERR_JSON_FRAME");
      assert.equal(error.offset, offset);
      assert.match(error.message, reason);
      return true;
    },
  );
}

const never = (): void => assert.fail("no message is whole");

describe("a stream that isn't JSON texts", () => {
  it("is refused at its first byte when no message begins there", () => {
    refused([bytes("HTTP/1.1 400 Bad Request\r\n")], 0, /must begin/);
    refused([bytes("{} "), bytes("{}\n]")], 6, /must begin/);
    refused([bytes("{}7")], 2, /must begin/);
  });

  it("is refused when brackets don't match", () => {
    refused([bytes('{"a":[}]')], 8, /no valid JSON/);
  });

  it("is refused when a string never ends, with no more held than the limit allows", () => {
    const framer = new JsonFramer({ maxBytes: 1_000_000 });

    const chunk = Buffer.alloc(65_536, "x");
    framer.push(bytes('{"v":"'), never);
    let pushed = 0;
    assert.throws(() => {
      for (; pushed < 1000; pushed += 1) framer.push(chunk, never);
    }, JsonFrameError);
    assert.equal(pushed, Math.floor((1_000_000 - 6) / 65_536));
  });

  it("is refused when a whole message in one chunk is too long", () => {
    refused([bytes(`{"v":"${"x".repeat(100)}"}`)], 0, /longer than 64 bytes/, { maxBytes: 64 });
  });

  it("is refused when nested 10,000 deep, at the byte where it gets too deep", () => {
    refused([bytes(`{"v":${"[".repeat(10_000)}`)], 5 + 999, /deeper than 1000/);
  });

  it("is refused at no depth that ovsdb-server itself allows", () => {
    const text = `{"v":${"[".repeat(999)}${"]".repeat(999)}}`;
    assert.equal(framed([bytes(text)]).length, 1);
    // The exact parser recurses; it must bear the same depth.
    assert.equal(framed([bytes(text.replace("[]", "[9007199254740993]"))]).length, 1);
  });
});
