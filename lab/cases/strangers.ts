// Case 7: what a lane must not do. Tenants without one keep their own traffic and reach nothing new, a probe can't
// pretend to be another, and a collector that takes some ports gets no others.
import { documentFor, pools } from "./policies.ts";
import type { Case, Stage } from "./stage.ts";

const proxy = "10.0.0.137";
const proxyOnOneNode = "10.0.0.189";
const probe = { vm: "vm-137", collector: "wazuh" } as const;
const probeOnOneNode = { vm: "vm-189", collector: "wazuh" } as const;
const allow = ["tcp/1514", "icmp"];
const someMac = "fa:16:3e:66:66:66";

// The third tenant's own two machines, on both nodes, one with the probe's address.
async function thirdTenantTalks(stage: Stage): Promise<void> {
  const owner = stage.cloud.vm("third-137");
  const peer = stage.cloud.vm("third-20");
  const to = { from: owner.name, to: peer.ip };
  const back = { from: peer.name, to: owner.ip };
  await stage.expect({ kind: "ping", ...to }, { by: peer.name, seenAs: owner.ip });
  await stage.expect({ kind: "tcp", port: 1514, ...to }, { by: peer.name, seenAs: owner.ip });
  await stage.expect({ kind: "ping", ...back }, { by: owner.name, seenAs: peer.ip });
  await stage.expect({ kind: "tcp", port: 8080, ...back }, { by: owner.name, seenAs: peer.ip });
}

async function nobodyElseGetsIn(stage: Stage): Promise<void> {
  const collector = stage.cloud.vm("wazuh").ip;
  await stage.expect({ kind: "ping", from: "third-137", to: collector }, "nothing");
  await stage.expect({ kind: "tcp", port: 1514, from: "twin-137", to: collector }, "nothing");
  await stage.expect({ kind: "ping", from: "stranger", to: proxy }, "nothing");
}

async function spoofersGetNowhere(stage: Stage, from: string, knownAs: string): Promise<void> {
  const ping = { kind: "ping", from, to: stage.cloud.vm("wazuh").ip } as const;
  await stage.expect(ping, { by: "wazuh", seenAs: knownAs });
  await stage.expect({ ...ping, spoof: { mac: someMac } }, "nothing");
  await stage.expect({ ...ping, spoof: { ip: "192.168.1.66" } }, "nothing");
  await stage.expect({ ...ping, spoof: { ip: knownAs } }, "nothing");
  await stage.expect(ping, { by: "wazuh", seenAs: knownAs });
}

async function otherPortsGetNowhere(stage: Stage, from: string, knownAs: string): Promise<void> {
  const out = { from, to: stage.cloud.vm("wazuh").ip };
  await stage.expect({ kind: "tcp", port: 1514, ...out }, { by: "wazuh", seenAs: knownAs });
  await stage.expect({ kind: "ping", ...out }, { by: "wazuh", seenAs: knownAs });
  await stage.expect({ kind: "tcp", port: 1515, ...out }, "nothing");
  await stage.expect({ kind: "tcp", port: 8080, from: "wazuh", to: knownAs }, "nothing");
}

// The probe's node has no port of the collector's network; the third tenant's network crosses the same wire.
async function onTwoNodes(stage: Stage): Promise<void> {
  const { cloud } = stage;
  const settings = { pool: pools.controller };
  const document = documentFor(cloud, [{ ...probe, as: proxy }], settings);
  await stage.withLanes("controller", document, async () => {
    await thirdTenantTalks(stage);
    await nobodyElseGetsIn(stage);
    await spoofersGetNowhere(stage, probe.vm, proxy);
    const asking = { kind: "arp", from: probe.vm, to: cloud.vm("wazuh").ip } as const;
    await stage.expect({ ...asking, spoof: { mac: someMac } }, "nothing");
    await stage.expect({ ...asking, spoof: { ip: "192.168.1.66" } }, "nothing");
  });
  // Without a proxy the collector's answers bear the address that the third tenant owns too.
  await stage.withLanes("controller", documentFor(cloud, [{ ...probe, as: "none" }], settings), async () => {
    const { ip } = cloud.vm(probe.vm);
    await stage.expect(
      { kind: "ping", from: probe.vm, to: cloud.vm("wazuh").ip },
      { by: "wazuh", seenAs: ip },
    );
    await thirdTenantTalks(stage);
  });
  const choosy = documentFor(cloud, [{ ...probe, as: proxy }], { ...settings, allow });
  await stage.withLanes("controller", choosy, () => otherPortsGetNowhere(stage, probe.vm, proxy));
}

async function onOneNode(stage: Stage): Promise<void> {
  const { cloud } = stage;
  const settings = { pool: pools.compute };
  const choice = { ...probeOnOneNode, as: proxyOnOneNode };
  await stage.withLanes("compute", documentFor(cloud, [choice], settings), async () => {
    await spoofersGetNowhere(stage, choice.vm, choice.as);
    await stage.expect({ kind: "ping", from: "twin-189", to: cloud.vm("wazuh").ip }, "nothing");
    await stage.expect({ kind: "ping", from: "stranger", to: choice.as }, "nothing");
  });
  await stage.withLanes("compute", documentFor(cloud, [choice], { ...settings, allow }), () =>
    otherPortsGetNowhere(stage, choice.vm, choice.as),
  );
}

/** Case 7. */
export const strangersCase: Case = {
  number: 7,
  title: "strangers, spoofers and other ports",
  async play(stage) {
    await onTwoNodes(stage);
    await onOneNode(stage);
  },
};
