import assert from "node:assert/strict";
import { type Codec, names } from "../../../src/openflow/wire/codec.ts";
import { convert } from "../../../src/openflow/wire/convert.ts";
import { family } from "../../../src/openflow/wire/family.ts";
import { Fault, shown } from "../../../src/openflow/wire/fault.ts";
import type { Layout } from "../../../src/openflow/wire/layout.ts";
import { Reader } from "../../../src/openflow/wire/reader.ts";
import { sized } from "../../../src/openflow/wire/sized.ts";
import { type Struct, struct } from "../../../src/openflow/wire/struct.ts";
import { Writer } from "../../../src/openflow/wire/writer.ts";
import { bytesOf, hexOf } from "../protocol/recordings.ts";

function read<T>(codec: Codec<T>, hex: string): T {
  const reader = new Reader();
  reader.open(bytesOf(hex));
  return codec.read(reader);
}

function write<T>(codec: Codec<T>, value: T): string {
  const writer = new Writer();
  writer.begin();
  // What was written before must not show through pads.
  writer.buffer.fill(0xee);
  codec.write(writer, value);
  return hexOf(writer.take());
}

const colours = names<"red" | "green">({ red: 1, green: 3 });

interface Item {
  kind: "item";
  a: number;
}
const item = struct("item", (f): Item => ({ kind: "item", a: f.pad(1).u8() }));

interface Everything {
  first: number;
  kind: "everything";
  small: number;
  big: bigint;
  colour: "red" | "green" | number;
  flag: boolean;
  mac: string;
  name: string;
  four: Uint8Array;
  inner: Item;
  items: Item[];
  tail: Uint8Array;
}

function everything(f: Layout): Everything {
  return {
    first: f.u32(),
    kind: "everything",
    small: f.pad(1).u8(7),
    big: f.u64(),
    colour: f.pad(2).named16(colours),
    flag: f.flag16(),
    mac: f.mac(),
    name: f.text(4),
    four: f.bytes(4),
    inner: f.part(item),
    items: f.length16().pad(2).listWithin(item),
    tail: f.rest(),
  };
}

const value: Everything = {
  first: 0xfffffffe,
  kind: "everything",
  small: 5,
  big: 0xffff_ffff_ffff_ffffn,
  colour: "green",
  flag: true,
  mac: "02:00:00:00:00:01",
  name: "p1",
  four: Uint8Array.of(1, 2, 3, 4),
  inner: { kind: "item", a: 9 },
  items: [
    { kind: "item", a: 1 },
    { kind: "item", a: 2 },
  ],
  tail: Uint8Array.of(0xaa, 0xbb),
};
const hex = "fffffffe0005ffffffffffffffff000000030001020000000001703100000102030400090004000000010002aabb";

const engines: readonly (readonly [string, Struct<Everything>])[] = [
  ["the declaration", struct("everything", everything)],
  ["binary-parser", struct("everything", everything, { engine: "parser" })],
];

