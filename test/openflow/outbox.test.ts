// When bytes leave: together once everything that an event led to is done, and in pieces where there is much of it.
import assert from "node:assert/strict";
import { Duplex } from "node:stream";
import { Outbox } from "../../src/openflow/outbox.ts";

const mebibyte = 1_048_576;

/** A stream that keeps what is written, write by write. */
function recorder(): { stream: Duplex; writes: Buffer[] } {
  const writes: Buffer[] = [];
  const stream = new Duplex({
    read: () => {},
    write: (chunk: Buffer, _encoding, done) => {
      writes.push(chunk);
      done();
    },
  });
  return { stream, writes };
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

describe("what is to be written", () => {
  it("leaves in one write with what promises add to it, from one memory or from several", async () => {
    const { stream, writes } = recorder();
    const outbox = new Outbox(stream, "test", mebibyte);
    const memory = Uint8Array.of(1, 2, 3, 4);
    outbox.push(memory.subarray(0, 2));
    outbox.push(memory.subarray(2));
    await Promise.resolve();
    await Promise.resolve();
    outbox.push(Uint8Array.of(5));
    assert.equal(writes.length, 0);
    await turn();
    assert.deepEqual(writes, [Buffer.of(1, 2, 3, 4, 5)]);
  });

  it("leaves on its own for each stream", async () => {
    const [one, other] = [recorder(), recorder()];
    new Outbox(one.stream, "one", mebibyte).push(Uint8Array.of(1));
    new Outbox(other.stream, "other", mebibyte).push(Uint8Array.of(2));
    await turn();
    assert.deepEqual([one.writes, other.writes], [[Buffer.of(1)], [Buffer.of(2)]]);
  });

  it("leaves at once when it has come to 64 KiB", () => {
    const { stream, writes } = recorder();
    const outbox = new Outbox(stream, "test", mebibyte);
    for (let i = 0; i < 65; i++) outbox.push(new Uint8Array(1024));
    assert.deepEqual(
      writes.map(({ length }) => length),
      [65_536],
    );
  });

  it("goes nowhere once it is closed", async () => {
    const { stream, writes } = recorder();
    const outbox = new Outbox(stream, "test", mebibyte);
    outbox.push(Uint8Array.of(1));
    outbox.close();
    outbox.push(Uint8Array.of(2));
    await turn();
    assert.deepEqual(writes, []);
  });
});
