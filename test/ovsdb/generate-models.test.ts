import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { JsonValue } from "../../src/jsonrpc/json.ts";
import { generateModels, openVSwitchHeader } from "../../src/ovsdb/generate-models.ts";
import { parseSchema } from "../../src/ovsdb/schema.ts";

const read = (path: string): string => readFileSync(path, "utf8");

describe("the types of Open_vSwitch", () => {
  it("are what the generator makes of Open vSwitch's schema", () => {
    const schema = parseSchema(JSON.parse(read("test/vectors/vswitch.ovsschema")) as JsonValue);
    const text = generateModels(schema, { header: openVSwitchHeader, importFrom: "../" });
    assert.equal(read("src/ovsdb/models/open-vswitch.ts"), text, "run scripts/generate-models.mjs");
  });
});

describe("generated types", () => {
  const schema = parseSchema({
    name: "some_db",
    version: "1.2.3",
    tables: {
      B_c: {
        columns: {
          one: { type: { key: { type: "string", enum: ["set", ["x", "y"]] }, min: 0, max: "unlimited" } },
          wide: { type: { key: "integer", min: 0, max: 1 } },
          narrow: { type: { key: { type: "integer", minInteger: 0, maxInteger: 9 } } },
          pairs: { type: { key: "uuid", value: { type: "integer", enum: 7 }, min: 0, max: 3 } },
          labels: { type: { key: "string", value: "integer", min: 1, max: 2 } },
          kinds: { type: { key: "string", value: { type: "string", enum: "x" }, min: 1, max: 2 } },
          share: { type: { key: { type: "real", minReal: 0.5 } }, mutable: false },
        },
      },
    },
  });
  const text = generateModels(schema, { header: ["Head."], importFrom: "./" });

  it("have a number only where every value is exact as one", () => {
    assert.match(text, /readonly wide: Integer \| undefined;/);
    assert.match(text, /readonly narrow: number;/);
  });

  it("have enums by name", () => {
    assert.match(text, /export type BCOne = "x" \| "y";/);
    assert.match(text, /readonly one: readonly BCOne\[\];/);
    assert.match(text, /export type BCPairsValue = 7;/);
    assert.match(text, /readonly pairs: ReadonlyMap<string, BCPairsValue>;/);
  });

  it("tell limits that types can't", () => {
    assert.match(text, /\/\*\* 0\.5 and above\. Set by insert only\. \*\/\n {2}readonly share: number;/);
    assert.match(text, /At most 3\./);
  });

  it("have the defaults of columns that may be left out, and no others", () => {
    assert.match(text, /narrow: 0,/);
    assert.match(text, /one: \[\],/);
    assert.match(text, /pairs: new Map\(\),/);
    assert.match(text, /labels: new Map\(\[\["", 0\]\]\),/);
    assert.doesNotMatch(text, /share: 0|kinds: new/);
  });

  it("import from ovskit unless told otherwise, and name acronyms in small letters", () => {
    const made = generateModels({ ...schema, name: "OVN_Southbound" }, { header: [] });
    assert.match(made, /^import type \{ DatabaseModel, Integer \} from "ovskit\/ovsdb";$/m);
    assert.match(made, /^export const ovnSouthbound: /m);
  });

  it("come with a model of the database", () => {
    assert.match(text, /^\/\/ Head\.\n/);
    assert.match(text, /export interface SomeDb \{\n {2}readonly B_c: BCRow;\n\}/);
    assert.match(text, /export const someDb: DatabaseModel<SomeDb, SomeDbReferences> = \{/);
  });
});