for (const [engine, codec] of engines) {
  describe(`A structure that ${engine} reads`, () => {
    it("gives every kind of field, as a plain object", () => {
      const decoded = read(codec, hex);
      assert.deepStrictEqual(decoded, value);
      assert.deepEqual(Object.keys(decoded), Object.keys(value));
      assert.equal(Object.getPrototypeOf(decoded), Object.prototype);
    });

    it("is written as it was read, with pads of zero", () => {
      assert.equal(write(codec, value), hex);
    });

    it("keeps a number without a name", () => {
      const other = hex.replace("00000003", "00000009");
      assert.equal(read(codec, other).colour, 9);
      assert.equal(write(codec, { ...value, colour: 9 }), other);
    });

    it("names the field at every length that is too short", () => {
      const ends: readonly [string, number][] = [
        ["first", 4],
        ["small", 6],
        ["big", 14],
        ["colour", 18],
        ["flag", 20],
        ["mac", 26],
        ["name", 30],
        ["four", 34],
        ["inner", 36],
        ["items", 40],
      ];
      for (let length = 0; length < 40; length++) {
        const field = ends.find(([, end]) => length < end)?.[0];
        assert.throws(
          () => read(codec, hex.slice(0, length * 2)),
          (error) => error instanceof Fault && error.path === field && error.offset === length,
          `${length} bytes: ${field}`,
        );
      }
    });

    it("names the field of variable size that can't be read", () => {
      const tooLong = hex.replace("00040000", "00070000");
      assert.throws(() => read(codec, tooLong), { path: "items", offset: 40 });
      const odd = hex.replace("00040000", "00030000");
      assert.throws(() => read(codec, odd), { path: "items[1].a" });
    });

    it("writes what is left out where the declaration says what for", () => {
      const { small: _, ...rest } = value;
      assert.equal(write(codec, rest as Everything), hex.replace("fffffffe0005", "fffffffe0007"));
    });

    const wrong: readonly [keyof Everything, unknown, RegExp][] = [
      ["first", 0x1_0000_0000, /0 to 4294967295, not 4294967296/],
      ["first", -1, /not -1/],
      ["first", 1.5, /not 1.5/],
      ["first", "1", /not "1"/],
      ["first", undefined, /not nothing/],
      ["small", 256, /0 to 255/],
      ["big", 5, /a bigint, not 5/],
      ["big", -1n, /not -1n/],
      ["big", 1n << 64n, /2\^64 - 1/],
      ["colour", "blue", /one of red, green, not "blue"/],
      ["colour", 65_536, /0 to 65535/],
      ["flag", 1, /true or false/],
      ["mac", "02:00:00:00:00", /a MAC address/],
      ["mac", null, /not null/],
      ["name", "abcde", /at most 4 bytes long, not 5/],
      ["name", 5, /must be text/],
      ["four", Uint8Array.of(1), /4 bytes long, not 1/],
      ["four", [1, 2, 3, 4], /a Uint8Array, not a value of type object/],
      ["inner", { kind: "item", a: 300 }, /0 to 255/],
      ["inner", undefined, /undefined/],
      ["items", "none", /must be a list/],
      ["items", [{ kind: "item", a: 1 }, {}], /not nothing/],
      ["tail", undefined, /a Uint8Array, not nothing/],
    ];
    for (const [field, bad, message] of wrong) {
      it(`refuses to write ${field}: ${shown(bad)}`, () => {
        assert.throws(
          () => write(codec, { ...value, [field]: bad }),
          (error) => error instanceof Fault && error.path.startsWith(field) && message.test(error.message),
        );
      });
    }
  });
}

describe("A declaration", () => {
  it("is held to its interface by the compiler", () => {
    interface Pair {
      a: number;
      b: bigint;
    }
    // Each of these lines would be an error of the build if the compiler took what follows it.
    // @ts-expect-error: a field is missing
    struct("wrong", (f): Pair => ({ a: f.u16() }));
    // @ts-expect-error: a field is too much
    struct("wrong", (f): Pair => ({ a: f.u16(), b: f.u64(), c: f.u8() }));
    // @ts-expect-error: a field is of another type
    struct("wrong", (f): Pair => ({ a: f.u16(), b: f.u32() }));
    // @ts-expect-error: without its return type, one with fewer fields is no codec of the interface
    const narrow: Codec<Pair> = struct("wrong", (f) => ({ a: f.u16() }));
    const right: Codec<Pair> = struct("right", (f): Pair => ({ a: f.u16(), b: f.u64() }));
    assert.deepEqual(
      [narrow, right].map((codec) => codec.minBytes),
      [2, 10],
    );
  });

  it("is refused when an entry doesn't follow the order of the wire", () => {
    assert.throws(
      () =>
        struct("wrong", (f): { a: number; b: number } => {
          const b = f.u8();
          return { a: f.u16(), b };
        }),
      /in the order of the wire/,
    );
  });

  it("is refused when a field is asked for and not used", () => {
    assert.throws(
      () =>
        struct("wrong", (f): { a: number } => {
          f.u8();
          return { a: f.u8() };
        }),
      TypeError,
    );
  });

  it("is refused when a pad follows the last field: that is an option", () => {
    assert.throws(
      () =>
        struct("wrong", (f): { a: number } => {
          const a = f.u8();
          f.pad(3);
          return { a };
        }),
      TypeError,
    );
    assert.equal(
      write(
        struct("right", (f): { a: number } => ({ a: f.u8() }), { pad: 3 }),
        { a: 1 },
      ),
      "01000000",
    );
  });

  it("is refused when a field of fixed size follows one of variable size", () => {
    assert.throws(
      () => struct("wrong", (f): { a: Item[]; b: number } => ({ a: f.list(item), b: f.u8() })),
      /fixed size after one of variable size/,
    );
  });

  it("is refused when a length and its list don't go together", () => {
    assert.throws(() => struct("wrong", (f): { a: Item[] } => ({ a: f.listWithin(item) })), /not asked for/);
    assert.throws(() => struct("wrong", (f): { a: number } => ({ a: f.length16().u8() })), TypeError);
    assert.throws(
      () =>
        struct("wrong", (f): { a: Item; b: Item[] } => ({
          a: f.length16().part(item),
          b: f.listWithin(item),
        })),
      /between a length and its list/,
    );
  });

  it("is refused when a list could go on for ever", () => {
    const nothing = struct("nothing", (): object => ({}));
    assert.throws(
      () => struct("wrong", (f): { a: object[] } => ({ a: f.list(nothing) })),
      /may take no bytes/,
    );
  });
});

