// What a case of the main job is played on: the cloud, the fabric that carries its probes, and the record of every
// step with what was sent, what arrived and what should have. The demo prints the record, the tests assert it.
import { type LaneStatus, type Lanes, openLanes, policyFrom } from "../../src/policy/index.ts";
import { labCleanup } from "../cleanup.ts";
import type { Cloud, NodeName } from "../cloud.ts";
import type { Fabric, Observation, Probe } from "../exchange.ts";
import { settleAll } from "../waiting.ts";

/** What should come of a probe. */
export type Expected =
  | "nothing"
  | {
      /** The VM that receives it and answers; left out for ARP, where any one answer will do. */
      readonly by?: string;
      /** The source address the receiver sees. */
      readonly seenAs?: string;
    };

/** A probe and what should come of it. */
export type ExpectedProbe = readonly [probe: Omit<Probe, "silent">, expected: Expected];

/** One step of a case, carried out. */
export interface Step {
  readonly sent: string;
  readonly arrived: string;
  readonly expected: string;
  readonly ok: boolean;
}

/** Who is told what happens on a stage. */
export interface Recorder {
  /** A step was carried out. */
  step(step: Step): void;
  /** A word on the way, such as which lanes are up. */
  note?(text: string): void;
}

/** A policy document as an object, in the words of the product. */
export type PolicyDocument = Readonly<Record<string, unknown>>;

/** One case of the main job. */
export interface Case {
  readonly number: number;
  readonly title: string;
  play(stage: Stage): Promise<void>;
}

/** What a case is played on. */
export class Stage {
  readonly cloud: Cloud;
  readonly #fabric: Fabric;
  readonly #record: Recorder;

  constructor(cloud: Cloud, fabric: Fabric, record: Recorder) {
    this.cloud = cloud;
    this.#fabric = fabric;
    this.#record = record;
  }

  /** Sends one probe and records what came of it. */
  async expect(probe: Omit<Probe, "silent">, expected: Expected): Promise<void> {
    const silent = expected === "nothing";
    const observation = await this.#fabric.exchange({ ...probe, silent });
    // Commands that were ended with us tell nothing.
    labCleanup.interruption.throwIfAborted();
    this.#record.step({
      sent: observation.sent,
      arrived: describeObservation(probe, observation),
      expected: describeExpected(probe, expected),
      ok: matches(probe, observation, expected) && this.#hidesSender(probe, observation),
    });
  }

  // No MAC address of one network is ever seen in another.
  #hidesSender({ from, spoof }: ExpectedProbe[0], { arrivals }: Observation): boolean {
    const sender = this.cloud.vm(from);
    const foreign = arrivals.filter(({ at }) => this.cloud.vm(at).facts.network !== sender.facts.network);
    return foreign.every(({ macSrc }) => macSrc !== (spoof?.mac ?? sender.mac));
  }

  /** Sends several probes at the same time: first what resolves addresses, then all the rest. */
  async expectAtOnce(probes: readonly ExpectedProbe[]): Promise<void> {
    const resolving = probes.filter(([probe]) => probe.kind === "arp");
    const sending = probes.filter(([probe]) => probe.kind !== "arp");
    await settleAll(resolving.map(([probe, expected]) => this.expect(probe, expected)));
    await settleAll(sending.map(([probe, expected]) => this.expect(probe, expected)));
  }

  /** Records a step that is no probe: two things that must be equal. */
  expectEqual(what: string, actual: string, expected: string): void {
    this.#record.step({ sent: what, arrived: actual, expected, ok: actual === expected });
  }

  /** Opens the lanes of a policy on a node without installing anything. */
  openLanes(node: NodeName, document: PolicyDocument): Promise<Lanes> {
    const { ovs } = this.cloud.node(node);
    return openLanes({ ovsdb: ovs.ovsdb, rundir: ovs.rundir, policy: policyFrom(document) });
  }

  /** Installs a policy on a node, plays, and removes it again, also after a failure. */
  async withLanes(
    node: NodeName,
    document: PolicyDocument,
    play: (lanes: Lanes) => Promise<void>,
  ): Promise<void> {
    await using lanes = await this.openLanes(node, document);
    await lanes.apply();
    try {
      for (const status of await lanes.status()) this.#record.note?.(describeLane(status));
      await play(lanes);
    } finally {
      await lanes.remove();
    }
  }
}

function describeLane({ name, placement, proxy, port, segment, up, down }: LaneStatus): string {
  const network = segment === "flat" ? "the flat network" : `VLAN ${segment}`;
  const where = placement === "same-node" ? "on this node" : `elsewhere on ${network}`;
  const facts = `known as ${proxy?.ip ?? "?"} (${proxy?.mac ?? "?"}), tag ${port?.tag ?? "?"}, collector ${where}`;
  return `lane ${name}: ${facts}, ${up ? "up" : `down: ${down?.reason ?? "?"}`}`;
}

function matches(
  probe: Omit<Probe, "silent">,
  { answer, arrivals }: Observation,
  expected: Expected,
): boolean {
  if (expected === "nothing") return answer === undefined && arrivals.length === 0;
  if (probe.kind === "arp") return answer !== undefined;
  const [first, ...others] = arrivals.filter((one) => one.accepted);
  if (first === undefined || others.length > 0 || answer !== first.at) return false;
  return [expected.by ?? answer, expected.seenAs ?? first.ipSrc].join() === [answer, first.ipSrc].join();
}

function describeObservation(probe: Omit<Probe, "silent">, { answer, arrivals }: Observation): string {
  if (probe.kind === "arp") return answer === undefined ? "no answer" : `answer: is at ${answer}`;
  const accepted = arrivals.filter((one) => one.accepted);
  // What was only flooded past a foreign VM is worth a word when nobody else got it.
  const told = accepted.length > 0 ? accepted : arrivals;
  const where = told.map(({ at, ipSrc, macSrc }) => `at ${at} from ${ipSrc} (${macSrc})`);
  const who = answer === undefined ? "no answer" : `answer of ${answer}`;
  return where.length === 0 ? `nowhere, ${who}` : `${where.join(" and ")}, ${who}`;
}

function describeExpected(probe: Omit<Probe, "silent">, expected: Expected): string {
  if (expected === "nothing") return probe.kind === "arp" ? "no answer" : "nowhere, no answer";
  if (probe.kind === "arp") return "an answer";
  const from = expected.seenAs === undefined ? "" : ` from ${expected.seenAs}`;
  return `at ${expected.by ?? "its owner"}${from}, and its answer`;
}
