// TLS with the real ovsdb-server and certificates of ovs-pki, in both directions: we dial it, and it dials us.
import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { DatabaseServer } from "../../lab/database-server.ts";
import { until } from "../../lab/waiting.ts";
import { ConnectionClosedError, TimeoutError } from "../../src/errors.ts";
import { connectOvsdb, type OvsdbClient, openVSwitch } from "../../src/ovsdb/index.ts";
import { dial } from "../../src/transport/dial.ts";
import { TlsError } from "../../src/transport/errors.ts";
import type { TlsOptions } from "../../src/transport/tls.ts";
import type { TlsProblem } from "../../src/transport/tls-fault.ts";
import { dialed, overTls } from "../ovsdb/page-tls.ts";
import { type Identity, PublicKeys } from "../support/certificates.ts";
import { describeWith } from "../support/needs.ts";
import { unusedPort, withFolder } from "../transport/sockets.ts";
import { ovskit } from "./ovskit-command.ts";

const quick = { minMs: 1, maxMs: 20 };

/** How Open vSwitch's own programs are told of certificates. */
function files({ cert, key }: Identity, ca: string): string[] {
  return [`--private-key=${key}`, `--certificate=${cert}`, `--ca-cert=${ca}`];
}

/** The port that the server chose for its passive remote. */
async function portOf(server: DatabaseServer): Promise<number> {
  let port: string | undefined;
  await until("the server to listen", 10_000, async () => {
    port = /listening on port (\d+)/.exec(await readFile(join(server.dir, "log"), "utf8"))?.[1];
    return port !== undefined;
  });
  return Number(port);
}

/** Sees that connecting fails for this. */
async function rejectsWith(
  connecting: Promise<OvsdbClient>,
  problem: TlsProblem,
  message: RegExp,
): Promise<void> {
  await assert.rejects(connecting, (error: unknown) => {
    assert.ok(error instanceof TlsError, String(error));
    assert.equal(error.problem, problem, error.message);
    assert.match(error.message, message);
    return true;
  });
}

/** Starts a server that dials `remote`. */
async function withDialing(
  remote: string,
  body: (server: DatabaseServer) => Promise<void>,
  certificates: readonly string[] = [],
): Promise<void> {
  await using server = await DatabaseServer.start({ remotes: [remote], args: certificates });
  await body(server);
}

/** Each way to listen, and what the server is told. */
async function ways(): Promise<readonly (readonly [string, string])[]> {
  const [tcp, ssl] = await Promise.all([unusedPort(), unusedPort()]);
  return [
    [`ptcp:${tcp}`, `tcp:127.0.0.1:${tcp}`],
    [`pssl:${ssl}:127.0.0.1`, `ssl:127.0.0.1:${ssl}`],
  ];
}

