// TABLE_FEATURES (OpenFlow 1.3.5, 7.3.5.5): what each table can match and do, asked for or, in a request with a body,
// configured.

import { type Codec, names } from "../wire/codec.ts";
import { convert } from "../wire/convert.ts";
import { family } from "../wire/family.ts";
import { Fault, shown } from "../wire/fault.ts";
import { sized } from "../wire/sized.ts";
import { type Struct, struct } from "../wire/struct.ts";
import type { Action } from "./actions.ts";
import { featureId, type OxmId, oxmId, type UnnamedId } from "./feature-ids.ts";
import type { Instruction } from "./instructions.ts";

/** The instructions that features name. */
export type InstructionName = Exclude<Instruction["type"], "experimenter" | "raw">;

/** The actions that features name. */
export type ActionName = Extract<
  Action["type"],
  | "output"
  | "copyTtlOut"
  | "copyTtlIn"
  | "setMplsTtl"
  | "decMplsTtl"
  | "pushVlan"
  | "popVlan"
  | "pushMpls"
  | "popMpls"
  | "setQueue"
  | "group"
  | "setNwTtl"
  | "decNwTtl"
  | "setField"
  | "pushPbb"
  | "popPbb"
>;

/** Instructions; `…Miss`, here and below, is what holds for the table-miss flow where it differs. */
export interface InstructionsFeature<T extends "instructions" | "instructionsMiss"> {
  type: T;
  instructions: (InstructionName | UnnamedId)[];
}

/** Tables that a goto_table may lead to. */
export interface NextTablesFeature<T extends "nextTables" | "nextTablesMiss"> {
  type: T;
  tableIds: number[];
}

type ActionsFeatureName = "writeActions" | "writeActionsMiss" | "applyActions" | "applyActionsMiss";

/** Actions in an action set, and in a list that is applied. */
export interface ActionsFeature<T extends ActionsFeatureName> {
  type: T;
  actions: (ActionName | UnnamedId)[];
}

type FieldsFeatureName =
  | "match"
  | "wildcards"
  | "writeSetField"
  | "writeSetFieldMiss"
  | "applySetField"
  | "applySetFieldMiss";

/** Fields that can be matched, that may be left out of a match, and that actions may set. */
export interface FieldsFeature<T extends FieldsFeatureName> {
  type: T;
  fields: OxmId[];
}

/** An experimenter's property: kept as it came. */
export interface ExperimenterFeature<T extends "experimenter" | "experimenterMiss"> {
  type: T;
  experimenter: number;
  expType: number;
  data: Uint8Array;
}

/** A property that the library doesn't know: kept as it came. */
export interface RawFeature {
  type: "raw";
  number: number;
  data: Uint8Array;
}

export type TableFeature =
  | InstructionsFeature<"instructions">
  | InstructionsFeature<"instructionsMiss">
  | NextTablesFeature<"nextTables">
  | NextTablesFeature<"nextTablesMiss">
  | ActionsFeature<"writeActions">
  | ActionsFeature<"writeActionsMiss">
  | ActionsFeature<"applyActions">
  | ActionsFeature<"applyActionsMiss">
  | FieldsFeature<"match">
  | FieldsFeature<"wildcards">
  | FieldsFeature<"writeSetField">
  | FieldsFeature<"writeSetFieldMiss">
  | FieldsFeature<"applySetField">
  | FieldsFeature<"applySetFieldMiss">
  | ExperimenterFeature<"experimenter">
  | ExperimenterFeature<"experimenterMiss">
  | RawFeature;

/** What one table can do (`ofp_table_features`). */
export interface TableFeatures {
  tableId: number;
  /** At most 32 bytes. */
  name: string;
  /** Which bits of the metadata can be matched, and written. */
  metadataMatch: bigint;
  metadataWrite: bigint;
  /** OpenFlow 1.3 defines no bit of it. */
  config: number;
  /** How many flows fit. */
  maxEntries: number;
  /** What the table can do, in the order of the wire. */
  properties: TableFeature[];
}

