// What the flows commands have in common: the words for a bridge, a flow and a file of flows.
export const bridgeOperand = {
  name: "BRIDGE",
  summary: "a bridge of this node, or a connection method such as tcp:10.0.0.1:6653",
} as const;

export const flowOperand = {
  name: "FLOW",
  optional: true,
  summary: "a flow in ovs-ofctl's syntax, port names and all",
} as const;

export const fileOption = {
  type: "string",
  short: "f",
  value: "FILE",
  summary: "read flows from FILE, one a line (- for standard input)",
} as const;

export const fixOption = {
  type: "boolean",
  summary: "rewrite what has no meaning in OpenFlow 1.3, and say so (mod_nw_src on ARP, …)",
} as const;

export const flowSynopsis = "BRIDGE FLOW | BRIDGE -f FILE";
