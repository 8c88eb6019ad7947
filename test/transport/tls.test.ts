import assert from "node:assert/strict";
import { once } from "node:events";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { join } from "node:path";
import { connect as connectTls, createServer as createTlsServer, TLSSocket } from "node:tls";
import { dial } from "../../src/transport/dial.ts";
import { TlsError, tlsErrorOf } from "../../src/transport/errors.ts";
import { type Listener, type ListenOptions, listen } from "../../src/transport/listen.ts";
import { formatTarget, parseActiveTarget } from "../../src/transport/target.ts";
import type { TlsOptions, TlsVersion } from "../../src/transport/tls.ts";
import type { TlsProblem } from "../../src/transport/tls-fault.ts";
import { type Authority, type Identity, PublicKeys } from "../support/certificates.ts";
import { describeWith } from "../support/needs.ts";
import { FakeClock } from "./fake-clock.ts";
import { withFolder, withServer } from "./sockets.ts";

const quiet = (socket: Socket): void => {
  socket.on("error", () => {}).resume();
};

/** What a listener has seen. */
interface Seen {
  readonly peers: string[];
  readonly refused: { peer: string; reason: Error }[];
}

/** Connects and gives what the server said, or the error that keeps it from saying it. */
async function visit(target: string, tls: TlsOptions | undefined): Promise<string> {
  const socket = await dial(target, { tls });
  try {
    const ended = once(socket, "close").then(() => Promise.reject(new Error("it closed the connection")));
    return String((await Promise.race([once(socket, "data"), ended]))[0]);
  } catch (error) {
    throw tlsErrorOf(target, error as Error);
  } finally {
    socket.on("error", () => {}).destroy();
  }
}

/** Says whether an error is TLS's, of this kind. */
function refuses(problem: TlsProblem, message = /TLS with ssl:127\.0\.0\.1:\d+: /) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof TlsError, String(error));
    assert.equal(error.problem, problem, error.message);
    assert.equal(error.code, "ERR_TLS");
    assert.match(error.message, message);
    return true;
  };
}

/** The same options without files. */
const bytes = async ({ ca, cert, key }: TlsOptions): Promise<TlsOptions> => ({
  ca: await readFile(String(ca)),
  cert: await readFile(String(cert)),
  key: await readFile(String(key)),
  checkHostName: false,
});

