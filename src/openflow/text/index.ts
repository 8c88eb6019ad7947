// ovs-ofctl's flow syntax, both ways: what the rest of the library and its users import of it.
export { parseBundleFile } from "./bundle-file.ts";
export type { FlowChange } from "./fix-log.ts";
export { type FixedFlows, fixFlows, parseFlows } from "./flow-file.ts";
export {
  type FormatFlowOptions,
  type FormatOptions,
  formatActions,
  formatFlow,
  formatInstructions,
  formatMatch,
} from "./flow-printer.ts";
export {
  type FixedFlow,
  fixFlow,
  type ParseActionsOptions,
  type ParseFlowOptions,
  type ParseOptions,
  parseActions,
  parseFlow,
  parseFlowFilter,
  parseInstructions,
  parseMatch,
} from "./flow-reader.ts";
export { formatAggregate, formatFlows, formatFlowUpdates } from "./flow-stats-text.ts";
export { FlowSyntaxError, type FlowSyntaxFacts } from "./flow-syntax-error.ts";
export { formatGroupFeatures, formatGroupStats, formatGroups } from "./group-stats-text.ts";
export { formatGroup, type ParseGroupOptions, parseGroup } from "./group-text.ts";
export { type FormatMessageOptions, formatMessage } from "./message-text.ts";
export { formatMeterFeatures, formatMeterStats, formatMeters } from "./meter-stats-text.ts";
export { formatMeter, type ParseMeterOptions, parseMeter } from "./meter-text.ts";
export { formatPacketOut, parsePacketOut } from "./packet-out-text.ts";
export { formatPortDesc, formatPortDescs, formatPortStats } from "./port-stats-text.ts";
export type { PortNames, PortNumbers } from "./port-text.ts";
export { formatQueueConfig, formatQueueStats } from "./queue-text.ts";
export { formatIpfixBridgeStats, formatIpfixFlowStats, formatSwitchDesc } from "./switch-text.ts";
export { formatTableFeatures } from "./table-features-text.ts";
export type { TableNames, TableNumbers } from "./table-names.ts";
export { formatTableStats } from "./table-text.ts";
