// Open vSwitch's connection tracking as actions: ct with nat inside, ct_clear, and clone, which like ct holds others.
import type { Action } from "../protocol/actions.ts";
import {
  type CloneAction,
  type CtAction,
  CtFlag,
  type NatAction,
  NatFlag,
  NO_RECIRC,
} from "../protocol/nx-ct.ts";
import { checked } from "./checked-action.ts";
import { type FieldPart, fieldPart, ofSize } from "./field-part.ts";
import { ActionError } from "./refusal.ts";

/** Addresses and ports that a connection is translated to. */
export interface NatRange {
  /** An address, or the first and the last of several. */
  readonly address?: string | readonly [first: string, last: string];
  /** A port, or the first and the last of several. */
  readonly port?: number | readonly [first: number, last: number];
  /** How a port is chosen; default: the connection's own where it is free. */
  readonly choose?: "hash" | "random";
  /** Whether an address always gets the same one, after a restart too; default false. */
  readonly persistent?: boolean;
}

/** Whether the source or the destination of a connection is translated, and what to. An empty range is any of it. */
export type Nat =
  | { readonly src: NatRange; readonly dst?: undefined }
  | { readonly dst: NatRange; readonly src?: undefined };

/** What connection tracking does with the packet. */
export interface CtOptions {
  /** Whether the connection is remembered; default false. `exec` and a new `nat` need it. */
  readonly commit?: boolean;
  /** Whether an entry that began in the other direction is replaced; needs `commit`; default false. */
  readonly force?: boolean;
  /** The zone, 0 to 65535 (default 0), or the 16 bits of a field that hold it: `"reg0[0..15]"`. */
  readonly zone?: number | FieldPart;
  /** The table the tracked packet goes on to as well; default none. */
  readonly table?: number;
  /** The protocol whose helper follows the connection; default none. */
  readonly alg?: "ftp" | "tftp";
  /** Address translation: a new one, or `true` for the one that the connection has. */
  readonly nat?: true | Nat;
  /** What is written into the connection's entry: loads and setFields of `ctMark` and `ctLabel`. */
  readonly exec?: readonly Action[];
}

const helperPorts = { ftp: 21, tftp: 69 } as const;
const zoneBits = 16;

/** Sends the packet through connection tracking. Needs IP in the match. */
export function ct(options: CtOptions = {}): CtAction {
  const { commit = false, force = false, zone = 0, table = NO_RECIRC, alg, nat, exec = [] } = options;
  return checked({
    type: "ct",
    flags: (commit ? CtFlag.commit : 0) | (force ? CtFlag.force : 0),
    zone: typeof zone === "number" ? zone : ofSize(zone, fieldPart(zone), zoneBits, "OFPBAC_BAD_SET_LEN"),
    recircTable: table,
    alg: alg === undefined ? 0 : helperPorts[alg],
    actions: [...(nat === undefined ? [] : [natAction(nat)]), ...exec],
  });
}

const choices = { hash: NatFlag.protoHash, random: NatFlag.protoRandom } as const;

function natAction(nat: true | Nat): NatAction {
  if (nat === true) return { type: "nat", flags: 0 };
  const [end, { address, port, choose, persistent = false }] = endOf(nat);
  const choice = choose === undefined ? 0 : choices[choose];
  return {
    type: "nat",
    flags: end | (persistent ? NatFlag.persistent : 0) | choice,
    ...addressRange(typeof address === "string" ? [address] : (address ?? [])),
    ...portRange(typeof port === "number" ? [port] : (port ?? [])),
  };
}

/** Which end of the connection is translated, as a flag, and what to. */
function endOf({ src, dst }: Nat): [flag: number, range: NatRange] {
  if (src === undefined) return [NatFlag.dst, dst];
  if (dst === undefined) return [NatFlag.src, src];
  throw new ActionError("takes src or dst, not both", "ct.nat", { hint: "write a ct for each" });
}

function portRange([first, last]: readonly number[]): Pick<NatAction, "protoMin" | "protoMax"> {
  if (first === undefined) return {};
  return last === undefined ? { protoMin: first } : { protoMin: first, protoMax: last };
}

type AddressRange = Pick<NatAction, "ipv4Min" | "ipv4Max" | "ipv6Min" | "ipv6Max">;

function addressRange([first, last]: readonly string[]): AddressRange {
  if (first === undefined) return {};
  const isIpv6 = first.includes(":");
  if (last !== undefined && last.includes(":") !== isIpv6) {
    throw new ActionError(`${first} and ${last} are of two families`, "ct.nat");
  }
  const [min, max] = isIpv6 ? (["ipv6Min", "ipv6Max"] as const) : (["ipv4Min", "ipv4Max"] as const);
  return { [min]: first, ...(last === undefined ? {} : { [max]: last }) };
}

/** Forgets what connection tracking said of the packet. */
export function ctClear(): { type: "ctClear" } {
  return { type: "ctClear" };
}

/** Runs actions on a copy of the packet, which then is as it was. */
export function clone(...actions: readonly Action[]): CloneAction {
  return checked({ type: "clone", actions: [...actions] });
}
