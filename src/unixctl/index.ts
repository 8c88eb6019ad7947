// The control socket's surface for the layers above. It is no entry point of the package.
export {
  type DatapathFlow,
  type DatapathFlowOptions,
  dumpDatapathFlows,
  parseDatapathFlow,
  parseDatapathFlows,
} from "./datapath-flows.ts";
export { parseTrace, type Trace, type TraceOptions, type TracePass, type TraceStep, trace } from "./trace.ts";
export {
  ControlSocketError,
  connectUnixctl,
  findControlSocket,
  Unixctl,
  UnixctlError,
  type UnixctlOptions,
} from "./unixctl.ts";
