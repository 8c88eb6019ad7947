// A FLOW_MOD ready to be sent, from what a caller gave of it. Written out field by field: an object spread would cost more than
// the encoding, and give objects of a slow shape.
import type { FlowMod, FlowModMessage } from "./protocol/flow-mod.ts";
import { DEFAULT_PRIORITY } from "./protocol/flow-mod.ts";
import { OPENFLOW_1_3 } from "./protocol/header.ts";
import { Group, NO_BUFFER, Port } from "./protocol/ports.ts";

/** The message for `given`, with the defaults of `flowMod` for what it leaves out; `command` and `tableId` may be given apart. */
// oxlint-disable-next-line complexity -- every default counts as a branch
export function flowModMessage(
  given: Partial<FlowMod>,
  xid: number,
  command: FlowMod["command"] = given.command ?? "add",
  tableId: number = given.tableId ?? 0,
): FlowModMessage {
  return {
    version: OPENFLOW_1_3,
    type: "flowMod",
    xid,
    cookie: given.cookie ?? 0n,
    cookieMask: given.cookieMask ?? 0n,
    tableId,
    command,
    idleTimeout: given.idleTimeout ?? 0,
    hardTimeout: given.hardTimeout ?? 0,
    priority: given.priority ?? DEFAULT_PRIORITY,
    bufferId: given.bufferId ?? NO_BUFFER,
    outPort: given.outPort ?? Port.any,
    outGroup: given.outGroup ?? Group.any,
    flags: given.flags ?? 0,
    match: given.match ?? [],
    instructions: given.instructions ?? [],
  };
}
