// The least that Node can do with an OVSDB server: a socket, a scan for where messages end, and JSON.parse. The limit
// that the others are held against, and the second client that writes while they listen.
import net from "node:net";

const quote = 0x22;
const backslash = 0x5c;
const open = new Set(Buffer.from("{["));
const close = new Set(Buffer.from("}]"));
const isOpen = Uint8Array.from({ length: 256 }, (_, byte) => Number(open.has(byte)));
const isClose = Uint8Array.from({ length: 256 }, (_, byte) => Number(close.has(byte)));

/** JSON-RPC with nothing checked. */
export class RawSession {
  #socket;
  #chunks = [];
  #depth = 0;
  #inString = false;
  #escaped = false;
  #waiting = new Map();
  #nextId = 0;
  /** Called with each message that is no reply. */
  hear = () => {};

  constructor(target) {
    this.#socket = net.connect(target.slice("unix:".length));
    this.#socket.on("data", (chunk) => this.#read(chunk));
  }

  request(method, params) {
    const id = this.#nextId;
    this.#nextId += 1;
    this.#socket.write(JSON.stringify({ method, params, id }));
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  close() {
    this.#socket.destroy();
  }

  #read(chunk) {
    let start = 0;
    let depth = this.#depth;
    let inString = this.#inString;
    let escaped = this.#escaped;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at];
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === quote) inString = false;
        else if (byte === backslash) escaped = true;
      } else if (byte === quote) inString = true;
      else if (isOpen[byte] === 1) depth += 1;
      else if (isClose[byte] === 1) {
        depth -= 1;
        if (depth === 0) {
          this.#take(chunk.subarray(start, at + 1));
          start = at + 1;
        }
      }
    }
    this.#depth = depth;
    this.#inString = inString;
    this.#escaped = escaped;
    if (start < chunk.length) this.#chunks.push(chunk.subarray(start));
  }

  #take(last) {
    const bytes = this.#chunks.length === 0 ? last : Buffer.concat([...this.#chunks, last]);
    this.#chunks = [];
    const message = JSON.parse(bytes.toString());
    const settle = this.#waiting.get(message.id);
    if (settle === undefined) {
      this.hear(message);
      return;
    }
    this.#waiting.delete(message.id);
    settle(message.result);
  }
}
