// Carries the cases' probes as real packets between the VMs' namespaces, and watches every NIC meanwhile: what a case
// says arrived was seen by tcpdump there, and whoever answered said its own name.
import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { OvskitError } from "../src/errors.ts";
import type { Cloud } from "./cloud.ts";
import { words } from "./command.ts";
import { type Arrival, describeProbe, type Fabric, type Observation, type Probe } from "./exchange.ts";
import { type Frame, macText } from "./frame.ts";
import { Sniffer } from "./sniffer.ts";
import type { Vm } from "./vm.ts";
import { settleAll, until } from "./waiting.ts";

// The TCP ports every VM answers on: the agents' own, and one that a collector calls back on.
const servedPorts: readonly number[] = [1514, 1515, 8080];

// A first packet may wait for ARP on both sides and for the switch to learn; a packet that must not arrive would have
// arrived long before the shorter time is over.
const patienceMs = { answer: 4000, silence: 500 } as const;
const echoRequest = 8;
const routerMac = "fa:16:3e:00:00:01";

type Marks = ReadonlyMap<Vm, number>;

/** What a frame must be to be this probe, on its way to the one it is for. */
type Recognise = (frame: Frame) => boolean;

/** Who answered, empty when only the arrivals can tell; undefined when nobody did. */
interface Sent {
  readonly answer: string | undefined;
  readonly recognise: Recognise;
}

/** The fabric of a cloud with packets. */
export class PacketFabric implements Fabric {
  readonly kind = "packets";
  readonly #cloud: Cloud;
  readonly #sniffers = new Map<Vm, Sniffer>();
  #lastPort = 20_000;

  private constructor(cloud: Cloud) {
    this.#cloud = cloud;
  }

  /** Starts a listener on every NIC and a server in every VM. */
  static async start(cloud: Cloud): Promise<PacketFabric> {
    const fabric = new PacketFabric(cloud);
    try {
      await settleAll(cloud.vms.map((vm) => fabric.#listen(vm)));
      await settleAll(cloud.vms.map(serve));
    } catch (error) {
      await fabric.close();
      throw error;
    }
    return fabric;
  }

  async exchange(probe: Probe): Promise<Observation> {
    const from = this.#cloud.vm(probe.from);
    const marks: Marks = new Map([...this.#sniffers].map(([vm, sniffer]) => [vm, sniffer.mark]));
    const undo = probe.spoof === undefined ? undefined : await pretend(from, probe);
    try {
      const sent = describeProbe(probe);
      if (probe.kind === "arp") return { sent, arrivals: [], answer: await this.#arp(from, probe, marks) };
      const { answer, recognise } = await (probe.kind === "ping"
        ? ping(from, probe)
        : this.#tcp(from, probe));
      const arrivals = (): readonly Arrival[] => this.#arrivals(from, marks, recognise);
      // The answer may overtake what tcpdump has to say about the request.
      if (answer !== undefined) {
        await until("tcpdump to show what was answered", 2000, () =>
          arrivals().some((one) => one.accepted),
        ).catch(ignoreTimeout);
      }
      await delay(20);
      this.#assertSent(from, probe, marks, recognise);
      return {
        sent,
        arrivals: arrivals(),
        answer: answer === "" ? arrivals().find((one) => one.accepted)?.at : answer,
      };
    } finally {
      await undo?.();
    }
  }

  async forgetNeighbours(): Promise<void> {
    await Promise.all(this.#cloud.vms.map((vm) => vm.namespace.run("ip", ...words("neigh flush dev eth0"))));
  }

  async #listen(vm: Vm): Promise<void> {
    this.#sniffers.set(vm, await Sniffer.start(vm.namespace, "eth0"));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sniffers.values()].map((sniffer) => sniffer.stop()));
  }

  // That nothing arrived says something only about what was really sent: the probe, or the question where to send it.
  #assertSent(from: Vm, probe: Probe, marks: Marks, recognise: Recognise): void {
    const asks = (frame: Frame): boolean =>
      frame.protocol === "arp" && frame.detail === 1 && frame.ipDst === probe.to;
    if (this.#seen(from, marks).some((frame) => recognise(frame) || asks(frame))) return;
    throw new OvskitError("ERR_LAB", `${describeProbe(probe)}: nothing left the VM`);
  }

  async #arp(from: Vm, probe: Probe, marks: Marks): Promise<string | undefined> {
    const mac = probe.spoof?.mac ?? from.mac;
    const answer = (): Frame | undefined =>
      this.#seen(from, marks).find(
        (one) => one.protocol === "arp" && one.detail === 2 && one.ipSrc === probe.to && one.ethDst === mac,
      );
    await from.namespace.try("ip", words(`neigh flush to ${probe.to} dev eth0`));
    // Any packet makes the kernel ask; whether that packet is answered is another probe's business.
    const asking = from.namespace.try("ping", [...pingWords(probe), probe.to]);
    await until("an ARP answer", patience(probe), () => answer() !== undefined).catch(ignoreTimeout);
    await asking;
    this.#assertSent(from, probe, marks, () => false);
    const sha = answer()?.payload.subarray(8, 14);
    return sha === undefined ? undefined : macText(sha);
  }

  async #tcp(from: Vm, probe: Probe): Promise<Sent> {
    this.#lastPort += 1;
    const localPort = this.#lastPort;
    const payload = `${probe.from} ${randomBytes(8).toString("hex")}`;
    const recognise: Recognise = (frame) =>
      frame.protocol === "tcp" && frame.payload.readUInt16BE(0) === localPort && frame.detail === probe.port;
    const answer = await from.agent.order({
      do: "connect",
      host: probe.to,
      port: probe.port ?? 0,
      localPort,
      payload,
      timeoutMs: patience(probe),
    });
    if (!answer.ok) return { answer: undefined, recognise };
    if (answer.echo !== payload) throw new OvskitError("ERR_LAB", `${probe.to} echoed something else`);
    return { answer: answer.server, recognise };
  }

  #seen(vm: Vm, marks: Marks): readonly Frame[] {
    return this.#sniffers.get(vm)?.since(marks.get(vm) ?? 0) ?? [];
  }

  #arrivals(from: Vm, marks: Marks, recognise: Recognise): readonly Arrival[] {
    return this.#cloud.vms.flatMap((vm) => {
      if (vm === from) return [];
      const foreign = vm.facts.network !== from.facts.network;
      const frames = this.#seen(vm, marks).filter((one) => recognise(one) && one.ethSrc !== vm.mac);
      const accepted = frames.find((one) => one.ethDst === vm.mac && one.vlan === undefined);
      const frame = accepted ?? (foreign ? frames[0] : undefined);
      if (frame === undefined) return [];
      const { ethSrc, ipSrc = "" } = frame;
      return [{ at: vm.name, macSrc: ethSrc, ipSrc, accepted: accepted !== undefined }];
    });
  }
}

