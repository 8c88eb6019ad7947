// Which recorded texts speak of things that have no structure in this version. A text is out of scope by one rule, which
// names an action or a field; everything else has to work. The counts are pinned in the tests, so that a word can
// neither leave the scope nor join it unseen.

/** What puts a text out of scope. */
export interface ScopeRule {
  readonly reason: string;
  readonly pattern: RegExp;
}

const action = (name: string): ScopeRule => ({
  reason: `action ${name}`,
  pattern: new RegExp(`actions=(?:.*[,( ])?${name}(?![a-z_0-9])`),
});

/** The first rule that fits is the reason. */
const scopeRules: readonly ScopeRule[] = [
  ...[
    "bundle",
    "bundle_load",
    "check_pkt_larger",
    "clone",
    "conjunction",
    "ct",
    "ct_clear",
    "encap",
    "enqueue",
    "exit",
    "fin_timeout",
    "learn",
    "multipath",
    "note",
    "pop",
    "pop_queue",
    "push",
    "resubmit",
    "sample",
  ].map((name) => action(name)),
  { reason: "action output with a length", pattern: /actions=(?:.*,)?output\(.*max_len/ },
  { reason: "action output to a register", pattern: /output:(?:NXM|OXM|NXOXM|x*reg)/ },
  {
    reason: "action controller with more than max_len",
    pattern: /controller\(.*(?:id|reason|userdata|pause)/,
  },
  { reason: "action dec_ttl with controller ids", pattern: /dec_ttl\(\d/ },
  {
    reason: "masked set_field of a field without a four-byte header",
    pattern: /\/[^>]*->(?:tun_erspan_|nsh_|tun_metadata)/,
  },
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
