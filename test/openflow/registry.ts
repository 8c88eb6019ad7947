// What Open vSwitch speaks at wire version 4, as its registry lists it, and what the library reads of it. Each entry is
// probed with bytes of every likely shape: what is read as something other than raw bytes is known, under the name that
// the value has. So a structure that is added counts here without a change to this file.
import { decode, encode, type Message } from "../../src/openflow/message.ts";
import { recording } from "./protocol/recordings.ts";

/** What a registry entry is: a message (multiparts among them), an action, an instruction, a match field. */
export type EntryKind = "message" | "action" | "instruction" | "field";

/** One structure of the registry. */
export interface Entry {
  readonly kind: EntryKind;
  /** The registry's name: `OFPT11_GROUP_MOD`, `NXAST_CLONE`, `NXM_NX_REG0`. */
  readonly name: string;
  /** Its number on the wire, with its experimenter's. */
  readonly number: string;
  /** Messages that hold it, small ones first. */
  readonly probes: () => Iterable<Uint8Array>;
}

interface RegistryMessage {
  kind: string;
  number: number;
  raw: string;
}

interface RegistryAction {
  vendor: string | null;
  type_or_subtype: number;
  raw: string;
}

interface RegistryField {
  name: string;
  oxms: {
    name: string;
    oxm_class: string;
    experimenter: string | null;
    field: number;
    value_len: number;
    payload_len: number;
  }[];
}

const NICIRA = 0x2320;
const ONF = 0x4f4e4600;

/** Numbers of so many bytes, one after the other: `[2, 0x0001]` is 16 bits. */
function packed(...numbers: readonly (readonly [bytes: number, value: number])[]): Buffer {
  return Buffer.from(
    numbers.map(([bytes, value]) => value.toString(16).padStart(2 * bytes, "0")).join(""),
    "hex",
  );
}

/** A whole message of that type. */
function messageBytes(type: number, ...body: readonly Uint8Array[]): Uint8Array {
  const all = Buffer.concat(body);
  return new Uint8Array(Buffer.concat([packed([1, 4], [1, type], [2, 8 + all.length], [4, 1]), all]));
}

// Bodies of that many bytes: nothing but zeros, an empty match, a message, a length of their own.
function* bodies(bytes: number): Generator<Buffer> {
  yield Buffer.alloc(bytes);
  for (let at = 0; at + 8 <= Math.min(bytes, 96); at += 4) {
    const matched = Buffer.alloc(bytes);
    matched.writeUInt32BE(0x00010004, at);
    yield matched;
    const enclosing = Buffer.alloc(bytes);
    enclosing.writeUInt32BE(0x04140000 + bytes - at, at);
    yield enclosing;
    if (at % 8 === 0) {
      const sized = Buffer.from(matched);
      sized.writeUInt32BE(0, at);
      sized.writeUInt16BE(bytes - at, at);
      yield sized;
    }
  }
}

const bodySizes: readonly number[] = [
  0, 1, 2, 4, 6, 8, 12, 14, 16, 20, 24, 28, 32, 36, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120, 128, 136,
  144, 160, 176, 1056,
];

function idsOf(kind: string): Buffer {
  const experimenters: Readonly<Record<string, number>> = {
    NXT: NICIRA,
    NXST: NICIRA,
    ONFT: ONF,
    ONFST: ONF,
  };
  return packed([4, experimenters[kind] ?? 0]);
}

/** What stands between the header of such a message and its body. */
function headOf({ kind, number, raw }: RegistryMessage): [type: number, head: Buffer] {
  const multipart = raw.endsWith("_REPLY") ? 19 : 18;
  if (kind === "OFPT") return [number, Buffer.alloc(0)];
  if (kind === "OFPST") return [multipart, packed([2, number], [2, 0], [4, 0])];
  const ids = Buffer.concat([idsOf(kind), packed([4, number])]);
  return kind.endsWith("ST")
    ? [multipart, Buffer.concat([packed([2, 0xffff], [2, 0], [4, 0]), ids])]
    : [4, ids];
}

function* messageProbes(message: RegistryMessage): Generator<Uint8Array> {
  const [type, head] = headOf(message);
  for (const size of bodySizes) for (const body of bodies(size)) yield messageBytes(type, head, body);
}

