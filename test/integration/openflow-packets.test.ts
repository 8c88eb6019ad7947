// Our packets before other judges: tcpdump checks the checksums of what we write, and Open vSwitch takes our PACKET_OUTs
// apart and hands them back.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { runCommand, words } from "../../lab/command.ts";
import { startOpenVSwitch } from "../../lab/open-vswitch.ts";
import {
  arpReply,
  arpRequest,
  connectSwitch,
  decodePacket,
  encodePacket,
  gratuitousArp,
  NO_BUFFER,
  neighbourAdvertisement,
  type PacketInMessage,
  type PacketInput,
  Port,
  pingReply,
  pingRequest,
  TcpFlag,
} from "../../src/openflow/index.ts";
import { describeWith } from "../support/needs.ts";

const us = { mac: "fa:16:3e:00:00:01", ip: "192.0.2.1" };
const them = { mac: "fa:16:3e:00:00:02", ip: "192.0.2.2" };
const us6 = { ...us, ip: "2001:db8::1" };
const them6 = { ...them, ip: "2001:db8::2" };
const ethernet = { src: us.mac, dst: them.mac };
const ipv4 = { src: us.ip, dst: them.ip };
const ipv6 = { src: us6.ip, dst: them6.ip };
const tcp = {
  srcPort: 40_000,
  dstPort: 8000,
  seq: 7,
  flags: TcpFlag.syn,
  options: Uint8Array.of(2, 4, 5, 180),
};
const udp = { srcPort: 40_000, dstPort: 40_001 };
const odd = Uint8Array.of(1, 2, 3);

/** Packets, and what tcpdump says where it finds their checksums right. */
const packets: Readonly<Record<string, readonly [PacketInput, RegExp]>> = {
  "an ARP request": [arpRequest(us, them.ip), /Request who-has 192\.0\.2\.2 tell 192\.0\.2\.1/],
  "an ARP reply": [arpReply(us, them), /Reply 192\.0\.2\.1 is-at fa:16:3e:00:00:01/],
  "a gratuitous ARP": [gratuitousArp(us), /who-has 192\.0\.2\.1.*tell 192\.0\.2\.1/],
  "a ping": [
    pingRequest(us, them, { identifier: 5, payload: odd }),
    /ICMP echo request, id 5, seq 0, length 11/,
  ],
  "its answer": [pingReply(us, them), /ICMP echo reply/],
  "an IPv6 ping": [pingRequest(us6, them6, { payload: odd }), /\[icmp6 sum ok\] ICMP6, echo request/],
  "a neighbour advertisement": [
    neighbourAdvertisement(us6, them6),
    /\[icmp6 sum ok\] ICMP6, neighbor advertisement.*Flags \[solicited, override\]/,
  ],
  "TCP over IPv4": [{ ethernet, ipv4, tcp, payload: odd }, /Flags \[S\], cksum 0x[0-9a-f]+ \(correct\)/],
  "TCP over IPv6": [{ ethernet, ipv6, tcp }, /Flags \[S\], cksum 0x[0-9a-f]+ \(correct\)/],
  "UDP over IPv4": [{ ethernet, ipv4, udp, payload: odd }, /\[udp sum ok\] UDP, length 3/],
  "UDP over IPv6": [{ ethernet, ipv6, udp, payload: odd }, /\[udp sum ok\] UDP, length 3/],
  "UDP behind a tag": [
    { ethernet, vlans: [{ vid: 30, pcp: 3 }], ipv4, udp },
    /vlan 30, p 3.*\[udp sum ok\] UDP, length 0/,
  ],
};

/** A capture file with one Ethernet frame. */
function capture(frame: Uint8Array): Uint8Array {
  const file = Buffer.alloc(24 + 16);
  file.writeUInt32BE(0xa1b2c3d4, 0);
  file.writeUInt16BE(2, 4);
  file.writeUInt16BE(4, 6);
  file.writeUInt32BE(65_535, 16);
  file.writeUInt32BE(1, 20);
  file.writeUInt32BE(frame.length, 32);
  file.writeUInt32BE(frame.length, 36);
  return Buffer.concat([file, frame]);
}

