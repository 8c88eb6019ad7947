// A flow in one line, for errors: as ovs-ofctl writes it, so that whoever reads the error can paste it.
import type { FlowMod } from "./protocol/flow-mod.ts";

/** The flow in ovs-ofctl's syntax. */
export function flowLine(flow: FlowMod): string {
  return `table=${flow.tableId},priority=${flow.priority},cookie=0x${flow.cookie.toString(16)}`;
}
