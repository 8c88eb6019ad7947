// What a fresh Debian machine with Node needs before `npm run demo` and `npm test`: the npm packages of the lock
// file, and, as root, the Debian packages that are missing. It starts no service and asks nothing.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const forTheDemo = ["openvswitch-switch", "iproute2", "iputils-ping", "ethtool", "tcpdump"];
const forTheTests = [
  ...forTheDemo,
  "tshark",
  "openssl",
  "openvswitch-pki",
  // Their schemas: for the types of databases other than Open_vSwitch.
  "openvswitch-vtep",
  "ovn-central",
];
const servicePolicy = "/usr/sbin/policy-rc.d";

/**
 * Installs the npm packages unless node_modules already holds what the lock file asks for. Not by `npm ci`: it
 * refuses a lock file that leaves out the optional binaries of other platforms.
 */
function installNpmPackages() {
  const stamp = path.join(root, "node_modules", ".ovskit-lock");
  const lock = readFileSync(path.join(root, "package-lock.json"), "utf8");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  console.log("setup: installing the npm packages of package-lock.json");
  execFileSync("npm", ["install", "--no-save", "--no-audit", "--no-fund"], { cwd: root, stdio: "inherit" });
  writeFileSync(stamp, lock);
}

function missingOf(debianPackages) {
  return debianPackages.filter((name) => {
    const asked = spawnSync("dpkg-query", ["-W", "-f=${Status}", name], { encoding: "utf8" });
    return asked.status !== 0 || !asked.stdout.includes("ok installed");
  });
}

/**
 * Installs the missing Debian packages. The demo and the tests run a private Open vSwitch and never touch the
 * system's, so the service of the package is kept from starting: for the time of the installation a policy-rc.d
 * refuses it, unless the machine has one of its own.
 */
function installDebianPackages(debianPackages) {
  if (spawnSync("dpkg-query", ["--version"]).status !== 0) {
    console.log(`setup: no dpkg here, so these are taken as they are: ${debianPackages.join(" ")}`);
    return;
  }
  const missing = missingOf(debianPackages);
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0) {
    console.log(`setup: not root, so these stay missing (what needs them is skipped): ${missing.join(" ")}`);
    return;
  }
  console.log(`setup: installing ${missing.join(" ")}`);
  withoutServiceStarts(() => {
    apt("update", "-q");
    apt("install", "-y", "-q", "--no-install-recommends", ...missing);
  });
}

function withoutServiceStarts(install) {
  const ours = !existsSync(servicePolicy);
  if (ours) writeFileSync(servicePolicy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    install();
  } finally {
    if (ours) rmSync(servicePolicy, { force: true });
  }
}

function apt(...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  execFileSync("apt-get", args, { env, stdio: ["ignore", "ignore", "inherit"] });
}

/** What `npm run demo` needs; safe to call again, and quick when nothing is missing. */
export function setUpForTheDemo() {
  installNpmPackages();
  installDebianPackages(forTheDemo);
}

/** What `npm test` needs; safe to call again, and quick when nothing is missing. */
export function setUpForTheTests() {
  installNpmPackages();
  installDebianPackages(forTheTests);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) setUpForTheTests();
