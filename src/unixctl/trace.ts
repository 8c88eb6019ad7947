// ofproto/trace: where the switch itself says a packet would go. Its text is a tree drawn by indentation; here it
// becomes a list of steps, each a table that was looked at, with the flow that matched and what it did.
import type { WaitOptions } from "../transport/deadline.ts";
import type { Unixctl } from "./unixctl.ts";

/** One lookup in a table. */
export interface TraceStep {
  /** The bridge: the packet goes from one to another through patch ports. */
  readonly bridge: string;
  /** The table; undefined for the action set that is carried out at the pipeline's end. */
  readonly table: number | undefined;
  /** How many resubmits (and patch ports inside them) come back here or further out once this is done. */
  readonly depth: number;
  /** Whether a flow matched. */
  readonly matched: boolean;
  /** The flow's match as ovs-ofctl writes it, without the priority; empty for a flow that matches everything. */
  readonly match: string | undefined;
  readonly priority: number | undefined;
  /** 0 where the switch prints none; undefined without a match. */
  readonly cookie: bigint | undefined;
  /** The flow's actions one by one, in the order they were carried out. */
  readonly actions: readonly string[];
  /** What the switch remarked, such as `no learned MAC for destination, flooding` or `skipping output to input port`. */
  readonly notes: readonly string[];
}

/** One way of a packet through the pipeline. */
export interface TracePass {
  /** The packet as it came in. */
  readonly flow: string;
  readonly steps: readonly TraceStep[];
  /** The packet as it went out; the same text as `flow` if it wasn't changed. */
  readonly finalFlow: string;
  /** What the datapath would match on. */
  readonly megaflow: string;
  /** What the datapath would do, in its own words and port numbers; `drop` for nothing. */
  readonly datapathActions: string;
  /** Why the datapath can't do it alone; empty if it can. */
  readonly slowPath: readonly string[];
  /** Why the switch gave up, such as `Recursion too deep`; undefined if it didn't. */
  readonly failure: string | undefined;
}

/** What ofproto/trace says of a packet. */
export interface Trace extends TracePass {
  /** What comes after connection tracking, if the packet goes through it: further passes. */
  readonly recirculations: readonly TracePass[];
  /** The text itself. */
  readonly raw: string;
}

/** Options of {@link trace}. */
export interface TraceOptions extends WaitOptions {
  /** Whether ports are named rather than numbered in matches and actions. Default false. */
  readonly names?: boolean | undefined;
}

/**
 * Asks where a packet would go: `trace(unixctl, "br-int", "in_port=1,icmp,nw_src=…")`. Changes nothing, learns nothing.
 * Rejects with `UnixctlError` for an unknown bridge or a flow that can't be read.
 */
export async function trace(
  unixctl: Unixctl,
  bridge: string,
  flow: string,
  options: TraceOptions = {},
): Promise<Trace> {
  const { names = false, ...wait } = options;
  const args = names ? ["--names", bridge, flow] : [bridge, flow];
  return parseTrace(await unixctl.run("ofproto/trace", args, wait));
}

/** Parses the text of ofproto/trace. Lines it doesn't know become notes of the step they follow; it never throws. */
export function parseTrace(text: string): Trace {
  const passes: PassReader[] = [];
  for (const line of text.split("\n")) {
    if (line.startsWith("Flow: ")) passes.push(new PassReader(line.slice("Flow: ".length)));
    else passes.at(-1)?.read(line);
  }
  const [first, ...rest] = passes.map((pass) => pass.result());
  return { ...(first ?? new PassReader("").result()), recirculations: rest, raw: text };
}

/** A step that is being read. */
interface OpenStep {
  readonly bridge: string;
  readonly header: Pick<TraceStep, "table" | "matched" | "match" | "priority" | "cookie">;
  readonly actions: string[];
  readonly notes: string[];
  depth: number;
}

/** A step that later lines may still belong to, and how far its actions are indented. */
interface Level {
  readonly step: OpenStep;
  readonly indent: number;
}

