import assert from "node:assert/strict";
import { Backoff } from "../../src/transport/backoff.ts";

describe("a back-off", () => {
  it("doubles its ceiling up to the maximum", () => {
    const backoff = new Backoff({ minMs: 100, maxMs: 500, random: () => 1 });
    assert.deepEqual(
      [1, 2, 3, 4, 5].map(() => backoff.next()),
      [100, 200, 400, 500, 500],
    );
  });

  it("draws each wait from zero to the ceiling", () => {
    const draws = [0, 0.25, 0.5];
    const backoff = new Backoff({ minMs: 100, maxMs: 1000, random: () => draws.shift() ?? 1 });
    assert.deepEqual(
      [1, 2, 3].map(() => backoff.next()),
      [0, 50, 200],
    );
  });

  it("stays at the maximum however many attempts fail", () => {
    const backoff = new Backoff({ minMs: 100, maxMs: 1000, random: () => 1 });
    for (let n = 0; n < 5000; n += 1) backoff.next();
    assert.equal(backoff.next(), 1000);
  });

  it("starts anew after a connection that lasted the stable period", () => {
    let now = 0;
    const backoff = new Backoff({ minMs: 100, stableMs: 10_000, random: () => 1, now: () => now });
    backoff.next();
    backoff.next();
    backoff.connected();
    now += 10_000;
    assert.equal(backoff.next(), 100);
  });

  it("goes on growing when connections come up and break at once", () => {
    let now = 0;
    const backoff = new Backoff({ minMs: 100, stableMs: 10_000, random: () => 1, now: () => now });
    const waits: number[] = [];
    for (let n = 0; n < 4; n += 1) {
      backoff.connected();
      now += 9999;
      waits.push(backoff.next());
    }
    assert.deepEqual(waits, [100, 200, 400, 800]);
  });

  it("does not take the time since a connection broke for a stable period", () => {
    let now = 0;
    const backoff = new Backoff({ minMs: 100, stableMs: 10_000, random: () => 1, now: () => now });
    backoff.connected();
    backoff.next();
    now += 60_000;
    assert.equal(backoff.next(), 200);
  });

  it("tells of a connection that ended whether it was stable", () => {
    let now = 0;
    const backoff = new Backoff({ minMs: 100, stableMs: 10_000, random: () => 1, now: () => now });
    assert.equal(backoff.disconnected(), false);
    backoff.next();
    backoff.connected();
    now += 10_000;
    assert.equal(backoff.disconnected(), true);
    assert.equal(backoff.next(), 100);
    backoff.connected();
    assert.equal(backoff.disconnected(), false);
    now += 60_000;
    assert.equal(backoff.next(), 200, "what comes after its end doesn't count");
  });
});
