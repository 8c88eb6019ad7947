// Whether two matches can take the same packet.
import assert from "node:assert/strict";
import type { Match } from "../../src/openflow/protocol/match.ts";
import { parseFlow } from "../../src/openflow/text/index.ts";
import { matchesOverlap } from "../../src/openflow/verdict/overlap.ts";

const hook = "ip,in_port=5,nw_dst=10.100.7.140";

function matchOf(text: string): Match {
  return parseFlow(`${text === "" ? "" : `${text},`}actions=drop`).match;
}

function overlap(a: string, b: string): boolean {
  const both = [matchesOverlap(matchOf(a), matchOf(b)), matchesOverlap(matchOf(b), matchOf(a))];
  assert.equal(both[0], both[1], "overlap is symmetric");
  return both[0] === true;
}

describe("two matches", () => {
  const together = [
    "",
    "in_port=5",
    "ip",
    "ip,nw_dst=10.100.0.0/16",
    "ip,nw_src=192.168.1.0/24",
    "tcp,tp_dst=1514",
    "dl_src=fa:16:3e:00:00:00/ff:ff:ff:00:00:00",
    "ip,nw_dst=0.0.0.140/0.0.0.255",
  ];
  for (const other of together) {
    it(`overlap: a lane's hook and ${other === "" ? "one that takes everything" : other}`, () => {
      assert.ok(overlap(hook, other));
    });
  }

  const apart = [
    "in_port=6",
    "arp",
    "ip,nw_dst=10.100.7.141",
    "ip,nw_dst=10.200.0.0/16",
    "ip,nw_dst=0.0.0.141/0.0.0.255",
    "ipv6",
  ];
  for (const other of apart) {
    it(`don't overlap: a lane's hook and ${other}`, () => {
      assert.ok(!overlap(hook, other));
    });
  }

  it("overlap or not by the bits of IPv6 addresses too", () => {
    assert.ok(overlap("ipv6,ipv6_dst=fd00::1", "ipv6,ipv6_dst=fd00::/64"));
    assert.ok(!overlap("ipv6,ipv6_dst=fd00::1", "ipv6,ipv6_dst=fd01::/64"));
  });

  it("don't overlap when one wants a tag and the other none", () => {
    assert.ok(!overlap("vlan_tci=0", "dl_vlan=4095"));
    assert.ok(!overlap("vlan_tci=0", "vlan_tci=0x1000/0x1000"));
    // As Neutron writes its flow for dead VLANs.
    assert.ok(!overlap("vlan_tci=0", "vlan_tci=0x0fff/0x1fff"));
    assert.ok(overlap("dl_vlan=7", "vlan_tci=0x1000/0x1000"));
    assert.ok(!overlap("dl_vlan=7", "dl_vlan=8"));
  });
});
