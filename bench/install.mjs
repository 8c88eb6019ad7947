// Flows into a real Open vSwitch: from flow objects, beside a bare socket that writes prepared bytes.
import { compare } from "./flow-table.mjs";

await compare(
  "flows into Open vSwitch",
  {
    "bare socket, prepared bytes": (table) => table.client("bare-install"),
    "ovskit add": (table) => table.client("add"),
    "ovskit apply, one bundle": (table) => table.client("bundle"),
    "ovs-ofctl --bundle add-flows, whole process": (table) => table.fill(),
  },
  "bare socket, prepared bytes",
  (table) => table.empty(),
  (table) => table.check(),
);
