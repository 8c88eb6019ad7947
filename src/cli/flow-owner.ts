// Whose a flow is, by its cookie: a lane of ovskit, what all its lanes share, or somebody else.
import type { Policy } from "../policy/document/policy.ts";
import { CookieKind, cookieOwner, laneIds } from "../policy/lane/cookie.ts";

/** Whose a flow is. */
export interface FlowOwner {
  /** The flow's cookie, as `0x…`. */
  readonly cookie: string;
  /** Whether it is ovskit's. */
  readonly ours: boolean;
  /** The lane's name where the policy that was given has it, else `#` and its number; undefined for what all lanes share. */
  readonly lane: string | undefined;
  /** What the flow is for; undefined for somebody else's. */
  readonly kind: "hook" | "body" | undefined;
}

const kinds: Readonly<Record<CookieKind, "hook" | "body">> = {
  [CookieKind.hook]: "hook",
  [CookieKind.body]: "body",
  [CookieKind.fixedHook]: "hook",
  [CookieKind.fixedBody]: "body",
};

/** Tells owners by cookie, and names lanes of the policy if there is one. */
export function flowOwners(policy: Policy | undefined): (cookie: bigint) => FlowOwner {
  const names = new Map<number, string>();
  if (policy !== undefined) {
    for (const [name, id] of laneIds(policy.probes.keys())) names.set(id, name);
  }
  return (cookie) => {
    const owner = cookieOwner(cookie);
    const text = `0x${cookie.toString(16)}`;
    if (owner === undefined) return { cookie: text, ours: false, lane: undefined, kind: undefined };
    const lane =
      owner.lane === 0
        ? undefined
        : (names.get(owner.lane) ?? `#${owner.lane.toString(16).padStart(8, "0")}`);
    return { cookie: text, ours: true, lane, kind: kinds[owner.kind] };
  };
}

/** The owner in a few words. */
export function ownerText({ cookie, ours, lane, kind }: FlowOwner): string {
  if (!ours) return cookie === "0x0" ? "no cookie" : `cookie ${cookie}`;
  return lane === undefined ? `ovskit, all lanes, ${kind}` : `ovskit lane ${lane}, ${kind}`;
}
