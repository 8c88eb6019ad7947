import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ConnectionClosedError, TimeoutError } from "../../src/errors.ts";
import { RpcProtocolError } from "../../src/jsonrpc/errors.ts";
import { ConnectError, TargetSyntaxError } from "../../src/transport/errors.ts";
import { dumpDatapathFlows } from "../../src/unixctl/datapath-flows.ts";
import {
  ControlSocketError,
  connectUnixctl,
  findControlSocket,
  UnixctlError,
} from "../../src/unixctl/unixctl.ts";
import { FakeServer, Refused } from "../ovsdb/fake-server.ts";
import { FakeClock } from "../transport/fake-clock.ts";
import { withFolder } from "../transport/sockets.ts";

describe("the control socket of ovs-vswitchd", () => {
  it("is found by the pid file in the run folder", () =>
    withFolder(async (folder) => {
      await writeFile(join(folder, "ovs-vswitchd.pid"), "4711\n");
      assert.equal(await findControlSocket(folder), `unix:${join(folder, "ovs-vswitchd.4711.ctl")}`);
    }));

  it("isn't found without one, or in one that holds no pid", () =>
    withFolder(async (folder) => {
      await assert.rejects(findControlSocket(folder), ControlSocketError);
      await mkdir(join(folder, "other"));
      await writeFile(join(folder, "other", "ovs-vswitchd.pid"), "../../etc\n");
      await assert.rejects(findControlSocket(join(folder, "other")), (error: unknown) => {
        return error instanceof ControlSocketError && error.rundir === join(folder, "other");
      });
    }));

  it("can't be connected to when it isn't there", () =>
    withFolder(async (folder) => {
      await assert.rejects(connectUnixctl(`unix:${join(folder, "x.ctl")}`), ConnectError);
      await assert.rejects(connectUnixctl(folder), TargetSyntaxError);
    }));
});

describe("a command to ovs-vswitchd", () => {
  it("is answered with a text", async () => {
    await using server = await FakeServer.start({
      "ofproto/list": (params) => `br-int\n${JSON.stringify(params)}`,
    });
    await using unixctl = await connectUnixctl(server.target);
    assert.equal(await unixctl.command("ofproto/list", "a", "b"), 'br-int\n["a","b"]');
  });

  it("is refused with the daemon's own words", async () => {
    await using server = await FakeServer.start({
      "ofproto/trace": () => {
        throw new Refused("br-no: unknown bridge\n");
      },
    });
    await using unixctl = await connectUnixctl(server.target);
    await assert.rejects(unixctl.command("ofproto/trace", "br-no", "ip"), (error: unknown) => {
      assert.ok(error instanceof UnixctlError);
      const { code, command, text, message } = error;
      assert.deepEqual(
        [code, command, text, message],
        ["ERR_UNIXCTL", "ofproto/trace", "br-no: unknown bridge\n", "ofproto/trace: br-no: unknown bridge"],
      );
      return true;
    });
  });

  it("isn't answered with anything but a text", async () => {
    await using server = await FakeServer.start({ version: () => ({ version: 1 }) });
    await using unixctl = await connectUnixctl(server.target);
    await assert.rejects(unixctl.command("version"), RpcProtocolError);
  });

  it("ends at its deadline, by its signal, and with the connection", async () => {
    await using server = await FakeServer.start({ sleep: () => undefined });
    const clock = new FakeClock();
    await using unixctl = await connectUnixctl(server.target, { clock, requestTimeoutMs: 1000 });
    const late = unixctl.command("sleep");
    await server.called("sleep", 1);
    clock.advance(1000);
    await assert.rejects(late, TimeoutError);
    const controller = new AbortController();
    const aborted = unixctl.run("sleep", [], { signal: controller.signal });
    controller.abort(new Error("enough"));
    await assert.rejects(aborted, /enough/);
    const lost = unixctl.command("sleep");
    await server.called("sleep", 3);
    server.drop();
    await assert.rejects(lost, ConnectionClosedError);
    assert.equal(unixctl.closed, true);
    await assert.rejects(unixctl.command("sleep"), ConnectionClosedError);
  });

  it("rejects when the connection is closed here", async () => {
    await using server = await FakeServer.start({ sleep: () => undefined });
    const unixctl = await connectUnixctl(server.target);
    const lost = unixctl.command("sleep");
    await server.called("sleep", 1);
    const [socket] = server.sockets;
    assert.ok(socket);
    const closed = once(socket, "close");
    await unixctl.close();
    await assert.rejects(lost, ConnectionClosedError);
    await closed;
  });
});

function flow(port: unknown): string {
  return `recirc_id(0),in_port(${JSON.stringify(port)}), packets:1, bytes:60, used:0.5s, actions:drop\n`;
}

describe("the datapath flows", () => {
  it("are those of every datapath, or of the one asked for", async () => {
    await using server = await FakeServer.start({
      "dpctl/dump-dps": () => "netdev@ovs-netdev\nsystem@ovs-system\n",
      "dpctl/dump-flows": (params) => flow(params[1]),
    });
    await using unixctl = await connectUnixctl(server.target);
    const all = await dumpDatapathFlows(unixctl);
    assert.deepEqual(
      all.map(({ inPort }) => inPort),
      ['"netdev@ovs-netdev"', '"system@ovs-system"'],
    );
    const one = await dumpDatapathFlows(unixctl, { datapath: "x" });
    assert.deepEqual(
      one.map(({ inPort }) => inPort),
      ['"x"'],
    );
    assert.deepEqual(server.calls("dpctl/dump-flows")[2]?.params, ["--names", "x"]);
  });
});
