// docs/openflow.md: each of its snippets stands here too, compiled and run, and a test holds the two together.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import {
  type Action,
  action,
  BuildError,
  connectSwitch,
  type FlowMod,
  fixFlow,
  flow,
  formatFlow,
  formatGroups,
  formatMatch,
  instruction,
  match,
  parseBundleFile,
  parseFlow,
} from "../../../src/openflow/index.ts";

const { goto, meter, write } = instruction;
const { ct, decTtl, load, output, setField } = action;

const translate = flow({
  priority: 50,
  match: { ethType: "ipv4", ipv4Dst: "10.0.0.7" },
  actions: [setField({ ipv4Dst: "192.168.1.137" }), decTtl(), output(3)],
});

const classify = flow({
  tableId: 4,
  match: { ethType: "ipv4", ipProto: "tcp", tcpDst: "0x50/0xfff0" },
  actions: [load(7, "reg0[0..15]")],
  instructions: [meter(1), write(output("normal")), goto(9)],
});

const vendor = "fa:16:3e:00:00:00/ff:ff:ff:00:00:00";
const tagged = match({ inPort: 1, vlanVid: "any", vlanPcp: 5 });
const masked = match({ metadata: { value: 0x10n, mask: 0xf0n }, ethSrc: vendor });
const answers = match({ ethType: "arp", arpOp: 2, arpTpa: "10.0.0.0/24" });

const remember = ct({
  commit: true,
  zone: "reg0[0..15]",
  nat: { src: { address: ["10.0.0.1", "10.0.0.9"], port: [1024, 65535] } },
  exec: [setField({ ctMark: 1 })],
});
const outbound = flow({ match: { ethType: "ipv4", inPort: 2 }, actions: [remember, output(1)] });

const wrong = [
  // @ts-expect-error: ARP has no IP header
  () => flow({ match: { ethType: "arp" }, actions: [setField({ ipv4Src: "10.0.0.7" })] }),
  // @ts-expect-error: port 80 of which protocol?
  () => match({ ethType: "ipv4", tcpDst: 80 }),
];

function explain(actions: Action[]): string {
  try {
    return formatFlow(flow({ match: { ethType: "arp" }, actions }));
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    return `${error.field}: ${error.openflowError}; ${error.hint}`;
  }
}

const parsed = parseFlow("priority=50,ip,nw_dst=10.0.0.7,actions=dec_ttl,output:2");
const printed = formatFlow(parsed);

const line = "ip,nw_dst=10.0.0.7,actions=strip_vlan,output:2";
const { text, changes } = fixFlow(line);
const why = changes.map(({ was, now }) => `${was} is written ${now}`);

async function install(target: string, flows: readonly FlowMod[]): Promise<void> {
  await using bridge = await connectSwitch(target);
  await bridge.apply(flows);
}

async function installAll(target: string): Promise<void> {
  const file = "group add group_id=1,type=all,bucket=output:1\nflow add arp,actions=group:1";
  await using bridge = await connectSwitch(target);
  await bridge.apply(parseBundleFile(file));
}

async function printGroups(target: string): Promise<string> {
  await using bridge = await connectSwitch(target);
  return formatGroups(await bridge.groups());
}

const words = (text: string): string => text.replaceAll(/\s+/g, " ").trim();
const read = (...path: string[]): string => readFileSync(join(process.cwd(), ...path), "utf8");

describe("docs/openflow.md", () => {
  it("shows nothing that isn't compiled and run here", () => {
    const source = words(read("test", "openflow", "flow-builder", "page.test.ts"));
    const blocks = Array.from(
      read("docs", "openflow.md").matchAll(/```ts\n(.*?)```/gs),
      ([, code = ""]) => code,
    );
    assert.ok(blocks.length > 0);
    for (const block of blocks) assert.ok(source.includes(words(block)), block);
  });

  it("names every function that makes an action or an instruction", () => {
    const page = read("docs", "openflow.md");
    const missing = [...Object.keys(action), ...Object.keys(instruction)].filter(
      (name) => !page.includes(`\`${name}\``),
    );
    assert.deepEqual(missing, []);
  });

  it("makes the flows it speaks of", () => {
    assert.deepEqual(
      [translate, classify, outbound].map((one) => formatFlow(one)),
      [
        "priority=50,ip,nw_dst=10.0.0.7 actions=set_field:192.168.1.137->ip_dst,dec_ttl,output:3",
        "table=4, tcp,tp_dst=0x50/0xfff0 actions=meter:1,load:0x7->NXM_NX_REG0[0..15],write_actions(NORMAL),goto_table:9",
        "ip,in_port=2 actions=ct(commit,zone=NXM_NX_REG0[0..15],nat(src=10.0.0.1-10.0.0.9:1024-65535),exec(set_field:0x1->ct_mark)),output:1",
      ],
    );
    assert.deepEqual(
      [tagged, masked, answers].map((one) => formatMatch(one)),
      [
        "in_port=1,dl_vlan_pcp=5",
        "metadata=0x10/0xf0,dl_src=fa:16:3e:00:00:00/ff:ff:ff:00:00:00",
        "arp,arp_tpa=10.0.0.0/24,arp_op=2",
      ],
    );
    assert.equal(printed, "priority=50,ip,nw_dst=10.0.0.7 actions=dec_ttl,output:2");
    assert.equal(text, "ip,nw_dst=10.0.0.7,actions=load:0->NXM_OF_VLAN_TCI[],output:2");
    assert.deepEqual(why, ["strip_vlan is written load:0->NXM_OF_VLAN_TCI[]"]);
    // These need a switch: the integration tests install flows and bundles so.
    assert.deepEqual([install.length, installAll.length, printGroups.length], [2, 1, 1]);
  });

  it("is refused what it says is refused, in the words it says", () => {
    for (const build of wrong) assert.throws(build, BuildError);
    const said = explain([setField({ ipv4Src: "10.0.0.7" })]);
    assert.equal(said, 'ipv4Src: OFPBAC_MATCH_INCONSISTENT; write setField({ arpSpa: "10.0.0.7" })');
    assert.ok(words(read("docs", "openflow.md")).includes(`\`${said}\``));
  });
});
