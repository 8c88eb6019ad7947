// A real ovs-vswitchd as a judge: messages go to it by the hundred, and what it answers comes back in their order.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { type OpenVSwitch, startOpenVSwitch } from "../../lab/open-vswitch.ts";
import { Framer } from "../../src/openflow/framer.ts";
import { decode, encode, type Message, type MessageInput } from "../../src/openflow/index.ts";
import { flowMod } from "../../src/openflow/protocol/flow-mod.ts";
import { Meter } from "../../src/openflow/protocol/meters.ts";
import { Group, Table } from "../../src/openflow/protocol/ports.ts";

const hello = Buffer.from("0400000800000000", "hex");
/** More at a time would fill both sockets before anybody reads. */
const BATCH = 200;

/** What empties every table. */
const clearing: readonly MessageInput[] = [
  { type: "flowMod", ...flowMod({ command: "delete", tableId: Table.all }) },
  { type: "groupMod", command: "delete", groupType: "all", groupId: Group.all, buckets: [] },
  { type: "meterMod", command: "delete", flags: 0, meterId: Meter.all, bands: [] },
];

/** One bridge with two ports, and one connection to it. */
export class JudgingSwitch {
  readonly #ovs: OpenVSwitch;
  readonly #socket: Socket;
  readonly #errors = new Map<number, string>();
  readonly #barriers = new Map<number, () => void>();
  readonly #framer = new Framer();
  #xid = 1;

  private constructor(ovs: OpenVSwitch, socket: Socket) {
    this.#ovs = ovs;
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => {
      for (const bytes of this.#framer.push(chunk)) this.#take(bytes);
    });
    socket.write(hello);
  }

  static async start(): Promise<JudgingSwitch> {
    const ovs = await startOpenVSwitch();
    await ovs.addBridge("br0");
    const words = ["1", "2"].flatMap((port) => {
      const name = `p${port}`;
      const given = ["type=dummy", `ofport_request=${port}`];
      return ["--", "add-port", "br0", name, "--", "set", "Interface", name, ...given];
    });
    await ovs.vsctl(...words);
    const socket = connect(ovs.mgmt("br0").replace(/^unix:/, ""));
    await once(socket, "connect");
    return new JudgingSwitch(ovs, socket);
  }

  async stop(): Promise<void> {
    this.#socket.destroy();
    await this.#ovs.stop();
  }

  /** The error each message is answered with; undefined where it is taken. Nothing of them stays behind. */
  async judge(messages: readonly Uint8Array[]): Promise<(string | undefined)[]> {
    const verdicts: (string | undefined)[] = [];
    for (let start = 0; start < messages.length; start += BATCH) {
      // oxlint-disable-next-line no-await-in-loop -- one batch at a time is the point
      verdicts.push(...(await this.#judgeSome(messages.slice(start, start + BATCH))));
    }
    return verdicts;
  }

  async #judgeSome(messages: readonly Uint8Array[]): Promise<(string | undefined)[]> {
    const xids = messages.map((message) => this.#send(message));
    await this.#barrier();
    for (const message of clearing) this.#send(encode(message));
    await this.#barrier();
    const verdicts = xids.map((xid) => this.#errors.get(xid));
    this.#errors.clear();
    return verdicts;
  }

  #send(message: Uint8Array): number {
    const copy = Buffer.from(message);
    this.#xid += 1;
    copy.writeUInt32BE(this.#xid, 4);
    this.#socket.write(copy);
    return this.#xid;
  }

  async #barrier(): Promise<void> {
    const xid = this.#send(encode({ type: "barrierRequest" }));
    await new Promise<void>((resolve, reject) => {
      this.#barriers.set(xid, resolve);
      this.#socket.once("close", () => reject(new Error("the switch closed the connection")));
    });
    this.#socket.removeAllListeners("close");
  }

  #take(bytes: Uint8Array): void {
    const message: Message = decode(bytes);
    if (message.type === "error") this.#errors.set(message.xid, message.name);
    if (message.type === "barrierReply") this.#barriers.get(message.xid)?.();
    if (message.type === "echoRequest") {
      this.#socket.write(encode({ type: "echoReply", xid: message.xid, data: message.data }));
    }
  }
}
