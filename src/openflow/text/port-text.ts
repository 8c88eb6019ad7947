// OpenFlow ports in text: a number, one of the reserved names in any case, or the name of a port of the bridge, which
// only the caller can know. Reserved numbers of OpenFlow 1.0 (65528 to 65534) are read as ovs-ofctl reads them.
import { Port } from "../protocol/ports.ts";
import { quotedName, writtenName } from "./name-text.ts";
import { refuse, type Token } from "./scanner.ts";

/** Finds the number of a port by its name: a map, or a function that gives undefined for an unknown name. */
export type PortNumbers = ReadonlyMap<string, number> | ((name: string) => number | undefined);

/** Finds the name of a port by its number: a map, or a function that gives undefined for an unnamed port. */
export type PortNames = ReadonlyMap<number, string> | ((port: number) => string | undefined);

const reservedNames: ReadonlyMap<string, number> = new Map([
  ["IN_PORT", Port.inPort],
  ["TABLE", Port.table],
  ["NORMAL", Port.normal],
  ["FLOOD", Port.flood],
  ["ALL", Port.all],
  ["CONTROLLER", Port.controller],
  ["LOCAL", Port.local],
  ["ANY", Port.any],
  ["NONE", Port.any],
  // OpenFlow 1.5's word for an action set without an output, which match field actset_output may ask for.
  ["UNSET", 0xfffffff7],
]);

const reservedNumbers: ReadonlyMap<number, string> = new Map(
  [...reservedNames].filter(([name]) => name !== "NONE").map(([name, number]) => [number, name]),
);

/** The highest number of an ordinary port in Open vSwitch, which keeps OpenFlow 1.0's 16-bit ports inside. */
const lastOrdinaryPort = 0xfeff;
/** From here to 0xffff stand OpenFlow 1.0's reserved ports; the same numbers with 16 ones in front are 1.1's. */
const firstReservedOpenFlow10 = 0xfff8;
const firstReserved = 0xffffff00;

/** The number of the port `token` names; undefined where it is neither a number nor a name anybody knows. */
export function findPort(token: Token, ports: PortNumbers | undefined): number | undefined {
  if (/^[0-9]+$/.test(token.text)) return portOfNumber(token);
  const name = writtenName(token.text);
  if (name === undefined) return undefined;
  // In quotes stands the name of a port of the bridge, whatever words there are.
  const isQuoted = token.text.startsWith('"');
  return (isQuoted ? undefined : reservedNames.get(name.toUpperCase())) ?? lookUp(ports, name);
}

/** As {@link findPort}, but an unknown port is refused. */
export function parsePort(token: Token, ports: PortNumbers | undefined, what: string): number {
  const port = findPort(token, ports);
  if (port !== undefined) return port;
  throw refuse(token, `${what}: no port is called ${JSON.stringify(token.text)}`, {
    hint:
      ports === undefined
        ? "port names need a list of the bridge's ports; write its number"
        : "write its number",
  });
}

/** The name of a reserved port or of one in `names` (in quotes where ovs-ofctl puts it in quotes), else the number. */
export function formatPort(port: number, names?: PortNames): string {
  const reserved = reservedNumbers.get(port);
  if (reserved !== undefined) return reserved;
  const name = typeof names === "function" ? names(port) : names?.get(port);
  if (name === undefined) return String(port);
  return quotedName(name);
}

/** As {@link formatPort}, of a port in the 16 bits of OpenFlow 1.0. */
export function formatPort16(port: number, names?: PortNames): string {
  return formatPort(port >= firstReservedOpenFlow10 ? port + 0xffff0000 : port, names);
}

function portOfNumber(token: Token): number {
  const number = Number(token.text);
  if (number <= lastOrdinaryPort) return number;
  if (number >= firstReservedOpenFlow10 && number <= 0xffff) return number + 0xffff0000;
  if (number >= firstReserved && number <= Port.any) return number;
  throw refuse(token, `${token.text} is not an OpenFlow port`, {
    hint: `ports are 0 to ${lastOrdinaryPort} and ${firstReserved} to ${Port.any}`,
  });
}

function lookUp(ports: PortNumbers | undefined, name: string): number | undefined {
  return typeof ports === "function" ? ports(name) : ports?.get(name);
}
