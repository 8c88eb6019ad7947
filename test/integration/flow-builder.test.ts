// What the builders make, given to a real ovs-vswitchd: every action and instruction is accepted, and what the builders
// refuse the switch refuses with the same name.
import assert from "node:assert/strict";
import { type OpenVSwitch, startOpenVSwitch } from "../../lab/open-vswitch.ts";
import {
  type Action,
  BuildError,
  connectSwitch,
  type FlowMod,
  flow,
  flowMod,
  formatFlow,
  type Match,
  match,
  type OxmFieldName,
  type OxmValues,
  parseMatch,
  type Switch,
  SwitchError,
} from "../../src/openflow/index.ts";

import type { OxmKind } from "../../src/openflow/protocol/oxm-field.ts";
import { oxmFields } from "../../src/openflow/protocol/oxm-fields.ts";
import { wholeToken } from "../../src/openflow/text/scanner.ts";
import { isNarrow, parseSubfield } from "../../src/openflow/text/subfield-text.ts";
import { builtActions, builtInstructions } from "../openflow/flow-builder/built-actions.ts";
import { refusedFlows } from "../openflow/flow-builder/refused-flows.ts";
import { meeting } from "../openflow/text/prerequisites.ts";
import { describeWith } from "../support/needs.ts";

/** The switch's answer to a flow: the name of its error, or that it took it. */
async function verdict(bridge: Switch, given: FlowMod): Promise<string> {
  try {
    await bridge.add(given);
    return "taken";
  } catch (error) {
    assert.ok(error instanceof SwitchError, String(error));
    return error.errorName;
  }
}

/** What the builder says in the place of the switch. */
function refusalOf(build: () => unknown): string {
  try {
    build();
    return "taken";
  } catch (error) {
    assert.ok(error instanceof BuildError, String(error));
    return error.openflowError ?? error.message;
  }
}

/** A value of each kind. */
const values: Readonly<Record<OxmKind, OxmValues[OxmFieldName]>> = {
  number: 1,
  bigint: 1n,
  mac: "02:00:00:00:00:01",
  ipv4: "10.0.0.1",
  ipv6: "2001:db8::1",
  vlan: 5,
  bytes: "0x01020304",
};

