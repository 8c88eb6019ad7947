// A switch that takes everything and remembers it: what ovs-ofctl says to it is what ovs-ofctl would say to any switch.
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommandError, runCommand } from "../../lab/command.ts";
import { encode } from "../../src/openflow/index.ts";

const headerBytes = 8;
const helloMessage = Buffer.from("0400000800000001", "hex");
const [
  echoRequest,
  echoReply,
  experimenter,
  featuresRequest,
  packetOut,
  flowMod,
  groupMod,
  multipartRequest,
  multipartReply,
  barrierRequest,
  barrierReply,
  meterMod,
] = [2, 3, 4, 5, 13, 14, 15, 18, 19, 20, 21, 29];
const [tableFeatures, portDesc] = [12, 13];
/** Where the messages of bundles have their type, and what is in them; an answer is one more than its question. */
const bundle = { typeAt: 12, control: 2300, controlAt: 20, message: 2301, messageAt: 24 } as const;

/** What ovs-ofctl did with one command. */
export interface Recorded {
  /** The FLOW_MODs it sent, in order. */
  readonly flowMods: readonly Buffer[];
  /** The GROUP_MODs, METER_MODs and PACKET_OUTs it sent, in order. */
  readonly otherMods: readonly Buffer[];
  /** What it put into bundles, in order. */
  readonly bundled: readonly Buffer[];
  /** What it complained about; empty where it was content. */
  readonly stderr: string;
}

/** Listens on a unix socket and plays a switch of OpenFlow 1.3 with the given ports. */
export class RecordingSwitch {
  readonly #dir: string;
  readonly #server: Server;
  readonly #ports: ReadonlyMap<string, number>;
  readonly #sockets = new Set<Socket>();
  #flowMods: Buffer[] = [];
  #otherMods: Buffer[] = [];
  #bundled: Buffer[] = [];

  private constructor(dir: string, ports: ReadonlyMap<string, number>) {
    this.#dir = dir;
    this.#ports = ports;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  static async start(ports: ReadonlyMap<string, number>): Promise<RecordingSwitch> {
    const dir = await mkdtemp(join(tmpdir(), "ovk-"));
    const recorder = new RecordingSwitch(dir, ports);
    await new Promise<void>((resolve) => {
      recorder.#server.listen(recorder.#path, resolve);
    });
    return recorder;
  }

  get #path(): string {
    return join(this.#dir, "s");
  }

  /** Runs `ovs-ofctl -O OpenFlow13 COMMAND… THIS-SWITCH ARGUMENT…` to its end. */
  async record(command: readonly string[], ...more: readonly string[]): Promise<Recorded> {
    this.#flowMods = [];
    this.#otherMods = [];
    this.#bundled = [];
    try {
      await runCommand("ovs-ofctl", ["-O", "OpenFlow13", ...command, `unix:${this.#path}`, ...more]);
      return this.#recorded("");
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      return this.#recorded(error.message);
    }
  }

  #recorded(stderr: string): Recorded {
    return { flowMods: this.#flowMods, otherMods: this.#otherMods, bundled: this.#bundled, stderr };
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    await rm(this.#dir, { recursive: true });
  }

  #serve(socket: Socket): void {
    let pending = Buffer.alloc(0);
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    socket.write(helloMessage);
    socket.on("data", (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= headerBytes && pending.length >= pending.readUInt16BE(2)) {
        const length = pending.readUInt16BE(2);
        this.#answer(socket, Buffer.from(pending.subarray(0, length)));
        pending = pending.subarray(length);
      }
    });
  }

  #answer(socket: Socket, message: Buffer): void {
    const type = message[1];
    const xid = message.readUInt32BE(4);
    if (type === flowMod) this.#flowMods.push(message);
    else if (type === groupMod || type === meterMod || type === packetOut) this.#otherMods.push(message);
    else if (type === experimenter) this.#answerBundle(socket, message);
    else if (type === echoRequest) socket.write(withType(message, echoReply ?? 0));
    else if (type === barrierRequest) socket.write(withType(message, barrierReply ?? 0));
    else if (type === featuresRequest) socket.write(featuresReplyOf(xid));
    else if (type === multipartRequest) socket.write(this.#multipartReply(message.readUInt16BE(8), xid));
  }

  #answerBundle(socket: Socket, message: Buffer): void {
    const type = message.readUInt32BE(bundle.typeAt);
    if (type === bundle.message) this.#bundled.push(message.subarray(bundle.messageAt));
    if (type !== bundle.control) return;
    const reply = Buffer.from(message);
    reply.writeUInt16BE(message.readUInt16BE(bundle.controlAt) + 1, bundle.controlAt);
    socket.write(reply);
  }

  #multipartReply(kind: number, xid: number): Uint8Array {
    if (kind === tableFeatures) return tableFeaturesReply(xid);
    if (kind !== portDesc) throw new Error(`ovs-ofctl asks for multipart ${kind}`);
    const body = [...this.#ports].map(([name, portNo]) => ({ ...plainPort, name, portNo }));
    return encode({ type: "multipartReply", xid, multipart: "portDesc", more: false, body });
  }
}

function withType(message: Buffer, type: number): Buffer {
  const copy = Buffer.from(message);
  copy[1] = type;
  return copy;
}

function featuresReplyOf(xid: number): Uint8Array {
  return encode({
    type: "featuresReply",
    xid,
    datapathId: 1n,
    nBuffers: 0,
    nTables: 254,
    auxiliaryId: 0,
    capabilities: 0,
    reserved: 0,
  });
}

const plainPort = {
  hwAddr: "02:00:00:00:00:01",
  config: 0,
  state: 0,
  curr: 0,
  advertised: 0,
  supported: 0,
  peer: 0,
  currSpeed: 0,
  maxSpeed: 0,
};

interface Transcript {
  readonly cmd: string;
  readonly messages: readonly { readonly dir: string; readonly type: number; readonly hex: string }[];
}

/** The first part of a recorded TABLE_FEATURES reply, as if it were the whole: ovs-ofctl only wants table names of it. */
function tableFeaturesReply(xid: number): Buffer {
  const path = join(process.cwd(), "test", "vectors", "ovs31-transcripts-of13.json");
  const transcripts = JSON.parse(readFileSync(path, "utf8")) as readonly Transcript[];
  const found = transcripts
    .find(({ cmd }) => cmd.includes("dump-table-features"))
    ?.messages.find(({ dir, type }) => dir === "s2c" && type === multipartReply);
  const reply = Buffer.from(found?.hex ?? "", "hex");
  reply.writeUInt32BE(xid, 4);
  reply.writeUInt16BE(0, 10);
  return reply;
}
