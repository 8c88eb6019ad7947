// The front door: the base errors, the connection methods, and each part under its own name. Programs that need one
// part import it by its path (`ovskit/openflow`, `ovskit/ovsdb`, `ovskit/policy`) and load nothing of the others.
export { ConnectionClosedError, OvskitError, TimeoutError } from "./errors.ts";
export * as openflow from "./openflow/index.ts";
export * as ovsdb from "./ovsdb/index.ts";
export * as policy from "./policy/index.ts";
export { TlsError } from "./transport/errors.ts";
export {
  type ActiveTarget,
  formatTarget,
  type PassiveTarget,
  parseTarget,
  type Target,
} from "./transport/target.ts";
export type { PemSource, TlsOptions, TlsVersion } from "./transport/tls.ts";
export type { TlsProblem } from "./transport/tls-fault.ts";
export * as unixctl from "./unixctl/index.ts";
