// The cookie of every flow of a lane: by it flows of ours are told from everybody else's, hooks from bodies, and one
// lane's from another's. The only place where its bits are drawn.

/*
 *  63                            36 35    32 31                             0
 * +--------------------------------+--------+--------------------------------+
 * |  mark 0x6f766b1: "ovk", form 1 |  kind  |  lane: FNV-1a of its name      |
 * +--------------------------------+--------+--------------------------------+
 *
 * Kinds 0 to 7 are lanes'; 8 to 15 are left for whatever else marks its flows this way. Neutron's agent takes a new
 * random cookie at each start: that it ever meets mark and kind is one chance in four hundred million.
 */

/** What a flow is for, as bits 32 to 35 say. */
export const CookieKind = {
  /** A flow of one lane in table 0, which Neutron's agent cleans up when it restarts. */
  hook: 1,
  /** A flow of one lane in a table that Neutron's agent doesn't visit. */
  body: 2,
  /** A flow in table 0 that all lanes share; its lane is 0. */
  fixedHook: 3,
  /** A flow in a private table that all lanes share; its lane is 0. */
  fixedBody: 4,
} as const;

export type CookieKind = (typeof CookieKind)[keyof typeof CookieKind];

/** What a cookie of ours says. */
export interface CookieOwner {
  readonly kind: CookieKind;
  /** The lane's id, 1 to 4294967295; 0 for what all lanes share. */
  readonly lane: number;
}

const mark = 0x6f766b1n;

/** Selects the flows of lanes: flows whose cookie, under `mask`, is `cookie`. */
export const laneCookies: { readonly cookie: bigint; readonly mask: bigint } = {
  cookie: mark << 36n,
  mask: 0xffff_fff8_0000_0000n,
};

/** The cookie of a flow of ours. */
export function cookieOf(kind: CookieKind, lane: number): bigint {
  return (mark << 36n) | (BigInt(kind) << 32n) | BigInt(lane);
}

/** Whose a flow is by its cookie; undefined when it isn't ours. */
export function cookieOwner(cookie: bigint): CookieOwner | undefined {
  if ((cookie & laneCookies.mask) !== laneCookies.cookie) return undefined;
  const bits = Number((cookie >> 32n) & 0xfn);
  const kind = Object.values(CookieKind).find((known) => known === bits);
  return kind === undefined ? undefined : { kind, lane: Number(cookie & 0xffff_ffffn) };
}

/** FNV-1a over the text's UTF-8 bytes: the same on every node and in every version. */
export function stableHash(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

/**
 * The id of every lane, by its name: the name's hash, or the next free number for the rare second name of one hash,
 * which is the later one in the order of the names, wherever they stand in the document.
 */
export function laneIds(names: Iterable<string>): ReadonlyMap<string, number> {
  const ids = new Map<string, number>();
  const taken = new Set<number>();
  for (const name of [...names].toSorted()) {
    let id = stableHash(name);
    while (id === 0 || taken.has(id)) id = (id + 1) >>> 0;
    taken.add(id);
    ids.set(name, id);
  }
  return ids;
}
