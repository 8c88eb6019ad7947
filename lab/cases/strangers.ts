// Case 7: what a lane must not do. Tenants without one keep their own traffic and reach nothing new, a probe can't
// pretend to be another, and a collector that takes some ports gets no others.
import { documentFor, pools } from "./policies.ts";
import type { Case, Stage } from "./stage.ts";

const proxy = "10.0.0.137";
const proxyOnOneNode = "10.0.0.189";
const probe = { vm: "vm-137", collector: "wazuh" } as const;
const probeOnOneNode = { vm: "vm-189", collector: "wazuh" } as const;
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

async function onOneNode(stage: Stage): Promise<void> {
  const { cloud } = stage;
  const document = documentFor(cloud, [{ ...probeOnOneNode, as: proxyOnOneNode }], { pool: pools.compute });
  await stage.withLanes("compute", document, async () => {
    await spoofersGetNowhere(stage, probeOnOneNode.vm, proxyOnOneNode);
    await stage.expect({ kind: "ping", from: "twin-189", to: cloud.vm("wazuh").ip }, "nothing");
    await stage.expect({ kind: "ping", from: "stranger", to: proxyOnOneNode }, "nothing");
  });
}

async function otherPortsGetNowhere(stage: Stage): Promise<void> {
  const out = { from: probe.vm, to: stage.cloud.vm("wazuh").ip };
  await stage.expect({ kind: "tcp", port: 1514, ...out }, { by: "wazuh", seenAs: proxy });
  await stage.expect({ kind: "ping", ...out }, { by: "wazuh", seenAs: proxy });
  await stage.expect({ kind: "tcp", port: 1515, ...out }, "nothing");
  await stage.expect({ kind: "tcp", port: 8080, from: "wazuh", to: proxy }, "nothing");
}

/** Case 7. */
export const strangersCase: Case = {
  number: 7,
  title: "strangers, spoofers and other ports",
  async play(stage) {
    const { cloud } = stage;
    const pool = pools.controller;
    await stage.withLanes("controller", documentFor(cloud, [{ ...probe, as: proxy }], { pool }), async () => {
      await thirdTenantTalks(stage);
      await nobodyElseGetsIn(stage);
      await spoofersGetNowhere(stage, probe.vm, proxy);
      const asking = { kind: "arp", from: probe.vm, to: cloud.vm("wazuh").ip } as const;
      await stage.expect({ ...asking, spoof: { mac: someMac } }, "nothing");
      await stage.expect({ ...asking, spoof: { ip: "192.168.1.66" } }, "nothing");
    });
    await onOneNode(stage);
    // Without a proxy the collector's answers bear the address that the third tenant owns too.
    await stage.withLanes(
      "controller",
      documentFor(cloud, [{ ...probe, as: "none" }], { pool }),
      async () => {
        await stage.expect(
          { kind: "ping", from: probe.vm, to: cloud.vm("wazuh").ip },
          { by: "wazuh", seenAs: cloud.vm(probe.vm).ip },
        );
        await thirdTenantTalks(stage);
      },
    );
    const choosy = documentFor(cloud, [{ ...probe, as: proxy }], { pool, allow: ["tcp/1514", "icmp"] });
    await stage.withLanes("controller", choosy, () => otherPortsGetNowhere(stage));
  },
};
