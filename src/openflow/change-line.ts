// A change of a bundle in one line, for errors: as a line of ovs-ofctl's bundle file has it, a flow without its first words.
import { flowLine } from "./flow-line.ts";
import type { BundleMessage } from "./protocol/bundle.ts";
import type { GroupMod } from "./protocol/groups.ts";
import { formatGroup, formatPacketOut } from "./text/index.ts";
import { formatPort } from "./text/port-text.ts";

/** The change in ovs-ofctl's syntax; what there is to say of it when it has no text. */
export function changeLine(change: BundleMessage): string {
  if (change.type === "flowMod") return flowLine(change);
  if (change.type === "portMod") return `mod-port ${formatPort(change.portNo)}`;
  if (change.type === "groupMod") {
    return `group ${groupCommand(change.command)} ${textOr(() => formatGroup(change), `group_id=${change.groupId}`)}`;
  }
  return `packet-out ${textOr(() => formatPacketOut(change), `in_port=${change.inPort}`)}`;
}

/** The command's word in a bundle file. */
function groupCommand(command: GroupMod["command"]): string {
  return command === "addOrModify" ? "add_or_mod" : String(command);
}

function textOr(text: () => string, otherwise: string): string {
  try {
    return text();
  } catch {
    return otherwise;
  }
}