const instructionNames = names<InstructionName>({
  gotoTable: 1,
  writeMetadata: 2,
  writeActions: 3,
  applyActions: 4,
  clearActions: 5,
  meter: 6,
});

const actionNames = names<ActionName>({
  output: 0,
  copyTtlOut: 11,
  copyTtlIn: 12,
  setMplsTtl: 15,
  decMplsTtl: 16,
  pushVlan: 17,
  popVlan: 18,
  pushMpls: 19,
  popMpls: 20,
  setQueue: 21,
  group: 22,
  setNwTtl: 23,
  decNwTtl: 24,
  setField: 25,
  pushPbb: 26,
  popPbb: 27,
});

const instructionId = featureId("instruction", instructionNames);
const actionId = featureId("action", actionNames);

function instructions<T extends "instructions" | "instructionsMiss">(
  type: T,
): Struct<InstructionsFeature<T>> {
  return struct(type, (f): InstructionsFeature<T> => ({ type, instructions: f.list(instructionId) }));
}

function actions<T extends ActionsFeatureName>(type: T): Struct<ActionsFeature<T>> {
  return struct(type, (f): ActionsFeature<T> => ({ type, actions: f.list(actionId) }));
}

function fields<T extends FieldsFeatureName>(type: T): Struct<FieldsFeature<T>> {
  return struct(type, (f): FieldsFeature<T> => ({ type, fields: f.list(oxmId) }));
}

interface NextTablesWire<T extends string> {
  type: T;
  tableIds: Uint8Array;
}

function nextTables<T extends "nextTables" | "nextTablesMiss">(type: T): Struct<NextTablesFeature<T>> {
  const wire = struct(type, (f): NextTablesWire<T> => ({ type, tableIds: f.rest() }));
  return convert<NextTablesWire<T>, NextTablesFeature<T>>(wire, {
    toValue: ({ tableIds }) => ({ type, tableIds: [...tableIds] }),
    toWire: ({ tableIds }) => ({ type, tableIds: Uint8Array.from(tableIds, tableIdByte) }),
  });
}

function tableIdByte(tableId: number, index: number): number {
  if (!Number.isInteger(tableId) || tableId < 0 || tableId > 0xff) {
    throw new Fault(`must be a whole number from 0 to 255, not ${shown(tableId)}`, -1, `tableIds[${index}]`);
  }
  return tableId;
}

function experimenter<T extends "experimenter" | "experimenterMiss">(
  type: T,
): Struct<ExperimenterFeature<T>> {
  return struct(
    type,
    (f): ExperimenterFeature<T> => ({ type, experimenter: f.u32(), expType: f.u32(), data: f.rest() }),
  );
}

const tableFeature: Codec<TableFeature> = family<TableFeature>("table feature", {
  members: {
    0: instructions("instructions"),
    1: instructions("instructionsMiss"),
    2: nextTables("nextTables"),
    3: nextTables("nextTablesMiss"),
    4: actions("writeActions"),
    5: actions("writeActionsMiss"),
    6: actions("applyActions"),
    7: actions("applyActionsMiss"),
    8: fields("match"),
    10: fields("wildcards"),
    12: fields("writeSetField"),
    13: fields("writeSetFieldMiss"),
    14: fields("applySetField"),
    15: fields("applySetFieldMiss"),
    0xfffe: experimenter("experimenter"),
    0xffff: experimenter("experimenterMiss"),
  },
  lengthLeavesPadOut: true,
});

/** The two bytes of the entry's own length. */
const LENGTH = 2;

export const tableFeatures: Codec<TableFeatures> = sized(
  struct(
    "ofp_table_features",
    (f): TableFeatures => ({
      tableId: f.pad(LENGTH).u8(),
      name: f.pad(5).text(32),
      metadataMatch: f.u64(),
      metadataWrite: f.u64(),
      config: f.u32(),
      maxEntries: f.u32(),
      properties: f.list(tableFeature),
    }),
  ),
);
