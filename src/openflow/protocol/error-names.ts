// What Open vSwitch calls the errors: OpenFlow 1.3.5, 7.4.4, its own extensions, and those of the ONF that carry errors of
// later versions back to 1.3. The place of a name in its line is its code.

import { Experimenter } from "./header.ts";

/** What makes an error one: its type, its code, and whose it is. */
export interface ErrorNumber {
  /** `OFPET_*`; 0xffff for an experimenter's. */
  errorType: number;
  errorCode: number;
  experimenter?: number;
}

/** The errors of OpenFlow itself by type, from 0; before the colon is what all names of a line begin with. */
const standard: readonly string[] = [
  "OFPHFC: INCOMPATIBLE EPERM",
  "OFPBRC: BAD_VERSION BAD_TYPE BAD_STAT BAD_VENDOR BAD_SUBTYPE EPERM BAD_LEN BUFFER_EMPTY BUFFER_UNKNOWN BAD_TABLE_ID IS_SECONDARY BAD_PORT BAD_PACKET MULTIPART_BUFFER_OVERFLOW",
  "OFPBAC: BAD_TYPE BAD_LEN BAD_VENDOR BAD_VENDOR_TYPE BAD_OUT_PORT BAD_ARGUMENT EPERM TOO_MANY BAD_QUEUE BAD_OUT_GROUP MATCH_INCONSISTENT UNSUPPORTED_ORDER BAD_TAG BAD_SET_TYPE BAD_SET_LEN BAD_SET_ARGUMENT",
  "OFPBIC: UNKNOWN_INST UNSUP_INST BAD_TABLE_ID UNSUP_METADATA UNSUP_METADATA_MASK BAD_EXPERIMENTER BAD_EXP_TYPE BAD_LEN EPERM",
  "OFPBMC: BAD_TYPE BAD_LEN BAD_TAG BAD_DL_ADDR_MASK BAD_NW_ADDR_MASK BAD_WILDCARDS BAD_FIELD BAD_VALUE BAD_MASK BAD_PREREQ DUP_FIELD EPERM",
  "OFPFMFC: UNKNOWN TABLE_FULL BAD_TABLE_ID OVERLAP EPERM BAD_TIMEOUT BAD_COMMAND BAD_FLAGS",
  "OFPGMFC: GROUP_EXISTS INVALID_GROUP WEIGHT_UNSUPPORTED OUT_OF_GROUPS OUT_OF_BUCKETS CHAINING_UNSUPPORTED WATCH_UNSUPPORTED LOOP UNKNOWN_GROUP CHAINED_GROUP BAD_TYPE BAD_COMMAND BAD_BUCKET BAD_WATCH EPERM",
  "OFPPMFC: BAD_PORT BAD_HW_ADDR BAD_CONFIG BAD_ADVERTISE EPERM",
  "OFPTMFC: BAD_TABLE BAD_CONFIG EPERM",
  "OFPQOFC: BAD_PORT BAD_QUEUE EPERM",
  "OFPSCFC: BAD_FLAGS BAD_LEN EPERM",
  "OFPRRFC: STALE UNSUP BAD_ROLE",
  "OFPMMFC: UNKNOWN METER_EXISTS INVALID_METER UNKNOWN_METER BAD_COMMAND BAD_FLAGS BAD_RATE BAD_BURST BAD_BAND BAD_BAND_VALUE OUT_OF_METERS OUT_OF_BANDS",
  "OFPTFFC_BAD_TABLE OFPTFFC_BAD_METADATA OFPBPC_BAD_TYPE OFPBPC_BAD_LEN OFPBPC_BAD_VALUE OFPTFFC_EPERM",
];

const onf: Readonly<Record<number, string>> = {
  2300: "OFPBFC_UNKNOWN",
  2301: "OFPBFC_EPERM",
  2302: "OFPBFC_BAD_ID",
  2303: "OFPBFC_BUNDLE_EXIST",
  2304: "OFPBFC_BUNDLE_CLOSED",
  2305: "OFPBFC_OUT_OF_BUNDLES",
  2306: "OFPBFC_BAD_TYPE",
  2307: "OFPBFC_BAD_FLAGS",
  2308: "OFPBFC_MSG_BAD_LEN",
  2309: "OFPBFC_MSG_BAD_XID",
  2310: "OFPBFC_MSG_UNSUP",
  2311: "OFPBFC_MSG_CONFLICT",
  2312: "OFPBFC_MSG_TOO_MANY",
  2313: "OFPBFC_MSG_FAILED",
  2314: "OFPBFC_TIMEOUT",
  2315: "OFPBFC_BUNDLE_IN_PROGRESS",
  2360: "OFPFMFC_BAD_PRIORITY",
  2370: "OFPACFC_INVALID",
  2371: "OFPACFC_UNSUPPORTED",
  2372: "OFPACFC_EPERM",
  2600: "OFPBIC_DUP_INST",
  2640: "OFPBRC_MULTIPART_REQUEST_TIMEOUT",
  2641: "OFPBRC_MULTIPART_REPLY_TIMEOUT",
  4250: "OFPBAC_BAD_SET_MASK",
  4443: "OFPBPC_TOO_MANY",
  4444: "OFPBPC_DUP_TYPE",
  4445: "OFPBPC_BAD_EXPERIMENTER",
  4446: "OFPBPC_BAD_EXP_TYPE",
  4447: "OFPBPC_BAD_EXP_VALUE",
  4448: "OFPBPC_EPERM",
};

