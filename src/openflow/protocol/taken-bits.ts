// Which bits of a packet a match asks about already: some fields are parts of others (reg0 of xreg0, a tag's priority of
// its TCI), and a switch refuses a match that names the same bits twice.
import type { Oxm } from "./match.ts";
import type { OxmField } from "./oxm-field.ts";

/** Bits of what several fields share. */
interface Part {
  readonly of: string;
  readonly bits: bigint;
}

const registerBits = 32n;
const wholeRegister = 0xffff_ffffn;
const tci = { vid: 0x0fffn, cfi: 0x1000n, pcp: 0xe000n } as const;

/** How many registers make one of these. */
const registers = { reg: 1, xreg: 2, xxreg: 4 } as const;

/** Fields of the Ethernet header: whoever asks for one asks for packets that have the header. */
export const ethernetFields: ReadonlySet<string> = new Set([
  "ethSrc",
  "ethDst",
  "ethType",
  "vlanVid",
  "vlanPcp",
  "vlanTci",
]);

/** Collects what a match asks about. */
export class TakenBits {
  readonly #taken = new Map<string, bigint>();

  /** Whether any bit of `field` was asked about. */
  holds(field: OxmField): boolean {
    return partsOf(field).some(({ of, bits }) => ((this.#taken.get(of) ?? 0n) & bits) !== 0n);
  }

  /** Takes the bits that `oxm` compares. */
  add(field: OxmField, oxm: Oxm): void {
    for (const { of, bits } of askedParts(field, oxm))
      this.#taken.set(of, (this.#taken.get(of) ?? 0n) | bits);
    if (ethernetFields.has(field.name)) this.#taken.set("packetType", 1n);
  }
}

/** Fields beside registers that share bits with others. */
const shared: ReadonlyMap<string, readonly Part[]> = new Map([
  ["vlanVid", [{ of: "tci", bits: tci.vid | tci.cfi }]],
  ["vlanPcp", [{ of: "tci", bits: tci.pcp }]],
  ["vlanTci", [{ of: "tci", bits: tci.vid | tci.cfi | tci.pcp }]],
  ["nwTos", [{ of: "ipDscp", bits: 1n }]],
]);

/** All bits of a field. */
function partsOf({ name }: OxmField): readonly Part[] {
  const register = /^(xxreg|xreg|reg)(\d+)$/.exec(name);
  if (register !== null) return registerParts(register[1] as keyof typeof registers, Number(register[2]));
  return shared.get(name) ?? [{ of: name, bits: 1n }];
}

function registerParts(kind: keyof typeof registers, number: number): readonly Part[] {
  const count = registers[kind];
  return Array.from({ length: count }, (_, i) => ({ of: `reg${number * count + i}`, bits: wholeRegister }));
}

/** Open vSwitch takes a match on zero of these for none. */
const zeroIsNothing = /^tun(?:Erspan(?:Ver|Dir|Hwid)|Gtpu)/;

/** The bits of a field that a match compares. */
function askedParts(
  field: OxmField,
  { field: name, value, mask }: Oxm & { readonly value?: unknown; readonly mask?: unknown },
): readonly Part[] {
  const parts = partsOf(field);
  if (value === 0 && zeroIsNothing.test(name)) return [];
  if (typeof mask !== "number" && typeof mask !== "bigint") return parts;
  if (name === "vlanVid") return [{ of: "tci", bits: (BigInt(mask) & tci.vid) | tci.cfi }];
  if (name === "vlanTci") return [{ of: "tci", bits: BigInt(mask) }];
  if (!/^x*reg\d/.test(name)) return parts;
  // The first register is the one of the highest bits.
  return parts.map(({ of }, i) => {
    const shift = registerBits * BigInt(parts.length - 1 - i);
    return { of, bits: (BigInt(mask) >> shift) & wholeRegister };
  });
}
