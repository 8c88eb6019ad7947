// Loopback sockets for tests: a place for unix sockets with a short path, and servers that are gone when the test is.
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Runs `body` with a fresh folder and removes it. */
export async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "ok-"));
  try {
    await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A bare TCP server on 127.0.0.1. */
export interface Loopback {
  readonly server: Server;
  readonly port: number;
  /** `tcp:127.0.0.1:PORT`. */
  readonly target: string;
  readonly sockets: readonly Socket[];
}

/** Runs `body` with a bare TCP server on 127.0.0.1; `onSocket` gets each connection. */
export async function withServer(
  onSocket: (socket: Socket) => void,
  body: (loopback: Loopback) => Promise<void>,
): Promise<void> {
  const sockets: Socket[] = [];
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    onSocket(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  try {
    await body({ server, port, target: `tcp:127.0.0.1:${port}`, sockets });
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  }
}

/** A TCP port of 127.0.0.1 on which nobody listens. */
export async function unusedPort(): Promise<number> {
  let found = 0;
  await withServer(
    () => {},
    async ({ port }) => {
      found = port;
    },
  );
  return found;
}
