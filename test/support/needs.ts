// What a test needs of the machine it runs on. Where it isn't there the suite is skipped, and its title says why, so
// that the closing line counts it and the list above that line names the reason.
import { accessSync, constants } from "node:fs";
import path from "node:path";

/** Something a machine may lack. */
export type Need = "root" | "openvswitch" | "ip" | "tcpdump" | "ethtool" | "ping" | "tshark";

const programs: Record<Exclude<Need, "root">, readonly string[]> = {
  openvswitch: ["ovsdb-server", "ovs-vswitchd", "ovs-vsctl", "ovs-ofctl", "ovs-appctl", "ovsdb-tool"],
  ip: ["ip"],
  tcpdump: ["tcpdump"],
  ethtool: ["ethtool"],
  ping: ["ping"],
  tshark: ["tshark"],
};

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
  return programs[need].every(onPath);
}

/** Like `describe`, but skipped as a whole, with the reason in its title, where the machine lacks a need. */
export function describeWith(needs: readonly Need[], title: string, body: (this: Mocha.Suite) => void): void {
  const missing = needs.filter((need) => !isThere(need));
  if (missing.length === 0) describe(title, body);
  else describe.skip(`${title} [needs ${missing.join(", ")}]`, body);
}
