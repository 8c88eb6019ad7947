// What the lab's nodes look like before ovskit comes: the flows and port settings that Neutron's agent leaves.
import assert from "node:assert/strict";
import { integrationFlows, type Network, plugWords, portName, providerFlows } from "../../lab/neutron.ts";

const network: Network = {
  name: "external-100",
  uuid: "3f0a1c5e-0000-4000-8000-000000000005",
  type: "vlan",
  segment: 100,
  localVlan: { compute: 5 },
};
const flat: Network = { name: "external", uuid: "u", type: "flat", localVlan: { compute: 1 } };
const local: Network = { name: "tenant", uuid: "t", type: "local", localVlan: { compute: 2, controller: 9 } };
const port = {
  ifaceId: "b0361314-1400-4000-8000-000000000000",
  mac: "fa:16:3e:f3:a6:fd",
  ip: "10.200.7.140",
  network,
};

function without(lines: readonly string[]): readonly string[] {
  return lines.map((line) => line.replace(/^cookie=0x[0-9a-f]+,/, ""));
}

describe("Neutron's traces in the lab", () => {
  it("name a port after its iface-id, as the seed's ports are named", () => {
    assert.equal(portName(port), "qvob0361314-14");
  });

  it("translate provider VLANs to local ones and back, where the node has the network", () => {
    const networks = [network, flat, local];
    const inward = without(integrationFlows("compute", networks, []));
    assert.ok(
      inward.includes(
        "table=0,priority=3,in_port=int-br-ex,dl_vlan=100,actions=set_field:4101->vlan_vid,resubmit(,60)",
      ),
    );
    assert.ok(
      inward.includes(
        "table=0,priority=3,in_port=int-br-ex,vlan_tci=0x0000/0x1fff,actions=push_vlan:0x8100,set_field:4097->vlan_vid,resubmit(,60)",
      ),
    );
    assert.deepEqual(without(providerFlows("compute", networks)), [
      "table=0,priority=4,in_port=phy-br-ex,dl_vlan=5,actions=set_field:4196->vlan_vid,NORMAL",
      "table=0,priority=4,in_port=phy-br-ex,dl_vlan=1,actions=strip_vlan,NORMAL",
      "table=0,priority=2,in_port=phy-br-ex,actions=drop",
      "table=0,priority=0,actions=NORMAL",
    ]);
    assert.equal(providerFlows("controller", networks).length, 2);
  });

  it("say about a port what Neutron says", () => {
    const words = plugWords(port, "compute", "dummy", "wazuh-100");
    for (const word of [
      "tag=5",
      "other_config:segmentation_id=100",
      "other_config:physical_network=provider",
      "external_ids:iface-id=b0361314-1400-4000-8000-000000000000",
      'external_ids:attached-mac="fa:16:3e:f3:a6:fd"',
      "external_ids:iface-status=active",
      "type=dummy",
    ]) {
      assert.ok(words.includes(word), word);
    }
  });

  it("can't plug a port into a network that the node hasn't got", () => {
    assert.throws(() => plugWords(port, "controller", "dummy", "wazuh-100"), /no local VLAN on controller/);
  });
});
