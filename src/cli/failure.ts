// What an error is to the person or program at the other end: one line or one JSON object, and the exit code that
// says whose turn it is. Errors are told apart by their stable code, never by their text.
import { OvskitError } from "../errors.ts";
import { LaneApplyError } from "../policy/errors.ts";
import { TlsError } from "../transport/errors.ts";
import type { TlsProblem } from "../transport/tls-fault.ts";
import { ExitCode } from "./command.ts";
import { caretLines, FlowInputError } from "./flow-input.ts";

/** The codes of errors whose cause is what was typed; matched from the start. */
const inputCodes: readonly string[] = [
  "ERR_CLI_",
  "ERR_FLOW_SYNTAX",
  "ERR_POLICY",
  "ERR_LANES_PROBE",
  "ERR_TARGET_SYNTAX",
  "ERR_OPENFLOW_ENCODE",
  "ERR_OVSDB_VALUE",
  "ERR_OVSDB_OPERATION",
  "ERR_JSON_UNSENDABLE",
];

/** The codes of errors where nobody is there, or nobody who speaks the protocol. */
const connectionCodes: ReadonlySet<string> = new Set([
  "ERR_CONNECT",
  "ERR_CONNECTION_CLOSED",
  "ERR_TIMEOUT",
  "ERR_JSON_FRAME",
  "ERR_RPC_PROTOCOL",
  "ERR_OPENFLOW_DECODE",
  "ERR_OPENFLOW_PROTOCOL",
  "ERR_OPENFLOW_QUEUE_FULL",
  "ERR_UNIXCTL_SOCKET",
  "ERR_OVSDB_OUTCOME_UNKNOWN",
  "ERR_OVSDB_NO_SERVER",
  "ERR_SWITCH_SILENT",
]);

/** What is wrong with TLS before anybody is connected to. */
const tlsInput: ReadonlySet<TlsProblem> = new Set<TlsProblem>(["not-configured", "files"]);

/** The exit code an error asks for. */
export function exitCodeOf(error: unknown): ExitCode {
  // What made an apply fail may have been the connection.
  if (error instanceof LaneApplyError && error.step === "connection") return ExitCode.noConnection;
  if (error instanceof TlsError)
    return tlsInput.has(error.problem) ? ExitCode.wrongInput : ExitCode.noConnection;
  const code = error instanceof OvskitError ? error.code : "";
  if (inputCodes.some((prefix) => code.startsWith(prefix))) return ExitCode.wrongInput;
  return connectionCodes.has(code) ? ExitCode.noConnection : ExitCode.refused;
}

/** The error in words. An error that isn't ours is a defect of ovskit, and is said to be one. */
export function failureText(error: unknown): string {
  if (error instanceof FlowInputError) return flowProblemsText(error);
  if (error instanceof OvskitError) return [error.message, hintFor(error)].filter(Boolean).join("; ");
  return `internal error: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`;
}

/** What the command line can do about an error of the library, which knows of none. */
const hints: ReadonlyMap<string, string> = new Map([
  ["ERR_LANES_OVN", "give --allow-ovn to apply all the same"],
  ["ERR_UNIXCTL_SOCKET", "give --rundir DIR if it runs elsewhere"],
  ["ERR_SWITCH_SILENT", "--no-wait doesn't wait for it"],
]);

const tlsHints: ReadonlyMap<TlsProblem, string> = new Map<TlsProblem, string>([
  ["not-configured", "give --ca-cert FILE, --private-key FILE and --certificate FILE"],
  ["certificate-required", "give --private-key FILE and --certificate FILE"],
  ["host-name", "--no-host-check takes it all the same"],
]);

function hintFor(error: OvskitError): string | undefined {
  if (error instanceof TlsError) return tlsHints.get(error.problem);
  return hints.get(error.code);
}

/** A file can be wrong in every line; nobody reads more of them. */
const shownProblems = 20;

function flowProblemsText({ file, problems }: FlowInputError): string {
  const place = file === undefined ? "" : `${file}: `;
  const shown = problems.slice(0, shownProblems);
  const lines = shown.flatMap((problem) => [`${place}${problem.message}`, ...caretLines(problem)]);
  const left = problems.length - shown.length;
  return [...lines, ...(left > 0 ? [`and ${left} more`] : [])].join("\n");
}

/** The error as a value for `--json`: its code, its message and its facts. */
export function failureValue(error: unknown): Readonly<Record<string, unknown>> {
  const exitCode = exitCodeOf(error);
  if (!(error instanceof OvskitError))
    return { error: { code: "ERR_INTERNAL", message: failureText(error) }, exitCode };
  const facts = Object.entries(error).filter(([name, fact]) => name !== "name" && isFact(fact));
  const described = { code: error.code, message: error.message, hint: hintFor(error) };
  return { error: { ...described, ...Object.fromEntries(facts) }, exitCode };
}

/** Texts, numbers and lists of plain things; connections and whole messages stay out. */
function isFact(fact: unknown): boolean {
  if (Array.isArray(fact)) return fact.every((item) => isFact(item) || isPlainObject(item));
  return ["string", "number", "bigint", "boolean"].includes(typeof fact);
}

function isPlainObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
