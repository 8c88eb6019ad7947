// Meters in ovs-ofctl's syntax (ovs-ofctl(8), "Meter Syntax"), both ways: what add-meter, mod-meter and del-meters read,
// and what dump-meters prints.
import {
  type BandRate,
  Meter,
  type MeterBand,
  type MeterConfig,
  MeterFlag,
  type MeterMod,
  type MeterModCommand,
} from "../protocol/meters.ts";
import { FlowSyntaxError } from "./flow-syntax-error.ts";
import { formatWideHex, parseCount } from "./number-text.ts";
import { formatBytes } from "./raw-text.ts";
import { refuse, type Span, scanWords, type Token, type Word } from "./scanner.ts";

/** How a meter is read. */
export interface ParseMeterOptions {
  /** What is to be done with the meter, which decides what may be written. Default: "add". */
  readonly command?: MeterModCommand;
}

const reserved: ReadonlyMap<string, number> = new Map([
  ["all", Meter.all],
  ["controller", Meter.controller],
  ["slowpath", Meter.slowPath],
]);

const reservedNames: ReadonlyMap<number, string> = new Map(
  [...reserved].map(([name, number]) => [number, name]),
);

/** A meter's number, or the name of a reserved one, as ovs-ofctl prints it. */
export function meterName(meterId: number): string {
  return reservedNames.get(meterId) ?? (meterId > Meter.max ? "unknown" : String(meterId));
}

/** In the order in which dump-meters prints them. */
const flagBits: ReadonlyMap<string, number> = new Map([
  ["kbps", MeterFlag.kbps],
  ["pktps", MeterFlag.pktps],
  ["burst", MeterFlag.burst],
  ["stats", MeterFlag.stats],
]);

const units: number = MeterFlag.kbps | MeterFlag.pktps;
const bandsStart = /(?:^|[\s,])bands?\s*=/;

/**
 * Reads one meter in ovs-ofctl's syntax, as `ovs-ofctl -O OpenFlow13 add-meter` (or mod-meter, del-meters, by
 * `options.command`) would send it: `meter=1,kbps,burst,bands=type=drop,rate=1000,burst_size=100`. A delete without a
 * meter means all of them. Throws {@link FlowSyntaxError}, also for a word said twice and for two units, which switches
 * refuse.
 */
export function parseMeter(text: string, options: ParseMeterOptions = {}): MeterMod {
  const { command = "add" } = options;
  const found = bandsStart.exec(text);
  const head = { start: 0, end: found?.index ?? text.length };
  const { meterId, flags } = readHead(text, head, command);
  if (command === "delete") {
    if (found !== null) throw refuse(tokenFrom(text, head.end), "bands mean nothing in a delete");
    return { command, flags: 0, meterId: meterId ?? Meter.all, bands: [] };
  }
  if (meterId === undefined) throw missing(text, "the meter has no number", "write meter=…");
  const hint = "write bands=type=drop,rate=…";
  if (found === null) throw missing(text, "the meter has no bands", hint);
  if ((flags & units) === 0) throw missing(text, "the meter has no unit", "write kbps or pktps");
  const bands = readBands(text, { start: found.index + found[0].length, end: text.length }, flags);
  if (bands.length === 0) throw missing(text, "the meter has no bands", hint);
  return { command, flags, meterId, bands };
}

function readHead(
  text: string,
  span: Span,
  command: MeterModCommand,
): { meterId: number | undefined; flags: number } {
  let meterId: number | undefined;
  let flags = 0;
  for (const { key, value, joint } of scanWords(text, span)) {
    const bit = command === "delete" ? undefined : flagBits.get(key.text);
    if (key.text === "meter") {
      if (meterId !== undefined) throw refuse(key, "meter is given twice");
      meterId = readMeterId(value);
    } else if (bit === undefined) throw refuse(key, `unknown word ${JSON.stringify(key.text)}`);
    else if (joint !== "") throw refuse(value, `${key.text} takes no value`);
    else flags = withFlag(flags, bit, key);
  }
  return { meterId, flags };
}

function withFlag(flags: number, bit: number, key: Token): number {
  if ((flags & bit) !== 0) throw refuse(key, `${key.text} is given twice`);
  if ((bit & units) !== 0 && (flags & units) !== 0) {
    throw refuse(key, "a meter has one unit, kbps or pktps", { openflowError: "OFPMMFC_BAD_FLAGS" });
  }
  return flags | bit;
}

