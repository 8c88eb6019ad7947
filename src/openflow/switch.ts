// A switch as programs use it: its ports and flows read and changed, its tables watched, its packets and port changes as events.
// It stands on a channel that has agreed on OpenFlow 1.3 and adds what the messages mean.
import { EventEmitter } from "node:events";
import { settleWithin, type WaitOptions } from "../transport/deadline.ts";
import { type ApplyOptions, applyBundle, type BundleChange } from "./bundle.ts";
import type { Channel, Refusal } from "./channel.ts";
import { flowModMessage } from "./flow-mod-message.ts";
import { FlowStream, flowStatsRequest } from "./flow-stream.ts";
import { FlowWatch, type FlowWatchOptions } from "./flow-watch.ts";
import type { Message, MessageInput } from "./message.ts";
import type { MessageCounts } from "./message-stream.ts";
import type { FlowMod, FlowModMessage } from "./protocol/flow-mod.ts";
import type { FlowRemovedMessage } from "./protocol/flow-removed.ts";
import type { AggregateStats, FlowStats, FlowStatsRequest } from "./protocol/flow-stats.ts";
import type { GroupDesc, GroupStats } from "./protocol/groups.ts";
import { Meter, type MeterConfig, type MeterStats } from "./protocol/meters.ts";
import type { MultipartName, MultipartReplyBodies, MultipartRequestBodies } from "./protocol/multipart.ts";
import type { PacketIn2Message } from "./protocol/nx-packet-in.ts";
import type { TlvMap, TlvTable, TlvTableCommand } from "./protocol/nx-tlv-table.ts";
import type { PortStatusMessage } from "./protocol/port-status.ts";
import { Group, Port, type PortDesc, Table } from "./protocol/ports.ts";
import type { FeaturesReplyMessage } from "./protocol/switch-config.ts";
import type { PortStats, SwitchDesc, TableStats } from "./protocol/switch-stats.ts";
import { type PacketChanges, type ReceivedPacket, receivedPacket, resumption } from "./received-packet.ts";
import { ProtocolError, SwitchError } from "./session-errors.ts";

/** Events of a switch. */
export interface SwitchEvents {
  /** A packet for the controller. Comes only after {@link Switch.askForAsyncMessages}, where we connected to the switch. */
  packetIn: [ReceivedPacket];
  /** A port came, went or changed; the same condition holds. */
  portStatus: [PortStatusMessage];
  /** A flow that asked for it is gone; the same condition holds. */
  flowRemoved: [FlowRemovedMessage];
  /** Any other message that answers no request. */
  message: [Message];
  /** The switch refused a message that nobody waits for, such as one from {@link Switch.send}. It may go unheard. */
  error: [SwitchError];
  /** The connection has closed; with the reason unless we closed it. */
  close: [Error | undefined];
}

/** A switch that a connection leads to. Every promise settles, at the latest when the connection ends. */
export class Switch extends EventEmitter<SwitchEvents> {
  /** What the switch is: datapath id, number of tables. */
  readonly features: FeaturesReplyMessage;
  readonly #channel: Channel;
  readonly #watches: Set<FlowWatch> = new Set();
  #tlvMap: readonly TlvMap[] | undefined;
  #nextId = 1;

