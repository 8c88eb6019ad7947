// `ovskit show` against `ovs-vsctl show`, and `ovskit ports` against what the database was told, on a real one.
import assert from "node:assert/strict";
import { words } from "../../lab/command.ts";
import { type OpenVSwitch, startOpenVSwitch } from "../../lab/open-vswitch.ts";
import { describeWith } from "../support/needs.ts";
import { ovskit, ovskitOn } from "./ovskit-command.ts";

function port(bridge: string, name: string, ...more: string[]): string[] {
  return ["--", "add-port", bridge, name, ...more];
}

/** Bridges and ports of every kind that ovs-vsctl shows something of. */
async function furnish(ovs: OpenVSwitch): Promise<void> {
  await ovs.addBridge("br-int");
  await ovs.addBridge("br-ex");
  await ovs.vsctl(
    ...port("br-int", "int-br-ex", ...words("-- set interface int-br-ex type=patch options:peer=phy-br-ex")),
    ...port("br-ex", "phy-br-ex", ...words("-- set interface phy-br-ex type=patch options:peer=int-br-ex")),
    ...port("br-int", "qvo899ffb14-e4", ...words("tag=2 -- set interface qvo899ffb14-e4 type=dummy")),
    ...words("-- set interface qvo899ffb14-e4 external_ids:iface-id=899ffb14-e400-4b1e-9f7d-1b2c3d4e5f60"),
    ...words('-- set interface qvo899ffb14-e4 external_ids:attached-mac="fa:16:3e:19:00:7f"'),
    ...port("br-int", "zero", ...words("tag=0 -- set interface zero type=dummy")),
    ...port("br-int", "dead", ...words("tag=4095 -- set interface dead type=dummy")),
    ...port("br-int", "trunk", ...words("trunks=30,4,100 -- set interface trunk type=dummy")),
    ...port(
      "br-int",
      "native",
      ...words("tag=7 trunks=8,9 vlan_mode=native-untagged -- set interface native type=dummy"),
    ),
    ...port(
      "br-int",
      "vx",
      ...words("-- set interface vx type=vxlan options:remote_ip=10.9.9.9 options:key=flow"),
    ),
    ...words("-- set interface vx options:df_default=true options:local_ip=10.9.9.8"),
    ...port("br-int", "lost"),
    ...port("br-int", "true", ...words("-- set interface true type=dummy")),
    ...port("br-int", "1st", ...words("-- set interface 1st type=dummy")),
    ...port("br-int", "a_b.c-d", ...words("-- set interface a_b.c-d type=dummy")),
    ...port("br-int", "späße", ...words("-- set interface späße type=dummy")),
    ...port("br-int", 'q"q', ...words('-- set interface q"q type=dummy')),
    ...words("-- add-bond br-ex bond0 e1 e0 -- set interface e0 type=dummy -- set interface e1 type=dummy"),
  );
  await ovs.vsctl(...words("set-controller br-int tcp:127.0.0.1:9 unix:/nowhere"));
  await ovs.vsctl(...words("set-manager ptcp:0:127.0.0.1 unix:/nowhere"));
  // The answer of `show` changes until ovs-vswitchd has tried every port and connection once.
  await ovs.vsctl("set", "open_vswitch", ".", 'ovs_version="3.1.0"');
}

