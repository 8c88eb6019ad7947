// ct, with nat and exec inside, and clone: the words that hold actions of their own.
import type { Action } from "../protocol/actions.ts";
import { type CtAction, CtFlag, type NatAction, NatFlag, NO_RECIRC } from "../protocol/nx-ct.ts";
import type { ActionContext, ActionWord } from "./action-words.ts";
import { formatIpv4, formatIpv6, parseIpv4, parseIpv6 } from "./address-text.ts";
import { parseCount } from "./number-text.ts";
import { algWords, natFlagWords } from "./nx-words.ts";
import { refuse, scanWords, type Token, type Word } from "./scanner.ts";
import { isNarrow, parseSubfield } from "./subfield-text.ts";
import { parseTable } from "./table-names.ts";
import { argument, refuseValue } from "./word-arguments.ts";

/** The words, in lower case. */
export const ctWords: readonly (readonly [word: string, read: ActionWord])[] = [
  ["ct", readCt],
  ["clone", (word, context) => [{ type: "clone", actions: context.nested(word.value, "clone") }]],
];

type CtPart = (part: Word, ct: CtAction, context: ActionContext) => void;

const ctParts: ReadonlyMap<string, CtPart> = new Map<string, CtPart>([
  ["commit", flagPart(CtFlag.commit)],
  ["force", flagPart(CtFlag.force)],
  ["table", readTable],
  ["zone", readZone],
  ["alg", readAlg],
  ["nat", addNat],
  ["exec", (part, ct, context) => ct.actions.push(...context.nested(part.value, "ct"))],
]);

function readCt(word: Word, context: ActionContext): Action[] {
  const ct: CtAction = { type: "ct", flags: 0, zone: 0, recircTable: NO_RECIRC, alg: 0, actions: [] };
  for (const part of scanWords(context.text, word.value)) {
    const read = ctParts.get(part.key.text);
    if (read === undefined) {
      throw refuse(part.key, `ct has no argument ${JSON.stringify(part.key.text)}`, {
        hint: `it takes ${[...ctParts.keys()].join(", ")}`,
      });
    }
    read(part, ct, context);
  }
  return [ct];
}

function flagPart(flag: number): CtPart {
  return (part, ct) => {
    refuseValue(part);
    ct.flags |= flag;
  };
}

function addNat(part: Word, ct: CtAction, { text }: ActionContext): void {
  if (ct.actions.length > 0) throw refuse(part.key, "nat stands once in ct, and before exec");
  ct.actions.push(readNat(part, text));
}

function readTable(part: Word, ct: CtAction, { tables }: ActionContext): void {
  ct.recircTable = parseTable(argument(part), tables, "table");
  if (ct.recircTable === NO_RECIRC) throw refuse(part.value, "there is no table 255");
}

function readZone(part: Word, ct: CtAction): void {
  const token = argument(part);
  if (/^[0-9]/.test(token.text)) {
    ct.zone = parseCount(token, 16, "zone");
    return;
  }
  const range = parseSubfield(token);
  if (!isNarrow(range.name) || range.nBits !== 16) {
    throw refuse(token, "zone takes 16 bits of a field", { openflowError: "OFPBAC_BAD_SET_LEN" });
  }
  ct.zone = range;
}

function readAlg(part: Word, ct: CtAction): void {
  const found = [...algWords].find(([, word]) => word === part.value.text);
  if (found === undefined) throw refuse(argument(part), `unknown helper ${part.value.text}`);
  ct.alg = found[0];
}

function readNat(word: Word, text: string): NatAction {
  const nat: NatAction = { type: "nat", flags: 0 };
  for (const part of scanWords(text, word.value)) {
    const flag = natFlagWords.find(([name]) => name === part.key.text)?.[1];
    if (flag !== undefined) {
      nat.flags |= flag;
    } else if (part.key.text === "src" || part.key.text === "dst") {
      nat.flags |= NatFlag[part.key.text];
      if (part.value.text !== "") Object.assign(nat, natRange(part.value));
    } else {
      throw refuse(part.key, `nat has no argument ${JSON.stringify(part.key.text)}`);
    }
  }
  checkNat(word, nat);
  return nat;
}

function checkNat(word: Word, { flags }: NatAction): void {
  const ways = flags & (NatFlag.src | NatFlag.dst);
  const both = NatFlag.src | NatFlag.dst;
  const hashAndRandom = NatFlag.protoHash | NatFlag.protoRandom;
  if (ways === both || (flags & hashAndRandom) === hashAndRandom || (ways === 0 && flags !== 0)) {
    throw refuse(word.key, "nat takes src or dst, and hash or random with it");
  }
}

type Range = Omit<NatAction, "type" | "flags">;

function natRange(token: Token): Range {
  const plainV6 = /^([0-9a-fA-F:.]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)(?:-([0-9a-fA-F:.]+))?$/.exec(token.text);
  if (plainV6 !== null) return addresses(token, plainV6[1], plainV6[2], "ipv6");
  const found = /^(?:([0-9.]+)(?:-([0-9.]+))?|\[([^\]]+)\](?:-\[([^\]]+)\])?)(?::(\d+)(?:-(\d+))?)?$/.exec(
    token.text,
  );
  if (found === null) throw refuse(token, `${JSON.stringify(token.text)} is no range of addresses and ports`);
  const [, v4, v4Max, v6, v6Max, port, portMax] = found;
  const range = v4 === undefined ? addresses(token, v6, v6Max, "ipv6") : addresses(token, v4, v4Max, "ipv4");
  if (port === undefined) return range;
  const protoMin = parseCount({ ...token, text: port }, 16, "port");
  if (portMax === undefined) return { ...range, protoMin };
  return { ...range, protoMin, protoMax: parseCount({ ...token, text: portMax }, 16, "port") };
}

/** Addresses in the form that the codec has for them. */
function addresses(token: Token, min = "", max: string | undefined, kind: "ipv4" | "ipv6"): Range {
  const canonical = (text: string): string =>
    kind === "ipv4"
      ? formatIpv4(parseIpv4({ ...token, text }, "nat"))
      : formatIpv6(parseIpv6({ ...token, text }, "nat"));
  const range: Range = kind === "ipv4" ? { ipv4Min: canonical(min) } : { ipv6Min: canonical(min) };
  if (max === undefined) return range;
  return kind === "ipv4" ? { ...range, ipv4Max: canonical(max) } : { ...range, ipv6Max: canonical(max) };
}
