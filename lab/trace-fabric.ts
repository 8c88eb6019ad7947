// Carries the cases' probes where no packet can be sent: each hop is one ofproto/trace on a real ovs-vswitchd with the
// dummy datapath, and the hosts at the ends do what an IP stack does: resolve, answer, and ignore what isn't theirs.
import { OvskitError } from "../src/errors.ts";
import type { Cloud } from "./cloud.ts";
import { type Departure, departures, flowText, type TracePacket } from "./datapath.ts";
import { type Arrival, describeProbe, type Fabric, type Observation, type Probe } from "./exchange.ts";
import { type ComputeNode, uplink } from "./node.ts";
import type { Vm } from "./vm.ts";

// To the other node and, as an answer of its switch, back.
const maxCrossings = 2;
const broadcast = "ff:ff:ff:ff:ff:ff";

/** A packet that reached a VM's NIC. */
interface Delivery {
  readonly vm: Vm;
  readonly packet: TracePacket;
}

function field(packet: TracePacket, name: string): string {
  return packet[name] ?? "";
}

// Who answers an ARP request: the kernel of the VM that owns the address.
function arpReply(vm: Vm, request: TracePacket): TracePacket {
  return {
    kind: "arp",
    dl_src: vm.mac,
    dl_dst: field(request, "arp_sha"),
    arp_op: "2",
    arp_spa: vm.ip,
    arp_sha: vm.mac,
    arp_tpa: field(request, "arp_spa"),
    arp_tha: field(request, "arp_sha"),
  };
}

// A VM's stack takes what is for its NIC, and no tagged frame.
function hasAddress(vm: Vm, packet: TracePacket): boolean {
  if (packet["dl_vlan"] !== undefined) return false;
  return field(packet, "dl_dst") === vm.mac || field(packet, "dl_dst") === broadcast;
}