describeWith(["openvswitch", "ovs-pki"], "a database over TLS", function () {
  this.timeout(60_000);
  let keys: PublicKeys;
  let own: Identity;
  let servers: Identity;

  before(async () => {
    keys = await PublicKeys.make();
    own = await keys.issue("ours", "controller");
    servers = await keys.issue("db", "switch");
  });
  after(() => keys?.[Symbol.asyncDispose]());

  /** What we show and trust. */
  const ours = (more: Partial<TlsOptions> = {}): TlsOptions => ({
    ca: keys.ca("switch"),
    ...own,
    checkHostName: false,
    ...more,
  });

  describe("that listens", () => {
    let server: DatabaseServer;
    let target: string;

    before(async () => {
      const args = files(servers, keys.ca("controller"));
      const port = await unusedPort();
      server = await DatabaseServer.start({ remotes: [`pssl:${port}:127.0.0.1`], args });
      target = `ssl:127.0.0.1:${port}`;
    });
    after(() => server?.[Symbol.asyncDispose]());

    for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
      const at = { minVersion: version, maxVersion: version };

      it(`is connected to at ${version}`, async () => {
        await using client = await connectOvsdb(target, { tls: ours(at) });
        assert.equal(client.peer, target);
        assert.ok((await client.listDatabases()).includes("Open_vSwitch"));
      });

      it(`says at ${version} that it wants a certificate`, () =>
        rejectsWith(
          connectOvsdb(target, { tls: ours({ cert: undefined, key: undefined, ...at }) }),
          "certificate-required",
          /no.* certificate|none was given/,
        ));

      it(`refuses at ${version} a certificate of another CA, and the error says so`, () =>
        rejectsWith(
          connectOvsdb(target, { tls: ours({ ...servers, ...at }) }),
          "refused",
          /refused our certificate: its CA is another/,
        ));

      it(`refuses at ${version} a certificate that has expired, and the error says so`, async () => {
        const expired = await keys.issueSpecial(`expired-${version}`, "controller", { days: -1 });
        await rejectsWith(
          connectOvsdb(target, { tls: ours({ ...expired, ...at }) }),
          "refused",
          /refused our certificate: it has expired/,
        );
      });

      it(`is refused at ${version} when its CA is another than ours`, () =>
        rejectsWith(
          connectOvsdb(target, { tls: ours({ ca: keys.ca("controller"), ...at }) }),
          "unknown-ca",
          /isn't signed by the CA given/,
        ));
    }

    it("is refused for its host name unless that isn't checked, or its name is said", async () => {
      const checked = { checkHostName: undefined };
      await rejectsWith(connectOvsdb(target, { tls: ours(checked) }), "host-name", /for another host/);
      await using client = await connectOvsdb(target, { tls: ours({ ...checked, serverName: "db" }) });
      await client.echo();
    });

    it("isn't connected to without TLS on either side", async () => {
      await rejectsWith(connectOvsdb(target), "not-configured", /a certificate and its private key/);
      await assert.rejects(connectOvsdb(target.replace("ssl:", "tcp:"), { timeoutMs: 1000 }));
      await rejectsWith(connectOvsdb(`ssl:127.0.0.1:1`, { tls: ours({ ca: "/none" }) }), "files", /ENOENT/);
    });

    it("is there for the command, by Open vSwitch's own options", async () => {
      const options = ["-p", own.key, "-c", own.cert, "-C", keys.ca("switch"), "--no-host-check"];
      const shown = await ovskit(["show", "--ovsdb", target, ...options]);
      assert.deepEqual([shown.exitCode, shown.stderr], [0, ""]);
      const types = await ovskit(["db", "types", target, "Open_vSwitch", ...options]);
      assert.deepEqual([types.exitCode, types.stderr], [0, ""]);
      const bare = await ovskit(["show", "--ovsdb", target]);
      assert.equal(bare.exitCode, 2);
      assert.match(bare.stderr, /give --ca-cert FILE/);
    });

    it("is as docs/ovsdb.md says", async () => {
      const said: string[] = [];
      const log = (...words: unknown[]): unknown => said.push(words.join(" "));
      await overTls(target, { ca: keys.ca("switch"), ...own }, log);
      assert.match(
        said.join(),
        new RegExp(`^host-name ${target} TLS with ${target}: its certificate is for`),
      );
    });

    it("keeps a replica in step, through its end and its return", async () => {
      await using client = await connectOvsdb(target, { tls: ours(), backoff: quick });
      await comesBackInStep(client, server);
    });
  });

  describe("that dials us", () => {
    it("is the connection as soon as it has answered, over TCP and TLS, and when it comes back again", async () => {
      for (const [passive, remote] of await ways()) {
        const connecting = connectOvsdb(passive, { tls: ours() });
        const certificates = files(servers, keys.ca("controller"));
        // oxlint-disable-next-line no-await-in-loop -- one server after the other
        await withDialing(
          remote,
          async (server) => {
            await using client = await connecting;
            assert.match(client.peer ?? "", passive.startsWith("pssl:") ? /^ssl:127\./ : /^tcp:127\./);
            await comesBackInStep(client, server);
          },
          certificates,
        );
      }
    });

    it("comes over a Unix socket, whose file goes with us", () =>
      withFolder(async (folder) => {
        const path = join(folder, "s");
        const connecting = connectOvsdb(`punix:${path}`);
        await withDialing(`unix:${path}`, async (server) => {
          const client = await connecting;
          assert.equal(client.peer, `unix:${path}`);
          await comesBackInStep(client, server);
          assert.ok(existsSync(path));
          await client.close();
          assert.equal(existsSync(path), false);
        });
      }));

    it("is as docs/ovsdb.md says", async () => {
      const said: unknown[] = [];
      const port = await unusedPort();
      const running = dialed(`pssl:${port}`, { ca: keys.ca("switch"), ...own }, (peer) => said.push(peer));
      const certificates = files(servers, keys.ca("controller"));
      await withDialing(`ssl:127.0.0.1:${port}`, () => running, certificates);
      assert.match(String(said[0]), /^ssl:127\.0\.0\.1:\d+$/);
    });

    it("is alone: another is turned away, and taken when the first is gone", async () => {
      const port = await unusedPort();
      const remote = `tcp:127.0.0.1:${port}`;
      const connecting = connectOvsdb(`ptcp:${port}`);
      await withDialing(remote, async (first) => {
        await using client = await connecting;
        const firstId = await client.serverId();
        await withDialing(remote, async (second) => {
          await until("the second to be turned away", 10_000, async () =>
            /connection (?:closed by peer|dropped|reset)/i.test(
              await readFile(join(second.dir, "log"), "utf8"),
            ),
          );
          assert.equal(await client.serverId(), firstId);
          const connected = once(client, "connected");
          await first.halt("kill");
          await second.appctl("ovsdb-server/reconnect");
          await connected;
          assert.notEqual(await client.serverId(), firstId);
        });
      });
    });

    it("isn't missed when somebody else comes first", async () => {
      const port = await unusedPort();
      const connecting = connectOvsdb(`ptcp:${port}`);
      const stranger = (await dialWhenThere(`tcp:127.0.0.1:${port}`)).on("error", () => {}).resume();
      stranger.write("GET / HTTP/1.0\r\n\r\n");
      await once(stranger, "close");
      await withDialing(`tcp:127.0.0.1:${port}`, async () => {
        await using client = await connecting;
        await client.echo();
      });
    });

    it("comes to the next client that listens there", async () => {
      const port = await unusedPort();
      const first = connectOvsdb(`pssl:${port}`, { tls: ours() });
      await withDialing(
        `ssl:127.0.0.1:${port}`,
        async () => {
          await (await first).close();
          await using second = await connectOvsdb(`pssl:${port}`, { tls: ours() });
          await second.echo();
        },
        files(servers, keys.ca("controller")),
      );
    });

    it("isn't taken with a certificate that is wrong, and the error says what is wrong with it", async () => {
      const expired = await keys.issueSpecial("db-expired", "switch", { days: -1 });
      const controllers = keys.ca("controller");
      const wrong: readonly (readonly [Identity, string, TlsProblem])[] = [
        [own, controllers, "unknown-ca"],
        [expired, controllers, "expired"],
        [servers, keys.ca("switch"), "refused"],
      ];
      for (const [identity, ca, problem] of wrong) {
        // oxlint-disable-next-line no-await-in-loop -- one server after the other
        const port = await unusedPort();
        const connecting = connectOvsdb(`pssl:${port}`, { tls: ours(), timeoutMs: 2000 });
        const refused = rejectsWith(connecting, problem, /TLS with ssl:127\.0\.0\.1:\d+: /);
        // oxlint-disable-next-line no-await-in-loop -- one server after the other
        await withDialing(`ssl:127.0.0.1:${port}`, () => refused, files(identity, ca));
      }
    });

    it("is waited for until the deadline, or until told otherwise, and then nobody listens", async () => {
      const port = await unusedPort();
      await assert.rejects(connectOvsdb(`ptcp:${port}`, { timeoutMs: 50 }), TimeoutError);
      await assert.rejects(dial(`tcp:127.0.0.1:${port}`), { code: "ERR_CONNECT" });
      const signal = AbortSignal.timeout(50);
      await assert.rejects(connectOvsdb(`ptcp:${port}`, { signal }), { name: "TimeoutError" });
      await assert.rejects(dial(`tcp:127.0.0.1:${port}`), { code: "ERR_CONNECT" });
    });

    it("can't be waited for where somebody else listens, or without certificates", async () => {
      await using listening = await DatabaseServer.start({ remotes: ["ptcp:0:127.0.0.1"] });
      await assert.rejects(connectOvsdb(`ptcp:${await portOf(listening)}`), { code: "ERR_LISTEN" });
      await rejectsWith(connectOvsdb("pssl:0"), "not-configured", /a certificate and its private key/);
    });
  });
});

async function dialWhenThere(target: string): Promise<Socket> {
  try {
    return await dial(target);
  } catch {
    return dialWhenThere(target);
  }
}

/** Sees that a replica follows the server, also when that is killed, started again and has other rows. */
async function comesBackInStep(client: OvsdbClient, server: DatabaseServer): Promise<void> {
  const replica = await client.replica(openVSwitch, { Queue: ["dscp"] });
  const add = (dscp: number): Promise<unknown> =>
    client.transact("Open_vSwitch", [{ op: "insert", table: "Queue", row: { dscp } }]);
  const shows = (rows: readonly number[]): Promise<void> =>
    until(`the replica to show ${rows.join(", ")}`, 5000, () => {
      const found = [...replica.table("Queue")].map(({ dscp }) => dscp ?? -1).toSorted((a, b) => a - b);
      return isDeepStrictEqual(found, rows);
    });
  await add(1);
  await shows([1]);
  const lost = once(client, "disconnected");
  await server.halt("kill");
  await lost;
  await assert.rejects(client.echo(), ConnectionClosedError);
  const connected = once(client, "connected");
  await server.resume();
  await connected;
  await add(2);
  await shows([1, 2]);
  await replica.close();
}
