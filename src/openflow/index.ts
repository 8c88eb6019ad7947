// `ovskit/openflow`: messages as values, flows as text, and switches to talk to. What is exported here other programs rely on.

export type { ApplyOptions, BundleChange } from "./bundle.ts";
export type { ChannelOptions } from "./channel.ts";
export { DecodeError, EncodeError } from "./codec-errors.ts";
export { type ConnectSwitchOptions, connectSwitch, defaultOpenFlowPort } from "./connect.ts";
export {
  type ListenForSwitchesOptions,
  listenForSwitches,
  SwitchListener,
  type SwitchListenerEvents,
} from "./controller.ts";
export * as action from "./flow-builder/action.ts";
export type { PortName } from "./flow-builder/checked-action.ts";
export type { BracketedPart, FieldPart } from "./flow-builder/field-part.ts";
export type { FieldValue, MaskedValue, ReadOnlyField, WritableField } from "./flow-builder/field-value.ts";
export { type FlowFields, flow } from "./flow-builder/flow.ts";
export * as instruction from "./flow-builder/instruction.ts";
export { match } from "./flow-builder/match.ts";
export type { MatchFields, MatchValue } from "./flow-builder/match-fields.ts";
export { ActionError, BuildError, MatchError } from "./flow-builder/refusal.ts";
export type { FlowStream } from "./flow-stream.ts";
export {
  FlowWatch,
  type FlowWatchEvent,
  type FlowWatchOptions,
  type WatchLost,
  type WatchPaused,
  type WatchSynced,
} from "./flow-watch.ts";
export { Framer, type FramerOptions } from "./framer.ts";
export { decode, encode, type Message, type MessageInput, type MessageType } from "./message.ts";
export type { MessageCounts } from "./message-stream.ts";
export * from "./packet/index.ts";
export type * from "./protocol/actions.ts";
export { CONTROLLER_NO_BUFFER } from "./protocol/actions.ts";
export type * from "./protocol/bundle.ts";
export { BundleFlag } from "./protocol/bundle.ts";
export type * from "./protocol/controller-role.ts";
export { FlowRemovedMask, PacketInMask, PortStatusMask } from "./protocol/controller-role.ts";
export type * from "./protocol/echo.ts";
export type * from "./protocol/error.ts";
export { errorBody } from "./protocol/error.ts";
export type * from "./protocol/experimenter.ts";
export type {
  NamedOxmId,
  OxmId,
  RawOxmId,
  UnnamedId,
} from "./protocol/feature-ids.ts";
export type * from "./protocol/flow-mod.ts";
export { DEFAULT_PRIORITY, FlowModFlag, flowMod } from "./protocol/flow-mod.ts";
export type * from "./protocol/flow-monitor.ts";
export { FlowMonitorFlag } from "./protocol/flow-monitor.ts";
export type * from "./protocol/flow-removed.ts";
export type * from "./protocol/flow-stats.ts";
export type * from "./protocol/groups.ts";
export { bucket, GroupCapability, GroupTypeBit } from "./protocol/groups.ts";
export type * from "./protocol/header.ts";
export { Experimenter, OPENFLOW_1_3 } from "./protocol/header.ts";
export type * from "./protocol/hello.ts";
export type { Inconsistency, PlacedInconsistency } from "./protocol/inconsistency.ts";
export type * from "./protocol/instructions.ts";
export type * from "./protocol/legacy-actions.ts";
export type * from "./protocol/match.ts";
export { canonicalMatch } from "./protocol/match.ts";
export type * from "./protocol/meters.ts";
export { Meter, MeterBandBit, MeterFlag } from "./protocol/meters.ts";
export type * from "./protocol/modification.ts";
export type * from "./protocol/multipart.ts";
export type * from "./protocol/nx-connection.ts";
export type * from "./protocol/nx-ct.ts";
export { CtFlag, NatFlag, NO_RECIRC } from "./protocol/nx-ct.ts";
export type * from "./protocol/nx-ct-flush.ts";
export type * from "./protocol/nx-field-actions.ts";
export type * from "./protocol/nx-flow-mod.ts";
export type * from "./protocol/nx-ipfix.ts";
export type * from "./protocol/nx-learn.ts";
export { LearnFlag } from "./protocol/nx-learn.ts";
export type * from "./protocol/nx-listed-actions.ts";
export type * from "./protocol/nx-messages.ts";
export type * from "./protocol/nx-packet-in.ts";
export type * from "./protocol/nx-packet-property.ts";
export type * from "./protocol/nx-plain-actions.ts";
export type { FieldBits } from "./protocol/nx-subfield.ts";
export type * from "./protocol/nx-tlv-table.ts";
export type * from "./protocol/onf-status.ts";
export type { OxmFieldName, OxmValues } from "./protocol/oxm-field.ts";
export type * from "./protocol/packet.ts";
export type * from "./protocol/port-status.ts";
export type * from "./protocol/ports.ts";
export { Group, NO_BUFFER, Port, PortConfig, PortFeature, PortState, Table } from "./protocol/ports.ts";
export type * from "./protocol/queues.ts";
export { Queue } from "./protocol/queues.ts";
export type { SubfieldName } from "./protocol/subfields.ts";
export type * from "./protocol/switch-config.ts";
export { Capability } from "./protocol/switch-config.ts";
export type * from "./protocol/switch-stats.ts";
export type * from "./protocol/table-features.ts";
export { mappedMatch } from "./protocol/tun-options.ts";
export type { PacketChanges, ReceivedPacket } from "./received-packet.ts";
export {
  BundleError,
  type BundlePhase,
  NegotiationError,
  ProtocolError,
  type RefusedChange,
  SendQueueFullError,
  SwitchError,
} from "./session-errors.ts";
export { Switch, type SwitchEvents } from "./switch.ts";
export * from "./text/index.ts";
export { checkBytes } from "./verdict/bytes.ts";
export { checkMessage, type SwitchFacts } from "./verdict/message.ts";
