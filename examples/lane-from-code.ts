// A lane from code: a VM's agent reaches its collector by a proxy address that is chosen, remembered and installed.
//   node build/examples/lane-from-code.js [OVSDB] [PROBE-PORT] [PROBE-IP] [COLLECTOR-IP] [COLLECTOR-MAC] [--remove]
import { parseArgs } from "node:util";
import { openLanes, planLines, policyFrom } from "ovskit/policy";

const { values, positionals } = parseArgs({
  options: { remove: { type: "boolean" } },
  allowPositionals: true,
});
const [
  ovsdb = "unix:/var/run/openvswitch/db.sock",
  name = "qvoedb66118-8c",
  ip = "192.168.1.137",
  collectorIp = "10.100.7.140",
  collectorMac = "fa:16:3e:f3:a6:fd",
] = positionals;

const policy = policyFrom({
  version: 1,
  pool: { cidr: "10.0.0.0/24", reserved: ["10.0.0.1"] },
  collectors: { wazuh: { ip: collectorIp, mac: collectorMac, segment: "flat" } },
  probes: { "vm-137": { port: { name }, ip, collector: "wazuh" } },
});

await using lanes = await openLanes({ ovsdb, policy });
if (values.remove === true) {
  const { bridges } = await lanes.remove();
  console.log(`removed ${bridges.flatMap(({ changes }) => changes).length} flows`);
} else {
  for (const line of planLines(await lanes.plan())) console.log(line);
  await lanes.apply();
  for (const { name, up, down, proxy, placement } of await lanes.status()) {
    console.log(`${name} is ${up ? `up, ${placement}, known as ${proxy?.ip}` : `down: ${down?.reason}`}`);
  }
}
