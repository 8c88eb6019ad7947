// A learning switch in bare Node, written by hand for this one purpose: what one thread can do at most.
//   node bare-node.mjs PORT
import net from "node:net";

const hex = (text) => Buffer.from(text.replaceAll(" ", ""), "hex");
const hello = hex("04000008 00000001");
const featuresRequest = hex("04050008 00000002");
/** FLOW_MODs: the table-miss flow, and one for a pair, whose ports and addresses are filled in. */
const cookies = "00".repeat(16);
const nothing = "ffffffff".repeat(3);
const toPort = "0000 0010 00000000 ffff 000000000000";
const miss = hex(
  `040e0050 00000003 ${cookies} 00 00 0000 0000 0000 ${nothing} 00000000 0001000400000000 0004001800000000 ${toPort}`,
);
miss.writeUInt32BE(0xfffffffd, 68);
const pairMatch = "00010020 80000004 00000000 80000606 000000000000 80000806 000000000000";
const pair = hex(
  `040e0068 00000000 ${cookies} 00 00 003c 0000 0001 ${nothing} 00000000 ${pairMatch} 0004001800000000 ${toPort}`,
);
const packetOut = hex(`040d0028 00000000 ffffffff 00000000 0010 000000000000 ${toPort}`);
const flood = 0xfffffffb;
const out = Buffer.alloc(1 << 20);

function serve(socket) {
  const ports = new Map();
  let rest = Buffer.alloc(0);
  socket.on("error", () => {});
  socket.on("data", (chunk) => {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    let at = 0;
    let end = 0;
    while (bytes.length - at >= 8) {
      const length = (bytes[at + 2] << 8) | bytes[at + 3];
      if (bytes.length - at < length) break;
      const type = bytes[at + 1];
      if (type === 10) end = forward(bytes, at, length, end, ports);
      else if (type === 0) end += featuresRequest.copy(out, end);
      else if (type === 6) end += miss.copy(out, end);
      else if (type === 2) {
        bytes.copy(out, end, at, at + length);
        out[end + 1] = 3;
        end += length;
      }
      at += length;
    }
    rest = Buffer.from(bytes.subarray(at));
    if (end > 0) socket.write(Buffer.from(out.subarray(0, end)));
  });
  socket.write(hello);
}

function forward(bytes, at, length, begin, ports) {
  let end = begin;
  const frame = at + 24 + ((bytes.readUInt16BE(at + 26) + 7) & ~7) + 2;
  const inPort = bytes.readUInt32BE(at + 32);
  ports.set(bytes.readUIntBE(frame + 6, 6), inPort);
  const known = ports.get(bytes.readUIntBE(frame, 6));
  if (known !== undefined) {
    pair.copy(out, end);
    out.writeUInt32BE(inPort, end + 56);
    bytes.copy(out, end + 64, frame, frame + 6);
    bytes.copy(out, end + 74, frame + 6, frame + 12);
    out.writeUInt32BE(known, end + 92);
    end += pair.length;
  }
  packetOut.copy(out, end);
  const size = packetOut.length + at + length - frame;
  out.writeUInt16BE(size, end + 2);
  out.writeUInt32BE(inPort, end + 12);
  out.writeUInt32BE(known ?? flood, end + 28);
  bytes.copy(out, end + packetOut.length, frame, at + length);
  return end + size;
}

const server = net.createServer({ noDelay: true }, serve);
server.listen({ port: Number(process.argv[2]), host: "127.0.0.1", backlog: 4096 });
