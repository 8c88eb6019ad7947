// How show and ports turn rows into text, on rows made by hand; the real ovs-vsctl is the oracle in the integration tests.
import assert from "node:assert/strict";
import { listPorts, portsText } from "../../src/cli/commands/ports.ts";
import { type ShownTables, showText, showValue } from "../../src/cli/commands/show.ts";
import { type Datum, datumText, isDefault } from "../../src/cli/datum-text.ts";

function uuid(digit: string): string {
  return `${digit.repeat(8)}-0000-4000-8000-000000000000`;
}

function table<Row extends { readonly _uuid: string }>(...rows: Row[]): Map<string, Row> & Iterable<Row> {
  const map = new Map(rows.map((row) => [row._uuid, row]));
  const iterable = { get: (id: string) => map.get(id), [Symbol.iterator]: () => map.values() };
  return iterable as unknown as Map<string, Row> & Iterable<Row>;
}

const tables: ShownTables = {
  Open_vSwitch: table({
    _uuid: uuid("0"),
    manager_options: [uuid("a")],
    bridges: [uuid("2"), uuid("1")],
    ovs_version: "3.1.0",
  }),
  Manager: table({ _uuid: uuid("a"), target: "ptcp:6640:127.0.0.1", is_connected: true }),
  Bridge: table(
    {
      _uuid: uuid("1"),
      name: "br-int",
      controller: [uuid("b")],
      fail_mode: "secure",
      datapath_type: "system",
      ports: [uuid("3")],
    },
    {
      _uuid: uuid("2"),
      name: "br-ex",
      controller: [],
      fail_mode: undefined,
      datapath_type: "",
      ports: [uuid("9")],
    },
  ),
  Controller: table({ _uuid: uuid("b"), target: "tcp:127.0.0.1:6633", is_connected: false }),
  Port: table({ _uuid: uuid("3"), name: "qvoedb66118-8c", tag: 2, trunks: [30, 4], interfaces: [uuid("4")] }),
  Interface: table({
    _uuid: uuid("4"),
    name: "1st",
    type: "patch",
    options: new Map([
      ["peer", "mirror-br-int"],
      ["a", "b c"],
    ]),
    error: "no such device",
  }),
};

describe("show", () => {
  it("indents what a row holds under it, in the order of the UUIDs, and leaves out what nobody set", () => {
    assert.equal(
      showText(tables),
      `${uuid("0")}
    Manager "ptcp:6640:127.0.0.1"
        is_connected: true
    Bridge br-int
        Controller "tcp:127.0.0.1:6633"
        fail_mode: secure
        datapath_type: system
        Port qvoedb66118-8c
            tag: 2
            trunks: [4, 30]
            Interface "1st"
                type: patch
                options: {a="b c", peer=mirror-br-int}
                error: "no such device"
    Bridge br-ex
    ovs_version: "3.1.0"`,
    );
  });

  it("gives the same as a tree", () => {
    const { bridges, managers } = showValue(tables) as { bridges: { name: string }[]; managers: unknown };
    assert.deepEqual(
      bridges.map(({ name }) => name),
      ["br-int", "br-ex"],
    );
    assert.deepEqual(managers, [{ target: "ptcp:6640:127.0.0.1", is_connected: true }]);
  });

  it("shows nothing of a database that nobody initialized", () => {
    const empty = { ...tables, Open_vSwitch: table() } as ShownTables;
    assert.equal(showText(empty), "");
    assert.equal(showValue(empty), null);
  });
});

