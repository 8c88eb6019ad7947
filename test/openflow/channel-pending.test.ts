import assert from "node:assert/strict";
import fc from "fast-check";
import { Pending, type SentRange, type Waiter } from "../../src/openflow/pending.ts";
import type { ErrorMessage } from "../../src/openflow/protocol/error.ts";

const patient: Waiter = { accept: () => "done", refuse: () => {}, fail: () => {} };

function error(xid: number): ErrorMessage {
  return { version: 4, type: "error", xid, errorType: 1, errorCode: 0, name: "x", data: new Uint8Array(0) };
}

describe("transaction ids", () => {
  it("begin where they are told to, skip 0 when they wrap, and keep runs whole", () => {
    const pending = new Pending(0xffff_fffe);
    assert.equal(pending.take(), 0xffff_fffe);
    assert.equal(pending.track(2, () => {}).first, 1);
    assert.equal(pending.take(), 3);
    const other = new Pending(0xffff_ffff);
    assert.deepEqual([other.take(), other.take()], [0xffff_ffff, 1]);
  });

  it("are never handed out while they are waited for, alone or in a run", () => {
    const action = fc.oneof(
      fc.record({ what: fc.constant("one" as const) }),
      fc.record({ what: fc.constant("run" as const), count: fc.integer({ min: 1, max: 6 }) }),
      fc.record({ what: fc.constant("settle" as const), which: fc.nat(9) }),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 0xffff_ffe0, max: 0xffff_ffff }),
        fc.array(action, { maxLength: 80 }),
        (first, actions) => {
          const pending = new Pending(first);
          const taken: { ids: readonly number[]; settle: () => void }[] = [];
          const check = (ids: readonly number[]): void => {
            for (const id of ids) {
              assert.ok(Number.isInteger(id) && id >= 1 && id <= 0xffff_ffff);
              assert.ok(!taken.some((other) => other.ids.includes(id)), `${id} is still waited for`);
            }
          };
          for (const step of actions) {
            if (step.what === "one") {
              const xid = pending.take();
              check([xid]);
              pending.wait(xid, patient);
              taken.push({ ids: [xid], settle: () => pending.forget(xid) });
            } else if (step.what === "run") {
              const range: SentRange = pending.track(step.count, () => {});
              const ids = Array.from({ length: step.count }, (_, index) => range.first + index);
              check(ids);
              taken.push({ ids, settle: () => pending.release(range) });
            } else {
              taken.splice(step.which, 1)[0]?.settle();
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it("wrap onto those that still wait and go round them", () => {
    const pending = new Pending(1);
    for (const xid of [pending.take(), pending.take()]) pending.wait(xid, patient);
    const range = pending.track(3, () => {});
    assert.equal(range.first, 3);
    const wrapped = new Pending(0xffff_ffff);
    wrapped.wait(1, patient);
    wrapped.wait(4, patient);
    assert.equal(wrapped.take(), 0xffff_ffff);
    assert.equal(wrapped.track(3, () => {}).first, 5);
    assert.equal(wrapped.take(), 8);
  });

  it("lead a refusal to the request or the place in the run, and to nobody else", () => {
    const pending = new Pending(10);
    const refused: string[] = [];
    const range = pending.track(3, (index) => refused.push(`number ${index}`));
    const xid = pending.take();
    pending.wait(xid, { ...patient, refuse: () => refused.push("request") });
    assert.deepEqual(
      [9, 10, 12, 13, 13, 14].map((id) => pending.refuse(error(id))),
      [false, true, true, true, false, false],
    );
    assert.deepEqual(refused, ["number 0", "number 2", "request"]);
    pending.release(range);
    assert.equal(pending.refuse(error(11)), false);
  });

  it("in a row are refused when there can't be so many", () => {
    assert.throws(() => new Pending().track(0, () => {}), RangeError);
    assert.throws(() => new Pending().track(0x1_0000_0000, () => {}), RangeError);
  });
});