describeWith(["openvswitch"], "built flows, with ovs-vswitchd", () => {
  let ovs: OpenVSwitch;
  let bridge: Switch;

  before(async function () {
    this.timeout(30_000);
    ovs = await startOpenVSwitch({ datapath: "dummy" });
    await ovs.addBridge("br0");
    const ofctl = (...words: string[]): Promise<string> => ovs.ofctl("-O", "OpenFlow13", ...words);
    await ofctl("add-group", "br0", "group_id=7,type=all,bucket=output:1");
    for (const id of [1, 3]) {
      // oxlint-disable-next-line no-await-in-loop -- the switch is asked one thing at a time
      await ofctl("add-meter", "br0", `meter=${id},kbps,band=type=drop,rate=1000`);
    }
    await ofctl("add-tlv-map", "br0", "{class=0xffff,type=3,len=4}->tun_metadata3");
    bridge = await connectSwitch(ovs.mgmt("br0"));
  });

  after(async function () {
    this.timeout(30_000);
    await bridge.close();
    await ovs.stop();
  });

  for (const { built, text, match: words = "" } of builtActions) {
    it(`takes ${text}`, async () => {
      const on: Match = parseMatch(words);
      assert.equal(await verdict(bridge, flow({ match: on, actions: [built] })), "taken");
      await bridge.delete({});
    });
  }

  for (const { built, text } of builtInstructions) {
    it(`takes ${text}`, async () => {
      assert.equal(await verdict(bridge, flow({ instructions: [built] })), "taken");
      await bridge.delete({});
    });
  }

  for (const { plain, openflowError, field } of refusedFlows) {
    it(`refuses ${formatFlow(plain)} with ${openflowError}, as the builder does for ${field}`, async () => {
      assert.equal(await verdict(bridge, plain), openflowError);
    });
  }

  it("takes a setField and a load of every field as the builder does, or refuses it by the same name", async () => {
    const lists = oxmFields
      // Which tunnel options there are is for the switch to say.
      .filter(({ newer, kind }) => newer !== true && kind !== "bytes")
      .flatMap((field): [string, Match, Action[]][] => {
        const on = parseMatch(field.prerequisite === undefined ? "" : meeting[field.prerequisite]);
        const value = values[field.kind];
        const set = { type: "setField", oxm: { field: field.name, value } } as Action;
        const { name: dst, ofs, nBits } = parseSubfield(wholeToken(field.text[0]));
        const load = { type: "regLoad", ofs, nBits: Math.min(nBits, 64), dst, value: 1n } as const;
        return [
          [`setField ${field.name}`, on, [set]],
          ...(isNarrow(dst) ? ([[`load ${field.name}`, on, [load]]] as [string, Match, Action[]][]) : []),
        ];
      });
    const differing: string[] = [];
    for (const [name, on, actions] of lists) {
      const plain = flowMod({ match: on, instructions: [{ type: "applyActions", actions }] });
      // oxlint-disable-next-line no-await-in-loop -- the switch is asked one thing at a time
      const said = await verdict(bridge, plain);
      const ours = refusalOf(() => flow({ match: on, actions }));
      if (said !== ours) differing.push(`${name}: the switch ${said}, the builder ${ours}`);
    }
    await bridge.delete({});
    assert.deepEqual(differing, []);
  });

  it("takes every field that a match of ours can have", async () => {
    const matches: readonly Match[] = [
      match({ vlanVid: "any", vlanPcp: 3, inPort: 1, metadata: "0x10/0xf0", ethSrc: "02:00:00:00:00:01" }),
      match({ vlanVid: { value: 0, mask: 1 } }),
      match({ vlanVid: "none", ethType: 0x88cc }),
      match({ ethType: "ipv4", ipv4Src: "10.0.0.0/24", ipDscp: 5, ipEcn: 1, nwTtl: 9, ipFrag: "later" }),
      match({ ethType: "ipv4", ipProto: "tcp", tcpSrc: 1, tcpDst: "0x50/0xf0", tcpFlags: "+syn-ack" }),
      match({ ethType: "ipv4", ipProto: "udp", udpSrc: 1, udpDst: 2 }),
      match({ ethType: "ipv6", ipProto: "sctp", sctpSrc: 1, sctpDst: 2, ipv6Flabel: 5 }),
      match({ ethType: "ipv4", ipProto: "icmp", icmpv4Type: 8, icmpv4Code: 0 }),
      match({
        ethType: "ipv6",
        ipProto: "icmpv6",
        icmpv6Type: 135,
        ipv6NdTarget: "::1",
        ipv6NdSll: "02:00:00:00:00:01",
      }),
      match({ ethType: "ipv6", ipProto: "icmpv6", icmpv6Type: 136, ipv6NdTll: "02:00:00:00:00:01" }),
      match({
        ethType: "arp",
        arpOp: 1,
        arpSpa: "10.0.0.1",
        arpTpa: "10.0.0.2",
        arpSha: "02:00:00:00:00:01",
      }),
      match({ ethType: "mpls", mplsLabel: 5, mplsTc: 1, mplsBos: 1, mplsTtl: 9 }),
      match({ ethType: "nsh", nshSpi: 5, nshSi: 6, nshC1: 7 }),
      match({ ethType: "ipv4", ctState: "+trk+est", ctNwSrc: "10.0.0.1", ctZone: 5, ctMark: "0x1/0xff" }),
      match({
        reg0: "0x1/0xff",
        xreg1: 5n,
        pktMark: 7,
        tunnelId: 5n,
        tunSrc: "10.0.0.1",
        tunMetadata3: "0x01020304",
      }),
    ];
    for (const on of matches) {
      // oxlint-disable-next-line no-await-in-loop -- the switch is asked one thing at a time
      assert.equal(await verdict(bridge, flow({ match: on })), "taken", formatFlow(flowMod({ match: on })));
    }
    await bridge.delete({});
  });
});