describeWith(["openvswitch"], "ovskit show and ports on a real database", function () {
  this.timeout(30_000);
  let ovs: OpenVSwitch;
  before(async () => {
    ovs = await startOpenVSwitch({ tcp: true });
    await furnish(ovs);
  });
  after(() => ovs.stop());

  it("show prints what ovs-vsctl show prints, byte for byte", async () => {
    const expected = await ovs.vsctl("show");
    for (const part of ["Manager ", "Controller ", "error: ", "trunks: ", "tag: 0", "fail_mode: secure"]) {
      assert.ok(expected.includes(part), `the database has nothing that shows as ${part}: ${expected}`);
    }
    const { exitCode, stdout, stderr } = await ovskitOn(ovs, ["show"]);
    assert.equal(stderr, "");
    assert.equal(stdout, expected);
    assert.equal(exitCode, 0);
  });

  it("show writes every text with the quotes and escapes of ovs-vsctl", async () => {
    const characters = "!\"#$%&'()*+,-./0:;<=>?@A[\\]^_`a{|}~\u007f".split("");
    const texts = characters.concat(
      ["", "-a", ".a", "_", "a-b.c_d9", "9a", "true", "false", "True", "a b", "tab\t", "line\nend\r"],
      ["\b\f\u0001\u001f", "ä", "漢字", "😀", "[]", "{}", "6e2c3a1e-6f0e-4c68-9a53-2f7f0a1b2c3d"],
      ["6E2C3A1E-6F0E-4C68-9A53-2F7F0A1B2C3D", "6e2c3a1e-6f0e-4c68-9a53-2f7f0a1b2c3", "a,b", "a=b"],
    );
    const options = texts.flatMap((text, index) => {
      const quoted = JSON.stringify(text);
      return [`options:k${index}=${quoted}`, ...(text === "" ? [] : [`options:${quoted}=v`])];
    });
    await ovs.vsctl("set", "interface", "vx", ...options);
    const { stdout } = await ovskitOn(ovs, ["show"]);
    assert.equal(stdout, await ovs.vsctl("show"));
    assert.ok(stdout.includes("漢字"));
  });

  it("show says which managers and controllers are connected", async () => {
    await ovs.stopVswitchd();
    await ovs.vsctl(...words("set manager unix:/nowhere is_connected=true"));
    const find = words("--bare --columns=_uuid find controller");
    const uuid = (await ovs.vsctl(...find, 'target="tcp:127.0.0.1:9"')).trim();
    await ovs.vsctl("set", "controller", uuid, "is_connected=true");
    const { stdout } = await ovskitOn(ovs, ["show"]);
    assert.equal(stdout, await ovs.vsctl("show"));
    assert.equal(stdout.split("is_connected: true").length, 3);
    await ovs.startVswitchd();
  });

  it("show --json gives the same as a tree", async () => {
    const { stdout } = await ovskitOn(ovs, ["show", "--json"]);
    const { bridges } = JSON.parse(stdout) as {
      bridges: {
        name: string;
        fail_mode: string;
        ports: { name: string; tag?: number; interfaces: unknown[] }[];
      }[];
    };
    const bridge = bridges.find(({ name }) => name === "br-int");
    assert.equal(bridge?.fail_mode, "secure");
    assert.equal(bridge?.ports.find(({ name }) => name === "qvo899ffb14-e4")?.tag, 2);
    assert.deepEqual(bridge?.ports.find(({ name }) => name === "int-br-ex")?.interfaces, [
      { name: "int-br-ex", type: "patch", options: { peer: "phy-br-ex" } },
    ]);
  });

  it("ports says in one line which VLAN a VM is on", async () => {
    const { exitCode, stdout } = await ovskitOn(ovs, ["ports", "br-int"]);
    assert.equal(exitCode, 0);
    const ofport = (await ovs.vsctl("get", "interface", "qvo899ffb14-e4", "ofport")).trim();
    const line = stdout.split("\n").find((text) => text.startsWith("qvo"));
    assert.deepEqual(words(line ?? ""), [
      "qvo899ffb14-e4",
      ofport,
      "2",
      "899ffb14-e400-4b1e-9f7d-1b2c3d4e5f60",
      "fa:16:3e:19:00:7f",
      "up",
    ]);
    assert.ok(!stdout.includes("phy-br-ex"));
    assert.match(stdout, /^lost +-1 .* error: could not open network device lost/m);
    assert.match(stdout, /^br-int +LOCAL /m);
    assert.match(stdout, /^native +\d+ +7 trunks=8,9 native-untagged /m);
  });

  it("ports without a bridge lists all bridges and the members of a bond", async () => {
    const { stdout } = await ovskitOn(ovs, ["ports"]);
    const heading = stdout.split("\n")[0] ?? "";
    assert.deepEqual(words(heading), ["BRIDGE", "PORT", "OFPORT", "TAG", "IFACE-ID", "MAC", "LINK"]);
    assert.match(stdout, /^br-ex +bond0\/e0 /m);
    assert.match(stdout, /^br-ex +bond0\/e1 /m);
    const column = heading.indexOf("OFPORT");
    for (const line of stdout.trimEnd().split("\n")) assert.match(line.slice(column - 2), /^ {2}[^ ]/);
  });

  it("ports --json has numbers as numbers and leaves out what isn't set", async () => {
    const { stdout } = await ovskitOn(ovs, ["ports", "br-int", "--json"]);
    const ports = JSON.parse(stdout) as { name: string; tag?: number; ofport: number }[];
    const dead = ports.find(({ name }) => name === "dead");
    assert.equal(dead?.tag, 4095);
    assert.equal(ports.find(({ name }) => name === "lost")?.ofport, -1);
    assert.ok(!("tag" in (ports.find(({ name }) => name === "trunk") ?? { tag: 1 })));
  });

  it("a bridge that isn't there is wrong input, with the one that was meant", async () => {
    const { exitCode, stdout, stderr } = await ovskitOn(ovs, ["ports", "br-xe"]);
    assert.equal(exitCode, 2);
    assert.equal(stdout, "");
    assert.equal(stderr, 'ovskit: no bridge "br-xe"; did you mean "br-ex"?\n');
  });

  it("both work over TCP", async () => {
    const tcp = ovs.ovsdbTcp ?? "";
    const { exitCode, stdout } = await ovskit(["show", "--ovsdb", tcp]);
    assert.equal(exitCode, 0);
    assert.equal(stdout, await ovs.vsctl("show"));
  });
});
