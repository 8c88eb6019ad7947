// Whole flows from objects: what they become, and what the compiler and the builder refuse, with what to write instead.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  type Action,
  ActionError,
  action,
  BuildError,
  type FlowMod,
  flow,
  flowMod,
  formatFlow,
  instruction,
  MatchError,
  match,
  parseFlow,
} from "../../../src/openflow/index.ts";
import { refusedFlows } from "./refused-flows.ts";

/** What neither the compiler nor the builders take: each line is refused by both. */
const refusedTwice: readonly (() => unknown)[] = [
  // @ts-expect-error -- ARP has no IP header
  () => flow({ match: { ethType: "arp" }, actions: [action.setField({ ipv4Src: "10.0.0.1" })] }),
  // @ts-expect-error -- no protocol at all
  () => flow({ match: { inPort: 1 }, actions: [action.setField({ ipv6Src: "::1" })] }),
  // @ts-expect-error -- no match at all
  () => flow({ actions: [action.decTtl()] }),
  // @ts-expect-error -- another transport
  () => flow({ match: { ethType: "ipv4", ipProto: "udp" }, actions: [action.setField({ tcpDst: 80 })] }),
  // @ts-expect-error -- no tag to write into
  () => flow({ match: { ethType: "ipv4" }, actions: [action.setField({ vlanVid: 5 })] }),
  // @ts-expect-error -- no tag to take off
  () => flow({ match: { vlanVid: "none" }, actions: [action.popVlan()] }),
  // @ts-expect-error -- ct takes IP alone
  () => flow({ match: { ethType: "arp" }, actions: [action.ct({ table: 1 })] }),
  // @ts-expect-error -- needs a neighbour solicitation
  () => flow({ match: { ethType: "ipv6" }, actions: [action.setField({ ipv6NdSll: "02:00:00:00:00:01" })] }),
  // @ts-expect-error -- a field without its protocol, in flow as in match
  () => flow({ match: { tcpDst: 80 } }),
  // @ts-expect-error -- no such field
  () => flow({ match: { ethType: "ipv4", ipv4Destination: "10.0.0.1" } }),
  // @ts-expect-error -- no such action
  () => flow({ actions: [{ type: "outputs", port: 1, maxLen: 0 }] }),
  // @ts-expect-error -- ARP without its Ethernet type
  () => match({ arpTpa: "10.0.0.1" }),
  // @ts-expect-error -- IPv4 addresses in IPv6
  () => match({ ethType: "ipv6", ipv4Src: "10.0.0.1" }),
  // @ts-expect-error -- an IP protocol without IP
  () => match({ ethType: "arp", ipProto: "tcp" }),
  // @ts-expect-error -- ICMP of the other family
  () => match({ ethType: "ipv4", ipProto: "icmpv6" as "icmp", icmpv6Type: 135 }),
  // @ts-expect-error -- a solicitation has no target's address
  () => match({ ethType: "ipv6", ipProto: "icmpv6", icmpv6Type: 135, ipv6NdTll: "02:00:00:00:00:01" }),
  // @ts-expect-error -- an echo has no target
  () => match({ ethType: "ipv6", ipProto: "icmpv6", icmpv6Type: 128, ipv6NdTarget: "::1" }),
  // @ts-expect-error -- no tag, no priority
  () => match({ vlanVid: "none", vlanPcp: 1 }),
  // @ts-expect-error -- labels without MPLS
  () => match({ ethType: "ipv4", mplsLabel: 5 }),
  // @ts-expect-error -- Open vSwitch doesn't have it
  () => match({ ethType: 0x88e7, pbbIsid: 5 }),
  // @ts-expect-error -- no such word
  () => match({ vlanVid: "some" }),
  // @ts-expect-error -- a bigint
  () => match({ metadata: 5 }),
  // @ts-expect-error -- no mask of that type
  () => match({ metadata: { value: 5n, mask: 5 } }),
  // @ts-expect-error -- no such field
  () => action.setField({ ipv4Destination: "10.0.0.1" }),
  // @ts-expect-error -- a value of another type
  () => action.setField({ ipv4Dst: 5 }),
  // @ts-expect-error -- a value of another type
  () => action.setField({ metadata: 5 }),
  // @ts-expect-error -- nothing may set it
  () => action.setField({ ethType: 0x0800 }),
  // @ts-expect-error -- a tag can't be set to none as to a number
  () => action.setField({ vlanVid: { value: 0, mask: 1 } }),
  // @ts-expect-error -- no such port
  () => action.output("controler"),
  // @ts-expect-error -- no such field
  () => action.output("register0[0..15]"),
  // @ts-expect-error -- no such field
  () => action.load(5, "reg99"),
  // @ts-expect-error -- not bits
  () => action.load(5, "reg0[low]"),
  // @ts-expect-error -- nothing may set it
  () => action.load(5, "ethType"),
  // @ts-expect-error -- nothing may set it
  () => action.move("reg0[0..15]", "ethType"),
  // @ts-expect-error -- neither a port nor a table
  () => action.resubmit({}),
  // @ts-expect-error -- source or destination, not both
  () => action.ct({ commit: true, nat: { src: {}, dst: {} } }),
  // @ts-expect-error -- no helper of that name
  () => action.ct({ commit: true, alg: "sip" }),
  // @ts-expect-error -- no tag of that type
  () => flow({ actions: [action.pushVlan(0x0800)] }),
  // @ts-expect-error -- no tunnel option
  () => action.deleteField("ethSrc"),
  // @ts-expect-error -- no such field
  () => action.learn({ table: 1, match: { nosuch: 1 } }),
  // @ts-expect-error -- nothing may set it
  () => action.learn({ table: 1, load: { ethType: 1 } }),
  // @ts-expect-error -- a bigint
  () => instruction.metadata(5),
  // @ts-expect-error -- a match is no action
  () => instruction.apply({ ethType: 5 }),
];

