// Many switches that come at once, and come again: time until all are up, what each costs, and whether any is lost when all
// connections break at the same moment.
import { parseArgs } from "node:util";
import { column, compare } from "./learning-switch/contenders.mjs";

const { values } = parseArgs({
  options: { switches: { type: "string", default: "1000" }, rounds: { type: "string", default: "5" } },
});
const switches = Number(values.switches);

function times(of, ratio, wall, processor) {
  const share = `${ratio(wall).toFixed(2)} x,`.padStart(8);
  return `${column(of(wall))} ms ${share} processor ${column(of(processor))} ms ${`${ratio(processor).toFixed(2)} x`.padStart(7)}`;
}

console.log(
  `\n${switches.toLocaleString("en-US")} switches at once, until all are up; then all break off and come again`,
);
await compare({ switches, rounds: Number(values.rounds), mode: "storm" }, (of, ratio) => {
  const first = times(of, ratio, "upMs", "upCpuMs");
  const again = times(of, ratio, "againMs", "againCpuMs");
  const lost = of("lost") === 0 ? "none lost" : `${of("lost")} lost`;
  return `${first}, ${of("kibEach").toFixed(1)} KiB each\n${" ".repeat(29)}${again}, ${lost}`;
});
