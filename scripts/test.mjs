// `npm test`: sets up what is missing, builds the package (the examples import it by name), compiles, and runs every
// test there is: unit, integration against the real ovsdb-server and ovs-vswitchd, and end to end with packets. Arguments go to mocha (`npm test -- --grep replica`).
import { spawnSync } from "node:child_process";
import { setUp } from "./setup.mjs";

function run(command, args) {
  const { status, signal } = spawnSync(command, args, { stdio: "inherit" });
  if (signal) process.kill(process.pid, signal);
  if (status !== 0) process.exit(status ?? 1);
}

setUp();
run("npm", ["run", "--silent", "build"]);
run("npm", ["run", "--silent", "compile"]);
run("npx", ["mocha", "--spec", "build/test/**/*.test.js", ...process.argv.slice(2)]);