describe("a column's value in ovs-vsctl's words", () => {
  it("has quotes only where a bare word could be misread", () => {
    const texts: readonly (readonly [Datum, string])[] = [
      ["br-int", "br-int"],
      ["_a.b-c9", "_a.b-c9"],
      ["9a", '"9a"'],
      ["true", '"true"'],
      ["", '""'],
      ['q"q', '"q\\"q"'],
      ["tab\t", '"tab\\t"'],
      [uuid("a"), `"${uuid("a")}"`],
      [uuid("a").slice(1), uuid("a").slice(1)],
      [true, "true"],
      [2n ** 60n, "1152921504606846976"],
      [undefined, "[]"],
      [[], "[]"],
      [[10, 9, 9.5], "[9, 9.5, 10]"],
      [["b", "a", "B"], "[B, a, b]"],
      [[true, false], "[false, true]"],
      [new Map(), "{}"],
      [new Map([["k", 5]]), "{k=5}"],
    ];
    for (const [datum, text] of texts) assert.equal(datumText(datum), text);
  });

  it("is a default when it is empty, false or not there, but not when it is 0", () => {
    assert.deepEqual([undefined, "", false, [], new Map()].map(isDefault), Array(5).fill(true));
    assert.deepEqual([0, true, "a", [0], new Map([["a", "b"]])].map(isDefault), Array(5).fill(false));
  });
});

describe("ports", () => {
  const port = { trunks: [], vlan_mode: undefined, tag: undefined } as const;
  const device = {
    type: "",
    ofport: 5,
    external_ids: new Map<string, string>(),
    link_state: "up",
    admin_state: "up",
    error: undefined,
  } as const;
  const ports = new Map([
    ["p1", { ...port, name: "qvo1", tag: 2, interfaces: ["i1"] }],
    ["p2", { ...port, name: "bond0", trunks: [3, 1], interfaces: ["i3", "i2"] }],
    ["p3", { ...port, name: "br-int", vlan_mode: "access", interfaces: ["i4"] }],
    ["p4", { ...port, name: "lost", tag: 4095, vlan_mode: "dot1q-tunnel", interfaces: ["i5", "gone"] }],
  ] as const);
  const interfaces = new Map([
    [
      "i1",
      {
        ...device,
        name: "qvo1",
        ofport: 2n,
        external_ids: new Map([
          ["iface-id", "899f"],
          ["attached-mac", "fa:16:3e:19:00:7f"],
        ]),
      },
    ],
    ["i2", { ...device, name: "eth0", link_state: "down", admin_state: "down" }],
    ["i3", { ...device, name: "eth1", link_state: undefined }],
    ["i4", { ...device, name: "br-int", type: "internal", ofport: 65_534 }],
    ["i5", { ...device, name: "lost", ofport: undefined, error: "no such device" }],
  ] as const);
  const tablesOf = {
    bridges: [
      { name: "br-int", ports: ["p1", "p2", "p3", "p4", "gone"] },
      { name: "br-ex", ports: [] },
    ],
    port: (id: string) => ports.get(id as "p1"),
    interface: (id: string) => interfaces.get(id as "i1"),
  };

  it("stand in aligned columns, members of a bond each on its own line", () => {
    assert.equal(
      portsText(listPorts(tablesOf, "br-int"), false),
      `PORT        OFPORT  TAG                IFACE-ID  MAC                LINK
bond0/eth0  5       trunks=1,3         -         -                  down (admin down)
bond0/eth1  5       trunks=1,3         -         -                  -
br-int      LOCAL   -                  -         -                  up
lost        -       4095 dot1q-tunnel  -         -                  error: no such device
qvo1        2       2                  899f      fa:16:3e:19:00:7f  up`,
    );
  });

  it("have their bridge in front where all are listed", () => {
    const lines = portsText(listPorts(tablesOf, undefined), true).split("\n");
    assert.match(lines[0] ?? "", /^BRIDGE {2}PORT /);
    assert.ok(lines.slice(1).every((line) => line.startsWith("br-int  ")));
  });

  it("of a bridge that isn't there are wrong input, with the bridges that are", () => {
    assert.throws(() => listPorts(tablesOf, "br-nit"), {
      code: "ERR_CLI_INPUT",
      message: 'no bridge "br-nit"; did you mean "br-int"?',
    });
    assert.throws(() => listPorts(tablesOf, "switch"), {
      message: 'no bridge "switch"; there are br-ex, br-int',
    });
    assert.throws(() => listPorts({ ...tablesOf, bridges: [] }, "x"), {
      message: 'no bridge "x"; there is none',
    });
  });
});
