// Which proxy address each probe gets: the document's, the remembered one, its slot of the pool, or the next free one.
import assert from "node:assert/strict";
import fc from "fast-check";
import { chooseAddresses, type Memory } from "../../src/policy/address-pool.ts";
import type { Policy } from "../../src/policy/document/policy.ts";
import { policyFrom } from "../../src/policy/document/reading.ts";

const nothing: Memory = () => undefined;

interface ProbeWords {
  readonly port?: object;
  readonly ip?: string;
  readonly nat?: "none";
  readonly proxy?: { readonly ip: string };
}

function policy(
  probes: Readonly<Record<string, ProbeWords>>,
  cidr = "10.0.0.0/24",
  reserved: readonly string[] = [],
): Policy {
  const entries = Object.entries(probes).map(([name, words]) => {
    return [name, { port: { "iface-id": `id-${name}` }, ip: "192.168.1.137", collector: "wazuh", ...words }];
  });
  return policyFrom({
    version: 1,
    pool: { cidr, reserved },
    collectors: { wazuh: { ip: "10.0.0.2", mac: "fa:16:3e:f3:a6:fd", segment: "flat" } },
    probes: Object.fromEntries(entries),
  });
}

function remembering(memory: Readonly<Record<string, string>>): Memory {
  return ({ name }) => memory[name];
}

describe("a probe's proxy address", () => {
  it("is the document's where it names one, and the VM's own with nat: none", () => {
    const { byProbe } = chooseAddresses(
      policy({ a: { proxy: { ip: "10.0.0.9" } }, b: { nat: "none" } }),
      nothing,
    );
    assert.deepEqual(
      [...byProbe],
      [
        ["a", "10.0.0.9"],
        ["b", "192.168.1.137"],
      ],
    );
  });

  it("is the same in every document that has the same probes, in whatever order", () => {
    const first = chooseAddresses(policy({ a: {}, b: {}, c: {}, d: {} }), nothing).byProbe;
    const second = chooseAddresses(policy({ d: {}, b: {}, a: {}, c: {} }), nothing).byProbe;
    for (const name of ["a", "b", "c", "d"]) assert.equal(first.get(name), second.get(name));
  });

  it("stays where the port remembers it, though the slot says otherwise", () => {
    const { byProbe, moved } = chooseAddresses(policy({ a: {}, b: {} }), remembering({ b: "10.0.0.200" }));
    assert.equal(byProbe.get("b"), "10.0.0.200");
    assert.deepEqual(moved, []);
  });

  it("moves, and that is said, when the remembered one is no longer to be had", () => {
    const cases: readonly (readonly [string, Policy])[] = [
      ["10.9.0.1", policy({ b: {} })],
      ["10.0.0.0", policy({ b: {} })],
      ["10.0.0.2", policy({ b: {} })],
      ["10.0.0.7", policy({ b: {} }, "10.0.0.0/24", ["10.0.0.7"])],
      ["10.0.0.9", policy({ a: { proxy: { ip: "10.0.0.9" } }, b: {} })],
      ["010.0.0.9", policy({ b: {} })],
      ["nonsense", policy({ b: {} })],
      ["10.0.0.999", policy({ b: {} })],
    ];
    for (const [remembered, document] of cases) {
      const { byProbe, moved } = chooseAddresses(document, remembering({ b: remembered }));
      const now = byProbe.get("b");
      assert.ok(now !== undefined && now !== remembered, remembered);
      assert.equal(moved.length, 1);
      assert.ok(moved[0]?.includes(remembered) && moved[0].includes(now), moved[0]);
    }
  });

  it("stays with the first of two ports that remember the same", () => {
    const { byProbe, moved } = chooseAddresses(
      policy({ a: {}, b: {} }),
      remembering({ a: "10.0.0.5", b: "10.0.0.5" }),
    );
    assert.equal(byProbe.get("a"), "10.0.0.5");
    assert.notEqual(byProbe.get("b"), "10.0.0.5");
    assert.equal(moved.length, 1);
  });

  it("is never given twice, reserved, a collector's, or the network's own, down to the last address", () => {
    const names = fc.uniqueArray(
      fc.string({ minLength: 1, maxLength: 8 }).filter((text) => /^[a-z0-9]+$/.test(text)),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(names, (names) => {
        const probes = Object.fromEntries(names.map((name) => [`p${name}`, {}]));
        // 14 addresses, one reserved, one the collector's: room for twelve.
        const { byProbe } = chooseAddresses(policy(probes, "10.0.0.0/28", ["10.0.0.1"]), nothing);
        const given = [...byProbe.values()];
        assert.equal(given.length, names.length);
        assert.equal(new Set(given).size, given.length);
        for (const address of given) assert.match(address, /^10\.0\.0\.([3-9]|1[0-4])$/);
      }),
    );
  });

  it("of probes that are chosen for doesn't change when others come", () => {
    const before = chooseAddresses(policy({ a: {}, b: {} }), nothing).byProbe;
    const after = chooseAddresses(
      policy({ a: {}, aa: {}, b: {}, c: {} }),
      remembering(Object.fromEntries(before)),
    ).byProbe;
    assert.equal(after.get("a"), before.get("a"));
    assert.equal(after.get("b"), before.get("b"));
  });
});
