// OpenFlow over TLS with the real ovs-vswitchd and certificates of ovs-pki, in both directions; and the command over TLS.
import assert from "node:assert/strict";
import { once } from "node:events";
import { type OpenVSwitch, startOpenVSwitch } from "../../lab/open-vswitch.ts";
import { until } from "../../lab/waiting.ts";
import { connectSwitch } from "../../src/openflow/connect.ts";
import { listenForSwitches } from "../../src/openflow/controller.ts";
import { flowMod } from "../../src/openflow/protocol/flow-mod.ts";
import { dial } from "../../src/transport/dial.ts";
import { TlsError } from "../../src/transport/errors.ts";
import type { TlsOptions } from "../../src/transport/tls.ts";
import type { TlsProblem } from "../../src/transport/tls-fault.ts";
import { type Identity, PublicKeys } from "../support/certificates.ts";
import { describeWith } from "../support/needs.ts";
import { unusedPort } from "../transport/sockets.ts";
import { ovskit } from "./ovskit-command.ts";

function failsWith(problem: TlsProblem) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof TlsError, String(error));
    assert.equal(error.problem, problem, error.message);
    return true;
  };
}

describeWith(["openvswitch", "ovs-pki"], "OpenFlow over TLS", function () {
  this.timeout(60_000);
  let keys: PublicKeys;
  let own: Identity;
  let switches: Identity;
  let expired: Identity;
  let ovs: OpenVSwitch;

  /** What we show and trust. */
  const ours = (more: Partial<TlsOptions> = {}): TlsOptions => ({
    ca: keys.ca("switch"),
    ...own,
    checkHostName: false,
    ...more,
  });

  before(async () => {
    keys = await PublicKeys.make();
    own = await keys.issue("ours", "controller");
    switches = await keys.issue("sw", "switch");
    expired = await keys.issueSpecial("late", "controller", { days: -1 });
    ovs = await startOpenVSwitch();
    await ovs.vsctl("set-ssl", switches.key, switches.cert, keys.ca("controller"));
    await ovs.addBridge("br0");
  });
  after(async () => {
    await ovs?.stop();
    await keys?.[Symbol.asyncDispose]();
  });

  describe("with a switch that listens", () => {
    let target: string;

    before(async () => {
      const port = await unusedPort();
      target = `ssl:127.0.0.1:${port}`;
      await ovs.vsctl("set-controller", "br0", `pssl:${port}:127.0.0.1`);
      await until("the switch to listen", 10_000, () =>
        dial(target, { tls: ours() }).then(
          (socket) => {
            socket.on("error", () => {}).destroy();
            return true;
          },
          () => false,
        ),
      );
    });
    after(() => ovs.vsctl("del-controller", "br0"));

    for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
      const at = { minVersion: version, maxVersion: version };

      it(`carries ten thousand flows at ${version} and reads them back`, async () => {
        await using found = await connectSwitch(target, { tls: ours(at) });
        const flows = Array.from({ length: 10_000 }, (_, n) =>
          flowMod({ match: [{ field: "inPort", value: n + 1 }], instructions: [] }),
        );
        await found.apply(flows);
        assert.equal((await found.flows()).length, 10_000);
        await found.delete({});
        assert.deepEqual(await found.flows(), []);
      });

      it(`fails at ${version} for a certificate that is missing, expired or of another CA`, async () => {
        const cases: readonly (readonly [Partial<TlsOptions>, TlsProblem])[] = [
          [{ cert: undefined, key: undefined }, "certificate-required"],
          [expired, "refused"],
          [switches, "refused"],
          [{ ca: keys.ca("controller") }, "unknown-ca"],
          [{ checkHostName: true }, "host-name"],
        ];
        await Promise.all(
          cases.map(([more, problem]) =>
            assert.rejects(connectSwitch(target, { tls: ours({ ...more, ...at }) }), failsWith(problem)),
          ),
        );
      });
    }

    it("is there for the command, by Open vSwitch's own options", async () => {
      const options = ["-p", own.key, "-c", own.cert, "-C", keys.ca("switch")];
      const done = await ovskit([
        "flows",
        "add",
        target,
        "priority=7,actions=drop",
        ...options,
        "--no-host-check",
      ]);
      assert.deepEqual([done.exitCode, done.stderr], [0, ""]);
      assert.match(await ovs.ofctl("-O", "OpenFlow13", "dump-flows", ovs.mgmt("br0")), /priority=7/);
      const checked = await ovskit(["flows", "dump", target, ...options]);
      assert.equal(checked.exitCode, 3);
      assert.match(checked.stderr, /for another host .*; --no-host-check takes it all the same/);
      const bare = await ovskit(["flows", "dump", target]);
      assert.equal(bare.exitCode, 2);
      assert.match(bare.stderr, /give --ca-cert FILE, --private-key FILE and --certificate FILE/);
      const half = await ovskit([
        "flows",
        "dump",
        target,
        "--certificate",
        own.cert,
        "-C",
        keys.ca("switch"),
      ]);
      assert.equal(half.exitCode, 2);
      assert.match(half.stderr, /give --private-key FILE/);
      const wrong = await ovskit(["flows", "dump", target, "--ca-cert", "/none"]);
      assert.equal(wrong.exitCode, 2);
      assert.match(wrong.stderr, /cannot read the CA's certificate: ENOENT/);
    });
  });

  describe("with a switch that dials us", () => {
    after(() => ovs.vsctl("del-controller", "br0"));

    it("lets it in, and once more when it comes back, and nobody without our CA's certificate", async () => {
      await using listener = await listenForSwitches("pssl:0", { tls: ours() });
      const { port } = listener.target as { port: number };
      const first = listener.next({ timeoutMs: 20_000 });
      await ovs.vsctl("set-controller", "br0", `ssl:127.0.0.1:${port}`);
      const found = await first;
      assert.match(found.peer, /^ssl:127\.0\.0\.1:\d+$/);
      assert.ok((await found.ports()).some(({ name }) => name === "br0"));

      // A controller's certificate is of the other CA.
      const refused = once(listener, "refused");
      const stranger = await dial(`ssl:127.0.0.1:${port}`, {
        tls: { ...ours(), ca: keys.ca("controller") },
      });
      stranger.on("error", () => {}).resume();
      const [{ peer, error }] = (await refused) as [{ peer: string; error: Error }];
      assert.equal(peer, `ssl:127.0.0.1:${stranger.localPort}`);
      assert.ok(failsWith("unknown-ca")(error));

      const again = listener.next({ timeoutMs: 20_000 });
      await found.close();
      assert.ok((await (await again).ports()).length > 0);
    });
  });
});
