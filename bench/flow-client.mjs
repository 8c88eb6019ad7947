// One contender of `install` or `readback`, in a process of its own: `flow-client.mjs CONTENDER SOCKET FLOWS` prints the
// milliseconds from its first message to the answer to its last, as JSON.
import net from "node:net";
import { connectSwitch } from "../build/src/openflow/index.js";
import { readFlowReply, writeFlowMod } from "./hand-written.mjs";
import { natFlowMod, natTexts } from "./nat-flows.mjs";

const [contender = "", socket = "", flows = ""] = process.argv.slice(2);
const count = Number(flows);
const flowModBytes = 160;
const cookies = 1_000n;

function flowAt(index) {
  return natFlowMod(natTexts(index + 1), index + 2, cookies + BigInt(index));
}

function message(type, xid, body = Buffer.alloc(0)) {
  const bytes = Buffer.alloc(8 + body.length);
  bytes.set([4, type]);
  bytes.writeUInt16BE(bytes.length, 2);
  bytes.writeUInt32BE(xid, 4);
  bytes.set(body, 8);
  return bytes;
}

/** A socket that has greeted the switch; `hear` gets each message with its place in the bytes. */
function bareSocket(hear) {
  const stream = net.connect(socket);
  let rest = Buffer.alloc(0);
  return new Promise((resolve, reject) => {
    stream.once("error", reject);
    stream.on("data", (chunk) => {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let at = 0;
      while (bytes.length - at >= 8 && bytes.length - at >= bytes.readUInt16BE(at + 2)) {
        const end = at + bytes.readUInt16BE(at + 2);
        if (bytes[at + 1] === 0) {
          resolve(stream);
        } else {
          hear(bytes, at, end);
        }
        at = end;
      }
      rest = bytes.subarray(at);
    });
    stream.write(message(0, 1));
  });
}

async function timed(work) {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

async function bareInstall() {
  const bytes = Buffer.alloc(count * flowModBytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let i = 0; i < count; i++) {
    writeFlowMod(view, i * flowModBytes, flowAt(i));
  }
  const { promise, resolve, reject } = withResolvers();
  const stream = await bareSocket((input, at) => {
    if (input[at + 1] === 21) {
      resolve();
    } else if (input[at + 1] === 1) {
      reject(new Error("the switch refused a flow"));
    }
  });
  return timed(() => {
    stream.write(bytes);
    stream.write(message(20, 1));
    return promise;
  });
}

function withResolvers() {
  let settle = {};
  const promise = new Promise((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...settle };
}

async function bareRead(decodes) {
  const list = [];
  const { promise, resolve } = withResolvers();
  const stream = await bareSocket((input, at, end) => {
    if (input[at + 1] !== 19) {
      return;
    }
    if (decodes) {
      readFlowReply(new DataView(input.buffer, input.byteOffset + at, end - at), list);
    }
    if ((input.readUInt16BE(at + 10) & 1) === 0) {
      resolve();
    }
  });
  const body = Buffer.from(
    `0001000000000000ff000000ffffffffffffffff${"00".repeat(20)}0001000400000000`,
    "hex",
  );
  const took = await timed(() => {
    stream.write(message(18, 1, body));
    return promise;
  });
  if (decodes && list.length !== count) {
    throw new Error(`${list.length} flows instead of ${count}`);
  }
  return took;
}

/** Adds arguments of this many flows at a time: a call takes no more. */
const batch = 10_000;

async function ovskitAdd(sw) {
  const changes = Array.from({ length: count }, (_, i) => flowAt(i));
  return timed(async () => {
    const added = [];
    for (let from = 0; from < count; from += batch) {
      added.push(sw.add(...changes.slice(from, from + batch)));
    }
    await Promise.all(added);
  });
}

function ovskitBundle(sw) {
  const changes = Array.from({ length: count }, (_, i) => flowAt(i));
  return timed(() => sw.apply(changes));
}

async function ovskitRead(sw) {
  let flows = [];
  const took = await timed(async () => {
    flows = await sw.flows();
  });
  if (flows.length !== count) {
    throw new Error(`${flows.length} flows instead of ${count}`);
  }
  return took;
}

async function ovskitStream(sw) {
  let seen = 0;
  const took = await timed(async () => {
    for await (const flow of sw.flowStream()) {
      seen += flow.priority === 100 ? 1 : 0;
    }
  });
  if (seen !== count) {
    throw new Error(`${seen} flows instead of ${count}`);
  }
  return took;
}

function withSwitch(work) {
  return async () => {
    const sw = await connectSwitch(`unix:${socket}`);
    return work(sw);
  };
}

const contenders = {
  "bare-install": bareInstall,
  add: withSwitch(ovskitAdd),
  bundle: withSwitch(ovskitBundle),
  "bare-bytes": () => bareRead(false),
  "bare-read": () => bareRead(true),
  flows: withSwitch(ovskitRead),
  stream: withSwitch(ovskitStream),
};

console.log(JSON.stringify(await contenders[contender]()));
process.exit(0);
