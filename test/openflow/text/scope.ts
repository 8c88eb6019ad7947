// Which recorded texts speak of things that have no structure in this version. A text is out of scope by one rule, which
// names an action or a field; everything else has to work. The counts are pinned in the tests, so that a word can
// neither leave the scope nor join it unseen.

/** What puts a text out of scope. */
export interface ScopeRule {
  readonly reason: string;
  readonly pattern: RegExp;
}

/** The first rule that fits is the reason. */
const scopeRules: readonly ScopeRule[] = [
  // ovs-ofctl drops them in silence, so that the flow matches more than was written.
  { reason: "field ct_tp_* without ct_nw_proto", pattern: /^(?!.*ct_nw_proto).*ct_tp_/ },
  { reason: "set_field in_port", pattern: /->in_port$/ },
  // ovs-ofctl sends this one, and the switch refuses it.
  { reason: "set_field in_port_oxm", pattern: /->in_port_oxm$/ },
  { reason: "set_field vlan_tci", pattern: /set_field.*->vlan_tci$/ },
];

/** Why `text` is out of scope; undefined where it is in. */
export function reasonOutOfScope(text: string): string | undefined {
  return scopeRules.find(({ pattern }) => pattern.test(text))?.reason;
}

/**
 * Fields of a match that dump-flows leaves out, or prints without their masks, although the switch has them. Ours are
 * printed: a flow that shows less than it matches misleads.
 */
export const leftOutOfDumps: RegExp = /(?:nsh_c\d|tun_erspan_(?:idx|dir|hwid)|tun_gbp_flags)=.*,actions=/;
