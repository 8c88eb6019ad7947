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

const field = (name: string, pattern = name): ScopeRule => ({
  reason: `field ${name}`,
  pattern: new RegExp(
    `(?:(?:^|[, ])${pattern}(?:\\[[^\\]]*\\])?(?=[=, ]).*actions=|set_field[:(][^>]*->${pattern}(?![a-z_0-9]))`,
  ),
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
  field("reg", "x{0,2}reg\\d+"),
  field("tunnel", "tun_(?!id)[a-z0-9_]+"),
  field("ct", "ct_[a-z_]+"),
  field("nsh", "nsh_[a-z0-9]+"),
  field("pkt_mark"),
  field("conj_id"),
  field("recirc_id"),
  field("dp_hash"),
  field("packet_type"),
  field("actset_output"),
  field("tcp_flags"),
  field("nw_ttl"),
  field("nw_frag", "(?:nw|ip)_frag"),
  field("mpls_ttl"),
  field("nd_reserved"),
  field("nd_options_type"),
  { reason: "set_field in_port", pattern: /->in_port$/ },
  // ovs-ofctl sends this one, and the switch refuses it.
  { reason: "set_field in_port_oxm", pattern: /->in_port_oxm$/ },
  { reason: "set_field vlan_tci", pattern: /set_field.*->vlan_tci$/ },
];

/** Why `text` is out of scope; undefined where it is in. */
export function reasonOutOfScope(text: string): string | undefined {
  return scopeRules.find(({ pattern }) => pattern.test(text))?.reason;
}
