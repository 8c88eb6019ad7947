// What a test needs of the machine it runs on. Where it isn't there the suite is skipped, and its title says why, so
// that the closing line counts it and the list above that line names the reason. What a suite started of the lab is gone
// when it ends, also when a hook of it failed half-way.
import assert from "node:assert/strict";
import { accessSync, constants, existsSync } from "node:fs";
import path from "node:path";
import { labCleanup } from "../../lab/cleanup.ts";

/** Something a machine may lack. */
export type Need =
  | "root"
  | "openvswitch"
  | "ovs-pki"
  | "schemas"
  | "ip"
  | "tcpdump"
  | "ethtool"
  | "ping"
  | "tshark";

const programs: Record<Exclude<Need, "root" | "schemas">, readonly string[]> = {
  openvswitch: ["ovsdb-server", "ovs-vswitchd", "ovs-vsctl", "ovs-ofctl", "ovs-appctl", "ovsdb-tool"],
  "ovs-pki": ["ovs-pki", "openssl"],
  ip: ["ip"],
  tcpdump: ["tcpdump"],
  ethtool: ["ethtool"],
  ping: ["ping"],
  tshark: ["tshark"],
};

/** Schemas of databases as Debian installs them: Open_vSwitch, hardware_vtep, OVN_Northbound and OVN_Southbound. */
export const schemaFiles: readonly string[] = [
  "/usr/share/openvswitch/vswitch.ovsschema",
  "/usr/share/openvswitch/vtep.ovsschema",
  "/usr/share/ovn/ovn-nb.ovsschema",
  "/usr/share/ovn/ovn-sb.ovsschema",
];

const systemFolders: readonly string[] = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

function onPath(program: string): boolean {
  const folders = (process.env["PATH"] ?? "").split(path.delimiter).concat(systemFolders);
  return folders.some((folder) => {
    try {
      accessSync(path.join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function isThere(need: Need): boolean {
  if (need === "root") return process.getuid?.() === 0;
  if (need === "schemas") return schemaFiles.every((file) => existsSync(file));
  return programs[need].every(onPath);
}

/** Stops what is left of the lab: after a suite's own hooks that is nothing. */
async function leavesNothing(this: Mocha.Context): Promise<void> {
  const left = labCleanup.pending;
  if (left.length === 0) return;
  this.timeout(60_000);
  await labCleanup.run();
  assert.fail(`the suite left behind: ${left.join(", ")}`);
}

/** Like `describe`, but skipped as a whole, with the reason in its title, where the machine lacks a need. */
export function describeWith(needs: readonly Need[], title: string, body: (this: Mocha.Suite) => void): void {
  const missing = needs.filter((need) => !isThere(need));
  if (missing.length > 0) {
    describe.skip(`${title} [needs ${missing.join(", ")}]`, body);
    return;
  }
  describe(title, function () {
    body.call(this);
    // Within another suite, what is left may be that one's.
    if (this.parent?.root === true) after(leavesNothing);
  });
}
