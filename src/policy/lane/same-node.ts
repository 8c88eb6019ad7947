// The flows of a lane whose collector has its port on the same integration bridge: all in table 0, from port to port.
import { routerMac } from "../address.ts";
import { CookieKind, cookieOf } from "./cookie.ts";
import {
  actionFlow,
  arpRequest,
  ipPacket,
  output,
  respond,
  services,
  toProbeAddresses,
  toProviderAddresses,
} from "./flow-parts.ts";
import { type FlowSettings, guardDistance, type Lane, type LaneFlow } from "./lane.ts";

/*
 * A, S: the probe's and the collector's port; V, P, C: address of the VM, the proxy, the collector; R: the router's MAC.
 *
 *   p      arp from A asking for C                  answered: C is at R
 *   p      ip  from A, untagged, V to C             eth P to C, ip P to C, out of S
 *   p      arp from S asking for P                  answered: P is at P's MAC
 *   p      ip  from S to P's MAC, C to P            eth R to V, ip C to V, out of A
 *   p-10   ip  from A to C, ip from S to P's MAC    dropped: forged, or not allowed
 */
export function sameNodeFlows(
  lane: Lane,
  collectorPort: number,
  { priority }: FlowSettings,
): readonly LaneFlow[] {
  const { probe, proxy, collector } = lane;
  const cookie = cookieOf(CookieKind.hook, lane.id);
  const hook = { cookie, tableId: 0, priority };
  const guard = { cookie, tableId: 0, priority: priority - guardDistance };
  const on = { bridge: "integration", lane: lane.name } as const;
  const sent = {
    inPort: probe.port,
    ethSrc: probe.mac,
    vlan: "none",
    src: probe.ip,
    dst: collector.ip,
  } as const;
  const answered = { inPort: collectorPort, ethDst: proxy.mac, src: collector.ip, dst: proxy.ip };
  return [
    {
      ...on,
      role: "guard",
      flow: actionFlow(guard, ipPacket({ inPort: probe.port, dst: collector.ip }), []),
    },
    {
      ...on,
      role: "guard",
      flow: actionFlow(guard, ipPacket({ inPort: collectorPort, ethDst: proxy.mac }), []),
    },
    {
      ...on,
      role: "arp-from-collector",
      flow: actionFlow(
        hook,
        arpRequest({ inPort: collectorPort, tpa: proxy.ip }),
        respond(proxy.ip, proxy.mac),
      ),
    },
    ...services(collector.allow, "from").map((service): LaneFlow => {
      const actions = [...toProbeAddresses(lane, routerMac), output(probe.port)];
      return {
        ...on,
        role: "from-collector",
        flow: actionFlow(hook, ipPacket({ ...answered, service }), actions),
      };
    }),
    ...services(collector.allow, "to").map((service): LaneFlow => {
      const actions = [...toProviderAddresses(lane), output(collectorPort)];
      return { ...on, role: "to-collector", flow: actionFlow(hook, ipPacket({ ...sent, service }), actions) };
    }),
    {
      ...on,
      role: "arp-from-probe",
      flow: actionFlow(
        hook,
        arpRequest({ inPort: probe.port, tpa: collector.ip }),
        respond(collector.ip, routerMac),
      ),
    },
  ];
}
