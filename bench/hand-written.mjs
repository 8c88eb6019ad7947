// The limit: DataView code written for these very messages, which gives and takes the same objects as ovskit does,
// addresses as text and 64-bit values as bigint. It checks nothing.

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const decimalDot = Array.from({ length: 256 }, (_, byte) => `${byte}.`);
const commands = ["add", "modify", "modifyStrict", "delete", "deleteStrict"];
const reasons = ["noMatch", "action", "invalidTtl"];

const InPort = 0x80000004;
const EthDst = 0x80000606;
const EthType = 0x80000a02;
const VlanVid = 0x80000c02;
const Ipv4Src = 0x80001604;
const Ipv4Dst = 0x80001804;

function ipv4(view, at) {
  const address = view.getUint32(at);
  return (
    decimalDot[address >>> 24] +
    decimalDot[(address >>> 16) & 255] +
    decimalDot[(address >>> 8) & 255] +
    (address & 255)
  );
}

function mac(view, at) {
  return (
    hex[view.getUint8(at)] +
    ":" +
    hex[view.getUint8(at + 1)] +
    ":" +
    hex[view.getUint8(at + 2)] +
    ":" +
    hex[view.getUint8(at + 3)] +
    ":" +
    hex[view.getUint8(at + 4)] +
    ":" +
    hex[view.getUint8(at + 5)]
  );
}

function oxm(view, at) {
  switch (view.getUint32(at)) {
    case InPort:
      return { field: "inPort", value: view.getUint32(at + 4) };
    case EthType:
      return { field: "ethType", value: view.getUint16(at + 4) };
    case Ipv4Src:
      return { field: "ipv4Src", value: ipv4(view, at + 4) };
    case Ipv4Dst:
      return { field: "ipv4Dst", value: ipv4(view, at + 4) };
    case EthDst:
      return { field: "ethDst", value: mac(view, at + 4) };
    case VlanVid:
      return { field: "vlanVid", value: view.getUint16(at + 4) & 0xfff };
    default:
      throw new Error("a field that this code was not written for");
  }
}

function match(view, at) {
  const end = at + view.getUint16(at + 2);
  const fields = [];
  for (let next = at + 4; next < end; next += 4 + view.getUint8(next + 3)) {
    fields.push(oxm(view, next));
  }
  return fields;
}

function action(view, at) {
  switch (view.getUint16(at)) {
    case 0:
      return { type: "output", port: view.getUint32(at + 4), maxLen: view.getUint16(at + 8) };
    case 17:
      return { type: "pushVlan", etherType: view.getUint16(at + 4) };
    case 25:
      return { type: "setField", oxm: oxm(view, at + 4) };
    default:
      throw new Error("an action that this code was not written for");
  }
}

function instructions(view, from, end) {
  const list = [];
  for (let at = from; at < end; ) {
    const next = at + view.getUint16(at + 2);
    const actions = [];
    for (let each = at + 8; each < next; each += view.getUint16(each + 2)) {
      actions.push(action(view, each));
    }
    list.push({ type: "applyActions", actions });
    at = next;
  }
  return list;
}

function afterMatch(view, at) {
  return at + ((view.getUint16(at + 2) + 7) & ~7);
}

/** The FLOW_MOD at the view's start. */
export function readFlowMod(view) {
  return {
    version: view.getUint8(0),
    type: "flowMod",
    xid: view.getUint32(4),
    cookie: view.getBigUint64(8),
    cookieMask: view.getBigUint64(16),
    tableId: view.getUint8(24),
    command: commands[view.getUint8(25)],
    idleTimeout: view.getUint16(26),
    hardTimeout: view.getUint16(28),
    priority: view.getUint16(30),
    bufferId: view.getUint32(32),
    outPort: view.getUint32(36),
    outGroup: view.getUint32(40),
    flags: view.getUint16(44),
    match: match(view, 48),
    instructions: instructions(view, afterMatch(view, 48), view.getUint16(2)),
  };
}

/** A copy in memory that Node pools, which is faster than memory of its own. */
function copyOf(bytes, start, end) {
  const copy = Buffer.allocUnsafe(end - start);
  copy.set(bytes.subarray(start, end));
  return copy;
}

/** The PACKET_IN at the view's start, its packet copied. */
export function readPacketIn(view, bytes) {
  return {
    version: view.getUint8(0),
    type: "packetIn",
    xid: view.getUint32(4),
    bufferId: view.getUint32(8),
    totalLen: view.getUint16(12),
    reason: reasons[view.getUint8(14)],
    tableId: view.getUint8(15),
    cookie: view.getBigUint64(16),
    match: match(view, 24),
    data: copyOf(bytes, afterMatch(view, 24) + 2, view.getUint16(2)),
  };
}