const nicira: Readonly<Record<number, string>> = {
  2: "NXBRC_NXM_INVALID",
  3: "NXBRC_NXM_BAD_TYPE",
  4: "NXBRC_MUST_BE_ZERO",
  5: "NXBRC_BAD_REASON",
  6: "OFPMOFC_MONITOR_EXISTS",
  7: "OFPMOFC_BAD_FLAGS",
  8: "OFPMOFC_UNKNOWN_MONITOR",
  9: "NXBRC_FM_BAD_EVENT",
  10: "NXBRC_UNENCODABLE_ERROR",
  11: "NXBAC_MUST_BE_ZERO",
  12: "NXFMFC_HARDWARE",
  13: "NXFMFC_BAD_TABLE_ID",
  15: "NXBAC_BAD_CONJUNCTION",
  16: "NXTTMFC_BAD_COMMAND",
  17: "NXTTMFC_BAD_OPT_LEN",
  18: "NXTTMFC_BAD_FIELD_IDX",
  19: "NXTTMFC_TABLE_FULL",
  20: "NXTTMFC_ALREADY_MAPPED",
  21: "NXTTMFC_DUP_ENTRY",
  34: "NXR_NOT_SUPPORTED",
  35: "NXR_STALE",
  36: "NXST_NOT_CONFIGURED",
  37: "NXFMFC_INVALID_TLV_FIELD",
  38: "NXTTMFC_INVALID_TLV_DEL",
  39: "NXBAC_BAD_HEADER_TYPE",
  40: "NXBAC_UNKNOWN_ED_PROP",
  41: "NXBAC_BAD_ED_PROP",
  42: "NXBAC_CT_DATAPATH_SUPPORT",
  43: "NXBMC_CT_DATAPATH_SUPPORT",
  44: "NXTFFC_DUP_TABLE",
};

/** An experimenter's errors have this type; their code is the experimenter's own number. */
const EXPERIMENTER_TYPE = 0xffff;

/** In OpenFlow 1.0 the types from 3 on mean something else. */
const LAST_TYPE_OF_1_0 = 2;

const standardNames: readonly (readonly string[])[] = standard.map((line) => {
  const [prefix, names] = line.includes(": ") ? line.split(": ") : ["", line];
  return (names ?? "").split(" ").map((name) => (prefix === "" ? name : `${prefix}_${name}`));
});

const experimenterNames: Readonly<Record<number, Readonly<Record<number, string>>>> = {
  [Experimenter.onf]: onf,
  [Experimenter.nicira]: nicira,
};

/** Every error that has a name, by it. */
export const errorNumbers: ReadonlyMap<string, ErrorNumber> = new Map([
  ...standardNames.flatMap((names, errorType) =>
    names.map((name, errorCode): [string, ErrorNumber] => [name, { errorType, errorCode }]),
  ),
  ...Object.entries(experimenterNames).flatMap(([id, names]) =>
    Object.entries(names).map(([code, name]): [string, ErrorNumber] => [
      name,
      { errorType: EXPERIMENTER_TYPE, errorCode: Number(code), experimenter: Number(id) },
    ]),
  ),
]);

/** The name of an error; `unknown 2/99`, or `unknown 0x2320/99` for an experimenter's, where it has none. */
export function errorName(error: ErrorNumber & { version: number }): string {
  const { version, errorType, errorCode, experimenter } = error;
  if (experimenter !== undefined) {
    return (
      experimenterNames[experimenter]?.[errorCode] ?? `unknown 0x${experimenter.toString(16)}/${errorCode}`
    );
  }
  const known = version > 1 || errorType <= LAST_TYPE_OF_1_0;
  return (known ? standardNames[errorType]?.[errorCode] : undefined) ?? `unknown ${errorType}/${errorCode}`;
}
