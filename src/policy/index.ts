// `ovskit/policy`: a policy document in, lanes on a node out. What is exported here other programs rely on.
export type { Cidr } from "./address.ts";
export { proxyMemory } from "./address-pool.ts";
export type { BridgeChanges } from "./application.ts";
export type { DatabaseChange } from "./database-change.ts";
export type {
  Collector,
  Policy,
  PolicyDocument,
  PolicyIssue,
  Pool,
  PortSelector,
  Probe,
  Service,
} from "./document/policy.ts";
export { policyFrom, type ReadPolicyOptions, readPolicy } from "./document/reading.ts";
export {
  type ApplyFailure,
  type BridgeOutcome,
  LaneApplyError,
  OvnControllerError,
  PolicyError,
  UnknownProbeError,
  VerificationError,
} from "./errors.ts";
export type { Decision, Explanation, PacketName, TracedPacket } from "./explanation.ts";
export type { FlowChange as LaneFlowChange } from "./flow-difference.ts";
export type { FlowFacts } from "./flow-identity.ts";
export type { ForeignFlow } from "./foreign-flows.ts";
export { CookieKind, type CookieOwner, cookieOwner, laneCookies, laneIds } from "./lane/cookie.ts";
export type { FlowRole, Lane, LaneBridge, LaneFlow, Route } from "./lane/lane.ts";
export type { LaneDown, LaneDownCode } from "./lane/state.ts";
export { type ApplyResult, type LanePlan, type Lanes, type LanesOptions, openLanes } from "./lanes.ts";
export type { NodeOptions } from "./node.ts";
export { patchNames } from "./patch-pair.ts";
export type { OutsideNeed } from "./plan.ts";
export { planLines } from "./plan-text.ts";
export type { PlannedLane } from "./planned-lane.ts";
export type { LaneStatus, LastMoved, Traffic } from "./status.ts";
