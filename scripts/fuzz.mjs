// `npm run fuzz -- [--seconds N] [--seed S] [--inputs N]`: mutated messages against the codec. Prints its seed; ends with
// status 1 when the property didn't hold for an input, which it prints made smaller. `--hex H` looks at one input.
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    seed: { type: "string" },
    inputs: { type: "string" },
    hex: { type: "string" },
  },
});

if (values.hex === undefined) {
  const { describeReport, fuzz } = await import("../build/test/fuzz/fuzzer.js");
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 32));
  // A run that is repeated takes as many inputs, however long that is.
  const seconds = values.inputs === undefined ? Number(values.seconds) : Infinity;
  const report = await fuzz({ seconds, seed, inputs: Number(values.inputs ?? Infinity) });
  console.log(describeReport(report));
  process.exitCode = report.faults.length === 0 ? 0 : 1;
} else {
  const { outcomeOf } = await import("../build/test/fuzz/property.js");
  console.dir(outcomeOf(Buffer.from(values.hex, "hex")), { depth: null });
}