describeWith(["ovs-pki"], "TLS", function () {
  this.timeout(20_000);
  let keys: PublicKeys;
  let server: Identity;
  let client: Identity;
  let hosted: Identity;

  before(async () => {
    keys = await PublicKeys.make();
    server = await keys.issue("server", "switch");
    client = await keys.issue("client", "controller");
    hosted = await keys.issueSpecial("hosted", "switch", { hosts: "IP:127.0.0.1,DNS:db.example" });
  });
  after(() => keys?.[Symbol.asyncDispose]());

  /** The server's side: its certificate, and the CA of its clients. */
  const serving = (identity: Identity = server, ca: Authority = "controller"): TlsOptions => ({
    ca: keys.ca(ca),
    ...identity,
  });
  /** The client's side, as it is with ovs-pki's certificates. */
  const visiting = (more: Partial<TlsOptions> = {}): TlsOptions => ({
    ca: keys.ca("switch"),
    ...client,
    checkHostName: false,
    ...more,
  });

  /** Runs `body` with a listener that says "in" to whom it lets in. */
  async function withListener(
    options: Partial<ListenOptions>,
    body: (target: string, seen: Seen, listener: Listener) => Promise<void>,
  ): Promise<void> {
    const seen: Seen = { peers: [], refused: [] };
    const listener = await listen("pssl:0", {
      tls: serving(),
      onConnection: (socket, peer) => {
        seen.peers.push(peer);
        socket.on("error", () => {}).resume();
        socket.write("in");
      },
      onRefused: (peer, reason) => seen.refused.push({ peer, reason }),
      ...options,
    });
    const target = formatTarget(listener.target).replace(/^pssl:(\d+):(.+)$/, "ssl:$2:$1");
    try {
      await body(target, seen, listener);
    } finally {
      await listener.close();
    }
  }

  for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
    describe(`at ${version}`, () => {
      const at = { minVersion: version, maxVersion: version };

      it("comes about between certificates of ovs-pki, and tells the listener who came", () =>
        withListener({}, async (target, { peers, refused }) => {
          const socket = await dial(target, { tls: visiting(at) });
          assert.ok(socket instanceof TLSSocket);
          assert.equal(socket.getProtocol(), version);
          assert.equal(String((await once(socket, "data"))[0]), "in");
          assert.deepEqual(peers, [`ssl:127.0.0.1:${socket.localPort}`]);
          assert.deepEqual(refused, []);
          socket.destroy();
        }));

      it("says to a client without a certificate that it needs one", () =>
        withListener({}, async (target, { peers, refused }) => {
          const none = visiting({ cert: undefined, key: undefined, ...at });
          await assert.rejects(visit(target, none), refuses("certificate-required"));
          assert.deepEqual(peers, []);
          assert.equal(refused.length, 1);
          const [{ reason } = { reason: undefined }] = refused;
          assert.ok(reason instanceof TlsError && reason.problem === "certificate-required");
        }));

      it("lets no client in whose certificate is of another CA", () =>
        withListener({}, async (target, { peers, refused }) => {
          await assert.rejects(visit(target, visiting({ ...server, ...at })));
          assert.deepEqual(peers, []);
          assert.deepEqual(
            refused.map(({ reason }) => (reason instanceof TlsError ? reason.problem : reason)),
            ["unknown-ca"],
          );
          assert.match(refused[0]?.peer ?? "", /^ssl:127\.0\.0\.1:\d+$/);
        }));

      it("lets no client in whose certificate has expired", () =>
        withListener({}, async (target, { peers, refused }) => {
          const expired = await keys.issueSpecial(`late-${version}`, "controller", { days: -1 });
          await assert.rejects(visit(target, visiting({ ...expired, ...at })));
          assert.deepEqual(peers, []);
          assert.deepEqual(
            refused.map(({ reason }) => (reason instanceof TlsError ? reason.problem : reason)),
            ["expired"],
          );
        }));
    });
  }

  it("takes no server whose certificate is of another CA", () =>
    withListener({}, async (target, { peers }) => {
      await assert.rejects(
        visit(target, visiting({ ca: keys.ca("controller") })),
        refuses("unknown-ca", /isn't signed by the CA given/),
      );
      assert.deepEqual(peers, []);
    }));

  it("takes no server whose certificate has expired", async () => {
    const tls = serving(await keys.issueSpecial("stale", "switch", { days: -1 }));
    await withListener({ tls }, async (target) => {
      await assert.rejects(visit(target, visiting()), refuses("expired", /has expired/));
    });
  });

  it("checks the host name unless told otherwise", () =>
    withListener({ tls: serving(hosted) }, async (target) => {
      assert.equal(await visit(target, visiting({ checkHostName: true })), "in");
      assert.equal(await visit(target, visiting({ checkHostName: undefined })), "in");
      const other = visiting({ checkHostName: undefined, serverName: "other.example" });
      await assert.rejects(visit(target, other), refuses("host-name", /for another host/));
      const named = visiting({ checkHostName: undefined, serverName: "db.example" });
      assert.equal(await visit(target, named), "in");
    }));

  it("takes ovs-pki's certificates by the name they bear, or with the check turned off", () =>
    withListener({}, async (target) => {
      await assert.rejects(visit(target, visiting({ checkHostName: true })), refuses("host-name"));
      assert.equal(await visit(target, visiting({ checkHostName: true, serverName: "server" })), "in");
      assert.equal(await visit(target, visiting()), "in");
    }));

  it("still checks the CA when the host name isn't checked", () =>
    withListener({}, async (target) => {
      const trusting = visiting({ ca: keys.ca("controller"), checkHostName: false });
      await assert.rejects(visit(target, trusting), refuses("unknown-ca"));
    }));

  it("takes certificates as bytes as well as from files", async () => {
    await withListener({ tls: await bytes(serving()) }, async (target) => {
      assert.equal(await visit(target, await bytes(visiting())), "in");
    });
  });

  it("refuses a version that the other side hasn't", () =>
    withListener({ tls: { ...serving(), minVersion: "TLSv1.3" } }, async (target, { refused }) => {
      await assert.rejects(visit(target, visiting({ maxVersion: "TLSv1.2" })), refuses("version"));
      assert.equal(refused.length, 1);
    }));

  it("says which file is missing or wrong before anything is connected", () =>
    withServer(quiet, ({ port, sockets }) =>
      withFolder(async (folder) => {
        const target = `ssl:127.0.0.1:${port}`;
        const empty = join(folder, "empty");
        await writeFile(empty, "");
        const wrong: readonly (readonly [Partial<TlsOptions>, RegExp])[] = [
          [{ ca: join(folder, "none") }, /cannot read the CA's certificate: ENOENT/],
          [{ key: join(folder, "none") }, /cannot read the private key: ENOENT/],
          [{ ca: empty }, /the CA's certificate: /],
          [{ cert: empty }, /the certificate: /],
          [{ key: empty }, /the private key: /],
          [{ key: server.key }, /the certificate and the private key: .*mismatch/],
          [{ key: undefined }, /a certificate is given without its private key/],
          [{ cert: undefined }, /a private key is given without its certificate/],
        ];
        await Promise.all(
          wrong.map(([more, message]) =>
            assert.rejects(dial(target, { tls: visiting(more) }), refuses("files", message)),
          ),
        );
        await assert.rejects(dial(target), refuses("not-configured", /a certificate and its private key/));
        assert.deepEqual(sockets, []);
      }),
    ));

  it("refuses to listen with files that can't be used, or without a certificate", async () => {
    const onConnection = quiet;
    const none = { ca: keys.ca("controller") };
    await assert.rejects(listen("pssl:0", { onConnection }), { problem: "not-configured" });
    await assert.rejects(listen("pssl:0", { onConnection, tls: none }), { problem: "files" });
    const mixed = { ...serving(), key: client.key };
    await assert.rejects(listen("pssl:0", { onConnection, tls: mixed }), { problem: "files" });
  });

  it("takes renewed files at the next connection, on either side", () =>
    withFolder(async (folder) => {
      const own = { cert: join(folder, "cert"), key: join(folder, "key") };
      const put = (from: Identity): Promise<unknown> =>
        Promise.all([copyFile(from.cert, own.cert), copyFile(from.key, own.key)]);
      await put(await keys.issueSpecial("outworn", "switch", { days: -1 }));
      await withListener({ tls: serving(own) }, async (target, { refused }) => {
        await assert.rejects(visit(target, visiting()), refuses("expired"));
        await put(server);
        assert.equal(await visit(target, visiting()), "in");
        await writeFile(own.cert, "half a cert");
        await assert.rejects(visit(target, visiting()));
        assert.match(refused.at(-1)?.reason.message ?? "", /the certificate: /);
        await put(server);
        assert.equal(await visit(target, visiting()), "in");
      });
      await put(server);
      await withListener({}, async (target) => {
        await assert.rejects(visit(target, visiting(own)));
        await put(client);
        assert.equal(await visit(target, visiting(own)), "in");
      });
    }));

  it("says that the other end doesn't speak TLS", () =>
    withServer(
      (socket) => void socket.once("data", () => socket.end("HTTP/1.0 400 Bad Request\r\n\r\n")).resume(),
      async ({ port }) => {
        await assert.rejects(dial(`ssl:127.0.0.1:${port}`, { tls: visiting() }), refuses("not-tls"));
      },
    ));

  it("says that the other end went away in the middle of the handshake", () =>
    withServer(
      (socket) => void socket.once("data", () => socket.destroy()),
      async ({ port }) => {
        await assert.rejects(
          dial(`ssl:127.0.0.1:${port}`, { tls: visiting() }),
          refuses("handshake", /maybe since it doesn't speak TLS/),
        );
      },
    ));

  it("gives up at the deadline, or when told to, when the handshake never ends, and leaves no connection", () =>
    withServer(quiet, async ({ port, server: tcp, sockets }) => {
      const target = `ssl:127.0.0.1:${port}`;
      const clock = new FakeClock();
      const waiting = assert.rejects(dial(target, { tls: visiting(), timeoutMs: 10, clock }), {
        code: "ERR_TIMEOUT",
        message: `connecting to ${target} took longer than 10 ms`,
      });
      await once(tcp, "connection");
      const [first] = sockets as [Socket];
      const gone = once(first, "close");
      clock.advance(10);
      await Promise.all([waiting, gone]);
      assert.equal(clock.pending, 0);

      const controller = new AbortController();
      const called = assert.rejects(dial(target, { tls: visiting(), signal: controller.signal }), /enough/);
      await once(tcp, "connection");
      const second = once(sockets[1] as Socket, "close");
      controller.abort(new Error("enough"));
      await Promise.all([called, second]);
    }));

  it("turns away a client that never shakes hands when its time is over", async () => {
    const clock = new FakeClock();
    await withListener({ clock, handshakeTimeoutMs: 10 }, async (target, { peers, refused }, listener) => {
      const plain = (await dial(target.replace("ssl:", "tcp:"))).on("error", () => {}).resume();
      const [gone, name] = [once(plain, "close"), `ssl:127.0.0.1:${plain.localPort}`];
      assert.equal(await visit(target, visiting()), "in");
      assert.equal(listener.connections >= 1, true);
      clock.advance(10);
      await gone;
      assert.equal(peers.length, 1);
      assert.deepEqual(
        refused.map(({ peer, reason }) => [peer, reason.message]),
        [[name, `the TLS handshake with ${name} took longer than 10 ms`]],
      );
      assert.equal(clock.pending, 0);
    });
  });

  it("costs a client that speaks no TLS, or stops half-way, its own connection only", () =>
    withListener({}, async (target, { peers, refused }) => {
      const tcp = target.replace("ssl:", "tcp:");
      const plain = (await dial(tcp)).on("error", () => {}).resume();
      plain.write('{"method":"echo","params":[],"id":0}');
      await once(plain, "close");
      const half = (await dial(tcp)).on("error", () => {}).resume();
      half.end(Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]));
      await once(half, "close");
      assert.equal(await visit(target, visiting()), "in");
      assert.equal(peers.length, 1);
      assert.deepEqual(
        refused.map(({ reason }) => (reason instanceof TlsError ? reason.code : reason)),
        ["ERR_TLS", "ERR_TLS"],
      );
    }));

  it("outlives greetings that are broken at any byte, or that end at any", async () => {
    const greeting = await new Promise<Buffer>((resolve, reject) => {
      withServer(
        (socket) => void socket.once("data", resolve),
        async ({ port }) => {
          const dialing = dial(`ssl:127.0.0.1:${port}`, { tls: visiting(), timeoutMs: 200 });
          await assert.rejects(dialing, { code: "ERR_TIMEOUT" });
        },
      ).catch(reject);
    });
    assert.ok(greeting.length > 100);
    await withListener({}, async (target, { peers, refused }, listener) => {
      const tcp = target.replace("ssl:", "tcp:");
      const say = async (bytes: Uint8Array): Promise<void> => {
        const socket = (await dial(tcp)).on("error", () => {}).resume();
        socket.end(bytes);
        if (!socket.closed) await once(socket, "close");
      };
      const said: Promise<void>[] = [];
      for (let at = 0; at < greeting.length; at += 3) {
        const broken = Buffer.from(greeting);
        broken[at] = (broken[at] ?? 0) ^ 0xff;
        said.push(say(broken), say(greeting.subarray(0, at)));
      }
      await Promise.all(said);
      while (listener.connections > 0) {
        // oxlint-disable-next-line no-await-in-loop -- our end of a connection may close a moment before its other
        await new Promise((resolve) => setImmediate(resolve));
      }
      assert.deepEqual([peers.length, refused.length], [0, said.length]);
      assert.equal(await visit(target, visiting()), "in");
    });
  });

  it("lets nobody in by an earlier session, in whose stead a certificate isn't shown", () =>
    withListener({}, async (target) => {
      const { port } = parseActiveTarget(target) as { port: number };
      const [ca, cert, key] = await Promise.all(
        [keys.ca("switch"), client.cert, client.key].map((file) => readFile(file)),
      );
      const reused = async (
        maxVersion: TlsVersion,
        session?: Buffer,
      ): Promise<readonly [boolean, Buffer | undefined]> => {
        const own = { ca, cert, key, maxVersion, checkServerIdentity: () => undefined };
        const socket = connectTls({ host: "127.0.0.1", port, ...own, ...(session && { session }) });
        let latest: Buffer | undefined;
        socket.on("session", (given) => (latest = given));
        await once(socket, "data");
        const outcome = [socket.isSessionReused(), latest ?? socket.getSession()] as const;
        socket.destroy();
        return outcome;
      };
      for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
        // oxlint-disable-next-line no-await-in-loop -- one session after the other
        const [, session] = await reused(version);
        // oxlint-disable-next-line no-await-in-loop -- one session after the other
        assert.deepEqual([version, (await reused(version, session))[0]], [version, false]);
      }
    }));

  it("tells many clients at once apart, and why each was turned away", () =>
    withListener({}, async (target, { peers, refused }) => {
      const kinds = [visiting(), visiting(server), visiting({ cert: undefined, key: undefined })];
      const visits = Array.from({ length: 30 }, (_, n) => visit(target, kinds[n % 3]));
      const outcomes = await Promise.allSettled(visits);
      const inside = outcomes.filter(({ status }) => status === "fulfilled");
      assert.deepEqual([inside.length, peers.length, refused.length], [10, 10, 20]);
      const problems = refused.map(({ reason }) => (reason as TlsError).problem).toSorted();
      assert.deepEqual(problems, [
        ...Array.from({ length: 10 }, () => "certificate-required"),
        ...Array.from({ length: 10 }, () => "unknown-ca"),
      ]);
      assert.equal(new Set([...peers, ...refused.map(({ peer }) => peer)]).size, 30);
    }));

  it("ends secured connections and handshakes when it is closed", () =>
    withListener({}, async (target, _, listener) => {
      const socket = (await dial(target, { tls: visiting() })).on("error", () => {}).resume();
      const plain = (await dial(target.replace("ssl:", "tcp:"))).on("error", () => {}).resume();
      await Promise.all([once(socket, "close"), once(plain, "close"), listener.close()]);
      assert.equal(listener.connections, 0);
    }));

  it("carries a megabyte whole", () =>
    withListener(
      { onConnection: (socket) => void socket.on("error", () => {}).pipe(socket) },
      async (target) => {
        const sent = Buffer.from(Array.from({ length: 1 << 20 }, (_, n) => (n * 31) & 255));
        const socket = await dial(target, { tls: visiting() });
        socket.end(sent);
        const pieces: Buffer[] = [];
        for await (const piece of socket) pieces.push(piece as Buffer);
        assert.ok(Buffer.concat(pieces).equals(sent));
      },
    ));

  it("hands the socket out without listeners of its own", async () => {
    const server = createTlsServer({ cert: await readFile(hosted.cert), key: await readFile(hosted.key) });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const tls = { ca: keys.ca("switch") };
    const socket = await dial(`ssl:127.0.0.1:${port}`, { tls });
    assert.deepEqual([socket.listenerCount("error"), socket.listenerCount("data")], [0, 0]);
    socket.destroy();
    server.close();
    await once(server, "close");
  });
});
