// The other end of an OpenFlow connection, played by hand over a real loopback socket. It knows bytes only, so that a mistake in
// the codec cannot hide behind the same mistake here.
import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** One message as it stands on the wire. */
export interface Frame {
  readonly version: number;
  readonly type: number;
  readonly xid: number;
  /** What follows the header, in hexadecimal. */
  readonly body: string;
}

/** Message types by number (OpenFlow 1.3.5, 7.1.1). */
export const Type = {
  hello: 0,
  error: 1,
  echoRequest: 2,
  echoReply: 3,
  experimenter: 4,
  featuresRequest: 5,
  featuresReply: 6,
  getConfigRequest: 7,
  getConfigReply: 8,
  setConfig: 9,
  packetIn: 10,
  flowRemoved: 11,
  portStatus: 12,
  packetOut: 13,
  flowMod: 14,
  multipartRequest: 18,
  multipartReply: 19,
  barrierRequest: 20,
  barrierReply: 21,
} as const;

/** The bytes of one message. */
export function frame(type: number, xid: number, body = "", version = 4): Buffer {
  const bytes = Buffer.alloc(8 + body.length / 2);
  bytes.writeUInt8(version, 0);
  bytes.writeUInt8(type, 1);
  bytes.writeUInt16BE(bytes.length, 2);
  bytes.writeUInt32BE(xid, 4);
  bytes.write(body, 8, "hex");
  return bytes;
}

/** HELLO with a bitmap that names OpenFlow 1.3. */
export const hello: Buffer = frame(Type.hello, 1, "0001000800000010");

/** FEATURES_REPLY of datapath 00:00:aa:55:aa:55:00:01. */
export function featuresReply(xid: number): Buffer {
  return frame(Type.featuresReply, xid, "0000aa55aa55000100000000fe0000000000004f00000000");
}

/** ERROR `errorType`/`errorCode` about a message. */
export function refusal(xid: number, errorType: number, errorCode: number, data = ""): Buffer {
  const code = Buffer.alloc(4);
  code.writeUInt16BE(errorType, 0);
  code.writeUInt16BE(errorCode, 2);
  return frame(Type.error, xid, code.toString("hex") + data);
}

/** One connection of the fake peer. */
export class PeerConnection {
  readonly socket: Socket;
  /** Every message received so far. */
  readonly received: Frame[] = [];
  #buffer: Buffer = Buffer.alloc(0);
  #taken = 0;
  #waiting: (() => void)[] = [];
  #ended = false;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#ended = true;
      this.#wake();
    });
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
  }

  /** The next message that was not taken yet. */
  async next(): Promise<Frame> {
    const found = this.received[this.#taken];
    if (found !== undefined) {
      this.#taken += 1;
      return found;
    }
    assert.equal(this.#ended, false, "the connection ended where a message was expected");
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
    });
    return this.next();
  }

  /** The next message, which must be of this type. */
  async expect(type: number): Promise<Frame> {
    const found = await this.next();
    assert.equal(found.type, type, `message type ${found.type} came where ${type} was expected`);
    return found;
  }

  /** The next `count` messages. */
  async take(count: number): Promise<readonly Frame[]> {
    if (count === 0) return [];
    const first = await this.next();
    return [first, ...(await this.take(count - 1))];
  }

  /** Writes messages in one piece. */
  send(...pieces: readonly Buffer[]): void {
    this.socket.write(Buffer.concat(pieces));
  }

  /** Writes messages byte by byte, each in a segment of its own. */
  async drip(...pieces: readonly Buffer[]): Promise<void> {
    await Array.from(Buffer.concat(pieces)).reduce<Promise<void>>(async (before, byte) => {
      await before;
      this.socket.write(Buffer.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }, Promise.resolve());
  }

  /** Greets and answers the request for features, as a switch does. */
  async introduce(): Promise<void> {
    this.send(hello);
    await this.expect(Type.hello);
    const { xid } = await this.expect(Type.featuresRequest);
    this.send(featuresReply(xid));
  }

  /** Settles when the connection has closed. */
  async closed(): Promise<void> {
    if (!this.#ended) await once(this.socket, "close");
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #read(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    while (this.#buffer.length >= 8 && this.#buffer.length >= this.#buffer.readUInt16BE(2)) {
      const length = this.#buffer.readUInt16BE(2);
      this.received.push({
        version: this.#buffer.readUInt8(0),
        type: this.#buffer.readUInt8(1),
        xid: this.#buffer.readUInt32BE(4),
        body: this.#buffer.toString("hex", 8, length),
      });
      this.#buffer = this.#buffer.subarray(length);
    }
    this.#wake();
  }
}

/** A peer that listens, as a switch with a passive target does. */
export class FakePeer {
  readonly #server: Server;
  readonly #connections: PeerConnection[] = [];
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  private constructor(server: Server) {
    this.#server = server;
    server.on("connection", (socket: Socket) => {
      this.#connections.push(new PeerConnection(socket));
      for (const resolve of this.#waiting.splice(0)) resolve();
    });
  }

  static async start(): Promise<FakePeer> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new FakePeer(server);
  }

  /** `tcp:127.0.0.1:PORT`. */
  get target(): string {
    return `tcp:127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The next connection. */
  async accept(): Promise<PeerConnection> {
    const found = this.#connections[this.#taken];
    if (found !== undefined) {
      this.#taken += 1;
      return found;
    }
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
    });
    return this.accept();
  }

  async stop(): Promise<void> {
    for (const { socket } of this.#connections) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}

/** Runs `body` with a peer that listens. */
export async function withPeer(body: (peer: FakePeer) => Promise<void>): Promise<void> {
  const peer = await FakePeer.start();
  try {
    await body(peer);
  } finally {
    await peer.stop();
  }
}

/** A peer that connects, as a switch with a Controller row does. */
export async function dialPeer(port: number): Promise<PeerConnection> {
  const socket = connect({ host: "127.0.0.1", port });
  const connection = new PeerConnection(socket);
  await once(socket, "connect");
  return connection;
}
