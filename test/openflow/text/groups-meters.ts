// Texts of groups and meters that ovs-ofctl 3.1 sends at OpenFlow 1.3, and some that it refuses: for the tests beside
// the recordings and beside the program itself.

/** What each takes to be read: the command of ovs-ofctl, and the text. */
export type Line = readonly [command: string, text: string];

function lines(command: string, texts: string): Line[] {
  return texts
    .trim()
    .split("\n")
    .map((text) => [command, text]);
}

/** Sent, and understood in the same way by us. */
export const sent: readonly Line[] = [
  ...lines(
    "add-group",
    `
group_id=1,type=all
group_id=1,type=all,bucket=drop
group_id=1,type=all,bucket=actions=drop
group_id=1,type=all,bucket=actions=
group_id=1,type=all,bucket=actions=output:1,bucket=actions=2
group_id=1 type=all bucket=output:1 bucket=output:2,group:3
group_id=1,type=all,bucket=weight:0,output:1
group_id=1,type=all,bucket=actions=output:1,watch_group:4,output:p2
group_id=1,type=select,bucket=output:1
group_id=1,type=select,bucket=weight:0,output:1
group_id=1,type=select,bucket=weight=5,output:1,bucket=weight:65535,actions=output:2
group_id=1,type=select,bucket=bucket_id:7,weight:3,output:1,bucket=output:1
group_id=1,type=ff,bucket=watch_port:p1,output:1
group_id=1,type=fast_failover,bucket=watch_group:5,actions=output:1
group_id=1,type=ff,bucket=watch_port:1,watch_group:0x6,output:1
group_id=1,type=indirect
group_id=4294967040,type=all
group_id=0x10,type=all
group_id=1,type=all,bucket=strip_vlan,output:1
group_id=1,type=all,bucket=mod_vlan_vid:5,output:1
group_id=1,type=all,bucket=set_field:10.0.0.1->ip_dst,output:1
group_id=1,type=all,bucket=mod_nw_src:10.0.0.1,output:1
group_id=1,type=all,bucket=dec_ttl,output:1
group_id=1,type=all,bucket=output:1,output:2,output:3
group_id=1,type=all,bucket=set_queue:1,output:2
group_id=1,type=all,bucket=learn(table=1,in_port=1)
group_id=1,type=all,bucket=clone(1)
group_id=1,type=all,bucket=push:reg0,pop:reg1
group_id=1,type=all,bucket=note:11,exit
group_id=1,type=all,bucket=fin_timeout(idle_timeout=1)
group_id=1,type=all,bucket=controller(pause)
group_id=1,type=all,bucket=output:reg0,pop_queue
group_id=1,type=all,bucket=output(port=1,max_len=100)
group_id=1,type=all,bucket=delete_field:tun_metadata0
group_id=1,type=all,bucket=sample(probability=1,collector_set_id=2)
`,
  ),
  ...lines("mod-group", "group_id=1,type=all,bucket=output:1"),
  ...lines(
    "del-groups",
    `
group_id=1
group_id=all
`,
  ),
  ...lines(
    "add-meter",
    `
meter=1,kbps,bands=type=drop,rate=1000
meter=1,kbps,burst,bands=type=drop,rate=1,burst_size=5
meter=1 pktps stats bands=type=drop rate=1
meter=1,kbps,band=type=drop,rate=1
meter=1 kbps burst bands= type=drop rate=1 burst_size=3 type=dscp_remark rate=2 prec_level=1 burst_size=4
meter=controller,kbps,bands=type=drop,rate=1
meter=slowpath,kbps,bands=type=drop,rate=1
meter=4294901760,kbps,bands=type=drop,rate=1
meter=0x10,kbps,bands=type=drop,rate=0x10
meter=1,kbps,bands=type=dscp_remark,rate=1,prec_level=255
meter=1,kbps,bands=type=drop,rate=1,burst_size=0
`,
  ),
  ...lines("mod-meter", "meter=1,kbps,bands=type=drop,rate=1"),
  ...lines(
    "del-meter",
    `
meter=1
meter=all
`,
  ),
];

