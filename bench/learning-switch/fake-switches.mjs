// Plays K switches to one controller, from a process of its own: brings them up, has their hosts learned, and then keeps so
// many PACKET_INs on the way to each that the controller never waits for one; or drops them all at once and brings them up again.
// Prints one line of JSON.
//   node fake-switches.mjs PORT SWITCHES SECONDS storm|throughput CONTROLLER-PID
// oxlint-disable no-await-in-loop -- one after the other is the point
import { readFileSync } from "node:fs";
import net from "node:net";

const [port, count, seconds, mode, pid] = process.argv.slice(2);
const switchCount = Number(count);
const hosts = 16;
const frameBytes = 128;
const packetInBytes = 42 + frameBytes;
const inFlight = Math.max(8, Math.floor(1024 / switchCount));
const Type = {
  echoRequest: 2,
  echoReply: 3,
  featuresRequest: 5,
  packetOut: 13,
  multipartRequest: 18,
  multipartReply: 19,
  barrierRequest: 20,
};

function message(type, xid, body = Buffer.alloc(0)) {
  const header = Buffer.from([4, type, 0, 0, 0, 0, 0, 0]);
  header.writeUInt16BE(8 + body.length, 2);
  header.writeUInt32BE(xid, 4);
  return Buffer.concat([header, body]);
}

/** Processor time of the controller in milliseconds, in steps of ten. */
function processorTime() {
  const [user, system] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ").slice(11, 13);
  return (Number(user) + Number(system)) * 10;
}

/** Resident memory of the controller, in KiB. */
function memory() {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);
}

/** A PACKET_IN from port 1, by the table-miss flow, with a UDP frame whose addresses are filled in later. */
const template = message(10, 0, Buffer.alloc(packetInBytes - 8));
template.writeUInt32BE(0xffffffff, 8);
template.writeUInt16BE(frameBytes, 12);
Buffer.from("0001000c800000040000000100000000", "hex").copy(template, 24);
Buffer.from("08004500007200000000401100000a0000010a000002", "hex").copy(template, 42 + 12);

const upMark = 0x7fffffff;

class FakeSwitch {
  up = withResolvers();
  learned = withResolvers();
  answers = 0;
  lost = false;
  #number;
  #socket;
  #rest = Buffer.alloc(0);
  #sent = 0;
  #running = false;

  constructor(number) {
    this.#number = number;
  }

  connect() {
    const socket = net.connect({ host: "127.0.0.1", port: Number(port), noDelay: true });
    this.#socket = socket;
    this.#rest = Buffer.alloc(0);
    socket.on("connect", () => socket.write(message(0, 1)));
    socket.on("data", (chunk) => this.#take(chunk));
    socket.on("error", () => {});
    socket.on("close", () => {
      if (this.#socket === socket) this.lost = true;
    });
  }

  /** Drops the connection as a switch does that restarts, and connects anew. */
  again() {
    const old = this.#socket;
    this.up = withResolvers();
    this.connect();
    old.resetAndDestroy();
  }

  /** Every host says something to everybody. */
  learn() {
    this.#send(hosts, () => undefined);
  }

  run() {
    this.#running = true;
    this.#speak(inFlight);
  }

  stop() {
    this.#running = false;
  }

  /** Each host speaks to the next, which is behind another port. */
  #speak(frames) {
    this.#send(frames, (host) => (host + 1) % hosts);
  }

  #send(frames, destination) {
    const bytes = Buffer.allocUnsafe(frames * packetInBytes);
    for (let at = 0; at < bytes.length; at += packetInBytes) {
      const host = this.#sent++ % hosts;
      const to = destination(host);
      template.copy(bytes, at);
      bytes.writeUInt32BE(1 + (host & 3), at + 32);
      if (to === undefined) bytes.fill(0xff, at + 42, at + 48);
      else bytes.writeUIntBE(0x020000000000 + this.#number * 256 + to, at + 42, 6);
      bytes.writeUIntBE(0x020000000000 + this.#number * 256 + host, at + 48, 6);
    }
    this.#socket.write(bytes);
  }

  #take(chunk) {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    let at = 0;
    let packets = 0;
    while (bytes.length - at >= 8) {
      const length = (bytes[at + 2] << 8) | bytes[at + 3];
      if (bytes.length - at < length) break;
      if (bytes[at + 1] === Type.packetOut) packets += 1;
      else this.#answer(bytes[at + 1], bytes.subarray(at, at + length));
      at += length;
    }
    this.#rest = Buffer.from(bytes.subarray(at));
    if (packets === 0) return;
    this.answers += packets;
    if (this.#running) this.#speak(packets);
    else if (this.answers >= hosts) this.learned.resolve();
  }

  #answer(type, bytes) {
    const xid = bytes.readUInt32BE(4);
    if (type === Type.featuresRequest) {
      const body = Buffer.alloc(24);
      body.writeUInt32BE(this.#number + 1, 4);
      body[12] = 254;
      this.#socket.write(Buffer.concat([message(6, xid, body), message(Type.echoRequest, upMark)]));
    } else if (type === Type.echoRequest) {
      this.#socket.write(message(Type.echoReply, xid, bytes.subarray(8)));
    } else if (type === Type.multipartRequest) {
      // os-ken asks for ports first; none is an answer.
      const body = Buffer.alloc(8);
      bytes.copy(body, 0, 8, 10);
      this.#socket.write(message(Type.multipartReply, xid, body));
    } else if (type === Type.barrierRequest) {
      this.#socket.write(message(21, xid));
    } else if (type === Type.echoReply && xid === upMark) {
      this.up.resolve();
    }
  }
}

function withResolvers() {
  let resolve;
  const promise = new Promise((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const switches = Array.from({ length: switchCount }, (_, number) => new FakeSwitch(number));

/** Brings all up, so many at a time; gives the milliseconds on the wall and of the controller's processor. */
async function bringUp(atATime, connect) {
  const [begin, used] = [performance.now(), processorTime()];
  const left = switches.values();
  const next = async () => {
    for (const one of left) {
      connect(one);
      await one.up.promise;
    }
  };
  await Promise.all(Array.from({ length: atATime }, next));
  return { upMs: performance.now() - begin, upCpuMs: processorTime() - used };
}

const before = memory();
const result = {};
if (mode === "storm") {
  Object.assign(result, await bringUp(switchCount, (one) => one.connect()));
  await pause(1000);
  result.kibEach = (memory() - before) / switchCount;
  const { upMs, upCpuMs } = await bringUp(switchCount, (one) => one.again());
  Object.assign(result, { againMs: upMs, againCpuMs: upCpuMs });
  await pause(500);
} else {
  // A controller with a short queue of connections loses some of those that come all at once.
  await bringUp(Math.min(64, switchCount), (one) => one.connect());
  for (const one of switches) one.learn();
  await Promise.all(switches.map(({ learned }) => learned.promise));
  for (const one of switches) one.run();
  await pause(1000);
  const total = () => switches.reduce((sum, { answers }) => sum + answers, 0);
  const [from, used, since] = [total(), processorTime(), performance.now()];
  await pause(Number(seconds) * 1000);
  const answers = total() - from;
  result.answersPerSecond = (answers * 1000) / (performance.now() - since);
  result.answersPerCpuSecond = (answers * 1000) / (processorTime() - used);
}
result.lost = switches.filter(({ lost }) => lost).length;
console.log(JSON.stringify(result));
process.exit(0);
