import assert from "node:assert/strict";
import { once } from "node:events";
import { connectOvsdb } from "../../src/ovsdb/client.ts";
import { endpointsOf, shuffled } from "../../src/ovsdb/endpoints.ts";
import { NoServerError, OvsdbRequestError } from "../../src/ovsdb/errors.ts";
import { ConnectError, TargetSyntaxError } from "../../src/transport/errors.ts";
import { formatTarget } from "../../src/transport/target.ts";
import { FakeClock } from "../transport/fake-clock.ts";
import { unusedPort } from "../transport/sockets.ts";
import { FakeServer, id, Refused } from "./fake-server.ts";

const inOrder = { shuffle: false, backoff: { minMs: 0, maxMs: 1 } } as const;
const cluster = { database: "Test" };

function targetsOf(...given: Parameters<typeof endpointsOf>): string[] {
  return endpointsOf(...given).targets.map(formatTarget);
}

describe("the endpoints of a database", () => {
  it("are one connection method, several, or a text with commas between them", () => {
    const first = { kind: "tcp", host: "a", port: 1 } as const;
    assert.deepEqual(targetsOf(first), ["tcp:a:1"]);
    assert.deepEqual(targetsOf("tcp:a"), ["tcp:a:6640"]);
    assert.deepEqual(targetsOf([first, "unix:/s", "tcp:[::1]:2,ssl:b:3"]), [
      "tcp:a:1",
      "unix:/s",
      "tcp:[::1]:2",
      "ssl:b:3",
    ]);
    assert.deepEqual(targetsOf(" tcp:a:1, tcp:b:2 ,unix:/s"), ["tcp:a:1", "tcp:b:2", "unix:/s"]);
  });

  it("may have commas in their paths", () => {
    assert.deepEqual(targetsOf("unix:/a,b/c,tcp:a:1"), ["unix:/a,b/c", "tcp:a:1"]);
  });

  it("may name the cluster that they are of", () => {
    const { targets, cluster: named } = endpointsOf(`tcp:a:1,cid:${id(7).toUpperCase()},tcp:b:1`, cluster);
    assert.deepEqual([targets.length, named?.clusterId], [2, id(7)]);
    assert.equal(endpointsOf("tcp:a:1", { ...cluster, clusterId: id(8) }).cluster?.clusterId, id(8));
  });

  for (const [text, options] of [
    ["", cluster],
    ["tcp:a:1,", cluster],
    ["tcp:a:1,,tcp:b:1", cluster],
    ["tcp:a:1,nonsense:b", cluster],
    ["tcp:a:1,ptcp:1", cluster],
    ["tcp:a:1,cid:7", cluster],
    [`tcp:a:1,cid:${id(7)}`, undefined],
    [`tcp:a:1,cid:${id(7)}`, { ...cluster, clusterId: id(8) }],
    [`tcp:a:1,cid:${id(7)},cid:${id(8)}`, cluster],
  ] as const) {
    it(`are refused when they are ${JSON.stringify(text)}${options === undefined ? " without a database" : ""}`, () => {
      assert.throws(() => endpointsOf(text, options), TargetSyntaxError);
    });
  }

  it("are refused when there are none", () => {
    assert.throws(() => endpointsOf([]), RangeError);
    assert.throws(() => endpointsOf(`cid:${id(7)}`, cluster), RangeError);
  });
});

describe("an order of chance", () => {
  it("is any of all orders, each as often", () => {
    const counts = new Map<string, number>();
    // Every pair of draws that leads to an order of three, once.
    for (const first of [0, 1, 2]) {
      for (const second of [0, 1]) {
        const draws = [first / 3, second / 2];
        const order = shuffled(["a", "b", "c"], () => draws.shift() ?? 0).join("");
        counts.set(order, (counts.get(order) ?? 0) + 1);
      }
    }
    assert.deepEqual([...counts.keys()].toSorted(), ["abc", "acb", "bac", "bca", "cab", "cba"]);
  });
});

describe("connecting to one of several servers", () => {
  it("takes the first that answers, of those that refuse and those that are no database server", async () => {
    await using other = await FakeServer.start({
      list_dbs: () => {
        throw new Refused("not a valid command");
      },
    });
    await using server = await FakeServer.start();
    const targets = [`tcp:127.0.0.1:${await unusedPort()}`, other.target, server.target];
    await using client = await connectOvsdb(targets.join(","), inOrder);
    assert.equal(client.peer, server.target);
    assert.deepEqual(await client.listDatabases(), ["Test"]);
  });

  it("asks them in an order of chance, unless told otherwise", async () => {
    await using first = await FakeServer.start();
    await using second = await FakeServer.start();
    const targets = [first.target, second.target];
    // A draw of 0 takes the first of the two to the end.
    await using client = await connectOvsdb(targets, { random: () => 0 });
    assert.equal(client.peer, second.target);
    await using ordered = await connectOvsdb(targets, { random: () => 0, shuffle: false });
    assert.equal(ordered.peer, first.target);
  });

  it("fails with what each of them said, having asked each once", async () => {
    await using other = await FakeServer.start({
      list_dbs: () => {
        throw new Refused("not a valid command");
      },
    });
    const nobody = `tcp:127.0.0.1:${await unusedPort()}`;
    await assert.rejects(connectOvsdb([nobody, other.target], inOrder), (error: unknown) => {
      assert.ok(error instanceof NoServerError);
      assert.equal(error.code, "ERR_OVSDB_NO_SERVER");
      const [one, two] = error.failures;
      assert.ok(one?.target === nobody && one.error instanceof ConnectError);
      assert.ok(two?.target === other.target && two.error instanceof OvsdbRequestError);
      assert.ok(error.message.includes(nobody) && error.message.includes("not a valid command"));
      return true;
    });
    assert.equal(other.calls("list_dbs").length, 1);
  });

  it("goes on to the next when one takes too long to answer", async () => {
    await using silent = await FakeServer.start({ list_dbs: () => undefined });
    await using server = await FakeServer.start();
    const clock = new FakeClock();
    const connecting = connectOvsdb([silent.target, server.target], { ...inOrder, timeoutMs: 300, clock });
    await silent.called("list_dbs", 1);
    clock.advance(300);
    await using client = await connecting;
    assert.equal(client.peer, server.target);
  });

  it("goes to another one at once when the connection is lost, and says where it is", async () => {
    await using first = await FakeServer.start();
    await using second = await FakeServer.start();
    const clock = new FakeClock();
    await using client = await connectOvsdb([first.target, second.target], { ...inOrder, clock });
    assert.equal(client.peer, first.target);
    const connected = once(client, "connected");
    first.drop();
    assert.deepEqual(await connected, [second.target]);
    assert.equal(client.peer, second.target);
    assert.equal(client.status("Test"), undefined, "it is too old to tell");
  });

  it("doesn't go to another one when it isn't to connect again", async () => {
    await using first = await FakeServer.start();
    await using second = await FakeServer.start();
    const targets = [`tcp:127.0.0.1:${await unusedPort()}`, first.target, second.target];
    const client = await connectOvsdb(targets, { ...inOrder, reconnect: false });
    const closed = once(client, "close");
    first.drop();
    await closed;
    assert.equal(second.received.length, 0);
  });
});
