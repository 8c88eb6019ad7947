// Flows that the builders refuse with the switch's own error. Each is there once more as a plain flow mod, so that a real
// switch can say the same of it.
import {
  type Action,
  action,
  type FlowMod,
  flow,
  flowMod,
  type Instruction,
  instruction,
  type Match,
  match,
} from "../../../src/openflow/index.ts";

/** One flow that is refused, and how. */
export interface RefusedFlow {
  readonly build: () => unknown;
  /** The same without the builders' judgement. */
  readonly plain: FlowMod;
  readonly field: string;
  readonly openflowError: string;
  /** Where in the flow; undefined for a match. */
  readonly path: string | undefined;
  readonly hint: RegExp;
}

const ip: Match = [{ field: "ethType", value: 0x0800 }];
const arp: Match = [{ field: "ethType", value: 0x0806 }];
const tcp: Match = [...ip, { field: "ipProto", value: 6 }];

function byMatch(fields: object, plain: Match, field: string, error: string, hint: RegExp): RefusedFlow {
  return {
    build: () => match(fields),
    plain: flowMod({ match: plain }),
    field,
    openflowError: error,
    path: undefined,
    hint,
  };
}

function byActions(on: Match, actions: Action[], field: string, error: string, hint: RegExp): RefusedFlow {
  const path = `instructions[0].actions[${actions.length - 1}]`;
  return {
    build: () => flow({ match: on, actions }),
    plain: flowMod({ match: on, instructions: [{ type: "applyActions", actions }] }),
    field,
    openflowError: error,
    path,
    hint,
  };
}

function byInstructions(
  instructions: Instruction[],
  tableId: number,
  field: string,
  error: string,
  path: string,
): RefusedFlow {
  return {
    build: () => flow({ tableId, instructions }),
    plain: flowMod({ tableId, instructions }),
    field,
    openflowError: error,
    path,
    hint: /(?:)/,
  };
}

function byHead(parts: Partial<FlowMod>, field: string, error: string, hint: RegExp): RefusedFlow {
  const build = (): unknown => flow(parts);
  return { build, plain: flowMod(parts), field, openflowError: error, path: field, hint };
}

const inconsistent = "OFPBAC_MATCH_INCONSISTENT";
const withoutProtocol = "OFPBMC_BAD_PREREQ";

export const refusedFlows: readonly RefusedFlow[] = [
  byMatch(
    { tcpDst: 80 },
    [{ field: "tcpDst", value: 80 }],
    "tcpDst",
    withoutProtocol,
    /ethType: "ipv4".*ipProto: "tcp"/,
  ),
  byMatch(
    { ipv4Src: "10.0.0.1" },
    [{ field: "ipv4Src", value: "10.0.0.1" }],
    "ipv4Src",
    withoutProtocol,
    /add ethType: "ipv4" to the match/,
  ),
  byMatch({ vlanPcp: 1 }, [{ field: "vlanPcp", value: 1 }], "vlanPcp", withoutProtocol, /add vlanVid: "any"/),
  byMatch(
    { ethType: "ipv4", ipProto: "udp", sctpDst: 5 },
    [...ip, { field: "ipProto", value: 17 }, { field: "sctpDst", value: 5 }],
    "sctpDst",
    withoutProtocol,
    /ipProto: "sctp"/,
  ),
  byMatch(
    { ethType: "arp", arpOp: { value: 1, mask: 1 } },
    [...arp, { field: "raw", header: 0x8000_2b04, body: Uint8Array.of(0, 1, 0, 1) }],
    "arpOp",
    "OFPBMC_BAD_MASK",
    /compare the whole field/,
  ),
  byMatch(
    { reg0: { value: 3, mask: 1 } },
    [{ field: "raw", header: 0x0001_0108, body: Uint8Array.of(0, 0, 0, 3, 0, 0, 0, 1) }],
    "reg0",
    "OFPBMC_BAD_WILDCARDS",
    /zeros where the mask has zeros/,
  ),
  byActions(
    arp,
    [action.setField({ ipv4Src: "10.0.0.1" })],
    "ipv4Src",
    inconsistent,
    /^write setField\(\{ arpSpa: "10\.0\.0\.1" \}\)$/,
  ),
  byActions(
    arp,
    [action.setField({ ethSrc: "02:00:00:00:00:01" }), action.setField({ ipv4Dst: "10.0.0.1" })],
    "ipv4Dst",
    inconsistent,
    /arpTpa/,
  ),
  byActions(
    tcp,
    [action.setField({ udpDst: 53 })],
    "udpDst",
    inconsistent,
    /^write setField\(\{ tcpDst: 53 \}\)$/,
  ),
  byActions([], [action.setField({ ipv6Src: "2001:db8::1" })], "ipv6Src", inconsistent, /ethType: "ipv6"/),
  byActions([], [action.setField({ vlanVid: 5 })], "vlanVid", inconsistent, /write pushVlan\(\) before it/),
  byActions([], [action.popVlan()], "popVlan", inconsistent, /load\(0, "vlanTci"\)/),
  byActions([], [action.decTtl()], "decNwTtl", inconsistent, /ethType: "ipv4", or "ipv6"/),
  byActions([], [action.ct({ table: 5 })], "ct", inconsistent, /ethType: "ipv4"/),
  byActions(ip, [action.finTimeout({ idle: 5 })], "finTimeout", inconsistent, /ipProto: "tcp"/),
  byActions(
    [],
    [{ type: "setField", oxm: { field: "ethType", value: 0x0800 } }],
    "ethType",
    "OFPBAC_BAD_SET_ARGUMENT",
    /(?:)/,
  ),
  byActions(ip, [action.load(5, "tcpDst")], "regLoad", inconsistent, /ipProto: "tcp"/),
  byActions(ip, [action.move("arpSpa", "reg0")], "regMove", inconsistent, /ethType: "arp"/),
  byActions(
    [],
    [{ type: "setField", oxm: { field: "ethSrc", value: "02:00:00:00:00:00", mask: "ff:00:00:00:00:00" } }],
    "ethSrc",
    "OFPBAC_BAD_SET_MASK",
    /write load\(\)/,
  ),
  byActions(
    [],
    [action.pushVlan(), action.pushVlan(), action.pushVlan()],
    "pushVlan",
    "OFPBAC_BAD_TAG",
    /(?:)/,
  ),
  byHead({ tableId: 254 }, "tableId", "OFPBRC_EPERM", /a table from 0 to 253/),
  byHead({ tableId: 255 }, "tableId", "OFPFMFC_BAD_TABLE_ID", /name one table/),
  byHead({ flags: 0x100 }, "flags", "OFPFMFC_BAD_FLAGS", /(?:)/),
  byHead({ bufferId: 7 }, "bufferId", "OFPBRC_BUFFER_UNKNOWN", /NO_BUFFER/),
  byInstructions([instruction.goto(3)], 3, "gotoTable", "OFPBIC_BAD_TABLE_ID", "instructions[0]"),
  byInstructions(
    [instruction.apply(), instruction.apply()],
    0,
    "applyActions",
    "OFPBIC_DUP_INST",
    "instructions[1]",
  ),
];
