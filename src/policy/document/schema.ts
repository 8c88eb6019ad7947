// The shape of a policy document as zod schemas: what each single value may be, with a message of its own for each way
// to be wrong. What values must agree with each other is in consistency.ts.
import { z } from "zod";
import { type Cidr, type Reading, readCidr, readIpv4, readMac } from "../address.ts";
import type { PortSelector, Service } from "./policy.ts";

/** A collector as the document gives it, its values read. */
export interface CollectorFields {
  readonly ip: string;
  readonly mac: string;
  readonly segment: "flat" | number;
  readonly allow?: readonly Service[];
}

/** A probe as the document gives it, its values read. */
export interface ProbeFields {
  readonly port: PortSelector;
  readonly ip: string;
  readonly collector: string;
  readonly nat?: "proxy" | "none";
  readonly proxy?: { readonly ip: string };
}

/** The document's outermost map; its collectors and probes are read one by one. */
export interface DocumentFields {
  readonly version: 1;
  readonly bridges?: { readonly integration?: string; readonly provider?: string };
  readonly pool?: { readonly cidr: Cidr; readonly reserved?: readonly string[] };
  readonly collectors?: Readonly<Record<string, unknown>>;
  readonly probes?: Readonly<Record<string, unknown>>;
}

const nameForm = /^[\p{L}\p{N}][\p{L}\p{N}\p{M}._:@-]{0,127}$/u;

function kindOf(input: unknown): string {
  if (input === null) return "nothing";
  if (Array.isArray(input)) return "a list";
  if (typeof input === "object") return "a map";
  return `the ${typeof input} ${typeof input === "string" ? input : JSON.stringify(input)}`;
}

/** The message for a value of the wrong kind. YAML reads 10.1 and 123 as numbers, hence the hint. */
function wrongKind(what: string): (issue: { readonly input?: unknown }) => string {
  return ({ input }) => {
    if (input === undefined) return `missing: ${what} is expected`;
    const hint = typeof input === "number" ? " (put it in quotes to make it text)" : "";
    return `${what} is expected, not ${kindOf(input)}${hint}`;
  };
}

function read<T>(what: string, reader: (text: string) => Reading<T>): z.ZodType<T> {
  return z.string({ error: wrongKind(what) }).transform((text, context): T => {
    const reading = reader(text);
    if ("value" in reading) return reading.value;
    context.addIssue({ code: "custom", message: reading.problem });
    return z.NEVER;
  });
}

function token(what: string, maxLength: number): z.ZodType<string> {
  return read(what, (text) => {
    if (text.length === 0 || text.length > maxLength || /[\s\p{C}]/u.test(text)) {
      return { problem: `${what} is 1 to ${maxLength} characters without blanks` };
    }
    return { value: text };
  });
}

// A bridge's name is part of the path of its socket.
const bridgeName = read("a bridge's name", (text): Reading<string> => {
  if (/^[^\s/\p{C}]{1,63}$/u.test(text)) return { value: text };
  return {
    problem: `${JSON.stringify(text)} is no bridge name: 1 to 63 characters without blanks and slashes`,
  };
});

function strictMap<S extends z.core.$ZodLooseShape>(what: string, shape: S): z.ZodObject<S, z.core.$strict> {
  return z.strictObject(shape, { error: wrongKind(what) });
}

function readService(text: string): Reading<Service> {
  if (text === "icmp") return { value: { protocol: "icmp" } };
  const [protocol = "", port, ...rest] = text.split("/");
  if (protocol !== "tcp" && protocol !== "udp") {
    return { problem: `${JSON.stringify(text)} is unknown: icmp, tcp/PORT and udp/PORT are understood` };
  }
  const inRange = port !== undefined && /^[1-9][0-9]{0,4}$/.test(port) && Number(port) <= 65_535;
  if (!inRange || rest.length > 0) {
    return { problem: `${JSON.stringify(text)} needs one port from 1 to 65535, such as ${protocol}/1514` };
  }
  return { value: { protocol, port: Number(port) } };
}

const serviceText = (service: Service): string =>
  service.protocol === "icmp" ? "icmp" : `${service.protocol}/${service.port}`;