interface Announced {
  port: number;
  items: Item[];
  tail: Item[];
}
const announcing = (f: Layout): Announced => ({
  port: f.length16().pad(1).u16(),
  items: f.pad(1).listWithin(item),
  tail: f.pad(2).list(item),
});

describe("A list whose length stands further ahead", () => {
  const announced: Announced = {
    port: 0x1234,
    items: [1, 2, 3, 4, 5, 6].map((a) => ({ kind: "item", a })),
    tail: [{ kind: "item", a: 7 }],
  };
  const hex = "000c0012340000010002000300040005000600000007";

  for (const engine of ["declaration", "parser"] as const) {
    it(`is read and written: ${engine}`, () => {
      const codec = struct("announced", announcing, { engine });
      assert.deepStrictEqual(read(codec, hex), announced);
      assert.equal(write(codec, announced), hex);
    });

    it(`goes no further than its structure, nor do the pads after it: ${engine}`, () => {
      const codec = struct("announced", announcing, { engine });
      assert.throws(() => read(codec, hex.replace("000c", "0011")), { path: "items", offset: 6 });
      assert.throws(() => read(codec, "000200123400000100"), { path: "tail", offset: 9 });
      assert.deepEqual(read(codec, "0000001234000000"), { port: 0x1234, items: [], tail: [] });
    });
  }
});

describe("A structure that begins with its length", () => {
  const entry = sized(
    struct("entry", (f): { a: number; items: Item[] } => ({ a: f.pad(2).u16(), items: f.list(item) })),
  );

  it("ends where it says", () => {
    const reader = new Reader();
    reader.open(bytesOf("000600010005ffff"));
    assert.deepEqual(entry.read(reader), { a: 1, items: [{ kind: "item", a: 5 }] });
    assert.equal(reader.offset, 6);
    assert.equal(write(entry, { a: 1, items: [{ kind: "item", a: 5 }] }), "000600010005");
  });

  for (const bad of ["00000001", "00030001", "00060001", "00"]) {
    it(`is refused as ${bad}`, () => assert.throws(() => read(entry, bad), { path: "length", offset: 0 }));
  }

  it("leaves nothing over", () => {
    const fixed = sized(struct("fixed", (f): { a: number } => ({ a: f.pad(2).u16() })));
    assert.throws(() => read(fixed, "000600010000"), /2 bytes are left over after fixed/);
  });
});

