// Why Open vSwitch refuses a METER_MOD (OpenFlow 1.3.5, 7.3.4.4), in the order in which it looks.
import { type PlacedInconsistency, placed, refused } from "../protocol/inconsistency.ts";
import { Meter, MeterFlag, type MeterMod } from "../protocol/meters.ts";
import type { SwitchFacts } from "./known.ts";

const knownFlags = MeterFlag.kbps | MeterFlag.pktps | MeterFlag.burst | MeterFlag.stats;
const units = MeterFlag.kbps | MeterFlag.pktps;
/** No datapath of Open vSwitch takes more. */
const maxBands = 8;

/** The first reason why Open vSwitch would refuse a METER_MOD. */
export function checkMeterMod(meter: MeterMod, facts: SwitchFacts = {}): PlacedInconsistency | undefined {
  const { command } = meter;
  if (typeof command === "number") {
    return placed(refused("OFPMMFC_BAD_COMMAND", `there is no command ${command}`), "command");
  }
  return command === "delete"
    ? undefined
    : (readingFault(meter) ?? numberFault(meter) ?? stateFault(meter, facts) ?? meterFault(meter));
}

/** What Open vSwitch finds wrong when it reads the message. */
function readingFault({ flags, bands }: MeterMod): PlacedInconsistency | undefined {
  if ((flags & units) === units) return flagsFault("a meter counts kilobits or packets, not both");
  const index = bands.findIndex(({ type }) => type === "raw" || type === "experimenter");
  return index < 0 ? undefined : bandFault("OFPMMFC_BAD_BAND", "Open vSwitch has no such band", index);
}

function flagsFault(reason: string): PlacedInconsistency {
  return placed(refused("OFPMMFC_BAD_FLAGS", reason, "set MeterFlag.kbps or MeterFlag.pktps"), "flags");
}

function bandFault(error: string, reason: string, index: number): PlacedInconsistency {
  return placed(refused(error, reason), `bands[${index}]`);
}

function numberFault({ meterId }: MeterMod): PlacedInconsistency | undefined {
  const isReserved = meterId === Meter.slowPath || meterId === Meter.controller;
  if ((meterId >= 1 && meterId <= Meter.max) || isReserved) return undefined;
  const reason = `the numbers of meters are 1 to ${Meter.max}`;
  return placed(refused("OFPMMFC_INVALID_METER", reason), "meterId");
}

/** What the datapath finds wrong with the meter. */
function meterFault({ flags, bands }: MeterMod): PlacedInconsistency | undefined {
  if ((flags & units) === 0) return flagsFault("a meter counts kilobits or packets");
  if (bands.length === 0) return placed(refused("OFPMMFC_OUT_OF_BANDS", "a meter needs a band"), "bands");
  const still = bands.findIndex((band) => "rate" in band && band.rate === 0);
  if (still >= 0) return bandFault("OFPMMFC_BAD_RATE", "a rate of 0 lets nothing through", still);
  if ((flags & ~knownFlags) !== 0) return flagsFault(`0x${flags.toString(16)} has flags nobody knows`);
  if (bands.length > maxBands) {
    const reason = `${bands.length} bands are more than the ${maxBands} a meter can have`;
    return placed(refused("OFPMMFC_OUT_OF_BANDS", reason), "bands");
  }
  const other = bands.findIndex(({ type }) => type !== "drop");
  return other < 0 ? undefined : bandFault("OFPMMFC_BAD_BAND", "Open vSwitch only drops", other);
}

function stateFault(
  { command, meterId }: MeterMod,
  { meters }: SwitchFacts,
): PlacedInconsistency | undefined {
  if (meters === undefined) return undefined;
  if (command === "add" && meters.has(meterId)) {
    return placed(refused("OFPMMFC_METER_EXISTS", `there is a meter ${meterId}`, "modify it"), "meterId");
  }
  return command === "modify" && !meters.has(meterId)
    ? placed(refused("OFPMMFC_UNKNOWN_METER", `there is no meter ${meterId}`, "add it"), "meterId")
    : undefined;
}