const allow = z
  .array(read("a service such as tcp/1514", readService), { error: wrongKind("a list of services") })
  .superRefine((services, context) => {
    if (services.length === 0) {
      context.addIssue({
        code: "custom",
        message: "an empty list would let nothing pass: leave allow out for everything",
      });
    }
    const seen = new Set<string>();
    for (const [index, service] of services.entries()) {
      const text = serviceText(service);
      if (seen.has(text))
        context.addIssue({ code: "custom", path: [index], message: `${text} is listed twice` });
      seen.add(text);
    }
  });

const segment = z.unknown().transform((value, context): "flat" | number => {
  if (value === "flat") return value;
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 4094) return value;
  const found = value === undefined ? "missing: " : "";
  const instead = value === undefined ? "" : `, not ${kindOf(value)}`;
  context.addIssue({
    code: "custom",
    message: `${found}flat or a VLAN id from 1 to 4094 is expected${instead}`,
  });
  return z.NEVER;
});

const selector = strictMap("a map with iface-id, name or mac", {
  "iface-id": z.exactOptional(token("an iface-id", 255)),
  name: z.exactOptional(token("a port's name", 255)),
  mac: z.exactOptional(read("a MAC address", readMac)),
}).transform((given, context): PortSelector => {
  const { "iface-id": ifaceId, name, mac } = given;
  const selectors: PortSelector[] = [];
  if (ifaceId !== undefined) selectors.push({ by: "iface-id", value: ifaceId });
  if (name !== undefined) selectors.push({ by: "name", value: name });
  if (mac !== undefined) selectors.push({ by: "mac", value: mac });
  const [first, second] = selectors;
  if (first !== undefined && second === undefined) return first;
  const count = first === undefined ? "none is given" : `${selectors.length} are given`;
  context.addIssue({
    code: "custom",
    message: `exactly one of iface-id, name and mac is expected, ${count}`,
  });
  return z.NEVER;
});

const ipv4: z.ZodType<string> = read("an IPv4 address", readIpv4);

const collectorShape = {
  ip: ipv4,
  mac: read("a MAC address", readMac),
  segment,
  allow: z.exactOptional(allow),
};

const probeShape = {
  port: selector,
  ip: ipv4,
  collector: z.string({ error: wrongKind("the name of a collector") }),
  nat: z.exactOptional(
    z.enum(["proxy", "none"], {
      error: ({ input }) =>
        `proxy or none is expected, not ${typeof input === "string" ? JSON.stringify(input) : kindOf(input)}`,
    }),
  ),
  proxy: z.exactOptional(strictMap("a map with ip", { ip: ipv4 })),
};

const documentShape = {
  version: z.literal(1, {
    error: ({ input }) =>
      input === undefined
        ? "missing: version: 1 is expected"
        : `only version 1 is understood, not ${kindOf(input)}`,
  }),
  bridges: z.exactOptional(
    strictMap("a map with integration and provider", {
      integration: z.exactOptional(bridgeName),
      provider: z.exactOptional(bridgeName),
    }),
  ),
  pool: z.exactOptional(
    strictMap("a map with cidr and reserved", {
      cidr: read("a range such as 10.0.0.0/24", readCidr),
      reserved: z.exactOptional(z.array(ipv4, { error: wrongKind("a list of addresses") })),
    }),
  ),
  collectors: z.exactOptional(
    z.record(z.string(), z.unknown(), { error: wrongKind("a map of collectors by name") }),
  ),
  probes: z.exactOptional(z.record(z.string(), z.unknown(), { error: wrongKind("a map of probes by name") })),
};

/** The schema of one kind of map in the document, and the shape its fields can be read by one at a time. */
export interface FieldSchema<T> {
  readonly whole: z.ZodType<T>;
  readonly fields: Readonly<Record<string, z.ZodType>>;
}

export const documentSchema: FieldSchema<DocumentFields> = {
  whole: strictMap("a map with version, collectors and probes", documentShape),
  fields: documentShape,
};

export const collectorSchema: FieldSchema<CollectorFields> = {
  whole: strictMap("a map with ip, mac and segment", collectorShape),
  fields: collectorShape,
};

export const probeSchema: FieldSchema<ProbeFields> = {
  whole: strictMap("a map with port, ip and collector", probeShape),
  fields: probeShape,
};

/** In one sentence why a text can't name a collector or a probe; undefined when it can. */
export function nameProblem(name: string): string | undefined {
  if (nameForm.test(name)) return undefined;
  return `${JSON.stringify(name)} is no name: a letter or digit, then up to 127 letters, digits and . _ : @ -`;
}