  /** @internal Made by `connectSwitch` and `listenForSwitches`. */
  constructor(channel: Channel, features: FeaturesReplyMessage) {
    super();
    this.#channel = channel;
    this.features = features;
    channel.on("message", (message) => this.#hear(message));
    channel.on("error", (error) => {
      if (this.listenerCount("error") > 0) this.emit("error", error);
    });
    channel.on("close", (reason) => this.#end(reason));
  }

  /** The other end, as an Open vSwitch connection method. */
  get peer(): string {
    return this.#channel.peer;
  }

  /** Whether the connection has closed. */
  get closed(): boolean {
    return this.#channel.closed;
  }

  /** Messages sent and received so far, by type. */
  stats(): MessageCounts {
    return this.#channel.stats();
  }

  /** Every port (`OFPMP_PORT_DESC`; OpenFlow 1.3.5, 7.3.5.7). */
  ports(options: WaitOptions = {}): Promise<PortDesc[]> {
    return this.multipart("portDesc", undefined, options);
  }

  /** Who made the switch (`OFPMP_DESC`). */
  desc(options: WaitOptions = {}): Promise<SwitchDesc> {
    return this.multipart("desc", undefined, options);
  }

  /** The counters of one port, or of all (`OFPMP_PORT_STATS`). */
  portStats(portNo: number = Port.any, options: WaitOptions = {}): Promise<PortStats[]> {
    return this.multipart("portStats", { portNo }, options);
  }

  /** The counters of all tables (`OFPMP_TABLE`). */
  tables(options: WaitOptions = {}): Promise<TableStats[]> {
    return this.multipart("table", undefined, options);
  }

  /** Every group as it is set up (`OFPMP_GROUP_DESC`; OpenFlow 1.3.5, 7.3.5.10). */
  groups(options: WaitOptions = {}): Promise<GroupDesc[]> {
    return this.multipart("groupDesc", undefined, options);
  }

  /** The counters of one group, or of all (`OFPMP_GROUP`). */
  groupStats(groupId: number = Group.all, options: WaitOptions = {}): Promise<GroupStats[]> {
    return this.multipart("groupStats", { groupId }, options);
  }

  /** One meter as it is set up, or all (`OFPMP_METER_CONFIG`; OpenFlow 1.3.5, 7.3.5.13). */
  meters(meterId: number = Meter.all, options: WaitOptions = {}): Promise<MeterConfig[]> {
    return this.multipart("meterConfig", { meterId }, options);
  }

  /** The counters of one meter, or of all (`OFPMP_METER`). */
  meterStats(meterId: number = Meter.all, options: WaitOptions = {}): Promise<MeterStats[]> {
    return this.multipart("meterStats", { meterId }, options);
  }

  /** The flows that `filter` lets through, default all (`OFPMP_FLOW`; OpenFlow 1.3.5, 7.3.5.2). */
  flows(filter: Partial<FlowStatsRequest> = {}, options: WaitOptions = {}): Promise<FlowStats[]> {
    return this.multipart("flow", flowStatsRequest(filter), options);
  }

  /** The same flows one by one while they arrive. `timeoutMs` bounds the wait for each part. */
  flowStream(filter: Partial<FlowStatsRequest> = {}, options: WaitOptions = {}): FlowStream {
    return new FlowStream(this.#channel, filter, options);
  }

  /** How many flows `filter` lets through, and their counters' sum (`OFPMP_AGGREGATE`). */
  aggregate(filter: Partial<FlowStatsRequest> = {}, options: WaitOptions = {}): Promise<AggregateStats> {
    return this.multipart("aggregate", flowStatsRequest(filter), options);
  }

  /**
   * Adds flows; a flow with the same table, priority and match is replaced. Settles when the switch has taken them all in. Rejects with the
   * `SwitchError` of the first that was refused, whose `failures` name all; the others are installed. For all or nothing use {@link apply}.
   */
  add(...flows: readonly Partial<FlowMod>[]): Promise<void> {
    return this.#change(flows, (flow, xid) => flowModMessage(flow, xid, "add"));
  }

  /** Changes the instructions of the flows that match; with `command: "modifyStrict"`, of those with this very match and priority. As {@link add}. */
  modify(...flows: readonly Partial<FlowMod>[]): Promise<void> {
    return this.#change(flows, (flow, xid) =>
      flowModMessage(flow, xid, flow.command === "modifyStrict" ? "modifyStrict" : "modify"),
    );
  }

  /**
   * Deletes the flows that match, in every table unless one is named; with `command: "deleteStrict"`, those with this very match and
   * priority. As {@link add}.
   */
  delete(...flows: readonly Partial<FlowMod>[]): Promise<void> {
    return this.#change(flows, (flow, xid) => {
      const command = flow.command === "deleteStrict" ? "deleteStrict" : "delete";
      return flowModMessage(flow, xid, command, flow.tableId ?? Table.all);
    });
  }

