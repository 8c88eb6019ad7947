// How many flow mods a switch really received while something was done: ovs-vswitchd's own log of its OpenFlow
// connections is asked, not the library that sent them.
import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import type { OpenVSwitch } from "./open-vswitch.ts";

const flowModLine = /received: (?:OFPT_FLOW_MOD|(?:ONFT|OFPT)_BUNDLE_ADD_MESSAGE)/g;

/** Counts the flow mods, alone or inside bundles, that any bridge of the switch receives while `run` runs. */
export async function countFlowMods(ovs: OpenVSwitch, run: () => Promise<unknown>): Promise<number> {
  const log = join(ovs.dir, "log", "ovs-vswitchd.log");
  // Else a talkative client would hide what is counted.
  await ovs.appctl("vlog/disable-rate-limit", "vconn");
  await ovs.appctl("vlog/set", "vconn:file:dbg");
  const { size } = await stat(log);
  try {
    await run();
  } finally {
    await ovs.appctl("vlog/set", "vconn:file:info");
  }
  const file = await open(log);
  try {
    const { buffer, bytesRead } = await file.read({
      buffer: Buffer.alloc((await file.stat()).size - size),
      position: size,
    });
    return buffer.toString("utf8", 0, bytesRead).match(flowModLine)?.length ?? 0;
  } finally {
    await file.close();
  }
}