/** The fabric of a cloud without packets. */
export class TraceFabric implements Fabric {
  readonly kind = "trace";
  readonly #cloud: Cloud;

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
  }

  async exchange(probe: Probe): Promise<Observation> {
    const from = this.#cloud.vm(probe.from);
    const ip = probe.spoof?.ip ?? from.ip;
    const mac = probe.spoof?.mac ?? from.mac;
    const sent = describeProbe(probe);
    const resolved = await this.#resolve(from, { ip, mac }, probe.to);
    if (probe.kind === "arp") return { sent, arrivals: [], answer: resolved };
    // A spoofer wouldn't give up for want of an ARP answer; an honest stack does.
    const next = resolved ?? (probe.spoof === undefined ? undefined : "fa:16:3e:00:00:01");
    if (next === undefined) return { sent, arrivals: [], answer: undefined };
    const request = packetOf(probe, { ip, mac }, next);
    const reached = await this.#deliver(from, request);
    const owner = reached.find(
      ({ vm, packet }) => hasAddress(vm, packet) && field(packet, "nw_dst") === vm.ip,
    );
    const answer = owner === undefined ? undefined : await this.#answer(owner, from, probe);
    return { sent, arrivals: reached.filter((one) => counts(one, from)).map(arrival), answer };
  }

  forgetNeighbours(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  // The way back: resolve the address the receiver saw, send the answer there, and see that it comes to the sender
  // from the address the sender asked.
  async #answer({ vm, packet }: Delivery, from: Vm, probe: Probe): Promise<string | undefined> {
    const next = await this.#resolve(vm, { ip: vm.ip, mac: vm.mac }, field(packet, "nw_src"));
    if (next === undefined) return undefined;
    const back = await this.#deliver(vm, replyOf(packet, vm, next));
    const home = back.find((one) => one.vm === from && hasAddress(from, one.packet));
    if (home === undefined) return undefined;
    const right = field(home.packet, "nw_src") === probe.to && field(home.packet, "nw_dst") === from.ip;
    return right ? vm.name : undefined;
  }

  async #resolve(
    from: Vm,
    as: { readonly ip: string; readonly mac: string },
    to: string,
  ): Promise<string | undefined> {
    const reached = await this.#deliver(from, {
      kind: "arp",
      dl_src: as.mac,
      dl_dst: broadcast,
      arp_op: "1",
      arp_spa: as.ip,
      arp_sha: as.mac,
      arp_tpa: to,
    });
    const isAnswer = ({ vm, packet }: Delivery): boolean =>
      vm === from &&
      packet["dl_vlan"] === undefined &&
      packet["arp_op"] === "2" &&
      packet["arp_spa"] === to &&
      field(packet, "dl_dst") === as.mac;
    const direct = reached.find(isAnswer);
    if (direct !== undefined) return field(direct.packet, "arp_sha");
    const owner = reached.find(
      ({ vm, packet }) => vm !== from && hasAddress(vm, packet) && packet["arp_op"] === "1" && vm.ip === to,
    );
    if (owner === undefined) return undefined;
    const back = await this.#deliver(owner.vm, arpReply(owner.vm, owner.packet));
    const answer = back.find(isAnswer);
    return answer === undefined ? undefined : field(answer.packet, "arp_sha");
  }

  /** Sends a packet out of a VM's NIC and follows it over both nodes to the NICs it reaches. */
  #deliver(from: Vm, packet: TracePacket): Promise<readonly Delivery[]> {
    return this.#follow(this.#cloud.node(from.facts.node), "br-int", from.port, packet, maxCrossings);
  }

  // What leaves by the uplink comes in at the other node, and may come back as an answer.
  async #follow(
    node: ComputeNode,
    bridge: string,
    inPort: string,
    packet: TracePacket,
    crossings: number,
  ): Promise<readonly Delivery[]> {
    const left = await this.#hop(node, bridge, inPort, packet);
    const outside = crossings === 0 ? [] : left.filter(({ port }) => port === uplink);
    const others = this.#cloud.nodes.filter((other) => other !== node);
    const beyond = await Promise.all(
      others.flatMap((other) =>
        outside.map((one) => this.#follow(other, "br-ex", uplink, one.packet, crossings - 1)),
      ),
    );
    return [...this.#received(node, left), ...beyond.flat()];
  }

  #received(node: ComputeNode, left: readonly Departure[]): readonly Delivery[] {
    const vms = this.#cloud.vmsOf(node);
    return left.flatMap(({ port, packet }) => {
      const vm = vms.find((one) => one.port === port);
      return vm === undefined ? [] : [{ vm, packet }];
    });
  }

  async #hop(
    node: ComputeNode,
    bridge: string,
    inPort: string,
    packet: TracePacket,
  ): Promise<readonly Departure[]> {
    const { datapathActions, failure } = await node.trace(bridge, flowText(inPort, packet));
    if (failure !== undefined) throw new OvskitError("ERR_LAB", `ofproto/trace on ${node.name}: ${failure}`);
    const names = this.#cloud.vmsOf(node).map((vm) => vm.port);
    return departures(datapathActions, packet, new Set([...names, uplink, "br-int", "br-ex"]));
  }
}

// What a case hears of: what was addressed to the VM that got it, or came into a network that isn't the sender's.
function counts({ vm, packet }: Delivery, from: Vm): boolean {
  return vm !== from && (hasAddress(vm, packet) || vm.facts.network !== from.facts.network);
}

function arrival({ vm, packet }: Delivery): Arrival {
  return {
    at: vm.name,
    macSrc: field(packet, "dl_src"),
    ipSrc: field(packet, "nw_src"),
    accepted: hasAddress(vm, packet),
  };
}

function packetOf(
  probe: Probe,
  as: { readonly ip: string; readonly mac: string },
  next: string,
): TracePacket {
  const addresses = { dl_src: as.mac, dl_dst: next, nw_src: as.ip, nw_dst: probe.to, nw_ttl: "64" };
  return probe.kind === "ping"
    ? { kind: "icmp", ...addresses, icmp_type: "8" }
    : { kind: "tcp", ...addresses, tp_src: "40000", tp_dst: String(probe.port ?? 0), tcp_flags: "syn" };
}

function replyOf(request: TracePacket, vm: Vm, next: string): TracePacket {
  const turned = {
    dl_src: vm.mac,
    dl_dst: next,
    nw_src: vm.ip,
    nw_dst: field(request, "nw_src"),
    nw_ttl: "64",
  };
  if (request["kind"] === "icmp") return { kind: "icmp", ...turned, icmp_type: "0" };
  const ports = { tp_src: field(request, "tp_dst"), tp_dst: field(request, "tp_src") };
  return { kind: "tcp", ...turned, ...ports, tcp_flags: "syn|ack" };
}
