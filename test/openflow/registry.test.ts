import assert from "node:assert/strict";
import { decode, encode } from "../../src/openflow/message.ts";
import { everything, hexOf, recording } from "./protocol/recordings.ts";
import { knownEntries } from "./registry.ts";

/** What of the registry the library keeps as raw bytes. */
const unknownToUs: readonly string[] = [];

const onf = 0x4f4e4600;
const nicira = 0x2320;
const nsh = 0x5ad650;

function fieldsOf(experimenter: number, ...numbers: readonly number[]): string[] {
  return numbers.map((number) => `field 65535/${experimenter}/${number}`);
}

/** What is raw in the recordings although the registry lists it, and why. */
const rawInRecordings: ReadonlySet<string> = new Set([
  // A VLAN in a match without the bit that says there is one: no packet has it, and no other form says it.
  "field 32768/0/6",
  // Names in TABLE_FEATURES, not values: of experimenters' fields, and of the ingress port by its older number.
  ...fieldsOf(onf, 42, 43),
  ...fieldsOf(nicira, 11, 12, 13, 14, 15, 16),
  ...fieldsOf(nsh, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
  "field 0/0/0",
]);

/** The experimenters' numbers that the registry lists, as `rawIn` writes them. */
const listed: ReadonlySet<string> = new Set([
  ...recording<{ actions: { vendor: string | null; type_or_subtype: number }[] }>(
    "ovs-of13-registry",
  ).actions.map(({ vendor, type_or_subtype: number }) => `action ${Number(vendor ?? 0)}/${number}`),
  ...recording<{ oxms: { oxm_class: string; field: number; experimenter: string | null }[] }[]>(
    "ovs-oxm-fields",
  ).flatMap(({ oxms }) =>
    oxms.map((oxm) => `field ${Number(oxm.oxm_class)}/${Number(oxm.experimenter ?? 0)}/${oxm.field}`),
  ),
]);

interface RawParts {
  readonly type?: string;
  readonly field?: string;
  readonly multipart?: string;
  readonly number?: number;
  readonly header?: number;
  readonly experimenter?: number;
  readonly data?: Uint8Array;
}

/** What a raw part is, if it is one. */
function rawName(value: RawParts, key: string): string | undefined {
  const { type, field, multipart, number = 0, header = 0, experimenter = 0, data } = value;
  if (field === "raw") return `field ${header >>> 16}/${experimenter}/${(header >>> 9) & 0x7f}`;
  if (multipart === "raw") return "multipart";
  if (type !== "raw" && type !== "experimenter") return undefined;
  if (key !== "actions") return key === "" ? "message" : undefined;
  const subtype = data === undefined ? 0 : Buffer.from(data).readUInt16BE(0);
  return type === "raw" ? `action 0/${number}` : `action ${experimenter}/${subtype}`;
}

/** Everything in a value that is raw. */
function rawIn(value: unknown, key = ""): string[] {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return [];
  if (Array.isArray(value)) return value.flatMap((item) => rawIn(item, key));
  const own = rawName(value, key);
  return [
    ...(own === undefined ? [] : [own]),
    ...Object.entries(value).flatMap(([name, member]) => rawIn(member, name)),
  ];
}

/** A hello whose last element is cut short, sent by hand to see what the switch says. */
const TRUNCATED_HELLO = "0400000c0000000100010008";

describe("What Open vSwitch's registry lists at wire version 4", function () {
  this.timeout(60_000);

  it("has a structure each, but for what is named here", () => {
    const unknown = knownEntries().filter(({ name }) => name === undefined);
    assert.deepEqual(
      unknown.map(({ entry }) => entry.name),
      unknownToUs,
    );
  });

  it("comes back byte for byte in every recording, and is nowhere raw, but for what is named here", () => {
    const raw = new Map<string, string>();
    for (const { from, bytes } of everything.filter((message) => hexOf(message.bytes) !== TRUNCATED_HELLO)) {
      const message = decode(bytes);
      assert.equal(hexOf(encode(message)), hexOf(bytes), from);
      for (const name of rawIn(message)) {
        if (bytes[0] === 4 && (listed.has(name) || !/^(?:field|action) /.test(name))) raw.set(name, from);
      }
    }
    assert.deepEqual(
      [...raw].filter(([name]) => !rawInRecordings.has(name)),
      [],
    );
  });
});
