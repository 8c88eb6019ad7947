// The program inside a VM: it opens TCP connections and answers them when told to, one JSON line per order on its
// standard input and one per answer on its output. A server answers with its own name and the address it saw, so that
// an answer from the wrong VM, or with the wrong source, can't pass for the right one. It ends with its input.
import { connect, createServer, type Server } from "node:net";
import { createInterface } from "node:readline";

/** What a VM can be told to do. */
export type AgentOrder =
  | { readonly id: number; readonly do: "serve"; readonly port: number; readonly name: string }
  | {
      readonly id: number;
      readonly do: "connect";
      readonly host: string;
      readonly port: number;
      readonly localPort: number;
      readonly payload: string;
      readonly timeoutMs: number;
    };

/** What it answers: for a connection, who answered and what that server saw. */
export type AgentAnswer =
  | {
      readonly id: number;
      readonly ok: true;
      readonly server?: string;
      readonly seen?: string;
      readonly echo?: string;
    }
  | { readonly id: number; readonly ok: false; readonly reason: string };

const servers = new Map<number, Server>();

function answer(message: AgentAnswer): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

function serve(order: Extract<AgentOrder, { do: "serve" }>): void {
  if (servers.has(order.port)) {
    answer({ id: order.id, ok: true });
    return;
  }
  const server = createServer((socket) => {
    socket.setEncoding("utf8");
    socket.on("error", () => socket.destroy());
    socket.once("data", (echo: string) => {
      socket.end(JSON.stringify({ server: order.name, seen: socket.remoteAddress, echo }));
    });
  });
  servers.set(order.port, server);
  server.once("error", (error) => {
    answer({ id: order.id, ok: false, reason: error.message });
  });
  server.listen(order.port, "0.0.0.0", () => {
    answer({ id: order.id, ok: true });
  });
}

function open(order: Extract<AgentOrder, { do: "connect" }>): void {
  const socket = connect({ host: order.host, port: order.port, localPort: order.localPort });
  let text = "";
  let settled = false;
  const settle = (message: AgentAnswer): void => {
    if (settled) return;
    settled = true;
    clearTimeout(deadline);
    socket.destroy();
    answer(message);
  };
  const deadline = setTimeout(() => {
    settle({ id: order.id, ok: false, reason: `no answer within ${order.timeoutMs} ms` });
  }, order.timeoutMs);
  socket.setEncoding("utf8");
  socket.once("connect", () => socket.write(order.payload));
  socket.on("data", (chunk: string) => {
    text += chunk;
  });
  socket.once("error", (error) => {
    settle({ id: order.id, ok: false, reason: error.message });
  });
  socket.once("end", () => {
    settle({
      ...(JSON.parse(text) as { server: string; seen: string; echo: string }),
      id: order.id,
      ok: true,
    });
  });
}

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const order = JSON.parse(line) as AgentOrder;
    if (order.do === "serve") serve(order);
    else open(order);
  })
  .on("close", () => process.exit(0));