describe("flow", () => {
  const cases: readonly (readonly [FlowMod, string])[] = [
    [flow({}), "actions=drop"],
    [flow({ priority: 5, match: { inPort: 1 } }), "priority=5,in_port=1,actions=drop"],
    [
      flow({
        tableId: 3,
        priority: 50,
        cookie: 7n,
        match: { ethType: "ipv4", ipv4Dst: "10.0.0.7" },
        actions: [action.setField({ ipv4Dst: "10.0.0.9" }), action.decTtl(), action.output(3)],
      }),
      "table=3,priority=50,cookie=0x7,ip,nw_dst=10.0.0.7,actions=set_field:10.0.0.9->ip_dst,dec_ttl,output:3",
    ],
    [
      flow({
        match: match({ ethType: "ipv4", ipProto: "tcp", tcpDst: 80 }),
        instructions: [instruction.goto(9), instruction.apply(action.setField({ tcpDst: 8080 }))],
      }),
      "tcp,tp_dst=80,actions=set_field:8080->tcp_dst,goto_table:9",
    ],
    [
      flow({
        match: { ethType: "arp" },
        actions: [action.setField({ arpSpa: "10.0.0.1" }), action.output("inPort")],
        instructions: [
          instruction.metadata(5n),
          instruction.write(action.group(1)),
          instruction.clear(),
          instruction.meter(2),
        ],
      }),
      "arp,actions=meter:2,set_field:10.0.0.1->arp_spa,in_port,clear_actions,write_actions(group:1),write_metadata:5",
    ],
    [
      flow({ match: {}, actions: [action.pushVlan(), action.setField({ vlanVid: 5 }), action.output(1)] }),
      "actions=push_vlan:0x8100,set_field:4101->vlan_vid,output:1",
    ],
    [
      flow({ match: {}, actions: [action.setField({ vlanTci: 0x1005 }), action.popVlan()] }),
      "actions=set_field:0x1005->vlan_tci,pop_vlan",
    ],
    [
      flow({ match: { vlanVid: "any" }, actions: [action.popVlan(), action.output(1)] }),
      "vlan_tci=0x1000/0x1000,actions=pop_vlan,output:1",
    ],
    [
      flow({
        match: { ethType: "mpls" },
        actions: [action.popMpls(0x0800), action.decTtl(), action.output(1)],
      }),
      "mpls,actions=pop_mpls:0x800,dec_ttl,output:1",
    ],
    [
      flow({ command: "deleteStrict", priority: 9, match: { ethType: "ipv6" }, outPort: 4 }),
      "table=0,priority=9,ipv6,out_port=4",
    ],
  ];
  for (const [built, text] of cases) {
    it(`makes ${text}`, () => {
      const { command } = built;
      assert.deepEqual(built, parseFlow(text, typeof command === "number" ? {} : { command }));
    });
  }

  it("takes actions whose list the compiler can't see into", () => {
    const actions: Action[] = [action.output(1)];
    assert.equal(formatFlow(flow({ actions })), "actions=output:1");
    assert.equal(formatFlow(flow({ actions: [...actions, action.exit()] })), "actions=output:1,exit");
  });

  for (const { build, field, openflowError, path, hint } of refusedFlows) {
    it(`refuses ${path ?? "a match"} with ${openflowError} and says what to write: ${hint.source}`, () => {
      assert.throws(build, (error: unknown) => {
        assert.ok(error instanceof (path === undefined ? MatchError : ActionError), String(error));
        assert.equal(error.openflowError, openflowError);
        assert.equal(error.field, field);
        if (error instanceof ActionError) assert.equal(error.path, path);
        assert.match(error.hint ?? "", hint);
        assert.ok(error.message.includes(openflowError));
        assert.ok(error.message.endsWith(error.hint ?? ""));
        return true;
      });
    });
  }

  it("leaves flowMod unjudged, for whoever wants to see the switch refuse", () => {
    const actions = [action.popVlan()];
    assert.deepEqual(flowMod({ instructions: [instruction.apply(...actions)] }).instructions.length, 1);
  });

  it("finds what is wrong in an action's own actions", () => {
    const inner = action.clone(action.output(1), action.setField({ ipv4Src: "10.0.0.1" }));
    assert.throws(
      () => flow({ match: { ethType: "arp" }, actions: [action.output(2), inner] }),
      (error: unknown) => {
        assert.ok(error instanceof ActionError);
        assert.equal(error.openflowError, "OFPBAC_MATCH_INCONSISTENT");
        assert.match(error.path ?? "", /^instructions\[0\]\.actions\[1\]/);
        return true;
      },
    );
  });

  for (const build of refusedTwice) {
    it(`refuses, when compiled and when run, ${String(build).slice("() => ".length)}`, () => {
      assert.throws(build, BuildError);
    });
  }

  it("has no other parts than those of a flow mod", () => {
    // @ts-expect-error -- it is called tableId
    assert.deepEqual(flow({ table: 5 }), flowMod());
  });
});
