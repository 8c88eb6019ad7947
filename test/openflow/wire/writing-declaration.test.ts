// A structure that has a writing of its own writes what one without writes, names what it refuses, and can't differ from
// its declaration.
import assert from "node:assert/strict";
import { type Codec, names } from "../../../src/openflow/wire/codec.ts";
import { Fault } from "../../../src/openflow/wire/fault.ts";
import type { Layout } from "../../../src/openflow/wire/layout.ts";
import { struct } from "../../../src/openflow/wire/struct.ts";
import { Writer } from "../../../src/openflow/wire/writer.ts";
import type { Writing } from "../../../src/openflow/wire/writing.ts";
import { hexOf } from "../protocol/recordings.ts";

const colours = names<"red" | "green">({ red: 1, green: 3 });

interface Item {
  a: number;
}

interface Everything {
  kind: "everything";
  small: number;
  big: bigint;
  colour: "red" | "green" | number;
  on: boolean;
  mac: string;
  name: string;
  exact: Uint8Array;
  one: Item;
  announced: Item[];
  rest: Uint8Array;
}

const item = struct("item", (f): Item => ({ a: f.pad(1).u8() }));
const writingItem = struct("item", (f): Item => ({ a: f.pad(1).u8() }), {
  write: (w, v) => w.pad(1).u8(v.a),
});

function everything(f: Layout): Everything {
  return {
    kind: "everything",
    small: f.u16(7),
    big: f.u64(),
    colour: f.named32(colours),
    on: f.flag16(),
    mac: f.mac(),
    name: f.text(4),
    exact: f.bytes(3),
    one: f.part(item),
    announced: f.length16().pad(1).listWithin(writingItem),
    rest: f.rest(),
  };
}

const keyed = struct("everything", everything);

const writing = struct("everything", everything, {
  write: (w, v) =>
    w
      .u16(v.small ?? 7)
      .u64(v.big)
      .named32(colours, v.colour)
      .flag16(v.on)
      .mac(v.mac)
      .text(4, v.name)
      .bytes(3, v.exact)
      .part(item, v.one)
      .length16()
      .pad(1)
      .listWithin(writingItem, v.announced)
      .rest(v.rest),
});

const value: Everything = {
  kind: "everything",
  small: 1,
  big: 2n,
  colour: "green",
  on: true,
  mac: "fa:16:3e:00:00:01",
  name: "eth0",
  exact: Uint8Array.of(1, 2, 3),
  one: { a: 4 },
  announced: [{ a: 5 }, { a: 6 }],
  rest: Uint8Array.of(9),
};

function write<T>(codec: Codec<T>, given: T): string {
  const writer = new Writer();
  writer.begin();
  writer.buffer.fill(0xee);
  codec.write(writer, given);
  return hexOf(writer.take());
}

function pathOf(codec: Codec<Everything>, given: object): string {
  try {
    write(codec, given as Everything);
  } catch (error) {
    assert.ok(error instanceof Fault);
    return error.path;
  }
  return "nothing refused";
}

describe("A writing of a structure", () => {
  it("writes the same bytes as looking values up by key does", () => {
    const { small: _small, ...partial } = value;
    assert.equal(write(writing, value), write(keyed, value));
    assert.equal(write(writing, partial as Everything), write(keyed, { ...value, small: 7 }));
  });

  it("names the field that it refuses, whatever was nested before it", () => {
    const wrong: readonly [string, object][] = [
      ["small", { small: 65_536 }],
      ["big", { big: 3 }],
      ["colour", { colour: "blue" }],
      ["on", { on: 1 }],
      ["mac", { mac: "fa:16" }],
      ["name", { name: "ethernet" }],
      ["exact", { exact: Uint8Array.of(1) }],
      ["one.a", { one: { a: 256 } }],
      ["announced", { announced: undefined }],
      ["announced[1].a", { announced: [{ a: 5 }, { a: -1 }] }],
      ["rest", { rest: "text" }],
    ];
    for (const [path, change] of wrong) {
      assert.equal(pathOf(writing, { ...value, ...change }), path);
      assert.equal(pathOf(keyed, { ...value, ...change }), path);
    }
  });

  it("is refused where it writes anything but what is declared", () => {
    interface Pair {
      a: number;
      b: number;
    }
    const writings: readonly Writing<Pair>[] = [
      (w, v) => w.u8(v.b).pad(1).u16(v.a),
      (w, v) => w.u8(v.a).u16(v.b),
      (w, v) =>
        w
          .u8(v.a)
          .pad(1)
          .flag16(v.b > 0),
      (w, v) => w.u8(v.a),
      (w, v) => w.u8(v.a).pad(1).u16(v.b).u8(v.a),
      (w, v) => w.u8(v.a).pad(1).named16(colours, v.b),
    ];
    for (const write of writings) {
      assert.throws(
        () => struct("pair", (f): Pair => ({ a: f.u8(), b: f.pad(1).u16() }), { write }),
        /pair: is not written as it is declared, a/,
      );
    }
  });

  it("is refused where it writes another structure, or other names, than those declared", () => {
    const others = names<"red" | "green">({ red: 1, green: 4 });
    assert.throws(
      () =>
        struct("one", (f): { a: Item } => ({ a: f.part(item) }), {
          write: (w, v) => w.part(writingItem, v.a),
        }),
      TypeError,
    );
    assert.throws(
      () =>
        struct("named", (f): { a: string | number } => ({ a: f.named8(colours) }), {
          write: (w, v) => w.named8(others, v.a as number),
        }),
      TypeError,
    );
  });
});

describe("Messages written one after the other", () => {
  it("share no byte, whatever their length", () => {
    const writer = new Writer();
    const taken = Array.from({ length: 300 }, (_, i) => {
      writer.begin();
      writer.raw(new Uint8Array(1 + ((i * 97) % 5_000)).fill(i));
      return writer.take();
    });
    for (const [i, bytes] of taken.entries()) {
      assert.equal(bytes.length, 1 + ((i * 97) % 5_000));
      assert.ok(bytes.every((byte) => byte === (i & 255)));
    }
  });
});
