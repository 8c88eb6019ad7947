// Matches written as objects: what they become, and what the compiler and the builder refuse.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  encode,
  flowMod,
  formatMatch,
  MatchError,
  type MatchFields,
  match,
} from "../../../src/openflow/index.ts";

function isRefused(build: () => unknown, pattern: RegExp): void {
  assert.throws(build, (error: unknown) => error instanceof MatchError && pattern.test(error.message));
}

describe("match", () => {
  const cases: readonly (readonly [MatchFields, string])[] = [
    [{}, ""],
    [{ ethType: "ipv4", ipv4Dst: "10.0.0.0/24" }, "ip,nw_dst=10.0.0.0/24"],
    [{ tcpDst: 80, ipProto: "tcp", ethType: "ipv6", inPort: 3 }, "tcp6,in_port=3,tp_dst=80"],
    [{ ethSrc: "fa:16:3e:00:00:00/ff:ff:ff:00:00:00" }, "dl_src=fa:16:3e:00:00:00/ff:ff:ff:00:00:00"],
    [{ vlanVid: "any", vlanPcp: 3 }, "dl_vlan_pcp=3"],
    [{ vlanVid: "none" }, "vlan_tci=0x0000/0x1fff"],
    [{ vlanVid: 7, metadata: { value: 0x10n, mask: 0xf0n } }, "metadata=0x10/0xf0,dl_vlan=7"],
    [{ ctState: "+trk-new", reg3: "0x1/0xff", ctZone: 5 }, "ct_state=-new+trk,ct_zone=5,reg3=0x1/0xff"],
    [{ ethType: "ipv4", ipProto: "tcp", tcpFlags: "+syn-ack" }, "tcp,tcp_flags=+syn-ack"],
    [{ ethType: "arp", arpOp: 1, arpTpa: "10.0.0.1" }, "arp,arp_tpa=10.0.0.1,arp_op=1"],
    [{ ethType: 0x88cc }, "dl_type=0x88cc"],
    [{ tunMetadata0: "0x0102" }, "tun_metadata0=0x102"],
  ];
  for (const [fields, text] of cases) {
    it(`says ${text || "nothing of any packet"}`, () => {
      const built = match(fields);
      assert.equal(formatMatch(built), text);
      assert.ok(encode({ type: "flowMod", ...flowMod({ match: built }) }).length >= 56);
    });
  }

  it("leaves out what is undefined", () => {
    const [port]: readonly number[] = [];
    assert.deepEqual(match({ inPort: port }), []);
    assert.deepEqual(
      match({ ethType: "ipv4", ipProto: "tcp", tcpDst: port, vlanVid: 5, vlanPcp: port }).length,
      3,
    );
  });

  it("refuses a field without its protocol, when compiled and when run", () => {
    const refused: readonly (readonly [() => unknown, string])[] = [
      // @ts-expect-error -- no IP protocol
      [() => match({ ethType: "ipv4", tcpDst: 80 }), "tcpDst"],
      // @ts-expect-error -- no Ethernet type
      [() => match({ ipv4Src: "10.0.0.1" }), "ipv4Src"],
      // @ts-expect-error -- another protocol
      [() => match({ ethType: "ipv4", ipProto: "udp", tcpDst: 80 }), "tcpDst"],
      // @ts-expect-error -- ICMP of the other family
      [() => match({ ethType: "ipv6", ipProto: "icmpv6", icmpv4Type: 8 }), "icmpv4Type"],
      // @ts-expect-error -- no tag
      [() => match({ vlanPcp: 1 }), "vlanPcp"],
    ];
    for (const [build, field] of refused) {
      assert.throws(build, (error: unknown) => {
        assert.ok(error instanceof MatchError);
        assert.equal(error.code, "ERR_OPENFLOW_MATCH");
        assert.equal(error.field, field);
        assert.equal(error.openflowError, "OFPBMC_BAD_PREREQ");
        return true;
      });
    }
  });

  it("refuses values that say nothing", () => {
    const absent: object = { inPhyPort: 1 };
    isRefused(() => match({ ethType: "ipv4", ipv4Src: "10.0.0" }), /ipv4Src.*not an IPv4 address/);
    isRefused(() => match({ ctState: "+nosuch" }), /ctState.*no flag/);
    isRefused(() => match({ nosuch: 1 } as MatchFields), /nosuch: is no match field/);
    isRefused(() => match({ metadata: { value: 1n, mask: 2n ** 64n } }), /metadata: .*2\^64/);
    isRefused(() => match({ ethType: "arp", arpOp: "1/1" }), /arpOp.*takes no mask \(OFPBMC_BAD_MASK\)/);
    isRefused(() => match({ vlanVid: 4096 }), /vlanVid: .*4095/);
    isRefused(() => match({ inPort: -1 }), /inPort/);
    isRefused(() => match({ tunMetadata0: "0x0" }), /tunMetadata0/);
    isRefused(() => match(absent), /have this field/);
  });
});
