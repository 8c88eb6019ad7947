// Every action and instruction that the builders make, beside ovs-ofctl's words for it: what the builders are held
// against, here by the text syntax, and by a real switch in the integration tests.
import { type Action, action, type Instruction, instruction } from "../../../src/openflow/index.ts";

/** An action, what ovs-ofctl writes for it, and a match, in its words, of a flow that it may stand in. */
export interface BuiltAction {
  readonly built: Action;
  readonly text: string;
  readonly match?: string;
}

const ip = "ip";
const tcp = "tcp";

/** At least one of everything that `action` makes, and one for each of its forms. */
export const builtActions: readonly BuiltAction[] = [
  { built: action.output(2), text: "output:2" },
  { built: action.output("normal"), text: "NORMAL" },
  { built: action.output("inPort"), text: "IN_PORT" },
  { built: action.output("local"), text: "LOCAL" },
  { built: action.output("flood"), text: "FLOOD" },
  { built: action.output("all"), text: "ALL" },
  { built: action.output("table"), text: "TABLE" },
  { built: action.output("controller"), text: "CONTROLLER:65535" },
  { built: action.output("controller", { maxLen: 128 }), text: "CONTROLLER:128" },
  { built: action.output(2, { maxLen: 64 }), text: "output(port=2,max_len=64)" },
  { built: action.output("local", { maxLen: 64 }), text: "output(port=LOCAL,max_len=64)" },
  { built: action.output("reg0[0..15]"), text: "output:NXM_NX_REG0[0..15]" },
  { built: action.output("reg0[]"), text: "output:NXM_NX_REG0[]" },
  { built: action.group(7), text: "group:7" },
  { built: action.setQueue(3), text: "set_queue:3" },
  { built: action.popQueue(), text: "pop_queue" },

  { built: action.setField({ ethDst: "fa:16:3e:00:00:01" }), text: "set_field:fa:16:3e:00:00:01->eth_dst" },
  { built: action.setField({ ipv4Dst: "10.0.0.9" }), text: "set_field:10.0.0.9->ip_dst", match: ip },
  { built: action.setField({ arpSpa: "10.0.0.9" }), text: "set_field:10.0.0.9->arp_spa", match: "arp" },
  {
    built: action.setField({ ipv6Src: "2001:db8::1" }),
    text: "set_field:2001:db8::1->ipv6_src",
    match: "ipv6",
  },
  { built: action.setField({ tcpDst: 80 }), text: "set_field:80->tcp_dst", match: tcp },
  { built: action.setField({ vlanVid: 5 }), text: "set_field:4101->vlan_vid", match: "dl_vlan=7" },
  { built: action.setField({ metadata: 5n }), text: "set_field:0x5->metadata" },
  { built: action.setField({ tunnelId: 0x10n }), text: "set_field:0x10->tun_id" },
  { built: action.setField({ reg3: "0x55" }), text: "set_field:0x55->reg3" },
  { built: action.setField({ pktMark: 7 }), text: "set_field:0x7->pkt_mark" },
  { built: action.pushVlan(), text: "push_vlan:0x8100" },
  { built: action.pushVlan(0x88a8), text: "push_vlan:0x88a8" },
  { built: action.popVlan(), text: "pop_vlan", match: "dl_vlan=7" },
  { built: action.pushMpls(), text: "push_mpls:0x8847" },
  { built: action.popMpls(0x0800), text: "pop_mpls:0x0800", match: "mpls" },
  { built: action.decTtl(), text: "dec_ttl", match: ip },
  { built: action.decTtl(1, 2), text: "dec_ttl(1,2)", match: ip },
  { built: action.setTtl(9), text: "mod_nw_ttl:9", match: ip },
  { built: action.decMplsTtl(), text: "dec_mpls_ttl", match: "mpls" },
  { built: action.setMplsTtl(9), text: "set_mpls_ttl(9)", match: "mpls" },

  { built: action.load(5, "reg0[0..15]"), text: "load:0x5->NXM_NX_REG0[0..15]" },
  { built: action.load(0, "vlanTci"), text: "load:0->NXM_OF_VLAN_TCI[]" },
  { built: action.load(0x1_0000_0000n, "xreg1"), text: "load:0x100000000->OXM_OF_PKT_REG1[]" },
  { built: action.load(1, "inPort"), text: "load:0x1->NXM_OF_IN_PORT[]" },
  { built: action.move("ethSrc", "ethDst"), text: "move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[]" },
  { built: action.move("arpSpa", "reg1"), text: "move:NXM_OF_ARP_SPA[]->NXM_NX_REG1[]", match: "arp" },
  { built: action.move("reg0[0..15]", "reg1[16..31]"), text: "move:NXM_NX_REG0[0..15]->NXM_NX_REG1[16..31]" },
  { built: action.push("reg2"), text: "push:NXM_NX_REG2[]" },
  { built: action.pop("reg2[0..7]"), text: "pop:NXM_NX_REG2[0..7]" },
  { built: action.deleteField("tunMetadata3"), text: "delete_field:tun_metadata3" },
  { built: action.checkPktLarger(1500, "reg0[3]"), text: "check_pkt_larger(1500)->NXM_NX_REG0[3]" },
  {
    built: action.multipath({
      fields: "symmetricL4",
      basis: 50,
      algorithm: "moduloN",
      links: 4,
      into: "reg0[0..7]",
    }),
    text: "multipath(symmetric_l4,50,modulo_n,4,0,NXM_NX_REG0[0..7])",
  },
  {
    built: action.bundle({ fields: "ethSrc", algorithm: "hrw", members: [1, 2] }),
    text: "bundle(eth_src,0,hrw,ofport,members:1,2)",
  },
  {
    built: action.bundleLoad({
      fields: "symmetricL4",
      basis: 60,
      algorithm: "activeBackup",
      members: [1, "local"],
      into: "reg1[0..15]",
    }),
    text: "bundle_load(symmetric_l4,60,active_backup,ofport,NXM_NX_REG1[0..15],members:1,LOCAL)",
  },

  { built: action.resubmit({ table: 5 }), text: "resubmit(,5)" },
  { built: action.resubmit({ port: 2, table: 5 }), text: "resubmit(2,5)" },
  { built: action.resubmit({ table: 5, ct: true }), text: "resubmit(,5,ct)", match: "ct_state=+est+trk,ip" },
  { built: action.ct(), text: "ct()", match: ip },
  {
    built: action.ct({
      commit: true,
      zone: "reg0[0..15]",
      table: 4,
      nat: { src: { address: ["10.0.0.1", "10.0.0.9"], port: [1000, 2000], choose: "random" } },
      exec: [action.load(1, "ctMark"), action.setField({ ctLabel: 2n })],
    }),
    text:
      "ct(commit,table=4,zone=NXM_NX_REG0[0..15],nat(src=10.0.0.1-10.0.0.9:1000-2000,random)," +
      "exec(load:0x1->NXM_NX_CT_MARK[],set_field:0x2->ct_label))",
    match: ip,
  },
  { built: action.ct({ table: 4, zone: 5, nat: true }), text: "ct(table=4,zone=5,nat)", match: ip },
  {
    built: action.ct({ commit: true, force: true, nat: { dst: { address: "2001:db8::9", port: 80 } } }),
    text: "ct(commit,force,nat(dst=[2001:db8::9]:80))",
    match: "ipv6",
  },
  { built: action.ct({ commit: true, alg: "ftp" }), text: "ct(commit,alg=ftp)", match: tcp },
  { built: action.ctClear(), text: "ct_clear" },
  {
    built: action.clone(action.load(1, "reg0"), action.output(2)),
    text: "clone(load:0x1->NXM_NX_REG0[],output:2)",
  },
  {
    built: action.learn({
      table: 10,
      priority: 9,
      hardTimeout: 300,
      cookie: 7n,
      match: { "vlanTci[0..11]": "vlanTci[0..11]", ethDst: "ethSrc", ethType: 0x0800, ipv4Dst: "ipv4Src" },
      load: { reg1: 5, "reg0[0..15]": "inPort" },
      output: "inPort",
    }),
    text:
      "learn(table=10,hard_timeout=300,priority=9,cookie=0x7,NXM_OF_VLAN_TCI[0..11]," +
      "NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],eth_type=0x800,NXM_OF_IP_DST[]=NXM_OF_IP_SRC[]," +
      "load:0x5->NXM_NX_REG1[],load:NXM_OF_IN_PORT[]->NXM_NX_REG0[0..15],output:NXM_OF_IN_PORT[])",
    match: ip,
  },
  {
    built: action.learn({
      table: 1,
      idleTimeout: 10,
      finIdleTimeout: 1,
      finHardTimeout: 2,
      sendFlowRemoved: true,
      deleteLearned: true,
      limit: 100,
      result: "reg0[0]",
      match: { ethDst: "ethSrc" },
    }),
    text:
      "learn(table=1,idle_timeout=10,fin_idle_timeout=1,fin_hard_timeout=2,send_flow_rem,delete_learned," +
      "limit=100,result_dst=NXM_NX_REG0[0],NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[])",
  },
  { built: action.controller(), text: "CONTROLLER:65535" },
  {
    built: action.controller({ id: 5, reason: "noMatch", maxLen: 100 }),
    text: "controller(reason=no_match,max_len=100,id=5)",
  },
  {
    built: action.controller({ userdata: Uint8Array.of(1, 2), pause: true, meter: 3, id: 4 }),
    text: "controller(id=4,userdata=01.02,pause,meter_id=3)",
  },
  { built: action.conjunction(9, { clause: 1, of: 2 }), text: "conjunction(9,1/2)" },
  { built: action.note(Uint8Array.of(0xaa, 0xbb)), text: "note:aa.bb.00.00.00.00" },
  {
    built: action.finTimeout({ idle: 5, hard: 10 }),
    text: "fin_timeout(idle_timeout=5,hard_timeout=10)",
    match: tcp,
  },
  { built: action.exit(), text: "exit" },
  {
    built: action.sample({ probability: 12, collectorSetId: 1, obsDomainId: 2, obsPointId: 3 }),
    text: "sample(probability=12,collector_set_id=1,obs_domain_id=2,obs_point_id=3)",
  },
  {
    built: action.sample({ probability: 12, samplingPort: 1 }),
    text: "sample(probability=12,collector_set_id=0,obs_domain_id=0,obs_point_id=0,sampling_port=1)",
  },
  {
    built: action.sample({ probability: 12, samplingPort: 1, direction: "egress" }),
    text: "sample(probability=12,collector_set_id=0,obs_domain_id=0,obs_point_id=0,sampling_port=1,egress)",
  },
  { built: action.encap("mpls"), text: "encap(mpls)" },
  { built: action.encap("nsh", { type: "nshMdType", mdType: 1 }), text: "encap(nsh(md_type=1))" },
  { built: action.decap(), text: "decap()", match: "mpls" },
  { built: action.decap(0x0800), text: "decap(packet_type(ns=1,type=0x800))", match: "mpls" },
  { built: action.decNshTtl(), text: "dec_nsh_ttl", match: "dl_type=0x894f" },
];

/** Everything that `instruction` makes. */
export const builtInstructions: readonly { readonly built: Instruction; readonly text: string }[] = [
  { built: instruction.apply(action.output(1), action.output(2)), text: "output:1,output:2" },
  { built: instruction.write(action.output(1)), text: "write_actions(output:1)" },
  { built: instruction.clear(), text: "clear_actions" },
  { built: instruction.meter(1), text: "meter:1" },
  { built: instruction.metadata(0x5n), text: "write_metadata:0x5" },
  { built: instruction.metadata(0x5n, 0xfn), text: "write_metadata:0x5/0xf" },
  { built: instruction.goto(9), text: "goto_table:9" },
];