/** What tcpdump says of a frame. */
function tcpdump(frame: Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn("tcpdump", words("-r - -nn -vv -e -t"), { stdio: ["pipe", "pipe", "ignore"] });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
    child.once("error", reject);
    child.once("close", () => resolve(text.replaceAll("\n", " ")));
    child.stdin.end(capture(frame));
  });
}

/** Open vSwitch's own packet for a flow. */
async function compose(flow: string): Promise<ReturnType<typeof decodePacket>> {
  const dump = await runCommand("ovs-ofctl", ["compose-packet", flow]);
  // Each line: where it begins, up to 16 bytes in hex, what they are as text.
  const hex = dump.split("\n").map((line) => line.slice(10, 57).replaceAll(/[ -]/g, ""));
  return decodePacket(Buffer.from(hex.join(""), "hex"));
}

describeWith(["tcpdump"], "tcpdump", () => {
  for (const [name, [packet, expected]] of Object.entries(packets)) {
    it(`finds nothing wrong with ${name}`, async () => {
      const text = await tcpdump(encodePacket(packet));
      assert.match(text, expected);
      assert.doesNotMatch(text, /bad|wrong|incorrect|truncated/i);
    });
  }

  it("finds a checksum wrong that we have spoilt", async () => {
    const frame = encodePacket({ ethernet, ipv4, udp, payload: odd });
    frame[frame.length - 1] = 9;
    assert.match(await tcpdump(frame), /bad udp cksum/);
    assert.equal(decodePacket(frame).udp?.checksumState, "bad");
  });
});

describeWith(["openvswitch"], "Open vSwitch", function () {
  this.timeout(20_000);

  it("hands back each packet that we send out, as we wrote it", async () => {
    await using ovs = await startOpenVSwitch();
    await ovs.addBridge("br-p", ...words("-- add-port br-p p1 -- set interface p1 type=dummy"));
    await using bridge = await connectSwitch(ovs.mgmt("br-p"));
    await bridge.askForAsyncMessages();
    const actions = [{ type: "output" as const, port: Port.controller, maxLen: 0xffff }];
    for (const [name, [packet]] of Object.entries(packets)) {
      const data = encodePacket(packet);
      const back = new Promise<PacketInMessage>((resolve) => bridge.once("packetIn", resolve));
      bridge.send({ type: "packetOut", bufferId: NO_BUFFER, inPort: Port.controller, actions, data });
      // oxlint-disable-next-line no-await-in-loop -- one at a time, to tell them apart
      const message = await back;
      assert.deepEqual(Buffer.from(message.data), Buffer.from(data), name);
      assert.equal(decodePacket(message.data).undecoded, undefined, name);
    }
  });

  it("composes packets that we read as it means them", async () => {
    const segment = await compose(
      "tcp,dl_src=fa:16:3e:00:00:01,dl_dst=fa:16:3e:00:00:02,nw_src=192.0.2.1,nw_dst=192.0.2.2,nw_ttl=9,tp_src=7,tp_dst=8,tcp_flags=syn",
    );
    assert.deepEqual(
      [
        segment.ethernet.src,
        segment.ipv4?.ttl,
        segment.tcp?.srcPort,
        segment.tcp?.flags,
        segment.tcp?.checksumState,
      ],
      [us.mac, 9, 7, TcpFlag.syn, "good"],
    );
    const datagram = await compose(
      "udp6,dl_vlan=5,dl_vlan_pcp=2,ipv6_src=2001:db8::1,ipv6_dst=2001:db8::2,udp_dst=53",
    );
    assert.deepEqual(datagram.vlans, [{ tpid: 0x8100, vid: 5, pcp: 2, dei: false }]);
    assert.deepEqual(
      [datagram.ipv6?.dst, datagram.udp?.dstPort, datagram.udp?.checksumState],
      [them6.ip, 53, "good"],
    );
  });
});
