// What a policy document may say, and the message, line and path of everything it may not.
import assert from "node:assert/strict";
import type { Policy, PolicyIssue } from "../../src/policy/document/policy.ts";
import { policyFrom, readPolicy } from "../../src/policy/document/reading.ts";
import { PolicyError } from "../../src/policy/errors.ts";

const whole = `version: 1
bridges: { integration: br-int, provider: br-ex }
pool: { cidr: 10.0.0.0/24, reserved: [10.0.0.1] }
collectors:
  wazuh:
    ip: 10.100.7.140
    mac: FA:16:3e:f3:a6:fd
    segment: flat
    allow: [tcp/1514, udp/1515, icmp]
  inner:
    ip: 10.100.8.140
    mac: fa:16:3e:f3:a6:fe
    segment: 100
probes:
  vm-137:
    port: { iface-id: 2f7c0b6e-0000-4000-8000-000000000001 }
    ip: 192.168.1.137
    collector: wazuh
    nat: proxy
    proxy: { ip: 10.0.0.137 }
  vm-138:
    port: { name: qvoedb66118-8c }
    ip: 192.168.1.137
    collector: inner
    nat: none
  vm-139:
    port: { mac: "fa:16:3e:d6:e8:05" }
    ip: 192.168.1.137
    collector: wazuh
`;

function issuesOf(read: () => Policy): readonly PolicyIssue[] {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof PolicyError, String(error));
    assert.equal(error.code, "ERR_POLICY");
    return error.issues;
  }
  throw new assert.AssertionError({ message: "the document was accepted" });
}

/** The whole document with one line replaced; the line is found by its text. */
function altered(line: string, ...replacement: string[]): string {
  assert.ok(whole.includes(`${line}\n`), line);
  return whole.replace(`${line}\n`, replacement.map((text) => `${text}\n`).join(""));
}

function onlyIssue(text: string): PolicyIssue {
  const issues = issuesOf(() => readPolicy(text));
  assert.equal(issues.length, 1, JSON.stringify(issues, null, 1));
  const [issue] = issues;
  assert.ok(issue);
  return issue;
}

function refused(text: string, line: number, path: string, message: RegExp): void {
  const issue = onlyIssue(text);
  assert.match(issue.message, message);
  assert.deepEqual([issue.line, issue.path], [line, path]);
}

describe("a policy document", () => {
  it("is read into collectors and probes, with defaults filled in", () => {
    const policy = readPolicy(whole);
    assert.deepEqual(policy.bridges, { integration: "br-int", provider: "br-ex" });
    assert.deepEqual(policy.pool?.reserved, ["10.0.0.1"]);
    assert.equal(policy.pool?.cidr.text, "10.0.0.0/24");
    assert.deepEqual(policy.collectors.get("wazuh"), {
      name: "wazuh",
      ip: "10.100.7.140",
      mac: "fa:16:3e:f3:a6:fd",
      segment: "flat",
      allow: [{ protocol: "tcp", port: 1514 }, { protocol: "udp", port: 1515 }, { protocol: "icmp" }],
    });
    assert.equal(policy.collectors.get("inner")?.segment, 100);
    assert.deepEqual(policy.probes.get("vm-137"), {
      name: "vm-137",
      port: { by: "iface-id", value: "2f7c0b6e-0000-4000-8000-000000000001" },
      ip: "192.168.1.137",
      collector: "wazuh",
      nat: "proxy",
      proxy: "10.0.0.137",
    });
    assert.deepEqual(policy.probes.get("vm-138")?.port, { by: "name", value: "qvoedb66118-8c" });
    assert.equal(policy.probes.get("vm-138")?.nat, "none");
    assert.deepEqual(policy.probes.get("vm-139")?.port, { by: "mac", value: "fa:16:3e:d6:e8:05" });
    assert.equal(policy.probes.get("vm-139")?.nat, "proxy");
  });

  it("has br-int and br-ex as bridges when it names none, and may have no probes", () => {
    const policy = readPolicy("version: 1\n");
    assert.deepEqual(policy.bridges, { integration: "br-int", provider: "br-ex" });
    assert.equal(policy.probes.size, 0);
    assert.equal(policy.pool, undefined);
  });

  it("is the same from objects as from text", () => {
    const document = {
      version: 1,
      pool: { cidr: "10.0.0.0/24" },
      collectors: { wazuh: { ip: "10.100.7.140", mac: "fa:16:3e:f3:a6:fd", segment: 100 } },
      probes: { a: { port: { name: "tap1" }, ip: "192.168.1.137", collector: "wazuh" } },
    };
    assert.deepEqual(policyFrom(document), readPolicy(JSON.stringify(document)));
  });
});

