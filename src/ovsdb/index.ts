// What other programs import as `ovskit/ovsdb`. Everything else in this folder may change.
export {
  JsonFrameError,
  PeerError,
  RpcProtocolError,
  RpcReplyError,
  UnsendableValueError,
} from "../jsonrpc/errors.ts";
export {
  connectOvsdb,
  OvsdbClient,
  type OvsdbClientEvents,
} from "./client.ts";
export {
  ClusterLostError,
  type ClusterOptions,
  DatabaseMissingError,
  NotLeaderError,
  StaleServerError,
  UnfitServerError,
  WrongClusterError,
} from "./cluster.ts";
export type { RowConditions } from "./conditions.ts";
export { type Edit, type EditedRow, type NewRow, RowGoneError } from "./edit/edit.ts";
export { EditConflictError, type EditOptions } from "./edit/editing.ts";
export type { Identified, Written } from "./edit/written-value.ts";
export { type OvsdbTargets, ovsdbPort } from "./endpoints.ts";
export {
  type EndpointFailure,
  NoServerError,
  OperationError,
  OutcomeUnknownError,
  OvsdbDecodeError,
  OvsdbRequestError,
  type Refusal,
  SelectionError,
  TransactionError,
  type TransactionPlace,
  UnknownDatabaseError,
  ValueError,
} from "./errors.ts";
export { type GenerateModelsOptions, generateModels } from "./generate-models.ts";
export type { OvsdbOptions } from "./link.ts";
export type { LockLoss } from "./locks.ts";
export type {
  ColumnChoice,
  ColumnOf,
  ConditionOn,
  DatabaseModel,
  GenericTables,
  RowChoice,
  Selected,
  Selection,
} from "./model.ts";
export * from "./models/open-vswitch.ts";
export { Monitor, type MonitorEvents } from "./monitor.ts";
export type { MonitorTable, MonitorUpdate, RowUpdate, TableUpdates } from "./monitor-protocol.ts";
export type {
  AbortOperation,
  AssertOperation,
  CommentOperation,
  CommitOperation,
  Condition,
  ConditionFunction,
  CountResult,
  DeleteOperation,
  EmptyResult,
  InsertOperation,
  InsertResult,
  MutateOperation,
  Mutation,
  Mutator,
  Operation,
  OperationResult,
  ResultOf,
  ResultsOf,
  RowValues,
  SelectedRow,
  SelectOperation,
  SelectResult,
  UpdateOperation,
  WaitOperation,
} from "./operations.ts";
export { UnrepeatableError } from "./repeatable.ts";
export type {
  ChangeContext,
  ConditionsOf,
  Replica,
  ReplicaEvents,
  ReplicaOf,
  RowChange,
  RowChangeIn,
} from "./replica.ts";
export type { ElementOf, ReplicaIndex } from "./replica-index.ts";
export type { RangeOptions, ReplicaRange } from "./replica-range.ts";
export type { Reference } from "./replica-reference.ts";
export type { ColumnPath, ReplicaTable, ValueAt } from "./replica-table.ts";
export {
  type AtomicType,
  type BaseType,
  type ColumnSchema,
  type ColumnType,
  type DatabaseSchema,
  parseSchema,
  type TableSchema,
} from "./schema.ts";
export type { DatabaseStatus } from "./server-databases.ts";
export { type ConfigureOptions, configureSwitch } from "./switch/configure-switch.ts";
export {
  type FailedInterface,
  InterfaceFailedError,
  LocalPortError,
  type NamedPart,
  NameTakenError,
  PortElsewhereError,
  SwitchSilentError,
  UnknownNameError,
} from "./switch/errors.ts";
export {
  type NewBridge,
  type NewPort,
  type SwitchConfiguration,
  type SwitchEdit,
  type SwitchReplica,
  switchSelection,
} from "./switch/switch-configuration.ts";
export { type ShownConfig, switchTakesUp } from "./switch/taking-up.ts";
export {
  AbortedError,
  CanceledError,
  ClusterError,
  ConstraintViolationError,
  DomainError,
  DuplicateUuidError,
  DuplicateUuidNameError,
  IoError,
  NotOwnerError,
  NotSupportedError,
  OutOfRangeError,
  PermissionError,
  ReferentialIntegrityError,
  ResourcesExhaustedError,
  SyntaxRefusedError,
  WaitTimedOutError,
} from "./transaction-errors.ts";
export {
  type Atom,
  type AtomValue,
  type ColumnValue,
  type GenericRow,
  type Integer,
  isUuid,
  NamedUuid,
  namedUuid,
  Uuid,
  uuid,
  type Value,
} from "./values.ts";
