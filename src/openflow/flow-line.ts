// A flow in one line, for errors: as ovs-ofctl writes it, so that whoever reads the error can paste it.
import type { FlowMod } from "./protocol/flow-mod.ts";
import { formatFlow } from "./text/index.ts";

/** The flow in ovs-ofctl's syntax; its table, priority and cookie when it has no text. */
export function flowLine(flow: FlowMod): string {
  try {
    return formatFlow(flow);
  } catch {
    return `table=${flow.tableId},priority=${flow.priority},cookie=0x${flow.cookie.toString(16)}`;
  }
}
