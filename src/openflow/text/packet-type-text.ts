// Which packets a match asks for before it asks for anything in them: those with an Ethernet header, which any field of
// it says already, or those of another packet type.
import type { Match } from "../protocol/match.ts";
import type { OxmFieldName } from "../protocol/oxm-field.ts";
import { oxmFields } from "../protocol/oxm-fields.ts";

/** The ranks between which fields of the packet itself stand. */
const firstEthernet = 25;
const lastPacketField = 385;

/** Fields that packets without an Ethernet header have as well. */
export const pipelineFields: ReadonlySet<OxmFieldName> = new Set(
  oxmFields
    .filter(
      ({ name, rank, prerequisite }) =>
        name !== "packetType" &&
        prerequisite === undefined &&
        (rank < firstEthernet || rank > lastPacketField),
    )
    .map(({ name }) => name),
);

/** The match without the type Ethernet, where it needn't be said: any field of the Ethernet header says already that the packet has one. */
export function withoutNeedlessType(match: Match): Match {
  const needless = match.some(
    ({ field }) => field !== "raw" && field !== "packetType" && !pipelineFields.has(field),
  );
  return needless
    ? match.filter((oxm) => oxm.field !== "packetType" || oxm.value !== 0 || "mask" in oxm)
    : match;
}
