// A learning switch: it remembers behind which port each MAC was seen, floods frames to those it doesn't know, and installs a flow
// for each pair that talks, so that the switch forwards the rest by itself. Any number of switches may connect.
//   node build/examples/learning-switch.js [LISTEN] [SECONDS]     default ptcp:6633:127.0.0.1, until it is stopped
import {
  type Action,
  CONTROLLER_NO_BUFFER,
  DecodeError,
  decodeEthernet,
  flowMod,
  listenForSwitches,
  NO_BUFFER,
  type PacketInMessage,
  Port,
  type Switch,
} from "ovskit/openflow";

const [target = "ptcp:6633:127.0.0.1", seconds = "0"] = process.argv.slice(2);

function output(port: number): Action[] {
  return [{ type: "output", port, maxLen: CONTROLLER_NO_BUFFER }];
}

function forward(found: Switch, ports: Map<string, number>, packet: PacketInMessage): void {
  const { match, bufferId, data } = packet;
  const inPort = match.find((oxm) => oxm.field === "inPort")?.value;
  if (inPort === undefined) return;
  const { src, dst } = decodeEthernet(data);
  ports.set(src, inPort);
  const outPort = ports.get(dst);
  const actions = output(outPort ?? Port.flood);
  if (outPort !== undefined) {
    const pair = [
      { field: "inPort" as const, value: inPort },
      { field: "ethDst" as const, value: dst },
      { field: "ethSrc" as const, value: src },
    ];
    const instructions = [{ type: "applyActions" as const, actions }];
    const flow = flowMod({ priority: 1, idleTimeout: 60, bufferId, match: pair, instructions });
    found.send({ type: "flowMod", ...flow });
    if (bufferId !== NO_BUFFER) return; // The flow took the frame along.
  }
  found.send({ type: "packetOut", bufferId, inPort, actions, data });
}

await using listener = await listenForSwitches(target);
console.log(`listening on ${"port" in listener.target ? listener.target.port : listener.target.path}`);
listener.on("switch", (found) => {
  const ports = new Map<string, number>();
  found.on("packetIn", (packet) => {
    try {
      forward(found, ports, packet);
    } catch (error) {
      if (!(error instanceof DecodeError)) void found.close(); // It takes no more of what we send.
    }
  });
  const instructions = [{ type: "applyActions" as const, actions: output(Port.controller) }];
  found.send({ type: "flowMod", ...flowMod({ priority: 0, instructions }) });
});
await new Promise((resolve) => Number(seconds) > 0 && setTimeout(resolve, Number(seconds) * 1000));
