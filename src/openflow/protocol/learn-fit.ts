// Whether a learned flow would be right: what it copies has to be there in the packet that is met, and what it matches
// and writes has to have its prerequisites in the learned flow, which knows of itself only what it matches before.
import type { Inconsistency } from "./inconsistency.ts";
import type { Oxm } from "./match.ts";
import type { LearnPlace, LearnSpec } from "./nx-learn.ts";
import { anyPacket, type PacketShape, shapeWith } from "./packet-shape.ts";
import { fieldNamed, readFault, writeFault } from "./subfield-form.ts";
import { type SubfieldName, subfieldByName } from "./subfields.ts";

type FieldJudge = (name: SubfieldName, shape: PacketShape) => Inconsistency | undefined;

/** The first reason why Open vSwitch would refuse to learn by `specs` from packets of `shape`. */
export function learnFit(
  specs: readonly LearnSpec[],
  shape: PacketShape,
  { field }: { readonly field: FieldJudge },
): Inconsistency | undefined {
  let learned = anyPacket;
  for (const spec of specs) {
    const fault = sourceFault(spec, shape, field) ?? placeFault(spec, learned, field);
    if (fault !== undefined) return { ...fault, reason: `learn: ${fault.reason}` };
    learned = knownAfter(spec, learned);
  }
  return undefined;
}

function bitsOf(
  { name, ofs }: LearnPlace,
  nBits: number,
): { name: SubfieldName; ofs: number; nBits: number } {
  return { name, ofs, nBits };
}

function sourceFault(
  { src, nBits }: LearnSpec,
  shape: PacketShape,
  field: FieldJudge,
): Inconsistency | undefined {
  if ("value" in src) return undefined;
  return readFault(bitsOf(src, nBits), "OFPBAC_BAD_SET_TYPE") ?? field(src.name, shape);
}

function placeFault(spec: LearnSpec, learned: PacketShape, field: FieldJudge): Inconsistency | undefined {
  if (spec.type === "output") return undefined;
  const bits = bitsOf(spec.dst, spec.nBits);
  if (spec.type === "load") {
    return (
      readFault(bits, "OFPBAC_BAD_SET_TYPE") ??
      field(spec.dst.name, learned) ??
      writeFault(bits, "OFPBAC_BAD_SET_TYPE")
    );
  }
  return readFault(bits, "OFPBAC_BAD_SET_TYPE") ?? field(spec.dst.name, learned);
}

/** What a learned flow that matches so knows of its packets. Bits that come from a packet are taken to be set. */
function knownAfter(spec: LearnSpec, learned: PacketShape): PacketShape {
  if (spec.type !== "match") return learned;
  const known = fieldNamed(spec.dst.name);
  const size = subfieldByName.get(String(spec.dst.name))?.bits ?? 0;
  if (known === undefined || known.kind !== "number") return learned;
  const { src, nBits, dst } = spec;
  const value = "value" in src ? Number(src.value) * 2 ** dst.ofs : 0;
  return nBits === size ? shapeWith(learned, { field: known.name, value } as Oxm) : learned;
}
