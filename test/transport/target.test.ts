import assert from "node:assert/strict";
import {
  formatTarget,
  parseActiveTarget,
  parsePassiveTarget,
  parseTarget,
  type Target,
} from "../../src/transport/target.ts";

describe("a connection method", () => {
  const written: readonly (readonly [string, Target])[] = [
    ["tcp:10.0.0.1:6640", { kind: "tcp", host: "10.0.0.1", port: 6640 }],
    ["tcp:ovs.example:6653", { kind: "tcp", host: "ovs.example", port: 6653 }],
    ["tcp:[::1]:6640", { kind: "tcp", host: "::1", port: 6640 }],
    ["tcp:[fe80::1%eth0]:6640", { kind: "tcp", host: "fe80::1%eth0", port: 6640 }],
    ["ssl:10.0.0.1:6640", { kind: "ssl", host: "10.0.0.1", port: 6640 }],
    ["unix:/var/run/openvswitch/db.sock", { kind: "unix", path: "/var/run/openvswitch/db.sock" }],
    ["unix:/tmp/with:colon and space", { kind: "unix", path: "/tmp/with:colon and space" }],
    ["ptcp:6633:127.0.0.1", { kind: "ptcp", port: 6633, host: "127.0.0.1" }],
    ["ptcp:0:[::]", { kind: "ptcp", port: 0, host: "::" }],
    ["pssl:6640:0.0.0.0", { kind: "pssl", port: 6640, host: "0.0.0.0" }],
    ["punix:/tmp/s", { kind: "punix", path: "/tmp/s" }],
  ];
  for (const [text, target] of written) {
    it(`${text} is read and printed back`, () => {
      assert.deepEqual(parseTarget(text), target);
      assert.equal(formatTarget(target), text);
    });
  }

  it("listens on loopback when it names no address", () => {
    assert.deepEqual(parseTarget("ptcp:6633"), { kind: "ptcp", port: 6633, host: "127.0.0.1" });
    assert.deepEqual(parseTarget("pssl:6633"), { kind: "pssl", port: 6633, host: "127.0.0.1" });
  });

  it("takes the default port where it names none", () => {
    const options = { defaultPort: 6653 };
    assert.deepEqual(parseTarget("tcp:10.0.0.1", options), { kind: "tcp", host: "10.0.0.1", port: 6653 });
    assert.deepEqual(parseTarget("tcp:[::1]", options), { kind: "tcp", host: "::1", port: 6653 });
    assert.deepEqual(parseTarget("ptcp:", options), { kind: "ptcp", port: 6653, host: "127.0.0.1" });
    assert.deepEqual(parseTarget("ptcp::10.0.0.1", options), { kind: "ptcp", port: 6653, host: "10.0.0.1" });
  });

  const refused: readonly (readonly [string, RegExp])[] = [
    ["", /METHOD/],
    ["10.0.0.1", /METHOD/],
    ["udp:10.0.0.1:1", /unknown method "udp"/],
    ["TCP:10.0.0.1:1", /unknown method "TCP"/],
    ["tcp:", /host is missing/],
    ["tcp::6640", /host is missing/],
    ["tcp:10.0.0.1", /port is missing/],
    ["tcp:10.0.0.1:", /"" is no port/],
    ["tcp:10.0.0.1:0", /port 0/],
    ["tcp:10.0.0.1:65536", /no port/],
    ["tcp:10.0.0.1:66400000", /no port/],
    ["tcp:10.0.0.1:+6640", /no port/],
    ["tcp:10.0.0.1:0x10", /no port/],
    ["tcp:010.1.1.1:1", /no IPv4 address/],
    ["tcp:10.1:1", /no IPv4 address/],
    ["tcp:10.0.0.0x1:1", /no IPv4 address/],
    ["tcp:256.0.0.1:1", /no IPv4 address/],
    ["tcp:::1:6640", /brackets/],
    ["tcp:[::1:6640", /\[ without \]/],
    ["tcp:[10.0.0.1]:6640", /no IPv6 address/],
    ["tcp:[::1]6640", /unexpected "6640"/],
    ["tcp:a b:1", /no host name/],
    ["tcp:a/b:1", /no host name/],
    ["ptcp:", /port is missing/],
    ["ptcp:127.0.0.1:6640", /"127.0.0.1" is no port/],
    ["ptcp:1:", /host is missing/],
    ["ptcp:1:[::1]x", /unexpected "x"/],
    ["unix:", /path is missing/],
    ["unix:/tmp/a\0b", /NUL/],
    [`unix:/${"a".repeat(107)}`, /108 bytes/],
    [`punix:/${"é".repeat(54)}`, /109 bytes/],
  ];
  for (const [text, reason] of refused) {
    it(`${JSON.stringify(text).slice(0, 40)} is refused with the reason`, () => {
      assert.throws(() => parseTarget(text), {
        name: "TargetSyntaxError",
        code: "ERR_TARGET_SYNTAX",
        target: text,
        reason,
      });
    });
  }

  it("that listens is refused where one that connects is wanted, and the other way round", () => {
    assert.equal(parseActiveTarget("unix:/a").kind, "unix");
    assert.equal(parsePassiveTarget("punix:/a").kind, "punix");
    for (const text of ["ptcp:1", "pssl:1", "punix:/a"]) {
      assert.throws(() => parseActiveTarget(text), { code: "ERR_TARGET_SYNTAX", reason: /listens/ });
    }
    for (const text of ["tcp:a:1", "ssl:a:1", "unix:/a"]) {
      assert.throws(() => parsePassiveTarget(text), { code: "ERR_TARGET_SYNTAX", reason: /connects/ });
    }
  });
});
