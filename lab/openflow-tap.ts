// A tap between an OpenFlow client and a bridge: hands the bytes on unchanged and keeps the client's messages, so that
// what ovs-ofctl sends can be compared byte by byte with what the library sends.
import { connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { type ActiveTarget, parseActiveTarget } from "../src/transport/target.ts";
import type { OpenVSwitch } from "./open-vswitch.ts";

const flowModType = 14;
const headerBytes = 8;

function bridgePath(target: ActiveTarget): string {
  if (target.kind !== "unix") throw new TypeError("a bridge of the lab listens on a Unix socket");
  return target.path;
}

/** A tap before one bridge. */
export class OpenFlowTap {
  /** Where to connect instead of the bridge: `unix:…`. */
  readonly target: string;
  readonly #path: string;
  readonly #bridge: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #messages: Buffer[] = [];

  private constructor(ovs: OpenVSwitch, bridge: string) {
    this.#path = join(ovs.rundir, `${bridge}.tap`);
    this.#bridge = bridgePath(parseActiveTarget(ovs.mgmt(bridge)));
    this.target = `unix:${this.#path}`;
    this.#server = createServer((client) => {
      this.#serve(client);
    });
  }

  /** Starts listening beside the bridge's own socket. */
  static async start(ovs: OpenVSwitch, bridge: string): Promise<OpenFlowTap> {
    const tap = new OpenFlowTap(ovs, bridge);
    await new Promise<void>((resolve, reject) => {
      tap.#server.once("error", reject);
      tap.#server.listen(tap.#path, resolve);
    });
    return tap;
  }

  /** The flow mods that came since the last call, with xid 0: it is the one thing that two clients may choose. */
  takeFlowMods(): readonly Buffer[] {
    const flowMods = this.#messages.filter((message) => message.readUInt8(1) === flowModType);
    this.#messages = [];
    return flowMods.map((message) => {
      const copy = Buffer.from(message);
      copy.writeUInt32BE(0, 4);
      return copy;
    });
  }

  /** Stops listening and ends every connection. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #serve(client: Socket): void {
    const bridge = connect(this.#bridge);
    for (const [from, to] of [
      [client, bridge],
      [bridge, client],
    ] as const) {
      this.#sockets.add(from);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    }
    let rest: Buffer = Buffer.alloc(0);
    client.on("data", (chunk: Buffer) => {
      rest = this.#keep(Buffer.concat([rest, chunk]));
      bridge.write(chunk);
    });
    bridge.on("data", (chunk: Buffer) => client.write(chunk));
  }

  // Keeps the whole messages and gives what is left.
  #keep(bytes: Buffer): Buffer {
    let offset = 0;
    while (offset + headerBytes <= bytes.length) {
      const end = offset + Math.max(bytes.readUInt16BE(offset + 2), headerBytes);
      if (end > bytes.length) break;
      this.#messages.push(bytes.subarray(offset, end));
      offset = end;
    }
    return bytes.subarray(offset);
  }
}