/** Refused by ovs-ofctl, and by us. */
export const refused: readonly Line[] = [
  ...lines(
    "add-group",
    `
group_id=1
type=all
group_id=1,type=all,bucket=
group_id=1,type=all,bucket=weight:5,output:1
group_id=1,type=select,bucket=weight:70000,output:1
group_id=1,type=select,bucket=weight:3
group_id=1,type=select,bucket_id=7,bucket=output:1
group_id=1,type=ff,bucket=output:1
group_id=1,type=FF,bucket=watch_port:1,output:1
group_id=1,type=ff,bucket=watch_port:LOCAL,output:1
group_id=1,type=indirect,bucket=output:1,bucket=output:2
group_id=4294967041,type=all
group_id=any,type=all
group_id=1,type=foo
group_id=1,type=select,fields=ip_src,bucket=output:1
group_id=1,type=select,selection_method_param=1,bucket=output:1
group_id=1,type=all,foo=1
group_id=1,type=all,bucket=foo:1
group_id=1,type=all,command_bucket_id=1,bucket=output:1
group_id=1,type=all,bucket=write_metadata:1
group_id=1,type=all,bucket=goto_table:1
group_id=1,type=all,bucket=clear_actions
group_id=1,type=all,bucket=meter:1,output:2
group_id=1,type=all,bucket=write_actions(output:1)
bucket=output:1,group_id=1,type=all
`,
  ),
  ...lines("mod-group", "group_id=1,bucket=output:1"),
  ...lines(
    "del-groups",
    `
group_id=1,type=all
group_id=any
group_id=1,bucket=output:1
group_id=1,command_bucket_id=all
foo
`,
  ),
  ...lines(
    "add-meter",
    `
meter=1
meter=1,kbps
meter=1,kbps,bands=
meter=1,bands=type=drop,rate=1
kbps,bands=type=drop,rate=1
meter=1,kbps,burst,bands=type=drop,rate=1
meter=1,kbps,burst,bands=type=drop,rate=1,burst_size=0
meter=1,kbps,bands=type=drop,rate=1,burst_size=5
meter=1,kbps,bands=type=dscp_remark,rate=1
meter=1,kbps,bands=type=dscp_remark,rate=1,prec_level=0
meter=1,kbps,bands=type=drop,rate=1,prec_level=1
meter=1,kbps,bands=type=drop
meter=1,kbps,bands=type=drop,rate=0
meter=1,kbps,bands=rate=1
meter=1,kbps,bands=rate=1,type=drop
meter=0,kbps,bands=type=drop,rate=1
meter=virtual,kbps,bands=type=drop,rate=1
meter=4294901761,kbps,bands=type=drop,rate=1
meter=1,kbps,bands=type=foo,rate=1
meter=1,foo,bands=type=drop,rate=1
meter=1,kbps,bands=type=drop,foo=1
meter=1,kbps,bands=type=dscp_remark,rate=1,prec_level=300
meter=1,kbps=yes,bands=type=drop,rate=1
bands=type=drop,rate=1,meter=1,kbps
`,
  ),
  ...lines("mod-meter", "meter=1"),
  ...lines(
    "del-meter",
    `
meter=1,kbps
meter=1,bands=type=drop,rate=1
`,
  ),
];

/** Sent by ovs-ofctl, and refused by us: what was written isn't what would be sent, or the switch refuses it. */
export const strict: readonly Line[] = [
  ...lines(
    "add-group",
    `
group_id=all,type=all
group_id=010,type=all
group_id=1,group_id=2,type=all
group_id=1,type=all,type=select
group_id=1,type=select,selection_method=hash,bucket=output:1
group_id=1,type=select,bucket=weight:1,weight:2,output:1
`,
  ),
  ...lines(
    "add-meter",
    `
meter=1,kbps,pktps,bands=type=drop,rate=1
meter=1,meter=2,kbps,bands=type=drop,rate=1
meter=1,kbps,kbps,bands=type=drop,rate=1
meter=1,kbps,bands=type=drop,rate=1,rate=2
meter=1,kbps,bands=type=drop,rate=5000000000
meter=010,kbps,bands=type=drop,rate=1
`,
  ),
];