describe("a policy document in which something is wrong", () => {
  it("names file, line, column and path in the error's message", () => {
    assert.throws(
      () =>
        readPolicy(altered("    segment: flat", "    segment: flat", "    colour: red"), {
          file: "lanes.yaml",
        }),
      (error: unknown) =>
        error instanceof PolicyError &&
        error.file === "lanes.yaml" &&
        error.message === "lanes.yaml:9:5: collectors.wazuh.colour: unknown key",
    );
  });

  const cases: readonly (readonly [string, string, number, string, RegExp])[] = [
    [
      "an unknown key at the top",
      altered("version: 1", "version: 1", "probe: {}"),
      2,
      "probe",
      /^unknown key$/,
    ],
    [
      "an unknown key in a probe",
      altered("    nat: proxy", "    natt: proxy"),
      19,
      "probes.vm-137.natt",
      /^unknown key$/,
    ],
    [
      "an unknown key in a port",
      altered("    port: { name: qvoedb66118-8c }", "    port: { name: qvo, vlan: 3 }"),
      22,
      "probes.vm-138.port.vlan",
      /^unknown key$/,
    ],
    ["a missing version", altered("version: 1"), 1, "version", /missing: version: 1/],
    ["another version", altered("version: 1", "version: 2"), 1, "version", /only version 1/],
    [
      "host bits in the pool",
      altered("pool: { cidr: 10.0.0.0/24, reserved: [10.0.0.1] }", "pool: { cidr: 10.0.0.5/24 }"),
      3,
      "pool.cidr",
      /10\.0\.0\.5\/24 has host bits set: the range is 10\.0\.0\.0\/24/,
    ],
    [
      "a pool that is one address",
      altered("pool: { cidr: 10.0.0.0/24, reserved: [10.0.0.1] }", "pool: { cidr: 10.0.0.1 }"),
      3,
      "pool.cidr",
      /no range/,
    ],
    [
      "a prefix above 32",
      altered("pool: { cidr: 10.0.0.0/24, reserved: [10.0.0.1] }", "pool: { cidr: 10.0.0.0/33 }"),
      3,
      "pool.cidr",
      /0 to 32/,
    ],
    [
      "a leading zero in the pool",
      altered("pool: { cidr: 10.0.0.0/24, reserved: [10.0.0.1] }", "pool: { cidr: 010.0.0.0/24 }"),
      3,
      "pool.cidr",
      /leading zero/,
    ],
    [
      "a multicast pool",
      altered("pool: { cidr: 10.0.0.0/24, reserved: [10.0.0.1] }", "pool: { cidr: 224.0.0.0/8 }"),
      3,
      "pool.cidr",
      /no host/,
    ],
    [
      "a reserved address outside the pool",
      altered(
        "pool: { cidr: 10.0.0.0/24, reserved: [10.0.0.1] }",
        "pool: { cidr: 10.0.0.0/24, reserved: [10.0.1.1] }",
      ),
      3,
      "pool.reserved[0]",
      /outside the pool/,
    ],
    [
      "an octal-looking address",
      altered("    ip: 10.100.7.140", "    ip: 010.1.1.1"),
      6,
      "collectors.wazuh.ip",
      /leading zero.*10\.1\.1\.1/,
    ],
    [
      "a short address",
      altered("    ip: 10.100.7.140", "    ip: '10.1'"),
      6,
      "collectors.wazuh.ip",
      /four decimal numbers/,
    ],
    [
      "a number for an address",
      altered("    ip: 10.100.7.140", "    ip: 10.1"),
      6,
      "collectors.wazuh.ip",
      /not the number 10.1 \(put it in quotes/,
    ],
    [
      "a part above 255",
      altered("    ip: 10.100.7.140", "    ip: 10.100.7.256"),
      6,
      "collectors.wazuh.ip",
      /above 255/,
    ],
    [
      "an IPv6 address",
      altered("    ip: 10.100.7.140", "    ip: fd00::1"),
      6,
      "collectors.wazuh.ip",
      /IPv4 only/,
    ],
    [
      "a range for an address",
      altered("    ip: 10.100.7.140", "    ip: 10.100.7.0/24"),
      6,
      "collectors.wazuh.ip",
      /is a range/,
    ],
    [
      "a multicast address",
      altered("    ip: 10.100.7.140", "    ip: 224.0.0.1"),
      6,
      "collectors.wazuh.ip",
      /multicast/,
    ],
    [
      "a MAC with the multicast bit",
      altered("    mac: FA:16:3e:f3:a6:fd", "    mac: 01:16:3e:f3:a6:fd"),
      7,
      "collectors.wazuh.mac",
      /multicast bit/,
    ],
    [
      "a MAC of zeros",
      altered("    mac: FA:16:3e:f3:a6:fd", "    mac: 00:00:00:00:00:00"),
      7,
      "collectors.wazuh.mac",
      /no NIC/,
    ],
    [
      "half a MAC",
      altered("    mac: FA:16:3e:f3:a6:fd", "    mac: fa:16:3e"),
      7,
      "collectors.wazuh.mac",
      /six pairs/,
    ],
    ["VLAN 0", altered("    segment: 100", "    segment: 0"), 13, "collectors.inner.segment", /1 to 4094/],
    [
      "VLAN 4095",
      altered("    segment: 100", "    segment: 4095"),
      13,
      "collectors.inner.segment",
      /1 to 4094/,
    ],
    [
      "a VLAN as text",
      altered("    segment: 100", "    segment: '100'"),
      13,
      "collectors.inner.segment",
      /1 to 4094/,
    ],
    ["no segment", altered("    segment: 100"), 11, "collectors.inner.segment", /missing/],
    [
      "a service without a port",
      altered("    allow: [tcp/1514, udp/1515, icmp]", "    allow: [tcp]"),
      9,
      "collectors.wazuh.allow[0]",
      /one port from 1 to 65535/,
    ],
    [
      "port 0",
      altered("    allow: [tcp/1514, udp/1515, icmp]", "    allow: [udp/0]"),
      9,
      "collectors.wazuh.allow[0]",
      /one port from 1 to 65535/,
    ],
    [
      "port 65536",
      altered("    allow: [tcp/1514, udp/1515, icmp]", "    allow: [tcp/65536]"),
      9,
      "collectors.wazuh.allow[0]",
      /one port from 1 to 65535/,
    ],
    [
      "an unknown protocol",
      altered("    allow: [tcp/1514, udp/1515, icmp]", "    allow: [icmp, gre]"),
      9,
      "collectors.wazuh.allow[1]",
      /unknown: icmp, tcp\/PORT and udp\/PORT/,
    ],
    [
      "a service twice",
      altered("    allow: [tcp/1514, udp/1515, icmp]", "    allow: [icmp, icmp]"),
      9,
      "collectors.wazuh.allow[1]",
      /icmp is listed twice/,
    ],
    [
      "an empty allow",
      altered("    allow: [tcp/1514, udp/1515, icmp]", "    allow: []"),
      9,
      "collectors.wazuh.allow",
      /leave allow out/,
    ],
    [
      "an unknown collector",
      altered("    collector: inner", "    collector: outer"),
      24,
      "probes.vm-138.collector",
      /no collector "outer": known are wazuh, inner/,
    ],
    [
      "an unknown nat",
      altered("    nat: none", "    nat: full"),
      25,
      "probes.vm-138.nat",
      /proxy or none is expected, not "full"/,
    ],
    [
      "two ways to find a port",
      altered("    port: { name: qvoedb66118-8c }", "    port: { name: a, mac: fa:16:3e:00:00:01 }"),
      22,
      "probes.vm-138.port",
      /exactly one .* 2 are given/,
    ],
    [
      "no way to find a port",
      altered("    port: { name: qvoedb66118-8c }", "    port: {}"),
      22,
      "probes.vm-138.port",
      /exactly one .* none is given/,
    ],
    [
      "a port's name that is a number",
      altered("    port: { name: qvoedb66118-8c }", "    port: { name: 123 }"),
      22,
      "probes.vm-138.port.name",
      /not the number 123/,
    ],
    [
      "two probes on one port",
      altered("    port: { name: qvoedb66118-8c }", "    port: { mac: FA:16:3e:d6:e8:05 }"),
      27,
      "probes.vm-139.port.mac",
      /already that of probe vm-138/,
    ],
    [
      "a proxy outside the pool",
      altered("    proxy: { ip: 10.0.0.137 }", "    proxy: { ip: 10.0.1.137 }"),
      20,
      "probes.vm-137.proxy.ip",
      /outside the pool/,
    ],
    [
      "a reserved proxy",
      altered("    proxy: { ip: 10.0.0.137 }", "    proxy: { ip: 10.0.0.1 }"),
      20,
      "probes.vm-137.proxy.ip",
      /reserved/,
    ],
    [
      "the pool's network address",
      altered("    proxy: { ip: 10.0.0.137 }", "    proxy: { ip: 10.0.0.0 }"),
      20,
      "probes.vm-137.proxy.ip",
      /network address/,
    ],
    [
      "the pool's broadcast address",
      altered("    proxy: { ip: 10.0.0.137 }", "    proxy: { ip: 10.0.0.255 }"),
      20,
      "probes.vm-137.proxy.ip",
      /broadcast address/,
    ],
    [
      "a proxy given twice",
      `${whole}    proxy: { ip: 10.0.0.137 }\n`,
      30,
      "probes.vm-139.proxy.ip",
      /already the proxy of probe vm-137/,
    ],
    [
      "a proxy without NAT",
      altered("    nat: none", "    nat: none", "    proxy: { ip: 10.0.0.5 }"),
      26,
      "probes.vm-138.proxy",
      /means nothing/,
    ],
    [
      "two probes with one address and no NAT",
      `${whole}    nat: none\n`,
      28,
      "probes.vm-139.ip",
      /already the address of probe vm-138/,
    ],
    [
      "a proxy that is a probe's own address",
      altered("    ip: 192.168.1.137", "    ip: 192.168.1.137").replace(
        "    ip: 192.168.1.137\n    collector: inner",
        "    ip: 10.0.0.137\n    collector: inner",
      ),
      23,
      "probes.vm-138.ip",
      /already stands for probe vm-137/,
    ],
    [
      "a probe that is its collector",
      whole.replace(
        "    ip: 192.168.1.137\n    collector: inner",
        "    ip: 10.100.8.140\n    collector: inner",
      ),
      23,
      "probes.vm-138.ip",
      /the address of its collector/,
    ],
    [
      "one bridge for both",
      altered("bridges: { integration: br-int, provider: br-ex }", "bridges: { provider: br-int }"),
      2,
      "bridges",
      /both br-int/,
    ],
    [
      "a bridge's name with a slash",
      altered("bridges: { integration: br-int, provider: br-ex }", "bridges: { provider: ../x }"),
      2,
      "bridges.provider",
      /no bridge name/,
    ],
    [
      "a pool too small",
      altered(
        "pool: { cidr: 10.0.0.0/24, reserved: [10.0.0.1] }",
        "pool: { cidr: 10.0.0.136/30, reserved: [10.0.0.138] }",
      ),
      3,
      "pool.cidr",
      /room for 1 proxies, and 2/,
    ],
    ["a name that is no name", altered("  vm-138:", "  'vm 138':"), 21, 'probes["vm 138"]', /is no name/],
    [
      "a probe that is no map",
      altered("    nat: none", "    nat: none", "  vm-140: yes"),
      26,
      "probes.vm-140",
      /a map .* expected, not the string yes/,
    ],
    [
      "probes that are a list",
      "version: 1\nprobes: [a]\n",
      2,
      "probes",
      /a map of probes by name is expected, not a list/,
    ],
    ["probes that are nothing", "version: 1\nprobes:\n", 2, "probes", /not nothing/],
  ];
  for (const [name, text, line, path, message] of cases) {
    it(`is refused for ${name}`, () => {
      refused(text, line, path, message);
    });
  }

  it("is refused when a proxy is needed and there is no pool, once for each probe", () => {
    const issues = issuesOf(() => readPolicy(altered("pool: { cidr: 10.0.0.0/24, reserved: [10.0.0.1] }")));
    assert.deepEqual(
      issues.map(({ path }) => path),
      ["probes.vm-137", "probes.vm-139"],
    );
  });

  it("is refused when one address has two MAC addresses on one segment", () => {
    const text = altered(
      "probes:",
      "  other:",
      "    ip: 10.100.7.140",
      "    mac: fa:16:3e:00:00:09",
      "    segment: flat",
      "probes:",
    );
    refused(
      text,
      16,
      "collectors.other.mac",
      /10\.100\.7\.140 on segment flat already has fa:16:3e:f3:a6:fd, as collector wazuh/,
    );
  });

  it("reports every problem at once, in the order of the document", () => {
    const text = `version: 1
pool: { cidr: 10.0.0.9/24 }
extra: 1
collectors:
  a: { ip: 010.1.1.1, mac: 01:00:00:00:00:01, segment: 5000 }
  b: { ip: 10.1.1.2, mac: fa:16:3e:00:00:01, segment: flat, colour: red }
probes:
  p: { port: { name: tap1 }, ip: 10.2, collector: c }
  q: { port: { name: tap1 }, ip: 10.9.9.9, collector: b, extra: 1 }
`;
    const issues = issuesOf(() => readPolicy(text));
    assert.deepEqual(
      issues.map(({ line, path }) => `${line} ${path}`),
      [
        "2 pool.cidr",
        "3 extra",
        "5 collectors.a.ip",
        "5 collectors.a.mac",
        "5 collectors.a.segment",
        "6 collectors.b.colour",
        "8 probes.p.ip",
        "8 probes.p.collector",
        "9 probes.q.port.name",
        "9 probes.q.extra",
      ],
    );
  });

  it("reports a probe given twice together with the other problems", () => {
    const issues = issuesOf(() => readPolicy(`${whole}  vm-137:\n    nothing: 1\n`));
    assert.ok(
      issues.some(({ line, message }) => line === 30 && /unique/.test(message)),
      JSON.stringify(issues),
    );
  });

  it("gives line and column of text that isn't YAML", () => {
    const [issue] = issuesOf(() => readPolicy("version: 1\nprobes: {\n", { file: "x.yaml" }));
    assert.equal(issue?.line, 3);
  });

  it("is refused when it is empty, a list, several documents, or a bomb of aliases", () => {
    assert.match(onlyIssue("").message, /not nothing/);
    assert.match(onlyIssue("[1]").message, /not a list/);
    assert.match(onlyIssue("version: 1\n---\nversion: 1\n").message, /multiple documents/i);
    const levels = ["a", "b", "c", "d", "e", "f", "g"].map((letter, index, all) => {
      const of = index === 0 ? "x" : `*${all[index - 1]}`;
      return `${letter}: &${letter} [${Array.from({ length: 10 }, () => of).join(",")}]`;
    });
    assert.match(onlyIssue(`${levels.join("\n")}\n`).message, /alias/);
    assert.ok(issuesOf(() => readPolicy("[".repeat(20_000))).length > 0);
  });

  it("can't reach the prototype of anything by a key", () => {
    const issues = issuesOf(() => readPolicy("version: 1\nprobes:\n  __proto__: { port: { name: a } }\n"));
    assert.ok(issues.some(({ message }) => message.includes("is no name")));
    assert.deepEqual(
      issuesOf(() => policyFrom(JSON.parse('{"version":1,"__proto__":{"pool":1}}'))).length,
      1,
    );
  });

  it("may have keys without a value when it came as objects, and may not hold itself", () => {
    assert.equal(policyFrom({ version: 1, pool: undefined, probes: {} }).pool, undefined);
    const knot: Record<string, unknown> = { version: 1 };
    knot["probes"] = knot;
    assert.match(issuesOf(() => policyFrom(knot))[0]?.message ?? "", /can't be read/);
  });

  it("has a path and no line when it came as objects", () => {
    const [issue] = issuesOf(() =>
      policyFrom({
        version: 1,
        probes: { p: { port: { name: "a" }, ip: "1", collector: "x", nat: "none" } },
      }),
    );
    assert.deepEqual([issue?.line, issue?.path], [undefined, "probes.p.ip"]);
  });
});