function flowStats(view, at) {
  return {
    tableId: view.getUint8(at + 2),
    durationSec: view.getUint32(at + 4),
    durationNsec: view.getUint32(at + 8),
    priority: view.getUint16(at + 12),
    idleTimeout: view.getUint16(at + 14),
    hardTimeout: view.getUint16(at + 16),
    flags: view.getUint16(at + 18),
    cookie: view.getBigUint64(at + 24),
    packetCount: view.getBigUint64(at + 32),
    byteCount: view.getBigUint64(at + 40),
    match: match(view, at + 48),
    instructions: instructions(view, afterMatch(view, at + 48), at + view.getUint16(at)),
  };
}

/** Adds the entries of the FLOW reply at `start` to `list`. */
export function readFlowReply(view, list, start = 0) {
  const end = start + view.getUint16(start + 2);
  for (let at = start + 16; at < end; at += view.getUint16(at)) {
    list.push(flowStats(view, at));
  }
  return list;
}

function ipv4Number(text) {
  let address = 0;
  let octet = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 46) {
      address = address * 256 + octet;
      octet = 0;
    } else {
      octet = octet * 10 + code - 48;
    }
  }
  return address * 256 + octet;
}

function digit(code) {
  return code <= 57 ? code - 48 : code - 87;
}

function writeOxm(view, at, { field, value }) {
  switch (field) {
    case "inPort":
      view.setUint32(at, InPort);
      view.setUint32(at + 4, value);
      return at + 8;
    case "ethType":
      view.setUint32(at, EthType);
      view.setUint16(at + 4, value);
      return at + 6;
    case "ipv4Src":
      view.setUint32(at, Ipv4Src);
      view.setUint32(at + 4, ipv4Number(value));
      return at + 8;
    case "ipv4Dst":
      view.setUint32(at, Ipv4Dst);
      view.setUint32(at + 4, ipv4Number(value));
      return at + 8;
    case "ethDst":
      view.setUint32(at, EthDst);
      for (let i = 0; i < 6; i++) {
        view.setUint8(at + 4 + i, digit(value.charCodeAt(i * 3)) * 16 + digit(value.charCodeAt(i * 3 + 1)));
      }
      return at + 10;
    case "vlanVid":
      view.setUint32(at, VlanVid);
      view.setUint16(at + 4, value + 0x1000);
      return at + 6;
    default:
      throw new Error("a field that this code was not written for");
  }
}

function padded(view, start, from) {
  let at = from;
  while (((at - start) & 7) !== 0) {
    view.setUint8(at++, 0);
  }
  return at;
}

function writeAction(view, at, action) {
  switch (action.type) {
    case "output":
      view.setUint32(at, 0x00000010);
      view.setUint32(at + 4, action.port);
      view.setUint32(at + 8, action.maxLen * 0x10000);
      view.setUint32(at + 12, 0);
      return at + 16;
    case "pushVlan":
      view.setUint32(at, 0x00110008);
      view.setUint32(at + 4, action.etherType * 0x10000);
      return at + 8;
    case "setField": {
      const end = padded(view, at, writeOxm(view, at + 4, action.oxm));
      view.setUint16(at, 25);
      view.setUint16(at + 2, end - at);
      return end;
    }
    default:
      throw new Error("an action that this code was not written for");
  }
}

/** Writes a FLOW_MOD at `start`; gives back where it ends. */
export function writeFlowMod(view, start, flow) {
  view.setUint16(start, 0x040e);
  view.setUint32(start + 4, flow.xid);
  view.setBigUint64(start + 8, flow.cookie);
  view.setBigUint64(start + 16, flow.cookieMask);
  view.setUint8(start + 24, flow.tableId);
  view.setUint8(start + 25, commands.indexOf(flow.command));
  view.setUint16(start + 26, flow.idleTimeout);
  view.setUint16(start + 28, flow.hardTimeout);
  view.setUint16(start + 30, flow.priority);
  view.setUint32(start + 32, flow.bufferId);
  view.setUint32(start + 36, flow.outPort);
  view.setUint32(start + 40, flow.outGroup);
  view.setUint16(start + 44, flow.flags);
  view.setUint16(start + 46, 0);
  let at = start + 52;
  for (const field of flow.match) {
    at = writeOxm(view, at, field);
  }
  view.setUint16(start + 48, 1);
  view.setUint16(start + 50, at - start - 48);
  at = padded(view, start, at);
  for (const { actions } of flow.instructions) {
    const begin = at;
    at += 8;
    for (const action of actions) {
      at = writeAction(view, at, action);
    }
    view.setUint16(begin, 4);
    view.setUint16(begin + 2, at - begin);
    view.setUint32(begin + 4, 0);
  }
  view.setUint16(start + 2, at - start);
  return at;
}
