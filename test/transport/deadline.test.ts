import assert from "node:assert/strict";
import { getMaxListeners, setMaxListeners } from "node:events";
import { runWithin, settleWithin } from "../../src/transport/deadline.ts";
import { FakeClock } from "./fake-clock.ts";

const nothing = (): void => {};

describe("a wait with a deadline", () => {
  it("settles with what comes first and calls nothing off", async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    let abandoned = 0;
    const value = await settleWithin<number>(
      { what: "it", timeoutMs: 10, signal: controller.signal, clock },
      (resolve) => {
        resolve(7);
        return () => (abandoned += 1);
      },
    );
    clock.advance(10);
    controller.abort();
    assert.deepEqual([value, abandoned, clock.pending], [7, 0, 0]);
  });

  it("rejects with what failed, also when it is thrown at the start", async () => {
    const clock = new FakeClock();
    const options = { what: "it", timeoutMs: 10, clock };
    await assert.rejects(
      settleWithin(options, (_, reject) => {
        reject(new Error("refused"));
        return nothing;
      }),
      /refused/,
    );
    await assert.rejects(
      settleWithin(options, () => {
        throw new Error("thrown");
      }),
      /thrown/,
    );
    assert.equal(clock.pending, 0);
  });

  it("calls off, once, what takes longer than its deadline", async () => {
    const clock = new FakeClock();
    let abandoned = 0;
    const waiting = settleWithin<void>(
      { what: "the tide", timeoutMs: 10, clock },
      () => () => (abandoned += 1),
    );
    clock.advance(10);
    await assert.rejects(waiting, {
      code: "ERR_TIMEOUT",
      timeoutMs: 10,
      message: "the tide took longer than 10 ms",
    });
    clock.advance(100);
    assert.equal(abandoned, 1);
  });

  it("does not begin when its signal is aborted already", async () => {
    let begun = false;
    const waiting = settleWithin<void>({ what: "it", signal: AbortSignal.abort(new Error("enough")) }, () => {
      begun = true;
      return nothing;
    });
    await assert.rejects(waiting, /enough/);
    assert.equal(begun, false);
  });

  it("aborts every step of a whole when the deadline passes, with the deadline as the reason", async () => {
    const clock = new FakeClock();
    const steps: string[] = [];
    const waiting = runWithin({ what: "the whole", timeoutMs: 10, clock }, async (signal) => {
      await settleWithin<void>({ what: "a step", signal, clock }, () => () => steps.push("called off"));
      steps.push("went on");
    });
    clock.advance(10);
    await assert.rejects(waiting, { code: "ERR_TIMEOUT", message: /the whole/ });
    assert.deepEqual(steps, ["called off"]);
    assert.equal(clock.pending, 0);
  });

  it("hands the caller's reason to every step", async () => {
    const reason = new Error("enough");
    const controller = new AbortController();
    let seen: unknown;
    const waiting = runWithin({ what: "the whole", signal: controller.signal }, (signal) =>
      settleWithin<void>({ what: "a step", signal }, () => () => {
        seen = signal.reason;
      }),
    );
    controller.abort(reason);
    await assert.rejects(waiting, reason);
    assert.equal(seen, reason);
  });

  it("shares a signal with many others without a warning, and keeps its owner's own limit", async () => {
    const warnings: string[] = [];
    const onWarning = ({ name }: Error): void => void warnings.push(name);
    process.on("warning", onWarning);
    const controller = new AbortController();
    const waiting = Array.from({ length: 50 }, () =>
      settleWithin<void>({ what: "it", signal: controller.signal }, () => nothing),
    );
    const settled = Promise.allSettled(waiting);
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort(new Error("enough"));
    await settled;
    process.off("warning", onWarning);
    assert.deepEqual(warnings, []);
    const limited = new AbortController();
    const wait = (): Promise<void> =>
      settleWithin<void>({ what: "it", signal: limited.signal }, (resolve) => {
        resolve();
        return nothing;
      });
    setMaxListeners(3, limited.signal);
    await wait();
    assert.equal(getMaxListeners(limited.signal), 3);
    setMaxListeners(0, limited.signal);
    await wait();
  });
});