/** A structure with type and length in front, as actions and instructions are. */
function member(number: number, length: number, ids: Buffer): Buffer {
  const bytes = Buffer.alloc(length);
  packed([2, number], [2, length]).copy(bytes);
  ids.copy(bytes, 4);
  return bytes;
}

const noMatch = packed([4, 0x00010004], [4, 0]);

/** A flow mod with a match and instructions, both as bytes. */
function flowModBytes(match: Uint8Array, instructions: Uint8Array): Uint8Array {
  return messageBytes(14, Buffer.alloc(40), match, instructions);
}

/** A flow mod that applies an action. */
export function applied(action: Uint8Array): Uint8Array {
  const head = packed([2, 4], [2, 8 + action.length], [4, 0]);
  return flowModBytes(noMatch, Buffer.concat([head, action]));
}

function* actionProbes({ vendor, type_or_subtype: number }: RegistryAction): Generator<Uint8Array> {
  const ids = vendor === null ? Buffer.alloc(0) : packed([4, Number(vendor)], [2, number]);
  for (let length = 8; length <= 128; length += 8) {
    if (length < 4 + ids.length) continue;
    const plain = member(vendor === null ? number : 0xffff, length, ids);
    yield applied(plain);
    if (length >= 32) {
      // Ports to choose from, and a register to load the choice into.
      const bundled = Buffer.from(plain);
      bundled.writeUInt32BE(0x00000002, 16);
      bundled.writeUInt32BE(0x00010004, 24);
      yield applied(bundled);
    }
    // A field's header wherever one may stand: a register, the Ethernet destination, the ingress port.
    for (let at = 4 + ids.length; at + 4 <= length; at += 2) {
      for (const header of [0x00010004, 0x80000606, 0x00000002]) {
        const named = Buffer.from(plain);
        named.writeUInt32BE(header, at);
        yield applied(named);
      }
    }
  }
}

function* instructionProbes(number: number): Generator<Uint8Array> {
  for (const length of [8, 16, 24]) yield flowModBytes(noMatch, member(number, length, Buffer.alloc(0)));
}

// A match of one field, exact and masked.
function* fieldProbes(oxm: RegistryField["oxms"][number]): Generator<Uint8Array> {
  const id = oxm.experimenter === null ? Buffer.alloc(0) : packed([4, Number(oxm.experimenter)]);
  for (const value of [Buffer.alloc(oxm.value_len), Buffer.alloc(oxm.value_len, 1)]) {
    for (const mask of [Buffer.alloc(0), Buffer.alloc(oxm.value_len, 1)]) {
      const length = id.length + value.length + mask.length;
      const number = Number(oxm.oxm_class) * 0x10000 + oxm.field * 0x200 + (mask.length === 0 ? 0 : 0x100);
      const match = Buffer.concat([packed([2, 1], [2, 8 + length], [4, number + length]), id, value, mask]);
      yield flowModBytes(Buffer.concat([match, Buffer.alloc(-match.length & 7)]), new Uint8Array());
    }
  }
}

const instructionNames: readonly string[] = [
  "GOTO_TABLE",
  "WRITE_METADATA",
  "WRITE_ACTIONS",
  "APPLY_ACTIONS",
  "CLEAR_ACTIONS",
  "METER",
];

const registry = recording<{ messages: RegistryMessage[]; actions: RegistryAction[] }>("ovs-of13-registry");
const fields = recording<RegistryField[]>("ovs-oxm-fields");

/** Everything the registry lists. */
const entries: readonly Entry[] = [
  ...registry.messages.map(
    (message): Entry => ({
      kind: "message",
      name: message.raw.replace("OFPRAW_", ""),
      number: `${message.kind} ${message.number}`,
      probes: () => messageProbes(message),
    }),
  ),
  ...instructionNames.map(
    (name, at): Entry => ({
      kind: "instruction",
      name: `OFPIT_${name}`,
      number: String(at + 1),
      probes: () => instructionProbes(at + 1),
    }),
  ),
  ...registry.actions.map(
    (action): Entry => ({
      kind: "action",
      name: action.raw.replace(/_RAW\d*/, ""),
      number: `${action.vendor === null ? "" : `0x${Number(action.vendor).toString(16)}/`}${action.type_or_subtype}`,
      probes: () => actionProbes(action),
    }),
  ),
  ...fields.flatMap((field) =>
    field.oxms.map(
      (oxm): Entry => ({
        kind: "field",
        name: oxm.name,
        number: `${oxm.oxm_class}/${oxm.field}`,
        probes: () => fieldProbes(oxm),
      }),
    ),
  ),
];

