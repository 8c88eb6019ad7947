// The cookie's layout: whose a flow is, and that flows of others are never taken for ours.
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  CookieKind,
  cookieOf,
  cookieOwner,
  laneCookies,
  laneIds,
  stableHash,
} from "../../src/policy/lane/cookie.ts";

describe("a cookie", () => {
  it("says kind and lane, and is selected by the lanes' mask", () => {
    const kind = fc.constantFrom(...Object.values(CookieKind));
    fc.assert(
      fc.property(kind, fc.integer({ min: 0, max: 0xffff_ffff }), (kind, lane) => {
        const cookie = cookieOf(kind, lane);
        assert.deepEqual(cookieOwner(cookie), { kind, lane });
        assert.equal(cookie & laneCookies.mask, laneCookies.cookie);
      }),
    );
  });

  it("is drawn as documented", () => {
    assert.equal(cookieOf(CookieKind.hook, 7), 0x6f76_6b11_0000_0007n);
    assert.equal(cookieOf(CookieKind.body, 0xffff_ffff), 0x6f76_6b12_ffff_ffffn);
  });

  it("of somebody else has no owner", () => {
    for (const cookie of [
      0n,
      0xa1b2n,
      0x6f76_6b21_0000_0007n,
      0x6f76_6b18_0000_0007n,
      0x6f76_6b10_0000_0007n,
    ]) {
      assert.equal(cookieOwner(cookie), undefined, cookie.toString(16));
    }
  });
});

describe("a lane's id", () => {
  it("is the hash of its name, the same in every document", () => {
    assert.equal(stableHash("vm-137"), laneIds(["vm-1", "vm-137"]).get("vm-137"));
    assert.equal(stableHash(""), 0x811c9dc5);
    assert.equal(stableHash("foobar"), 0xbf9cf968);
  });

  it("differs even for names of one hash, in whatever order they come", () => {
    // Two names with the same 32-bit FNV-1a hash.
    const [a, b] = ["costarring", "liquid"];
    assert.equal(stableHash(a), stableHash(b));
    assert.deepEqual(
      laneIds([a, b]),
      laneIds([b, a]).size === 2
        ? new Map([
            [a, stableHash(a)],
            [b, stableHash(a) + 1],
          ])
        : undefined,
    );
  });
});
