// Writes docs/openflow-coverage.md: `npm run coverage:openflow`. What it says is test/openflow/coverage.ts; a test
// proves that the file is what it gives.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { coverageText } from "../build/test/openflow/coverage.js";

writeFileSync(fileURLToPath(new URL("../docs/openflow-coverage.md", import.meta.url)), await coverageText());