/** The name of what the probe holds; undefined where that is raw. */
function nameIn(kind: EntryKind, message: Message): string | undefined {
  const named = namesIn(message);
  if (kind !== "message") {
    const prefix = `${kind} `;
    return [...named].find((name) => name.startsWith(prefix));
  }
  return [...named].find((name) => name.startsWith("message "));
}

const rawNames: ReadonlySet<unknown> = new Set(["raw", "experimenter"]);
const kindByKey: Readonly<Record<string, string>> = { actions: "action", instructions: "instruction" };

function ownName(value: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const { type, multipart, field } = value;
  if (typeof field === "string") return field === "raw" ? undefined : `field ${field}`;
  if (rawNames.has(type) || multipart === "raw" || typeof type !== "string") return undefined;
  if ("version" in value && "xid" in value) {
    return `message ${type}${typeof multipart === "string" ? `/${multipart}` : ""}`;
  }
  return `${kindByKey[key] ?? key} ${type}`;
}

/** What structures a value holds, as `kind name`: `message flowMod`, `action output`, `field ipv4Dst`. */
export function namesIn(value: unknown): ReadonlySet<string> {
  const names = new Set<string>();
  const left: (readonly [key: string, value: unknown])[] = [["", value]];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const [key, item] = next;
    if (typeof item !== "object" || item === null || item instanceof Uint8Array) continue;
    if (Array.isArray(item)) {
      for (const member of item) left.push([key, member]);
      continue;
    }
    const own = ownName(item as Record<string, unknown>, key);
    if (own !== undefined) names.add(own);
    for (const [name, member] of Object.entries(item)) left.push([name, member]);
  }
  return names;
}

/** Whether a value holds nothing that the library keeps as it came, without knowing what it is. */
export function isNamed(value: unknown): boolean {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return true;
  const { type, multipart, field, event } = value as Readonly<Record<string, unknown>>;
  if (rawNames.has(type) || [multipart, field, event].includes("raw")) return false;
  if ("number" in value && "data" in value) return false;
  return Object.values(value).every(isNamed);
}

function decoded(bytes: Uint8Array): Message | undefined {
  try {
    const message = decode(bytes);
    encode(message);
    return message;
  } catch {
    return undefined;
  }
}

/** A structure as the library reads it. */
export interface KnownEntry {
  readonly entry: Entry;
  /** As `namesIn` gives it; undefined for what is kept raw. */
  readonly name: string | undefined;
  /** Small messages that hold it, each of another shape. */
  readonly samples: readonly Uint8Array[];
}

/** The names of a value's parts and how many they are, without what they say. */
function shapeOf(message: Message): string {
  return JSON.stringify(message, (key, value: unknown) =>
    typeof value === "object" && !(value instanceof Uint8Array) ? value : key === "type" ? value : 0,
  );
}

const MAX_SAMPLES = 6;

function known(entry: Entry): KnownEntry {
  let name: string | undefined;
  const samples = new Map<string, Uint8Array>();
  for (const bytes of entry.probes()) {
    const message = decoded(bytes);
    const found = message === undefined ? undefined : nameIn(entry.kind, message);
    if (message === undefined || found === undefined) continue;
    name ??= found;
    const shape = shapeOf(message);
    if (!samples.has(shape)) samples.set(shape, bytes);
    if (samples.size === MAX_SAMPLES) break;
  }
  return { entry, name, samples: [...samples.values()] };
}

let probed: readonly KnownEntry[] | undefined;

/** Every entry of the registry with what the library makes of it; probed once. */
export function knownEntries(): readonly KnownEntry[] {
  probed ??= entries.map(known);
  return probed;
}
