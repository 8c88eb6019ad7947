// Writes src/ovsdb/models/open-vswitch.ts from Open vSwitch's schema: `npm run compile && node scripts/generate-models.mjs`.
// The pure part is src/ovsdb/generate-models.ts; a test proves that the file is what it gives.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const built = process.argv[2] ?? "build";
const fromRoot = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const { generateModels, openVSwitchHeader } = await import(fromRoot(`${built}/src/ovsdb/generate-models.js`));
const { parseSchema } = await import(fromRoot(`${built}/src/ovsdb/schema.js`));

const schema = parseSchema(JSON.parse(readFileSync(fromRoot("test/vectors/vswitch.ovsschema"), "utf8")));
const text = generateModels(schema, { header: openVSwitchHeader, importFrom: "../" });
writeFileSync(fromRoot("src/ovsdb/models/open-vswitch.ts"), text);
