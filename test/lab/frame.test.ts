// What the lab reads from tcpdump: the cases stand on it.
import assert from "node:assert/strict";
import { PcapReader, parseFrame } from "../../lab/frame.ts";

const macs = "fa163e0000aafa163e0000bb";
const ipHeader = "45000028000040004006 0000 0a000089 0a64078c".replaceAll(" ", "");
const tcp = `${macs}0800${ipHeader}4e2105ea${"00".repeat(16)}`;
const icmp = `${macs}0800${ipHeader.replace("4006", "4001")}0800${"00".repeat(18)}`;
const arp = `${macs}08060001080006040002fa163e0000bb0a000089fa163e0000aa0a64078c`;

function bytes(hex: string): Buffer {
  return Buffer.from(hex, "hex");
}

function pcap(...frames: readonly string[]): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  const records = frames.map((hex) => {
    const record = Buffer.alloc(16);
    record.writeUInt32LE(hex.length / 2, 8);
    record.writeUInt32LE(hex.length / 2, 12);
    return Buffer.concat([record, bytes(hex)]);
  });
  return Buffer.concat([header, ...records]);
}

describe("the lab's frames", () => {
  it("are read with their addresses and ports", () => {
    const frame = parseFrame(bytes(tcp));
    assert.equal(frame.ethDst, "fa:16:3e:00:00:aa");
    assert.equal(frame.ethSrc, "fa:16:3e:00:00:bb");
    assert.equal(frame.vlan, undefined);
    assert.equal(frame.protocol, "tcp");
    assert.equal(frame.ipSrc, "10.0.0.137");
    assert.equal(frame.ipDst, "10.100.7.140");
    assert.equal(frame.detail, 1514);
    assert.equal(frame.payload.readUInt16BE(0), 20_001);
  });

  it("are read through a VLAN tag", () => {
    const frame = parseFrame(bytes(`${icmp.slice(0, 24)}81006064${icmp.slice(24)}`));
    assert.equal(frame.vlan, 100);
    assert.equal(frame.protocol, "icmp");
    assert.equal(frame.detail, 8);
  });

  it("are read as ARP", () => {
    const frame = parseFrame(bytes(arp));
    assert.deepEqual(
      [frame.protocol, frame.detail, frame.ipSrc, frame.ipDst],
      ["arp", 2, "10.0.0.137", "10.100.7.140"],
    );
  });

  it("are other when they are too short for what they say they are", () => {
    assert.equal(parseFrame(bytes(arp.slice(0, 60))).protocol, "other");
    assert.equal(parseFrame(bytes(`${macs}0800450000`)).protocol, "other");
  });

  it("come out of a pcap stream wherever it is split", () => {
    const stream = pcap(tcp, arp, icmp);
    for (let split = 0; split <= stream.length; split += 1) {
      const reader = new PcapReader();
      const frames = [...reader.push(stream.subarray(0, split)), ...reader.push(stream.subarray(split))];
      assert.deepEqual(
        frames.map((frame) => frame.protocol),
        ["tcp", "arp", "icmp"],
        `split at ${split}`,
      );
    }
  });
});
