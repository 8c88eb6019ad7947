import assert from "node:assert/strict";
import { once } from "node:events";
import { connectOvsdb } from "../../src/ovsdb/client.ts";
import { OutcomeUnknownError } from "../../src/ovsdb/errors.ts";
import type { OvsdbOptions } from "../../src/ovsdb/link.ts";
import { ClusterError, DuplicateUuidError } from "../../src/ovsdb/transaction-errors.ts";
import { FakeMember, type MemberStatus } from "./fake-member.ts";
import { id } from "./fake-server.ts";

const quick: OvsdbOptions = {
  shuffle: false,
  backoff: { minMs: 0, maxMs: 1 },
  cluster: { database: "Test" },
};
const insert = { op: "insert", table: "Item", row: { name: "a" }, uuid: id(1) } as const;
const timedOut = { error: "timed out" };
const inserted = { uuid: ["uuid", id(1)] };

function clusterError(details: string): readonly unknown[] {
  return [{}, {}, { error: "cluster error", details }];
}

/** A member that gives these replies to transactions, one after the other. */
async function replying(status: MemberStatus, ...replies: readonly unknown[]): Promise<FakeMember> {
  const member = await FakeMember.start(status);
  const left = [...replies];
  member.server.answers["transact"] = () => left.shift();
  return member;
}

describe("a transaction in a cluster", () => {
  for (const details of ["not leader", "prerequisite check failed"]) {
    it(`wasn't done when the cluster says "${details}"`, async () => {
      await using member = await replying({}, clusterError(details));
      await using client = await connectOvsdb(member.target, quick);
      await assert.rejects(client.transact("Test", [insert, insert]), (error: unknown) => {
        assert.ok(error instanceof ClusterError);
        assert.deepEqual([error.code, error.details], ["ERR_OVSDB_CLUSTER_ERROR", details]);
        return true;
      });
    });
  }

  for (const details of ["lost leadership", "timeout", "server shutdown", "whatever comes to be said"]) {
    it(`may have been done when the cluster says "${details}"`, async () => {
      await using member = await replying({}, clusterError(details));
      await using client = await connectOvsdb(member.target, quick);
      await assert.rejects(client.transact("Test", [insert, insert]), (error: unknown) => {
        return error instanceof OutcomeUnknownError && error.cause instanceof ClusterError;
      });
    });
  }

  it("is out when its server loses its leadership, and repeated at the next leader", async () => {
    await using first = await replying({}, [{}]);
    await using second = await replying({}, [{}, inserted]);
    await using client = await connectOvsdb([first.target, second.target], quick);
    const done = client.transact("Test", [insert], { retry: true });
    await first.server.called("transact", 2);
    first.say({ leader: false });
    assert.deepEqual(await done, [{ uuid: id(1) }]);
    assert.equal(client.peer, second.target);
    assert.equal(
      second.server.calls("transact").length,
      1,
      "it needn't be asked whether it was there before",
    );
  });

  it("is repeated at another server when one says that it couldn't be done", async () => {
    await using first = await replying({}, [{}], [{}, { error: "cluster error", details: "not leader" }]);
    await using second = await replying({}, [{}], [{}, inserted]);
    await using client = await connectOvsdb([first.target, second.target], quick);
    const left = once(client, "disconnected");
    assert.deepEqual(await client.transact("Test", [insert], { retry: true }), [{ uuid: id(1) }]);
    const [{ cause }] = (await left) as [Error];
    assert.ok(cause instanceof ClusterError);
  });

  it("was done when its row wasn't there before and is when it is run: the server itself runs some again", async () => {
    await using member = await replying({}, [{}], [timedOut, null]);
    await using client = await connectOvsdb(member.target, quick);
    assert.equal(await client.transact("Test", [insert], { retry: true }), undefined);
    const [asked, sent] = member.server.calls("transact");
    assert.equal(asked?.params.length, 2, "the guard alone");
    assert.equal(sent?.params.length, 3);
  });

  it("wasn't done when its row was there before", async () => {
    await using member = await replying({}, [timedOut], [timedOut, null]);
    await using client = await connectOvsdb(member.target, quick);
    await assert.rejects(client.transact("Test", [insert], { retry: true }), DuplicateUuidError);
  });

  it("isn't asked for before it is sent to a server that is by itself", async () => {
    await using member = await replying({ model: "standalone" }, [timedOut, null]);
    await using client = await connectOvsdb(member.target, quick);
    await assert.rejects(client.transact("Test", [insert], { retry: true }), DuplicateUuidError);
    assert.equal(member.server.calls("transact").length, 1);
  });
});
