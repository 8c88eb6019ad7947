// `npm run demo`: sets up what is missing, compiles, and runs the main job. The demo runs in this process, so that a
// signal to it reaches the code that cleans up; npm starts it by exec for the same reason.
import { execFileSync } from "node:child_process";
import { setUpForTheDemo } from "./setup.mjs";

setUpForTheDemo();
execFileSync("npm", ["run", "--silent", "compile"], { stdio: "inherit" });
await import("../build/lab/demo.js");
