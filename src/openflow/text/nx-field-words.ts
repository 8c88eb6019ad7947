// The words of Open vSwitch's own actions that name fields: the stack, output to a field, hashes over packets.
import type { Action } from "../protocol/actions.ts";
import type { BundleAction } from "../protocol/nx-field-actions.ts";
import type { ActionContext, ActionWord } from "./action-words.ts";
import { parseBits, parseCount } from "./number-text.ts";
import { parsePort16 } from "./nx-action-words.ts";
import { bundleWords, hashFieldWords, multipathWords, type Vocabulary } from "./nx-words.ts";
import { findPort } from "./port-text.ts";
import { refuse, sliceToken, type Token, type Word } from "./scanner.ts";
import { isNarrow, namesSubfield, parseSubfield, type SubfieldRange } from "./subfield-text.ts";
import { argument, listArguments, readArguments } from "./word-arguments.ts";

/** The words, in lower case. */
export const nxFieldWords: readonly (readonly [word: string, read: ActionWord])[] = [
  ["push", readStack("stackPush")],
  ["pop", readStack("stackPop")],
  ["check_pkt_larger", readCheckPktLarger],
  ["delete_field", readDeleteField],
  ["multipath", readMultipath],
  ["bundle", readBundle],
  ["bundle_load", readBundleLoad],
];

function readStack(type: "stackPush" | "stackPop"): ActionWord {
  return (word) => {
    const { name, ofs, nBits } = parseSubfield(argument(word));
    return [{ type, ofs, field: name, nBits }];
  };
}

const wholePacket = 0xffff;
const portBits = 64;
const leastTruncation = 14;

/** `output:reg0[0..15]`, and `output(port=1,max_len=64)`; undefined where it is neither. */
export function readOutputExtension(word: Word, { text, ports }: ActionContext): Action[] | undefined {
  if (word.joint === "(" && word.value.text.includes("=")) {
    const values = readArguments(word, text, ["port", "max_len"]);
    const [port, length] = [values.get("port"), values.get("max_len")];
    if (port === undefined || length === undefined) throw refuse(word.value, "output needs port and max_len");
    const maxLen = parseCount(length, 32, "max_len");
    if (maxLen < leastTruncation) throw refuse(length, `max_len is at least ${leastTruncation}`);
    const number = parsePort16(port, ports, "port");
    if (number > 0xff00 && ![0xfff8, 0xfffe].includes(number)) {
      throw refuse(port, `output to ${port.text} can't be cut short`, {
        openflowError: "OFPBAC_BAD_OUT_PORT",
      });
    }
    return [{ type: "outputTrunc", port: number, maxLen }];
  }
  if (findPort(word.value, ports) !== undefined || !namesSubfield(word.value.text)) return undefined;
  const src = parseSubfield(word.value);
  if (src.nBits > portBits) {
    throw refuse(
      word.value,
      `${word.value.text} has more than the ${portBits} bits that a port may stand in`,
    );
  }
  return [{ type: isNarrow(src.name) ? "outputReg" : "outputReg2", src, maxLen: wholePacket }];
}

/** `check_pkt_larger(1500)->reg0[0]` */
function readCheckPktLarger(word: Word): Action[] {
  const arrow = word.value.text.indexOf(")->");
  if (arrow < 0) throw refuse(word.key, "check_pkt_larger needs a length and an arrow");
  const packetLength = parseCount(sliceToken(word.value, 0, arrow), 16, "the length");
  const target = sliceToken(word.value, arrow + 3);
  const { name, ofs, nBits } = parseSubfield(target);
  if (nBits !== 1) throw refuse(target, "check_pkt_larger writes one bit");
  return [{ type: "checkPktLarger", packetLength, ofs, dst: name }];
}

function readDeleteField(word: Word): Action[] {
  const token = argument(word);
  const { name } = parseSubfield(token);
  if (!/^NXM_NX_TUN_METADATA\d+$/.test(String(name))) {
    throw refuse(token, "delete_field takes away tun_metadata fields only", {
      openflowError: "OFPBAC_BAD_ARGUMENT",
    });
  }
  return [{ type: "deleteField", field: name }];
}

