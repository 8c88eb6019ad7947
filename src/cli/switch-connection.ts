// The switch that a command names: a bridge by its name, through the socket in the run folder that every bridge has,
// or any connection method. A name without a socket is wrong input, as long as other bridges have theirs.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { connectSwitch, type Switch } from "../openflow/index.ts";
import { ConnectError } from "../transport/errors.ts";
import { noSuchBridge } from "./bridge-names.ts";
import type { Surroundings } from "./command.ts";
import { connecting, waiting } from "./database.ts";
import { findRundir } from "./rundir.ts";

/** The ports of a switch by name and by number. */
export interface SwitchPorts {
  readonly numbers: ReadonlyMap<string, number>;
  readonly names: ReadonlyMap<number, string>;
}

/** Connects, learns the ports' names, lets `use` work, and closes. */
export async function withSwitch<T>(
  surroundings: Surroundings,
  bridge: string,
  use: (found: Switch, ports: SwitchPorts) => Promise<T>,
): Promise<T> {
  await using found = await connectTo(bridge, surroundings);
  const ports = await found.ports(waiting(surroundings));
  return await use(found, {
    numbers: new Map(ports.map(({ name, portNo }) => [name, portNo])),
    names: new Map(ports.map(({ name, portNo }) => [portNo, name])),
  });
}

async function connectTo(bridge: string, surroundings: Surroundings): Promise<Switch> {
  const wait = waiting(surroundings);
  if (/^(?:tcp|ssl|unix):/.test(bridge)) return connectSwitch(bridge, connecting(surroundings));
  const rundir = await findRundir(surroundings);
  if (bridge.includes("/")) throw noSuchBridge(bridge, await bridgesIn(rundir));
  try {
    return await connectSwitch(`unix:${join(rundir, `${bridge}${suffix}`)}`, wait);
  } catch (error) {
    const known = isMissing(error) ? await bridgesIn(rundir) : [];
    throw known.length === 0 ? error : noSuchBridge(bridge, known);
  }
}

const suffix = ".mgmt";

async function bridgesIn(rundir: string): Promise<readonly string[]> {
  const files = await readdir(rundir).catch(() => []);
  return files
    .filter((file) => file.endsWith(suffix))
    .map((file) => file.slice(0, -suffix.length))
    .toSorted();
}

function isMissing(error: unknown): boolean {
  const { cause } = error instanceof ConnectError ? error : {};
  return cause instanceof Error && "code" in cause && cause.code === "ENOENT";
}
