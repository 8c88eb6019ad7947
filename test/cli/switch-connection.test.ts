// Which socket a bridge's name leads to, and what is said when there is none. Nothing listens in these tests.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Surroundings } from "../../src/cli/command.ts";
import { findRundir } from "../../src/cli/rundir.ts";
import { editDistance, nearest } from "../../src/cli/suggestion.ts";
import { withSwitch } from "../../src/cli/switch-connection.ts";

describe("the socket of a bridge", () => {
  let dir: string;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "ovk-"));
    await Promise.all(["br-int.mgmt", "br-ex.mgmt", "db.sock"].map((name) => writeFile(join(dir, name), "")));
  });
  after(() => rm(dir, { recursive: true }));

  const connecting = (bridge: string, rundir = dir): Promise<void> => {
    const surroundings: Surroundings = {
      ovsdb: "unix:/nowhere/db.sock",
      rundir,
      timeoutMs: 1000,
      signal: new AbortController().signal,
      readStandardInput: () => Promise.resolve(""),
    };
    return withSwitch(surroundings, bridge, () => Promise.resolve());
  };

  it("is in the run folder, whose other bridges are named when it isn't", async () => {
    await assert.rejects(connecting("br-itn"), {
      code: "ERR_CLI_INPUT",
      message: 'no bridge "br-itn"; did you mean "br-int"?',
    });
    await assert.rejects(connecting("x"), { message: 'no bridge "x"; there are br-ex, br-int' });
    await assert.rejects(connecting("../br-int"), { code: "ERR_CLI_INPUT" });
  });

  it("that is there and refuses is no connection", async () => {
    await assert.rejects(connecting("br-int"), { code: "ERR_CONNECT", target: `unix:${dir}/br-int.mgmt` });
  });

  it("isn't looked for where no bridge is, nor for a connection method", async () => {
    await assert.rejects(connecting("br-int", "/nowhere"), { code: "ERR_CONNECT" });
    await assert.rejects(connecting("unix:/nowhere/x"), { code: "ERR_CONNECT", target: "unix:/nowhere/x" });
    await assert.rejects(connecting("tcp:1.2.3"), { code: "ERR_TARGET_SYNTAX" });
  });

  it("needs no database when the run folder is given", async () => {
    const signal = new AbortController().signal;
    const given = {
      ovsdb: "unix:/nowhere",
      timeoutMs: 1000,
      signal,
      readStandardInput: () => Promise.resolve(""),
    };
    assert.equal(await findRundir({ ...given, rundir: "/run/x" }), "/run/x");
    await assert.rejects(findRundir({ ...given, rundir: undefined }), { code: "ERR_CONNECT" });
  });
});

describe("a suggestion", () => {
  it("is the word with the fewest letters changed", () => {
    assert.equal(editDistance("kitten", "sitting"), 3);
    assert.equal(editDistance("", "abc"), 3);
    assert.equal(editDistance("shwo", "show"), 1);
    assert.equal(nearest("dmp", ["dump", "del", "diff"]), "dump");
  });

  it("may be the word that was begun", () => {
    assert.equal(nearest("repl", ["dump", "replace"]), "replace");
  });

  it("is none where nothing is near", () => {
    assert.equal(nearest("quit", ["dump", "replace"]), undefined);
    assert.equal(nearest("x", ["dump", "xylophone"]), undefined);
    assert.equal(nearest("dump", []), undefined);
  });
});
