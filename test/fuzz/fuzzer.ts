// The fuzzer itself: takes recorded and generated messages and those of every structure the registry lists, mutates
// them, and holds what comes of them against the property; a failing input is made smaller and told with its seed.
import { encode } from "../../src/openflow/message.ts";
import { generatedMessages } from "../openflow/generated.ts";
import { everything, handMade } from "../openflow/protocol/recordings.ts";
import { knownEntries } from "../openflow/registry.ts";
import { mutated, rawBytes } from "./mutations.ts";
import { outcomeOf } from "./property.ts";
import { Random } from "./random.ts";
import { excessOf } from "./work.ts";

export interface FuzzOptions {
  /** How long to go on. */
  readonly seconds: number;
  /** 0 to 4294967295. */
  readonly seed: number;
  /** Stops after so many inputs, however long they take. Default: no limit. */
  readonly inputs?: number;
}

/** An input for which the property doesn't hold. */
export interface FuzzFault {
  /** How many inputs came before it. */
  readonly input: number;
  readonly fault: string;
  /** The input made smaller, as hex. */
  readonly hex: string;
}

/** What decoding took for each byte, in inputs of a size. */
export interface SizeCost {
  readonly upToBytes: number;
  readonly inputs: number;
  readonly nsPerByte: number;
  /** Of the input that took longest for its size; a pause of the machine counts here as well. */
  readonly worstNsPerByte: number;
}

export interface FuzzReport {
  readonly seed: number;
  readonly seeds: number;
  readonly inputs: number;
  readonly values: number;
  readonly refused: number;
  /** How many different places errors named. */
  readonly places: number;
  readonly faults: readonly FuzzFault[];
  readonly costs: readonly SizeCost[];
  /** The peak of the heap over what it was at the start, in MiB. */
  readonly heapMiB: number;
}

const MAX_FAULTS = 20;
const GENERATED = 30;
const sizes: readonly number[] = [256, 4_096, 16_384, 65_535];

/** What mutation begins with: recordings, one of each structure the registry lists, and generated messages. */
async function fuzzSeeds(seed: number): Promise<readonly Uint8Array[]> {
  const recorded = [...everything, ...handMade].map(({ bytes }) => bytes);
  const probed = knownEntries().flatMap(({ samples }) => samples);
  const generated = (await generatedMessages({ count: GENERATED, seed })).map((message) => encode(message));
  const distinct = new Map(
    [...recorded, ...probed, ...generated].map((bytes) => [Buffer.from(bytes).toString("latin1"), bytes]),
  );
  return [...distinct.values()];
}

/** A smaller input with the same fault: pieces are cut out and bytes set to zero for as long as it stays. */
export function minimised(bytes: Uint8Array, isFault: (candidate: Uint8Array) => boolean): Uint8Array {
  let best = bytes;
  const tries = { left: 2_000 };
  const keep = (candidate: Uint8Array): void => {
    tries.left--;
    if (candidate.length < 8) return;
    new DataView(candidate.buffer, candidate.byteOffset).setUint16(2, candidate.length);
    if (isFault(candidate)) best = candidate;
  };
  for (let piece = best.length >> 1; piece >= 1 && tries.left > 0; piece >>= 1) {
    for (let at = 8; at < best.length && tries.left > 0; at += piece) {
      keep(new Uint8Array(Buffer.concat([best.subarray(0, at), best.subarray(at + piece)])));
    }
  }
  for (let at = 8; at < best.length && tries.left > 0; at++) {
    if (best[at] === 0) continue;
    const candidate = best.slice();
    candidate[at] = 0;
    keep(candidate);
  }
  return best;
}

/** CPU time an input may take, in ms: far beyond what it does take, and far below what quadratic work would. */
function mayTakeMs(bytes: number): number {
  return 100 + bytes / 100;
}

/** What is wrong with the time an input takes: of the CPU, and the least of three, so that no pause of the machine counts. */
function slowness(bytes: Uint8Array): string | undefined {
  const times = [1, 2, 3].map(() => {
    const before = process.cpuUsage();
    outcomeOf(bytes);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  });
  const least = Math.min(...times);
  return least > mayTakeMs(bytes.length) ? `${bytes.length} bytes take ${least.toFixed(0)} ms` : undefined;
}

/** What is wrong with the work of an input: counted for some of the small ones, and for all large ones. */
function wasted(bytes: Uint8Array, { input, tookMs }: { input: number; tookMs: number }): string | undefined {
  const slow = tookMs > mayTakeMs(bytes.length) ? slowness(bytes) : undefined;
  const isCounted = bytes.length > 4_096 || input % 8 === 0;
  return slow ?? (isCounted ? excessOf(bytes) : undefined);
}

