import assert from "node:assert/strict";
import { isIPv4, isIPv6, SocketAddress } from "node:net";
import fc from "fast-check";
import {
  formatIpv4,
  formatIpv6,
  formatMac,
  parseIpv4,
  writeIpv6,
  writeMac,
} from "../../../src/openflow/wire/addresses.ts";

function macBytes(text: string): number[] | undefined {
  const bytes = new Uint8Array(6);
  return writeMac(text, bytes, 0) ? [...bytes] : undefined;
}

function ipv6Text(text: string): string | undefined {
  const view = new DataView(new ArrayBuffer(16));
  return writeIpv6(text, view, 0) ? formatIpv6(view, 0) : undefined;
}

describe("A MAC address", () => {
  it("is six pairs of hex digits, in either case", () => {
    assert.deepEqual(macBytes("fa:16:3E:Ff:00:09"), [0xfa, 0x16, 0x3e, 0xff, 0, 9]);
  });

  it("is printed in lower case", () => {
    assert.equal(formatMac(Uint8Array.of(9, 0xfa, 0x16, 0x3e, 0xff, 0, 9), 1), "fa:16:3e:ff:00:09");
  });

  for (const text of [
    "",
    "fa:16:3e:ff:00",
    "fa:16:3e:ff:00:0",
    "fa:16:3e:ff:00:090",
    "fa-16-3e-ff-00-09",
    "fa:16:3e:ff:00:0g",
    "fa:16:3e:ff:00:-1",
    " a:16:3e:ff:00:09",
    "fa:16:3e:ff:0009:",
  ]) {
    it(`is not ${JSON.stringify(text)}`, () => assert.equal(macBytes(text), undefined));
  }
});

describe("An IPv4 address", () => {
  it("is four numbers with dots", () => {
    assert.equal(parseIpv4("192.168.1.10"), 0xc0a8010a);
    assert.equal(parseIpv4("0.0.0.0"), 0);
    assert.equal(parseIpv4("255.255.255.255"), 0xffffffff);
  });

  for (const text of [
    "",
    "1",
    "10.1",
    "1.2.3",
    "1.2.3.",
    "1.2.3.4.",
    ".1.2.3",
    "1..2.3",
    "010.1.1.1",
    "1.2.3.04",
    "1.2.3.256",
    "1.2.3.4 ",
    "1.2.3.-4",
    "0x1.2.3.4",
    "1.2.3.4/8",
    "1.2.3.99999999999",
  ]) {
    it(`is not ${JSON.stringify(text)}`, () => assert.equal(parseIpv4(text), -1));
  }

  it("comes back from its text", () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), (address) => assert.equal(parseIpv4(formatIpv4(address)), address)),
    );
  });

  it("is what Node takes for one", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9.]{1,15}$/), (text) =>
        assert.equal(parseIpv4(text) >= 0, isIPv4(text)),
      ),
      { numRuns: 2_000 },
    );
  });
});

describe("An IPv6 address", () => {
  const forms: readonly [string, string][] = [
    ["::", "::"],
    ["::1", "::1"],
    ["1::", "1::"],
    ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["::ffff:10.0.0.1", "::ffff:10.0.0.1"],
    ["::ffff:0a00:0001", "::ffff:10.0.0.1"],
    ["::10.0.0.1", "::10.0.0.1"],
    ["1:2:3:4:5:6:7.8.9.10", "1:2:3:4:5:6:708:90a"],
    ["fe80::1:2:3:4", "fe80::1:2:3:4"],
    ["0:0:0:0:0:0:0:0", "::"],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
  ];
  for (const [given, printed] of forms) {
    it(`${given} is printed as ${printed}`, () => assert.equal(ipv6Text(given), printed));
  }

  for (const text of [
    "",
    ":",
    ":::",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1::2::3",
    "12345::",
    "g::",
    "::1%eth0",
    "1:2:3:4:5:6:7:8::",
    ":1:2:3:4:5:6:7:8",
    "1:2:3:4:5:6:7:8:",
    "::1.2.3",
    "1.2.3.4::",
    "::1.2.3.4:5",
    "fe80::/64",
  ]) {
    it(`is not ${JSON.stringify(text)}`, () => assert.equal(ipv6Text(text), undefined));
  }

  it("is printed as Node prints it, and comes back from its text", () => {
    // Many zeros, so that there is something to compress.
    const group = fc.oneof(fc.constant(0), fc.nat(0xffff));
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const whole = groups.map((g) => g.toString(16)).join(":");
        const printed = ipv6Text(whole) ?? "";
        assert.equal(printed, new SocketAddress({ address: whole, family: "ipv6" }).address);
        assert.equal(ipv6Text(printed), printed);
      }),
    );
  });

  it("is what Node takes for one", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9a-f:.]{2,24}$/), (text) =>
        assert.equal(ipv6Text(text) !== undefined, isIPv6(text)),
      ),
      { numRuns: 2_000 },
    );
  });
});
