// mocha's spec (or, in `npm run check`, dot) output with one machine-readable line at its end:
// "N passed, N failed, N skipped". Continuous integration reads it; people see at a glance what was left out.
const { reporters } = require("mocha");

class Counted extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const skipped = [];
    runner.on("pending", (test) => skipped.push(test.fullTitle()));
    runner.once("end", () => process.once("exit", () => this.#close(skipped)));
  }

  #close(skipped) {
    const { passes, failures } = this.stats;
    if (skipped.length > 0) console.log(`skipped:\n${skipped.map((title) => `  - ${title}`).join("\n")}`);
    console.log(`${passes} passed, ${failures} failed, ${skipped.length} skipped`);
  }
}

module.exports = Counted;