function faultOf(bytes: Uint8Array): string | undefined {
  const outcome = outcomeOf(bytes);
  return outcome.kind === "fault" ? outcome.fault : undefined;
}

/** What faults of one cause have in common: everything but numbers. */
function causeOf(fault: string): string {
  return fault.replaceAll(/\d+/g, "0");
}

/** Adds up what decoding took, by size. */
class Costs {
  readonly #sums = sizes.map((upToBytes) => ({ upToBytes, inputs: 0, bytes: 0, ns: 0, worst: 0 }));

  add(bytes: number, ns: number): void {
    const sum = this.#sums.find(({ upToBytes }) => bytes <= upToBytes);
    if (sum === undefined || bytes === 0) return;
    sum.inputs++;
    sum.bytes += bytes;
    sum.ns += ns;
    sum.worst = Math.max(sum.worst, ns / bytes);
  }

  get report(): readonly SizeCost[] {
    return this.#sums.map(({ upToBytes, inputs, bytes, ns, worst }) => ({
      upToBytes,
      inputs,
      nsPerByte: bytes === 0 ? 0 : ns / bytes,
      worstNsPerByte: worst,
    }));
  }
}

function nextInput(random: Random, seeds: readonly Uint8Array[]): Uint8Array {
  return random.once(10) ? rawBytes(random) : mutated(random.pick(seeds), random, seeds);
}

/** Runs until the time is over; stops early only for too many faults of different causes. */
export async function fuzz({ seconds, seed, inputs: most = Infinity }: FuzzOptions): Promise<FuzzReport> {
  const random = new Random(seed);
  const seeds = await fuzzSeeds(seed);
  const faults = new Map<string, FuzzFault>();
  const places = new Set<string>();
  const costs = new Costs();
  const counts = { value: 0, refused: 0, fault: 0 };
  const heapBefore = process.memoryUsage().heapUsed;
  let heap = heapBefore;
  let input = 0;
  // Errors are expected by the million here, and their stacks would cost more than the decoding.
  const stackLimit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  const end = performance.now() + seconds * 1_000;
  for (; input < most && performance.now() < end && faults.size < MAX_FAULTS; input++) {
    const bytes = nextInput(random, seeds);
    const before = performance.now();
    const outcome = outcomeOf(bytes);
    const took = performance.now() - before;
    costs.add(bytes.length, took * 1e6);
    const waste = wasted(bytes, { input, tookMs: took });
    if (waste !== undefined) {
      faults.set(causeOf(waste), { input, fault: waste, hex: Buffer.from(bytes).toString("hex") });
    }
    counts[outcome.kind]++;
    if (outcome.kind === "refused") places.add(outcome.where);
    if (outcome.kind === "fault" && !faults.has(causeOf(outcome.fault))) {
      const cause = causeOf(outcome.fault);
      const small = minimised(bytes, (candidate) => causeOf(faultOf(candidate) ?? "") === cause);
      const hex = Buffer.from(small).toString("hex");
      faults.set(cause, { input, fault: faultOf(small) ?? outcome.fault, hex });
    }
    if (input % 1_000 === 0) heap = Math.max(heap, process.memoryUsage().heapUsed);
  }
  Error.stackTraceLimit = stackLimit;
  return {
    seed,
    seeds: seeds.length,
    inputs: input,
    values: counts.value,
    refused: counts.refused,
    places: places.size,
    faults: [...faults.values()],
    costs: costs.report,
    heapMiB: (heap - heapBefore) / 2 ** 20,
  };
}

const MAX_SHOWN = 1_024;

/** An input as far as it helps to see it: the seed gives the rest. */
function shownHex(hex: string): string {
  return hex.length <= MAX_SHOWN ? hex : `${hex.slice(0, MAX_SHOWN)}… (${hex.length / 2} bytes)`;
}

/** The report as people read it. */
export function describeReport(report: FuzzReport): string {
  const { inputs, values, refused, places, seeds, seed, faults, costs, heapMiB } = report;
  return [
    `fuzz: seed ${seed}, ${inputs} inputs from ${seeds} messages: ${values} values, ${refused} refused in ${places} places`,
    ...costs.map(
      ({ upToBytes, inputs: some, nsPerByte, worstNsPerByte }) =>
        `  up to ${upToBytes} bytes: ${some} inputs, ${nsPerByte.toFixed(0)} ns a byte, at most ${worstNsPerByte.toFixed(0)}`,
    ),
    `  the heap grew by at most ${heapMiB.toFixed(0)} MiB`,
    ...faults.map(({ input, fault, hex }) => `FAULT at input ${input}: ${fault}\n  ${shownHex(hex)}`),
    `to repeat: npm run fuzz -- --seed ${seed} --inputs ${inputs}`,
  ].join("\n");
}
