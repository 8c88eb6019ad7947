// Flows back from a real Open vSwitch into objects, beside a bare socket with hand-written decoding.
import { compare } from "./flow-table.mjs";

await compare(
  "flows back from Open vSwitch",
  {
    "bare socket, hand-written decoding": (table) => table.client("bare-read"),
    "bare socket, bytes alone": (table) => table.client("bare-bytes"),
    "ovskit flows()": (table) => table.client("flows"),
    "ovskit flowStream()": (table) => table.client("stream"),
    "ovs-ofctl dump-flows, whole process": (table) => table.ofctl("dump-flows"),
  },
  "bare socket, hand-written decoding",
  (table, round) => (round === 0 ? table.fill() : Promise.resolve()),
  (table) => table.check(),
);
