// How fast a controller answers PACKET_INs: the learning switch of the examples beside one in bare Node, Open vSwitch's own test
// controller and os-ken's.
import { parseArgs } from "node:util";
import { column, compare } from "./learning-switch/contenders.mjs";

const { values } = parseArgs({
  options: {
    switches: { type: "string", default: "1,16,256,1000" },
    seconds: { type: "string", default: "3" },
    rounds: { type: "string", default: "3" },
  },
});
const options = { mode: "throughput", seconds: Number(values.seconds), rounds: Number(values.rounds) };

for (const switches of values.switches.split(",").map(Number)) {
  console.log(
    `\n${switches.toLocaleString("en-US")} switches: answers a second, and a second of the controller's processor`,
  );
  // oxlint-disable-next-line no-await-in-loop -- one after the other is the point
  await compare(
    { ...options, switches },
    (of) => `${column(of("answersPerSecond"))} ${column(of("answersPerCpuSecond"))}`,
  );
}