async function serve(vm: Vm): Promise<void> {
  const orders = servedPorts.map((port) => vm.agent.order({ do: "serve", port, name: vm.name }));
  for (const answer of await Promise.all(orders)) {
    if (!answer.ok) throw new OvskitError("ERR_LAB", `no server in ${vm.name}: ${answer.reason}`);
  }
}

function patience(probe: Probe): number {
  return probe.silent === true ? patienceMs.silence : patienceMs.answer;
}

function ignoreTimeout(error: unknown): void {
  if (!(error instanceof OvskitError) || error.code !== "ERR_TIMEOUT") throw error;
}

function pingWords(probe: Probe): readonly string[] {
  const source = probe.spoof?.ip === undefined ? "" : `-I ${probe.spoof.ip}`;
  const seconds = patience(probe) / 1000;
  // With -w, which takes whole seconds, ping asks again every second until there is an answer.
  const again = probe.silent === true ? "" : `-w ${Math.ceil(seconds)}`;
  return words(`-n -q -c 1 -W ${seconds} ${again} ${source}`);
}

async function ping(from: Vm, probe: Probe): Promise<Sent> {
  const mark = randomBytes(12).toString("hex");
  const recognise: Recognise = (frame) =>
    frame.protocol === "icmp" && frame.detail === echoRequest && frame.payload.includes(mark, 0, "hex");
  // ping itself checks address, sequence and payload; the one that received the request is the one that answered.
  const { exitCode, stderr } = await from.namespace.try("ping", [...pingWords(probe), "-p", mark, probe.to]);
  if (exitCode > 1) throw new OvskitError("ERR_LAB", `${describeProbe(probe)}: ${stderr.trim()}`);
  return { answer: exitCode === 0 ? "" : undefined, recognise };
}

// Gives the VM the other addresses, and a neighbour entry, for a spoofer doesn't wait for ARP. Gives what undoes it.
async function pretend(vm: Vm, { kind, spoof, to }: Probe): Promise<() => Promise<void>> {
  const { namespace, mac } = vm;
  const alias = spoof?.ip === undefined ? undefined : `${spoof.ip}/32 dev eth0`;
  const neighbour = kind === "arp" ? undefined : `${to} lladdr ${routerMac} dev eth0`;
  const lines = [
    `ip link set dev eth0 address ${spoof?.mac ?? mac}`,
    ...(alias === undefined ? [] : [`ip addr add ${alias}`]),
    ...(neighbour === undefined ? [] : [`ip neigh replace ${neighbour} nud permanent`]),
  ];
  await namespace.shell(lines.join("\n"));
  return async () => {
    const back = [
      ...(neighbour === undefined ? [] : [`ip neigh del ${neighbour}`]),
      ...(alias === undefined ? [] : [`ip addr del ${alias}`]),
      `ip link set dev eth0 address ${mac}`,
    ];
    await namespace.shell(back.join("\n"));
  };
}