const bridgeLine = /^( *)bridge\("(.*)"\)$/;
const rulerLine = /^ *-+$/;
const stepLine = /^( *(?:\d+|--))\. (.*)$/;
const matchedRule = /^(?:(.*), )?priority (\d+)(?:, cookie (0x[0-9a-f]+))?$/;
const tailLine = /^(Final flow|Megaflow|Datapath actions): (.*)$/;
const failureLine = /^Translation failed \((.*)\), packet is dropped\.$/;

/** Reads one pass, line by line. */
class PassReader {
  readonly #flow: string;
  readonly #steps: OpenStep[] = [];
  /** The steps around the current place, outermost first, each further in than the one before. */
  #levels: Level[] = [];
  /** A step whose header was read and none of its actions. */
  #begun: OpenStep | undefined;
  #bridge: string | undefined;
  readonly #tail: Map<string, string> = new Map();
  readonly #slowPath: string[] = [];
  #failure: string | undefined;

  constructor(flow: string) {
    this.#flow = flow;
  }

  read(line: string): void {
    if (this.#tail.size > 0 || tailLine.test(line)) this.#readTail(line);
    else if (line !== "" && !rulerLine.test(line)) this.#readStep(line);
  }

  result(): TracePass {
    const finalFlow = this.#tail.get("Final flow") ?? "unchanged";
    return {
      flow: this.#flow,
      steps: this.#steps.map(({ header, ...step }) => ({ ...header, ...step })),
      finalFlow: finalFlow === "unchanged" ? this.#flow : finalFlow,
      megaflow: this.#tail.get("Megaflow") ?? "",
      datapathActions: this.#tail.get("Datapath actions") ?? "",
      slowPath: this.#slowPath,
      failure: this.#failure,
    };
  }

  #readTail(line: string): void {
    const [, name, value] = tailLine.exec(line) ?? [];
    if (name !== undefined && value !== undefined) this.#tail.set(name, value);
    else if (line.startsWith("  - ")) this.#slowPath.push(line.slice(4));
    else this.#failure ??= failureLine.exec(line)?.[1];
  }

  #readStep(line: string): void {
    const bridge = bridgeLine.exec(line)?.[2];
    const [, number, rest] = stepLine.exec(line) ?? [];
    if (bridge !== undefined) this.#bridge = bridge;
    else if (number !== undefined && rest !== undefined) this.#begin(number, rest);
    else this.#readAction(line.trim(), line.search(/[^ ]/));
  }

  #begin(number: string, rest: string): void {
    // Tables are written two wide, so that the header begins where " 0" does.
    const indent = number.length - Math.max(2, number.trim().length);
    this.#leave(indent + 4);
    const bridge = this.#bridge ?? this.#levels.at(-1)?.step.bridge ?? "";
    this.#bridge = undefined;
    const table = number.trim() === "--" ? undefined : Number(number);
    const [rule, match = "", priority, cookie = "0"] = matchedRule.exec(rest) ?? [];
    const matched = rule !== undefined;
    const header = matched
      ? { table, matched, match, priority: Number(priority), cookie: BigInt(cookie) }
      : { table, matched, match: undefined, priority: undefined, cookie: undefined };
    const note = matched ? [] : [rest];
    this.#begun = { bridge, header, actions: [], notes: note, depth: this.#levels.length };
    this.#steps.push(this.#begun);
  }

  #readAction(text: string, indent: number): void {
    const note = /^(?:->|>>+) ?(.*?)(?: <<+)?$/.exec(text)?.[1];
    if (note !== undefined) {
      (this.#begun ?? this.#levels.at(-1)?.step)?.notes.push(note);
      return;
    }
    if (this.#begun === undefined) {
      this.#leave(indent);
    } else {
      this.#leave(indent - 1);
      this.#begun.depth = this.#levels.length;
      this.#levels.push({ step: this.#begun, indent });
      this.#begun = undefined;
    }
    this.#levels.at(-1)?.step.actions.push(text);
  }

  /** Leaves the steps whose actions are indented further than this. */
  #leave(indent: number): void {
    this.#levels = this.#levels.filter((level) => level.indent <= indent);
  }
}
