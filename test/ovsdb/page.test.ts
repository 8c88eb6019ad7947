// docs/ovsdb.md: each of its snippets stands in page-*.ts too, where it is compiled; an integration test runs those.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import * as root from "../../src/index.ts";
import * as ovsdb from "../../src/ovsdb/index.ts";

const read = (...path: string[]): string => readFileSync(join(process.cwd(), ...path), "utf8");
/** Code without what the formatter makes of it, who breaks lines by how far they are indented. */
const bare = (code: string): string => code.replaceAll(/\s+/g, "").replaceAll(/,(?=[\])}])/g, "");
const isErrorClass = (value: unknown): boolean =>
  typeof value === "function" && value.prototype instanceof Error;

describe("docs/ovsdb.md", () => {
  const page = read("docs", "ovsdb.md");

  it("shows nothing that isn't compiled", () => {
    const files = readdirSync(join(process.cwd(), "test", "ovsdb")).filter((file) =>
      /^page-.*\.ts$/.test(file),
    );
    const sources = files.map((file) => bare(read("test", "ovsdb", file)));
    const blocks = Array.from(page.matchAll(/```ts\n(.*?)```/gs), ([, code = ""]) => code);
    assert.ok(blocks.length > 10);
    for (const block of blocks) {
      assert.ok(
        sources.some((source) => source.includes(bare(block))),
        block,
      );
    }
  });

  it("names every class of errors that a transaction may have, and no class that isn't there", () => {
    const errors = Object.entries(ovsdb).filter(([, value]) => isErrorClass(value));
    const transactional = errors.filter(([, value]) => {
      return (value as { readonly prototype: unknown }).prototype instanceof ovsdb.TransactionError;
    });
    assert.ok(transactional.length > 10);
    for (const [name] of transactional) assert.ok(page.includes(`\`${name}\``), name);
    for (const [name] of page.matchAll(/(?<=`)[A-Z][A-Za-z]*Error(?=`)/g))
      assert.ok(name in ovsdb || name in root, name);
  });

  it("names every event of a replica", () => {
    for (const event of ["change", "stale", "synced", "refused", "close"]) {
      assert.match(page, new RegExp(`^\\| \`${event}\` `, "m"));
    }
  });
});
