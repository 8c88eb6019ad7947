// Open vSwitch's connection methods as values: what ovs-vsctl, ovs-ofctl and ovsdb-server call tcp:, ssl:, unix:,
// ptcp:, pssl: and punix: (ovsdb(7), "Connection Methods"), parsed strictly and printed back.
import { isIPv4, isIPv6 } from "node:net";
import { TargetSyntaxError } from "./errors.ts";

/** Where to connect to. */
export type ActiveTarget =
  | { readonly kind: "tcp" | "ssl"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string };

/** Where to listen. `port` 0 lets the system choose one. */
export type PassiveTarget =
  | { readonly kind: "ptcp" | "pssl"; readonly port: number; readonly host: string }
  | { readonly kind: "punix"; readonly path: string };

/** Any connection method. */
export type Target = ActiveTarget | PassiveTarget;

/** Options of the parsers. */
export interface ParseTargetOptions {
  /** The port where the text leaves it out (`tcp:10.0.0.1`, `ptcp:`). Without a default, leaving it out is an error. */
  readonly defaultPort?: number;
}

/** Listening binds here unless the text names another address. */
const loopback = "127.0.0.1";

/** sockaddr_un.sun_path holds 108 bytes with its NUL; a longer path would be cut in silence. */
const maxPathBytes = 107;

/** Parses any connection method. Throws `TargetSyntaxError`. */
export function parseTarget(text: string, options: ParseTargetOptions = {}): Target {
  const colon = text.indexOf(":");
  const kind = colon < 0 ? text : text.slice(0, colon);
  const rest = text.slice(colon + 1);
  if (colon < 0) throw new TargetSyntaxError(text, "expected METHOD:…, such as tcp:HOST:PORT or unix:PATH");
  switch (kind) {
    case "tcp":
    case "ssl":
      return { kind, ...parseHostPort(text, rest, options) };
    case "ptcp":
    case "pssl":
      return { kind, ...parsePortHost(text, rest, options) };
    case "unix":
    case "punix":
      return { kind, path: parsePath(text, rest) };
    default:
      throw new TargetSyntaxError(
        text,
        `unknown method "${kind}", expected tcp, ssl, unix, ptcp, pssl or punix`,
      );
  }
}

/** Parses a method that connects: `tcp:`, `ssl:` or `unix:`. Throws `TargetSyntaxError` for one that listens, too. */
export function parseActiveTarget(text: string, options: ParseTargetOptions = {}): ActiveTarget {
  const target = parseTarget(text, options);
  if (!isPassive(target)) return target;
  throw new TargetSyntaxError(text, `${target.kind} listens; expected tcp, ssl or unix, which connect`);
}

/** Parses a method that listens: `ptcp:`, `pssl:` or `punix:`. Throws `TargetSyntaxError` for one that connects, too. */
export function parsePassiveTarget(text: string, options: ParseTargetOptions = {}): PassiveTarget {
  const target = parseTarget(text, options);
  if (isPassive(target)) return target;
  throw new TargetSyntaxError(text, `${target.kind} connects; expected ptcp, pssl or punix, which listen`);
}

/** Whether a method listens. */
export function isPassive(target: Target): target is PassiveTarget {
  return target.kind === "ptcp" || target.kind === "pssl" || target.kind === "punix";
}

/** Prints a connection method so that {@link parseTarget} reads the same value; IPv6 addresses in brackets. */
export function formatTarget(target: Target): string {
  if (target.kind === "unix" || target.kind === "punix") return `${target.kind}:${target.path}`;
  const host = bracketed(target.host);
  return target.kind === "tcp" || target.kind === "ssl"
    ? `${target.kind}:${host}:${target.port}`
    : `${target.kind}:${target.port}:${host}`;
}

function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

/** `HOST[:PORT]`. */
function parseHostPort(
  text: string,
  rest: string,
  options: ParseTargetOptions,
): { host: string; port: number } {
  const { host, after } = splitHost(text, rest);
  if (after !== "" && !after.startsWith(":"))
    throw new TargetSyntaxError(text, `unexpected "${after}" after ]`);
  const port = parsePort(text, after === "" ? undefined : after.slice(1), options);
  if (port === 0) throw new TargetSyntaxError(text, "port 0 cannot be connected to");
  return { host, port };
}

/** `[PORT][:HOST]`. */
function parsePortHost(
  text: string,
  rest: string,
  options: ParseTargetOptions,
): { host: string; port: number } {
  const colon = rest.indexOf(":");
  const digits = colon < 0 ? rest : rest.slice(0, colon);
  const port = parsePort(text, digits === "" ? undefined : digits, options);
  if (colon < 0) return { host: loopback, port };
  const { host, after } = splitHost(text, rest.slice(colon + 1));
  if (after !== "") throw new TargetSyntaxError(text, `unexpected "${after}" after the address`);
  return { host, port };
}

/** The host at the front of `rest`, without brackets, and what follows it. */
function splitHost(text: string, rest: string): { host: string; after: string } {
  if (rest.startsWith("[")) {
    const end = rest.indexOf("]");
    if (end < 0) throw new TargetSyntaxError(text, "[ without ]");
    const host = rest.slice(1, end);
    if (!isIPv6(host)) throw new TargetSyntaxError(text, `"${host}" is no IPv6 address`);
    return { host, after: rest.slice(end + 1) };
  }
  const colon = rest.indexOf(":");
  if (colon !== rest.lastIndexOf(":")) throw new TargetSyntaxError(text, "an IPv6 address goes in brackets");
  const host = colon < 0 ? rest : rest.slice(0, colon);
  checkName(text, host);
  return { host, after: colon < 0 ? "" : rest.slice(colon) };
}

/** A name that ends in a number is an IPv4 address or a mistake: the resolver would read 010.1.1.1 as 8.1.1.1. */
function checkName(text: string, host: string): void {
  if (host === "") throw new TargetSyntaxError(text, "the host is missing");
  if (!/^[A-Za-z0-9._-]+$/.test(host)) throw new TargetSyntaxError(text, `"${host}" is no host name`);
  if (/(?:^|\.)(?:\d+|0[xX][0-9A-Fa-f]*)\.?$/.test(host) && !isIPv4(host)) {
    throw new TargetSyntaxError(text, `"${host}" is no IPv4 address`);
  }
}

function parsePort(text: string, digits: string | undefined, options: ParseTargetOptions): number {
  if (digits === undefined) {
    if (options.defaultPort === undefined) throw new TargetSyntaxError(text, "the port is missing");
    return options.defaultPort;
  }
  const port = /^\d{1,5}$/.test(digits) ? Number(digits) : Number.NaN;
  if (!(port <= 65_535)) throw new TargetSyntaxError(text, `"${digits}" is no port, expected 0 to 65535`);
  return port;
}

function parsePath(text: string, path: string): string {
  if (path === "") throw new TargetSyntaxError(text, "the path is missing");
  if (path.includes("\0")) throw new TargetSyntaxError(text, "the path holds a NUL");
  const bytes = Buffer.byteLength(path);
  if (bytes > maxPathBytes) {
    throw new TargetSyntaxError(text, `the path has ${bytes} bytes, a unix socket's at most ${maxPathBytes}`);
  }
  return path;
}
