// `ovskit db types` on the schemas that Debian installs: what it prints is compiled, strictly, with a program that uses
// it rightly and one that doesn't.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tryCommand } from "../../lab/command.ts";
import { DatabaseServer } from "../../lab/database-server.ts";
import { labFolder } from "../../lab/names.ts";
import { describeWith, schemaFiles } from "../support/needs.ts";
import { ovskit } from "./ovskit-command.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

const programs: Readonly<Record<string, string>> = {
  "vswitch.ts": `
    import { openVSwitch, type PortRow } from "./vswitch-types.ts";
    const replica = await client.replica(openVSwitch, { Port: ["name", "tag"] });
    export const tags: (number | undefined)[] = replica.table("Port").index("name").find("x").map(({ tag }) => tag);
    export const all: PortRow | undefined = (await client.replica(openVSwitch, { Port: "all" })).table("Port").get("");
    // @ts-expect-error -- there is no such column
    await client.replica(openVSwitch, { Port: ["colour"] });
    // @ts-expect-error -- it wasn't chosen
    replica.table("Port").get("")?.trunks;
    export const fallback: "access" | undefined = openVSwitch.defaults?.Port.vlan_mode as undefined;`,
  "vtep.ts": `
    import { hardwareVtep } from "./vtep-types.ts";
    const replica = await client.replica(hardwareVtep, { Physical_Port: ["vlan_bindings"] });
    export const switches: (readonly string[])[] = [...replica.table("Physical_Port")].map((row) => [...row.vlan_bindings.values()]);`,
  "ovn-nb.ts": `
    import { ovnNorthbound, type ACLRow, type OVNNorthboundReferences } from "./ovn-nb-types.ts";
    const replica = await client.replica(ovnNorthbound, { Logical_Switch: ["name", "ports"], ACL: "all" });
    export const acl: ACLRow | undefined = [...replica.table("ACL")][0];
    export const to: "Logical_Switch_Port" = "Logical_Switch_Port" satisfies OVNNorthboundReferences["Logical_Switch"]["ports"];
    // @ts-expect-error -- no such action
    export const wrong: boolean = acl?.action === "perhaps";`,
  "ovn-sb.ts": `
    import { ovnSouthbound } from "./ovn-sb-types.ts";
    const replica = await client.replica(ovnSouthbound, { Port_Binding: ["chassis", "tunnel_key"] });
    export const keys: number[] = [...replica.table("Port_Binding")].map((row) => row.tunnel_key);`,
};

const settings = {
  compilerOptions: {
    target: "es2023",
    lib: ["es2023", "esnext.disposable"],
    module: "nodenext",
    types: ["node"],
    typeRoots: [join(root, "node_modules/@types")],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    isolatedDeclarations: true,
    declaration: true,
    verbatimModuleSyntax: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    paths: { "ovskit/*": [`${root}src/*/index.ts`] },
  },
  include: ["*.ts"],
};

describeWith(["openvswitch", "schemas"], "ovskit db types", function () {
  this.timeout(60_000);
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(labFolder, "ovk-types-"));
    await mkdir(folder, { recursive: true });
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("prints types that programs compile with, for each of Debian's schemas", async () => {
    const head = `import { connectOvsdb } from "ovskit/ovsdb";\nconst client = await connectOvsdb("unix:/nowhere");\n`;
    await Promise.all(
      schemaFiles.map(async (file) => {
        const name = file.replace(/.*\/(.*)\.ovsschema$/, "$1");
        const { exitCode, stdout, stderr } = await ovskit(["db", "types", file]);
        assert.deepEqual([exitCode, stderr], [0, ""]);
        await writeFile(join(folder, `${name}-types.ts`), stdout);
        await writeFile(join(folder, `${name}.ts`), head + (programs[`${name}.ts`] ?? assert.fail(name)));
      }),
    );
    await writeFile(join(folder, "package.json"), '{ "type": "module" }');
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(settings));
    const tsc = join(root, "node_modules/.bin/tsc");
    const { exitCode, stdout } = await tryCommand(tsc, ["-p", folder], { timeoutMs: 50_000 });
    assert.equal(exitCode, 0, stdout);
  });

  it("prints the same from a server as from its schema's file", async () => {
    await using server = await DatabaseServer.start();
    const [fromServer, fromFile] = await Promise.all([
      ovskit(["db", "types", server.target]),
      ovskit(["db", "types", schemaFiles[0] ?? ""]),
    ]);
    assert.equal(fromServer.exitCode, 0, fromServer.stderr);
    assert.equal(fromServer.stdout, fromFile.stdout);
  });

  it("asks which database of a server that has several", async () => {
    await using server = await DatabaseServer.start({ schemas: schemaFiles.slice(0, 2) });
    const { exitCode, stderr } = await ovskit(["db", "types", server.target]);
    assert.equal(exitCode, 2);
    assert.match(stderr, /2 databases, name one: Open_vSwitch, hardware_vtep/);
    const { stdout } = await ovskit(["db", "types", server.target, "hardware_vtep"]);
    assert.match(stdout, /export const hardwareVtep: DatabaseModel<HardwareVtep, HardwareVtepReferences>/);
  });

  it("says what is wrong with a file that is no schema", async () => {
    const file = join(folder, "broken.json");
    await writeFile(file, '{ "name": "X", "version": "1.0.0", "tables": { "T": 7 } }');
    const { exitCode, stderr } = await ovskit(["db", "types", file]);
    assert.equal(exitCode, 2);
    assert.match(stderr, /broken\.json is no schema of a database/);
    assert.equal((await ovskit(["db", "types", join(folder, "none")])).exitCode, 2);
    assert.equal((await readFile(file, "utf8")).length > 0, true);
  });
});
