// Matches on Open vSwitch's own fields: the words, flags and wide registers that ovs-ofctl 3.1 has for them, as it
// prints them again.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { FlowSyntaxError, formatMatch, parseMatch } from "../../../src/openflow/text/index.ts";

describe("a match on Open vSwitch's fields", () => {
  const printed: readonly (readonly [text: string, printed: string])[] = [
    ["ct_state=+trk-rpl+inv", "ct_state=-rpl+inv+trk"],
    ["ct_state=trk|new", "ct_state=new|trk"],
    ["ct_state=0x21", "ct_state=new|trk"],
    ["ct_state=0x21/0x23", "ct_state=+new-est+trk"],
    ["ct_state=+est,ip,ct_tp_src=1,ct_nw_proto=1", "ct_state=+est,ct_nw_proto=1,ct_tp_src=1,ip"],
    ["ct_state=+est,ip,ct_nw_src[0]=1", "ct_state=+est,ct_nw_src=0.0.0.1/0.0.0.1,ip"],
    ["dl_type=0x894f,nsh_spi=0,nsh_c1=0/2", "dl_type=0x894f,nsh_spi=0x0,nsh_c1=0x0/0x2"],
    ["tcp,tcp_flags=+syn-ack+fin", "tcp,tcp_flags=+fin+syn-ack"],
    ["tcp,tcp_flags=+[200]", "tcp,tcp_flags=+[200]"],
    ["tcp,tcp_flags=0", "tcp,tcp_flags=0"],
    ["tun_flags=-oam", "tun_flags=-oam"],
    ["ip,ip_frag=not_later", "ip,nw_frag=not_later"],
    ["packet_type=(1,0x800),reg0=1", "packet_type=(1,0x800),reg0=0x1"],
    ["packet_type=(1,0x800),nw_src=1.2.3.4,nw_proto=6", "packet_type=(1,0x800),nw_src=1.2.3.4,nw_proto=6"],
    ["packet_type=(1,0x894f),nsh_si=5", "packet_type=(1,0x894f),nsh_si=5"],
    ["actset_output=4294967287", "actset_output=UNSET"],
    ["packet_type=(0,0),dl_type=0x1234", "dl_type=0x1234"],
    ["packet_type=(0x9,9)", "packet_type=(9,9)"],
    ["packet_type=(10,16)", "packet_type=(0xa,0x10)"],
    ["xreg0=5", "reg0=0,reg1=0x5"],
    ["xreg0[0..3]=5", "reg1=0x5/0xf"],
    ["xxreg3=0x1/0x3", "reg15=0x1/0x3"],
    ["tun_metadata0", "tun_metadata0"],
    ["tun_metadata1=0x0102/0xff00", "tun_metadata1=0x100/0xff00"],
    ["tun_gtpu_flags=1", "gtpu_flags=0x1"],
    ["nw_ttl=1,ip,nw_tos=4", "ip,nw_tos=4,nw_ttl=1"],
    ["recirc_id=0,dp_hash=1/3,conj_id=5", "recirc_id=0,dp_hash=0x1/0x3,conj_id=5"],
    ["recirc_id=1,icmp", "recirc_id=0x1,eth,icmp"],
    ["eth,recirc_id=1", "recirc_id=0x1,eth"],
    ["eth,ip", "ip"],
  ];
  for (const [text, expected] of printed) {
    it(`reads ${text} and prints ${expected}`, () => {
      const match = parseMatch(text);
      assert.equal(formatMatch(match), expected);
      assert.deepEqual(parseMatch(expected), match);
    });
  }

  it("prints masks of one bit, and of more than a field has, as ovs-ofctl does", () => {
    assert.equal(formatMatch([{ field: "ipFrag", value: 0, mask: 1 }]), "nw_frag=no");
    assert.equal(formatMatch([{ field: "ipFrag", value: 2, mask: 2 }]), "nw_frag=later");
    assert.equal(formatMatch([{ field: "tunFlags", value: 1 }]), "tun_flags=+oam");
    assert.equal(formatMatch([{ field: "tunFlags", value: 0 }]), "tun_flags=-oam");
  });

  // ovs-ofctl sends a match without them, and so do we: recorded texts say so.
  for (const text of ["ct_tp_src=1", "ct_nw_proto=0", "ct_tp_dst=2,ct_nw_proto=0"]) {
    it(`writes no ports without a protocol: ${text}`, () => {
      assert.deepEqual(parseMatch(text), [{ field: "packetType", value: 0 }]);
      assert.equal(formatMatch(parseMatch(`ct_state=+est,ip,${text}`)), "ct_state=+est,ip");
    });
  }

  const refused: readonly (readonly [text: string, token: string, reason: RegExp])[] = [
    ["ct_state=+nosuch", "+nosuch", /has no flag/],
    ["ct_state=+trk-trk", "+trk-trk", /twice/],
    ["ct_zone=1/3", "3", /takes no mask/],
    ["ip,ip_frag=0x1/0x1", "0x1/0x1", /no kind of fragment/],
    ["packet_type=0x10800", "0x10800", /no packet type/],
    ["xreg0=5,reg1=6", "reg1=6", /contradicts/],
    ["tun_erspan_ver=0", "tun_erspan_ver=0", /zeros/],
    ["reg16=1", "reg16", /unknown/],
    ["eth=5", "5", /takes no value/],
    ["eth,packet_type=(1,0x800)", "packet_type=(1,0x800)", /contradicts/],
  ];
  for (const [text, token, reason] of refused) {
    it(`refuses ${text} and points at ${token}`, () => {
      assert.throws(
        () => parseMatch(text),
        (error: unknown) =>
          error instanceof FlowSyntaxError && error.token === token && reason.test(error.message),
      );
    });
  }
});
