// The snapshot of a node: what of its rows lanes see.
import assert from "node:assert/strict";
import { realOfport, topologyFrom } from "../../src/policy/topology.ts";
import { rowsOf, snapshot, vm } from "./snapshot.ts";

const mac = "fa:16:3e:d6:e8:05";

describe("a topology", () => {
  it("finds a port by its own name, its interface's, its iface-id and the MAC attached to it", () => {
    const topology = snapshot({ bridges: { "br-int": { qvo1: vm(5, "id-1", "FA:16:3E:D6:E8:05") } } });
    const [port] = topology.portsByName.get("qvo1") ?? [];
    assert.equal(port?.bridge, "br-int");
    assert.equal(port.tag, 2);
    assert.equal(topology.portsByIfaceId.get("id-1")?.[0], port);
    assert.equal(topology.portsByMac.get(mac)?.[0], port);
    assert.equal(port.interfaces[0]?.attachedMac, mac);
  });

  it("has a bond's port once, with all its interfaces", () => {
    const members = { eth1: { ofport: 1 }, eth2: { ofport: 2 } };
    const topology = snapshot({ bridges: { "br-ex": { bond0: { members } } } });
    const [port] = topology.bridges.get("br-ex")?.ports ?? [];
    assert.deepEqual(
      port?.interfaces.map(({ name }) => name),
      ["eth1", "eth2"],
    );
    assert.equal(topology.portsByName.get("bond0")?.[0], port);
    assert.equal(topology.portsByName.get("eth2")?.[0], port);
  });

  it("keeps every port that claims one iface-id", () => {
    const topology = snapshot({
      bridges: { "br-int": { old: vm(-1, "id-1", mac), new: vm(5, "id-1", mac) } },
    });
    assert.deepEqual(
      topology.portsByIfaceId.get("id-1")?.map(({ name }) => name),
      ["old", "new"],
    );
  });

  it("leaves out rows that others refer to and that aren't there yet", () => {
    const rows = rowsOf({ bridges: { "br-int": { qvo1: vm(5, "id-1", mac), qvo2: vm(6, "id-2", mac) } } });
    const topology = topologyFrom({ ...rows, Port: [...rows.Port].slice(0, 1), Interface: [] });
    const ports = topology.bridges.get("br-int")?.ports;
    assert.deepEqual(
      ports?.map(({ name, interfaces }) => [name, interfaces.length]),
      [["qvo1", 0]],
    );
  });

  it("takes as a port's number neither none, nor -1, nor the reserved ones", () => {
    const numbers = [undefined, -1, 0, 1, 65_279, 65_280, 65_534];
    assert.deepEqual(
      numbers.map((ofport) => realOfport({ ofport })),
      [undefined, undefined, undefined, 1, 65_279, undefined, undefined],
    );
  });

  it("says where OVN is, where the sockets are, and how long the datapath remembers", () => {
    const plain = snapshot({ bridges: {} });
    assert.deepEqual([plain.ovnRemote, plain.rundir, plain.maxIdleMs], [undefined, undefined, 10_000]);
    const told = snapshot({
      bridges: {},
      ids: { "ovn-remote": "tcp:10.0.0.1:6642", rundir: "/run/x" },
      otherConfig: { "max-idle": "30000" },
    });
    assert.deepEqual([told.ovnRemote, told.rundir, told.maxIdleMs], ["tcp:10.0.0.1:6642", "/run/x", 30_000]);
    const own = snapshot({
      bridges: {},
      ids: { "system-id": "node-1", "ovn-remote-node-1": "ssl:10.0.0.2:6642" },
    });
    assert.equal(own.ovnRemote, "ssl:10.0.0.2:6642");
    const other = snapshot({
      bridges: {},
      ids: { "ovn-remote-probe-interval": "5" },
      otherConfig: { "max-idle": "soon" },
    });
    assert.deepEqual([other.ovnRemote, other.maxIdleMs], [undefined, 10_000]);
  });
});
