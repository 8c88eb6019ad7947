// The flows of a lane whose collector is somewhere on the provider network, over our own patch pair between the two
// bridges, so that the probe's node needs no port and no local VLAN of that network.

import type { FlowMod } from "../../openflow/protocol/flow-mod.ts";
import { Port } from "../../openflow/protocol/ports.ts";
import { routerMac } from "../address.ts";
import { CookieKind, cookieOf } from "./cookie.ts";
import {
  actionFlow,
  arpRequest,
  fromPort,
  gotoFlow,
  ipPacket,
  output,
  popVlan,
  pushVlan,
  respond,
  services,
  toProbeAddresses,
  toProviderAddresses,
} from "./flow-parts.ts";
import {
  bodyPriority,
  type FlowRole,
  type FlowSettings,
  guardDistance,
  type Lane,
  type LaneBridge,
  type LaneFlow,
  LaneTable,
  type Route,
} from "./lane.ts";

/** The route of a lane whose collector is elsewhere. */
export type ElsewhereRoute = Extract<Route, { placement: "elsewhere" }>;

/*
 * A: the probe's port; V, P, C: address of the VM, the proxy, the collector; R: the router's MAC; UP: each uplink;
 * int-probe and ex-probe: the patch pair; seg: untagged, or the provider VLAN.
 *
 * integration bridge
 *   t0   p      arp from A asking for C; ip from A to C            to table 210
 *   t210 p20    arp from A, V's own, asking for C                  answered: C is at R
 *   t210 p20    ip  from A, untagged, V to C                       eth P to C, ip P to C, out of int-probe
 *   t211 p20    ip  from int-probe to P's MAC, C to P              eth R to V, ip C to V, out of A
 * provider bridge
 *   t0   p      arp from UP on seg asking for P                    answered: P is at P's MAC
 *   t0   p      ip  from UP on seg to P's MAC, C to P              seg's tag off, out of ex-probe
 *   t0   p      ip  from ex-probe, untagged, P's own, P to C       seg's tag on, NORMAL
 */
export function elsewhereFlows(
  lane: Lane,
  route: ElsewhereRoute,
  settings: FlowSettings,
): readonly LaneFlow[] {
  return [...providerFlows(lane, route, settings), ...bodyFlows(lane, route), ...hookFlows(lane, settings)];
}

function of(lane: string | undefined, bridge: LaneBridge, role: FlowRole, flow: FlowMod): LaneFlow {
  return { bridge, lane, role, flow };
}

function providerFlows(lane: Lane, route: ElsewhereRoute, { priority }: FlowSettings): readonly LaneFlow[] {
  const { proxy, collector } = lane;
  const { segment } = collector;
  const hook = { cookie: cookieOf(CookieKind.hook, lane.id), tableId: 0, priority };
  const vlan: number | "none" = segment === "flat" ? "none" : segment;
  const sent = { ethSrc: proxy.mac, vlan: "none", src: proxy.ip, dst: collector.ip } as const;
  const answered = { ethDst: proxy.mac, vlan, src: collector.ip, dst: proxy.ip };
  const inward = [...popVlan(segment), output(route.providerPatch)];
  // NORMAL, because output to one member of a bond goes round the bond.
  const outward = [...pushVlan(segment), output(Port.normal)];
  return [
    ...route.uplinks.flatMap((inPort): readonly LaneFlow[] => {
      const request = arpRequest({ inPort, vlan, tpa: proxy.ip });
      return [
        of(
          lane.name,
          "provider",
          "arp-from-collector",
          actionFlow(hook, request, respond(proxy.ip, proxy.mac)),
        ),
        of(lane.name, "provider", "passage", actionFlow(hook, ipPacket({ inPort, ...answered }), inward)),
      ];
    }),
    of(
      lane.name,
      "provider",
      "passage",
      actionFlow(hook, ipPacket({ inPort: route.providerPatch, ...sent }), outward),
    ),
  ];
}

function bodyFlows(lane: Lane, route: ElsewhereRoute): readonly LaneFlow[] {
  const { probe, proxy, collector } = lane;
  const cookie = cookieOf(CookieKind.body, lane.id);
  const outward = { cookie, tableId: LaneTable.fromProbe, priority: bodyPriority };
  const inward = { cookie, tableId: LaneTable.fromCollector, priority: bodyPriority };
  const own = { inPort: probe.port, ethSrc: probe.mac };
  const sent = { ...own, vlan: "none", src: probe.ip, dst: collector.ip } as const;
  const answered = { inPort: route.integrationPatch, ethDst: proxy.mac, src: collector.ip, dst: proxy.ip };
  const request = arpRequest({ ...own, spa: probe.ip, tpa: collector.ip });
  return [
    ...services(collector.allow, "from").map((service): LaneFlow => {
      const actions = [...toProbeAddresses(lane, routerMac), output(probe.port)];
      const flow = actionFlow(inward, ipPacket({ ...answered, service }), actions);
      return of(lane.name, "integration", "from-collector", flow);
    }),
    ...services(collector.allow, "to").map((service): LaneFlow => {
      const actions = [...toProviderAddresses(lane), output(route.integrationPatch)];
      const flow = actionFlow(outward, ipPacket({ ...sent, service }), actions);
      return of(lane.name, "integration", "to-collector", flow);
    }),
    of(
      lane.name,
      "integration",
      "arp-from-probe",
      actionFlow(outward, request, respond(collector.ip, routerMac)),
    ),
  ];
}

function hookFlows({ id, name, probe, collector }: Lane, { priority }: FlowSettings): readonly LaneFlow[] {
  const hook = { cookie: cookieOf(CookieKind.hook, id), tableId: 0, priority };
  const request = arpRequest({ inPort: probe.port, tpa: collector.ip });
  const packet = ipPacket({ inPort: probe.port, dst: collector.ip });
  return [
    of(name, "integration", "passage", gotoFlow(hook, request, LaneTable.fromProbe)),
    of(name, "integration", "passage", gotoFlow(hook, packet, LaneTable.fromProbe)),
  ];
}

/** What no body took is dropped. */
function tableEnd(tableId: number): FlowMod {
  return actionFlow({ cookie: cookieOf(CookieKind.fixedBody, 0), tableId, priority: 0 }, [], []);
}

/**
 * The four flows that all lanes over a patch pair share: whatever comes through the pair is for a lane or dropped, so
 * that the pair never joins what NORMAL forwards on the two bridges.
 */
export function fixedFlows(
  patch: Pick<ElsewhereRoute, "integrationPatch" | "providerPatch">,
  { priority }: FlowSettings,
): readonly LaneFlow[] {
  const guard = { cookie: cookieOf(CookieKind.fixedHook, 0), tableId: 0, priority: priority - guardDistance };
  const inward = gotoFlow(guard, fromPort(patch.integrationPatch), LaneTable.fromCollector);
  return [
    of(undefined, "provider", "guard", actionFlow(guard, fromPort(patch.providerPatch), [])),
    of(undefined, "integration", "guard", tableEnd(LaneTable.fromProbe)),
    of(undefined, "integration", "guard", tableEnd(LaneTable.fromCollector)),
    of(undefined, "integration", "passage", inward),
  ];
}