  /**
   * Makes all changes as one: an atomic, ordered bundle of flow mods and, named by their `type`, of group mods and packets to be sent (and
   * of port mods, where `atomic` is false). When the switch refuses any of them nothing is installed and the promise rejects with a
   * `BundleError` that names change and reason. Without changes nothing is sent. A deadline or signal after the commit was sent leaves the
   * outcome open.
   */
  async apply(changes: readonly BundleChange[], options: ApplyOptions = {}): Promise<void> {
    if (changes.length === 0) return;
    await applyBundle(this.#channel, this.#takeId(), changes, options);
  }

  /** Watches flows change; settles when the switch has set the monitor up. Open vSwitch before 3.0 refuses with `SwitchError`. */
  watchFlows(options: FlowWatchOptions = {}): Promise<FlowWatch> {
    const watch = new FlowWatch(this.#channel, this.#takeId(), options, (gone) => this.#watches.delete(gone));
    return settleWithin<FlowWatch>(this.#channel.wait("the flow monitor", options), (resolve, reject) => {
      const forget = watch.start(() => resolve(watch), reject);
      this.#watches.add(watch);
      return () => {
        forget();
        void watch.close();
      };
    });
  }

  /**
   * Asks a switch that we connected to for PACKET_IN, PORT_STATUS and FLOW_REMOVED messages, which it sends none of before. Packets come
   * whole, unbuffered.
   */
  async askForAsyncMessages(options: WaitOptions = {}): Promise<void> {
    await this.request({ type: "setConfig", flags: 0, missSendLen: 0xffff }, options);
  }

  /**
   * Asks for packets in Open vSwitch's second form (NXT_PACKET_IN2): they still come as `packetIn` events, which then have the
   * packet as it came too. Only so does a packet carry `userdata`, and only so can a flow's `controller(pause)` be resumed.
   */
  async askForPacketIn2(options: WaitOptions = {}): Promise<void> {
    await this.request({ type: "setPacketInFormat", format: "packetIn2" }, options);
  }

  /**
   * Lets a paused packet go on behind the action that paused it (NXT_RESUME), as it came or changed. Settles when the switch has
   * taken it; throws a TypeError for a packet that isn't paused, and a `SwitchError` where the bridge has changed too much since.
   */
  async resume(
    packet: ReceivedPacket | PacketIn2Message,
    changes: PacketChanges = {},
    options: WaitOptions = {},
  ): Promise<void> {
    await this.request(resumption(packet, changes), options);
  }

  /**
   * The tunnel options of the bridge as {@link tlvTable} last read them, for texts: `formatFlow(flow, { tlvMap })`. Undefined
   * before that, and after {@link changeTlvTable}.
   */
  get tlvMap(): readonly TlvMap[] | undefined {
    return this.#tlvMap;
  }

  /** Which tunnel options have a `tun_metadata` field (NXT_TLV_TABLE_REQUEST). */
  async tlvTable(options: WaitOptions = {}): Promise<TlvTable> {
    const reply = await this.request({ type: "tlvTableRequest" }, options);
    if (reply.type !== "tlvTableReply") {
      throw new ProtocolError(this.peer, `a tlvTableRequest was answered with ${reply.type}`);
    }
    const { maxOptionSpace, maxFields, maps } = reply;
    this.#tlvMap = maps;
    return { maxOptionSpace, maxFields, maps };
  }

  /** Changes that table (NXT_TLV_TABLE_MOD); `clear` needs no maps. The table is the bridge's, and all controllers share it. */
  async changeTlvTable(
    command: TlvTableCommand,
    maps: readonly TlvMap[] = [],
    options: WaitOptions = {},
  ): Promise<void> {
    this.#tlvMap = undefined;
    await this.request({ type: "tlvTableMod", command, maps: [...maps] }, options);
  }

  /** Settles when the switch has dealt with everything sent before. */
  barrier(options: WaitOptions = {}): Promise<void> {
    return this.#channel.barrier(options);
  }

  /** Sends any request and settles with its answer; see `Channel.request`. */
  request(message: MessageInput, options: WaitOptions = {}): Promise<Message> {
    return this.#channel.request(message, options);
  }

  /** Sends any message without waiting for an answer; returns its transaction id. A refusal comes as an `error` event. */
  send(message: MessageInput): number {
    return this.#channel.send(message);
  }

  /** One multipart request and the joined body of its reply. */
  async multipart<N extends Exclude<MultipartName, "flowMonitor">>(
    multipart: N,
    body: MultipartRequestBodies[N],
    options: WaitOptions = {},
  ): Promise<MultipartReplyBodies[N]> {
    const request = { type: "multipartRequest", multipart, more: false, body } as MessageInput;
    const reply = await this.request(request, options);
    if (reply.type !== "multipartReply" || reply.multipart !== multipart) {
      throw new ProtocolError(this.peer, `a ${multipart} request was answered with ${reply.type}`);
    }
    return reply.body as MultipartReplyBodies[N];
  }

  /** Sends what is queued and closes; everything that waits is rejected. Settles when the connection is gone. Idempotent. */
  close(): Promise<void> {
    return this.#channel.close();
  }

  /** The same as {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #change(
    flows: readonly Partial<FlowMod>[],
    make: (flow: Partial<FlowMod>, xid: number) => FlowModMessage,
  ): Promise<void> {
    const message = (index: number, xid: number): FlowModMessage => {
      const flow = flows[index];
      if (flow === undefined) throw new RangeError(`no flow number ${index}`);
      return make(flow, xid);
    };
    const refusals = await this.#channel.sendAll(flows.length, message);
    const refused = ({ index, error }: Refusal, more: readonly SwitchError[] = []): SwitchError => {
      const { version: _version, type: _type, xid: _xid, ...flow } = message(index, error.xid);
      return new SwitchError(error, { request: "flowMod", flow }, more);
    };
    const [first, ...more] = refusals;
    if (first === undefined) return;
    throw refused(
      first,
      more.map((refusal) => refused(refusal)),
    );
  }

  #takeId(): number {
    const id = this.#nextId;
    this.#nextId = id === 0xffff_ffff ? 1 : id + 1;
    return id;
  }

  #hear(message: Message): void {
    if (message.type === "packetIn") this.emit("packetIn", message);
    else if (message.type === "packetIn2" || message.type === "nxPacketIn")
      this.emit("packetIn", receivedPacket(message));
    else if (message.type === "portStatus") this.emit("portStatus", message);
    else if (message.type === "flowRemoved") this.emit("flowRemoved", message);
    else this.#pass(message);
  }

  #pass(message: Message): void {
    for (const watch of this.#watches) watch.hear(message);
    this.emit("message", message);
  }

  #end(reason: Error | undefined): void {
    const lost = this.#channel.lost();
    for (const watch of this.#watches) watch.fail(lost);
    this.#watches.clear();
    this.emit("close", reason);
  }
}
