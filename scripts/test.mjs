// `npm test`: sets up what is missing, builds the package (the examples import it by name), compiles, and runs every
// test there is: unit, integration against the real ovsdb-server and ovs-vswitchd, and end to end with packets. Arguments go to mocha (`npm test -- --grep replica`).
import { spawn } from "node:child_process";
import { setUpForTheTests } from "./setup.mjs";

/** Runs a program to its end, passing on what we are told to stop by; whatever goes wrong there ends us the same way. */
async function run(command, ...args) {
  const child = spawn(command, args, { stdio: "inherit" });
  const pass = (signal) => child.kill(signal);
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, pass);
  const [status, signal] = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (...ended) => resolve(ended));
  });
  for (const signal of ["SIGINT", "SIGTERM"]) process.off(signal, pass);
  if (signal !== null) process.kill(process.pid, signal);
  if (status !== 0) process.exit(status ?? 1);
}

setUpForTheTests();
await run("npm", "run", "--silent", "build");
await run("npm", "run", "--silent", "compile");
const mocha = "node_modules/mocha/bin/mocha.js";
await run(process.execPath, mocha, "--spec", "build/test/**/*.test.js", ...process.argv.slice(2));