describe("A family", () => {
  type Member =
    | { type: "number"; n: number }
    | { type: "odd"; n: number }
    | { type: "mine"; n: number }
    | { type: "raw"; number: number; data: Uint8Array }
    | { type: "experimenter"; experimenter: number; data: Uint8Array };
  const number = struct("number", (f): Member => ({ type: "number", n: f.u32() }));
  const odd = convert<Member & { n: number }, Member>(
    struct("odd", (f): Member & { n: number } => ({ type: "odd", n: f.u32() })),
    { toValue: (wire) => (wire.n % 2 === 1 ? wire : undefined), toWire: (v) => v as Member & { n: number } },
  );
  const mine = struct("mine", (f): Member => ({ type: "mine", n: f.u16() }));
  const members = family<Member>("member", {
    members: { 1: number, 2: odd },
    experimenters: { subtypeBytes: 2, members: { 0x2320: { 7: mine } } },
  });

  const cases: readonly [what: string, hex: string, value: Member][] = [
    ["a member", "0001000800000005", { type: "number", n: 5 }],
    ["an experimenter's member", "ffff0010000023200007000900000000", { type: "mine", n: 9 }],
    [
      "a number without an entry",
      "0009000800000005",
      { type: "raw", number: 9, data: Uint8Array.of(0, 0, 0, 5) },
    ],
    [
      "an experimenter without an entry",
      "ffff0010000000010007000900000000",
      { type: "experimenter", experimenter: 1, data: Uint8Array.of(0, 7, 0, 9, 0, 0, 0, 0) },
    ],
    [
      "an experimenter's number without an entry",
      "ffff0010000023200008000900000000",
      { type: "experimenter", experimenter: 0x2320, data: Uint8Array.of(0, 8, 0, 9, 0, 0, 0, 0) },
    ],
    [
      "an experimenter and nothing else",
      "ffff000800002320",
      { type: "experimenter", experimenter: 0x2320, data: new Uint8Array(0) },
    ],
    [
      "a member with a value that has no other form",
      "0002000800000004",
      { type: "raw", number: 2, data: Uint8Array.of(0, 0, 0, 4) },
    ],
    ["a member with a value that has one", "0002000800000003", { type: "odd", n: 3 }],
  ];
  for (const [what, hex, member] of cases) {
    it(`keeps ${what}`, () => {
      if (what === "an experimenter's member") {
        // Its six bytes leave two over, which the length counts: only an aligned structure may have them.
        assert.throws(() => read(members, hex), /4 bytes are left over after mine/);
        return;
      }
      assert.deepEqual(read(members, hex), member);
      assert.equal(write(members, member), hex);
    });
  }

  it("takes the padding of a structure that is aligned", () => {
    const aligned = family<Member>("member", {
      members: {},
      experimenters: {
        subtypeBytes: 2,
        members: {
          0x2320: { 7: struct("mine", (f): Member => ({ type: "mine", n: f.u16() }), { aligned: true }) },
        },
      },
    });
    assert.deepEqual(read(aligned, "ffff0010000023200007000900000000"), { type: "mine", n: 9 });
    assert.equal(write(aligned, { type: "mine", n: 9 }), "ffff0010000023200007000900000000");
  });

  for (const [bad, path] of [
    ["0001", ""],
    ["00010000", "length"],
    ["0001000700000005", "length"],
    ["0001001000000005", "length"],
    ["000100040000", "length"],
  ] as const) {
    it(`refuses ${bad}`, () => assert.throws(() => read(members, bad), { path }));
  }

  it("refuses bytes that are left over", () => {
    assert.throws(
      () => read(members, "00010010000000050000000000000000"),
      /8 bytes are left over after number/,
    );
  });

  it("refuses to write a type it doesn't have, and raw bytes that don't fit", () => {
    assert.throws(() => write(members, { type: "other" } as unknown as Member), { path: "type" });
    assert.throws(() => write(members, { type: "raw", number: 9, data: new Uint8Array(3) }), {
      path: "data",
    });
    assert.throws(() => write(members, { type: "raw", number: 65_536, data: new Uint8Array(4) }), {
      path: "number",
    });
    assert.throws(() => write(members, { type: "experimenter", experimenter: 1, data: new Uint8Array(4) }), {
      path: "data",
    });
    assert.throws(
      () => write(members, { type: "raw", number: 9, data: new Uint8Array(65_532 + 8) }),
      /more than the 65535/,
    );
  });

  it("refuses two members with one tag", () => {
    assert.throws(() => family<Member>("wrong", { members: { 1: number, 2: number } }), /"type" of its own/);
  });

  it("can have its length before its number, and leave the padding out of it", () => {
    const other = family<Member>("other", {
      members: { 1: mine },
      lengthFirst: true,
      lengthLeavesPadOut: true,
    });
    const reader = new Reader();
    reader.open(bytesOf("00060001000700000006000100080000"));
    assert.deepEqual(
      [other.read(reader), other.read(reader)],
      [
        { type: "mine", n: 7 },
        { type: "mine", n: 8 },
      ],
    );
    assert.equal(write(other, { type: "mine", n: 7 }), "0006000100070000");
  });
});

describe("Text in a field of fixed size", () => {
  const field = struct("field", (f): { name: string } => ({ name: f.text(8) }));

  it("is UTF-8, and comes back as it was when it isn't", () => {
    const cases: readonly [string, string][] = [
      ["6574683000000000", "eth0"],
      ["0000000000000000", ""],
      ["6162636465666768", "abcdefgh"],
      ["c3bc626572000000", "über"],
      ["61ff626300000000", "a\udcffbc"],
      ["efbbbf6100000000", "\ufeffa"],
    ];
    for (const [hex, name] of cases) {
      assert.deepEqual(read(field, hex), { name });
      assert.equal(write(field, { name }), hex);
    }
  });

  it("counts bytes, not letters", () => {
    assert.throws(() => write(field, { name: "üüüüü" }), /at most 8 bytes long, not 10/);
  });
});
