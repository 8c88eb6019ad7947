import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { coverageText } from "./coverage.ts";

describe("docs/openflow-coverage.md", function () {
  this.timeout(60_000);

  it("says what the tests prove: `npm run coverage:openflow` writes it", async () => {
    const file = readFileSync(join(process.cwd(), "docs", "openflow-coverage.md"), "utf8");
    assert.equal(file, await coverageText());
  });
});