function readMeterId(value: Token): number {
  const named = reserved.get(value.text);
  if (named !== undefined) return named;
  const meterId = parseCount(value, 32, "meter");
  if (meterId > 0 && meterId <= Meter.max) return meterId;
  throw refuse(value, "meter is out of range", {
    hint: `meters are 1 to ${Meter.max}, all, controller and slowpath`,
    openflowError: "OFPMMFC_INVALID_METER",
  });
}

/** The words of one band, `type` first. */
interface BandWords {
  readonly type: Word;
  readonly values: Map<string, Token>;
}

const bandKeys: ReadonlySet<string> = new Set(["rate", "burst_size", "prec_level"]);

function readBands(text: string, span: Span, flags: number): MeterBand[] {
  const bands: BandWords[] = [];
  for (const word of scanWords(text, span)) {
    const { key, value } = word;
    const last = bands.at(-1);
    if (key.text === "type") bands.push({ type: word, values: new Map() });
    else if (!bandKeys.has(key.text)) throw refuse(key, `unknown word ${JSON.stringify(key.text)}`);
    else if (last === undefined) throw refuse(key, "a band begins with its type");
    else if (last.values.has(key.text)) throw refuse(key, `${key.text} is given twice`);
    else last.values.set(key.text, value);
  }
  return bands.map((band) => bandOf(band, flags));
}

function bandOf({ type, values }: BandWords, flags: number): MeterBand {
  const rate = needed(values, "rate", 32, type);
  const hasBurst = (flags & MeterFlag.burst) !== 0;
  const burst = values.get("burst_size");
  if (!hasBurst && burst !== undefined && burst.text !== "0") {
    throw refuse(burst, "burst_size counts only in a meter with the word burst");
  }
  const burstSize = hasBurst ? needed(values, "burst_size", 32, type) : 0;
  if (type.value.text === "dscp_remark") {
    return { type: "dscpRemark", rate, burstSize, precLevel: needed(values, "prec_level", 8, type) };
  }
  if (type.value.text !== "drop") {
    throw refuse(type.value, `${JSON.stringify(type.value.text)} is no type of a band`, {
      hint: "write drop or dscp_remark",
    });
  }
  const precLevel = values.get("prec_level");
  if (precLevel !== undefined) throw refuse(precLevel, "only a dscp_remark band has a prec_level");
  return { type: "drop", rate, burstSize };
}

/** A number that has to be there and isn't 0. */
function needed(values: ReadonlyMap<string, Token>, key: string, bits: number, type: Word): number {
  const token = values.get(key);
  if (token === undefined) throw refuse(type.key, `the band has no ${key}`, { hint: `write ${key}=…` });
  const number = parseCount(token, bits, key);
  if (number === 0) throw refuse(token, `${key} can't be 0`);
  return number;
}

/** What stands from the separator at `at` on. */
function tokenFrom(text: string, at: number): Token {
  const start = at + (/[\s,]/.test(text.charAt(at)) ? 1 : 0);
  return { text: text.slice(start), start, end: text.length };
}

function missing(text: string, reason: string, hint: string): FlowSyntaxError {
  return new FlowSyntaxError(reason, { column: text.length + 1, token: "", hint });
}

/**
 * Prints a meter as dump-meters does, a line for the meter and one for each band. Reading it back with `parseMeter` (and
 * the meter mod's command) gives the same meter.
 */
export function formatMeter(meter: MeterMod | MeterConfig): string {
  const { flags, meterId, bands } = meter;
  const number = `meter=${meterName(meterId)}`;
  if ("command" in meter && meter.command === "delete") return number;
  const words = [...flagBits].filter(([, bit]) => (flags & bit) !== 0).map(([word]) => word);
  const others = flags & ~[...flagBits.values()].reduce((all, bit) => all | bit, 0);
  const unknown = others === 0 ? [] : [`flags:0x${others.toString(16)}`];
  const first = [number, ...words, ...unknown, "bands="].join(" ");
  return [first, ...bands.map((band) => bandText(band, flags))].join("\n");
}

function bandText(band: MeterBand, flags: number): string {
  if (band.type === "raw") return `type=${band.number} data=${formatBytes(band.data)}`;
  const rate = rateText(band, flags);
  if (band.type === "drop") return `type=drop ${rate}`;
  if (band.type === "dscpRemark") return `type=dscp_remark ${rate} prec_level=${band.precLevel}`;
  return `type=experimenter ${rate} id=${formatWideHex(band.experimenter, 8)} data=${formatBytes(band.data)}`;
}

function rateText({ rate, burstSize }: BandRate, flags: number): string {
  return `rate=${rate}${(flags & MeterFlag.burst) === 0 ? "" : ` burst_size=${burstSize}`}`;
}
