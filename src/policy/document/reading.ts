// A policy document in, a Policy or every problem of the document out. Each part is read on its own, so that all
// problems come at once; a document with any problem gives no policy at all.
import type { z } from "zod";
import { PolicyError } from "../errors.ts";
import { bridgesOf, inconsistencies } from "./consistency.ts";
import type { Collector, Policy, PolicyIssue, Probe } from "./policy.ts";
import {
  type CollectorFields,
  collectorSchema,
  type DocumentFields,
  documentSchema,
  type FieldSchema,
  nameProblem,
  type ProbeFields,
  probeSchema,
} from "./schema.ts";
import { type DocumentSource, objectSource, type ValuePath, yamlSource } from "./source.ts";

/** Options of `readPolicy`. */
export interface ReadPolicyOptions {
  /** The name that problems are reported under; nothing is opened. */
  readonly file?: string;
}

/**
 * Reads a policy document from YAML text.
 * @throws PolicyError with every problem of the document, each with line, column and path.
 */
export function readPolicy(text: string, options: ReadPolicyOptions = {}): Policy {
  return policyOf(yamlSource(text), options.file);
}

/**
 * Reads a policy document from plain objects of the same form.
 * @throws PolicyError with every problem of the document, each with its path.
 */
export function policyFrom(document: unknown): Policy {
  return policyOf(objectSource(document), undefined);
}

function policyOf(source: DocumentSource, file: string | undefined): Policy {
  if (!source.readable) throw new PolicyError(source.issues, file);
  const reader = new DocumentReader(source);
  reader.read();
  const issues = [...source.issues, ...reader.issues];
  if (issues.length > 0) throw new PolicyError(inOrder(issues), file);
  return reader.policy();
}

function inOrder(issues: readonly PolicyIssue[]): readonly PolicyIssue[] {
  return issues.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}

function pathText(path: ValuePath): string {
  return path
    .map((step, depth) => {
      if (typeof step === "number") return `[${step}]`;
      if (!/^[\p{L}\p{N}_-]+$/u.test(step)) return `[${JSON.stringify(step)}]`;
      return depth === 0 ? step : `.${step}`;
    })
    .join("");
}

function isPlainMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads one document and collects what is wrong with it. */
class DocumentReader {
  readonly issues: PolicyIssue[] = [];
  readonly #source: DocumentSource;
  readonly #collectors = new Map<string, CollectorFields>();
  readonly #probes = new Map<string, ProbeFields>();
  #document: Partial<DocumentFields> = {};

  constructor(source: DocumentSource) {
    this.#source = source;
  }

  read(): void {
    this.#document = this.#map(documentSchema, [], this.#source.value).right;
    const fields = {
      document: this.#document,
      collectors: this.#entries(collectorSchema, "collectors", this.#collectors),
      probes: this.#entries(probeSchema, "probes", this.#probes),
    };
    for (const { path, message } of inconsistencies(fields)) this.#report(path, message, "value");
  }

  /** What was read; whole when there are no issues. */
  policy(): Policy {
    const { pool } = this.#document;
    const collectors = [...this.#collectors].map(
      ([name, { ip, mac, segment, allow }]): [string, Collector] => {
        return [name, { name, ip, mac, segment, allow }];
      },
    );
    const probes = [...this.#probes].map(
      ([name, { port, ip, collector, nat = "proxy", proxy }]): [string, Probe] => {
        return [name, { name, port, ip, collector, nat, proxy: proxy?.ip }];
      },
    );
    return {
      bridges: bridgesOf(this.#document),
      pool: pool === undefined ? undefined : { cidr: pool.cidr, reserved: pool.reserved ?? [] },
      collectors: new Map(collectors),
      probes: new Map(probes),
    };
  }

  #report(path: ValuePath, message: string, what: "value" | "key"): void {
    const position = this.#source.locate(path, what);
    this.issues.push({ line: position?.line, column: position?.column, path: pathText(path), message });
  }

  /** What is right in the entries of a section, by name; those in which all is right also go to `whole`. */
  #entries<T extends object>(
    schema: FieldSchema<T>,
    section: string,
    whole: Map<string, T>,
  ): ReadonlyMap<string, Partial<T>> {
    const { value } = this.#source;
    const entries = isPlainMap(value) ? value[section] : undefined;
    const read = new Map<string, Partial<T>>();
    // A section that isn't a map has been reported by the document's schema.
    for (const [name, entry] of Object.entries(isPlainMap(entries) ? entries : {})) {
      const path = [section, name];
      const problem = nameProblem(name);
      if (problem !== undefined) this.#report(path, problem, "key");
      const given = this.#map(schema, path, entry);
      if (given.whole !== undefined) whole.set(name, given.whole);
      read.set(name, given.right);
    }
    return read;
  }

  /** Reads a map whole, or when something is wrong with it reports that and gives the fields that are right. */
  #map<T extends object>(
    schema: FieldSchema<T>,
    path: ValuePath,
    value: unknown,
  ): { whole?: T; right: Partial<T> } {
    const parsed = schema.whole.safeParse(value);
    if (parsed.success) return { whole: parsed.data, right: parsed.data };
    for (const issue of parsed.error.issues) this.#reportZod(issue, path);
    return { right: rightFields<T>(schema, value) };
  }

  #reportZod(issue: z.core.$ZodIssue, base: ValuePath): void {
    const path = [...base, ...issue.path.map((step) => (typeof step === "symbol" ? String(step) : step))];
    if (issue.code !== "unrecognized_keys") {
      this.#report(path, issue.message, "value");
      return;
    }
    for (const key of issue.keys) this.#report([...path, key], "unknown key", "key");
  }
}

/** The fields of a map that can be read by themselves; a field that is there but wrong is there as undefined. */
function rightFields<T extends object>(schema: FieldSchema<T>, value: unknown): Partial<T> {
  if (!isPlainMap(value)) return {};
  const entries = Object.entries(schema.fields).filter(([name]) => value[name] !== undefined);
  // The fields' schemas are the whole's own, so what they give has the whole's types.
  return Object.fromEntries(
    entries.map(([name, field]) => [name, field.safeParse(value[name]).data]),
  ) as Partial<T>;
}
