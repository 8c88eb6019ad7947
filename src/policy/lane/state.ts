// Why a lane can't be up, as a stable word for programs and a sentence for people.

/** What keeps a lane down. */
export type LaneDownCode =
  /** No port of this node is the probe's. */
  | "port-missing"
  /** The port is on another bridge than the integration bridge. */
  | "port-bridge"
  /** Several ports answer to what the policy says. */
  | "port-ambiguous"
  /** Another probe of the policy has the same port. */
  | "port-shared"
  /** A bond or a port without interface. */
  | "port-interfaces"
  /** iface-status isn't active: the VM runs on another node. */
  | "port-inactive"
  /** The tag is 4095: Neutron hasn't wired the port. */
  | "port-dead"
  /** The switch hasn't handled the port yet, or couldn't. */
  | "port-ofport"
  /** Nobody wrote down the VM's MAC address. */
  | "port-mac"
  /** The collector's port is on this node and in one of these states. */
  | "collector-not-ready"
  /** Several ports of this node carry the collector's MAC address. */
  | "collector-ambiguous"
  /** The probe's port is the collector's. */
  | "collector-is-probe"
  /** A bridge that the lane needs isn't there. */
  | "bridge-missing"
  /** The provider bridge has no physical port that works. */
  | "no-uplink"
  /** Our patch pair can't be made or doesn't work. */
  | "patch-pair"
  /** The pool has no address left. */
  | "pool-exhausted"
  /** The lane could be up and its flows aren't in the switch. */
  | "not-applied";

/** Why a lane is down. */
export interface LaneDown {
  readonly code: LaneDownCode;
  readonly reason: string;
}