function named<N extends string>(token: Token, words: Vocabulary<N>, what: string): N {
  const name = words.nameOf(token.text);
  if (name === undefined) {
    throw refuse(token, `${what}: unknown ${token.text}`, { hint: `it is one of ${words.words.join(", ")}` });
  }
  return name;
}

function narrow(token: Token): SubfieldRange {
  const range = parseSubfield(token);
  if (isNarrow(range.name) && range.nBits <= 64) return range;
  throw refuse(token, `${token.text} doesn't fit here`);
}

const mostLinks = 65_536;

/** `multipath(fields,basis,algorithm,links,arg,field)` */
function readMultipath(word: Word): Action[] {
  const [fields, basis, algorithm, links, arg, dst, ...others] = listArguments(word.value);
  if (!fields || !basis || !algorithm || !links || !arg || !dst || others.length > 0) {
    throw refuse(word.key, "multipath takes fields,basis,algorithm,links,arg,field");
  }
  const count = parseCount(links, 32, "links");
  if (count < 1 || count > mostLinks) throw refuse(links, `there are 1 to ${mostLinks} links`);
  const target = narrow(dst);
  if (target.nBits < 17 && count > 2 ** target.nBits) {
    throw refuse(dst, `${dst.text} is too small for ${count} links`);
  }
  return [
    {
      type: "multipath",
      fields: named(fields, hashFieldWords, "multipath"),
      basis: parseCount(basis, 16, "basis"),
      algorithm: named(algorithm, multipathWords, "multipath"),
      maxLink: count - 1,
      arg: Number(parseBits(arg, 32, "arg")),
      dst: target,
    },
  ];
}

type BundleParts = Omit<BundleAction, "type">;

/** `fields,basis,algorithm,ofport,[field,]members:1,2,3`; `slaves:` is the older word. */
function bundleParts(
  word: Word,
  context: ActionContext,
  withField: boolean,
): [BundleParts, Token | undefined] {
  const given = listArguments(word.value);
  const dst = withField ? given.splice(4, 1)[0] : undefined;
  const [fields, basis, algorithm, kind, first, ...rest] = given;
  if (
    !fields ||
    !basis ||
    !algorithm ||
    kind?.text !== "ofport" ||
    !first ||
    !memberOpening.test(first.text)
  ) {
    const field = withField ? ",field" : "";
    throw refuse(word.key, `${word.key.text} takes fields,basis,algorithm,ofport${field},members:…`);
  }
  const parts = {
    algorithm: named(algorithm, bundleWords, word.key.text),
    fields: named(fields, hashFieldWords, word.key.text),
    basis: parseCount(basis, 16, "basis"),
    members: memberPorts([withoutOpening(first), ...rest], context),
  };
  return [parts, dst];
}

/** Without a colon behind it there are no members. */
const memberOpening = /^(?:members|slaves)(?::\[?|$)/;

function withoutOpening(token: Token): Token {
  return sliceToken(token, memberOpening.exec(token.text)?.[0].length ?? 0);
}

function memberPorts(tokens: readonly Token[], { ports }: ActionContext): number[] {
  return tokens
    .map((token) => (token.text.endsWith("]") ? sliceToken(token, 0, token.text.length - 1) : token))
    .filter((token) => token.text !== "")
    .map((token) => parsePort16(token, ports, "members"));
}

function readBundle(word: Word, context: ActionContext): Action[] {
  const [parts] = bundleParts(word, context, false);
  return [{ type: "bundle", ...parts }];
}

function readBundleLoad(word: Word, context: ActionContext): Action[] {
  const [parts, dst] = bundleParts(word, context, true);
  if (dst === undefined) throw refuse(word.key, "bundle_load needs a field");
  return [{ type: "bundleLoad", ...parts, dst: narrow(dst) }];
}
