// Words that Open vSwitch's own actions have for the names of the codec, both ways.
import type { BundleAction, HashFields, MultipathAction } from "../protocol/nx-field-actions.ts";

/** Names and words, one for one. */
export interface Vocabulary<N extends string = string> {
  /** The word of a name; a number without a name is printed as it is. */
  wordOf(name: string | number): string;
  nameOf(word: string): N | undefined;
  readonly words: readonly string[];
}

function vocabulary<N extends string>(words: Readonly<Record<N, string>>): Vocabulary<N> {
  const entries = Object.entries(words) as [N, string][];
  const nameByWord = new Map(entries.map(([name, word]) => [word, name]));
  const wordByName = new Map<string | number, string>(entries);
  return {
    wordOf: (name) => wordByName.get(name) ?? String(name),
    nameOf: (word) => nameByWord.get(word),
    words: [...nameByWord.keys()],
  };
}

export const hashFieldWords: Vocabulary<HashFields> = vocabulary({
  ethSrc: "eth_src",
  symmetricL4: "symmetric_l4",
  symmetricL3l4: "symmetric_l3l4",
  symmetricL3l4Udp: "symmetric_l3l4+udp",
  nwSrc: "nw_src",
  nwDst: "nw_dst",
  symmetricL3: "symmetric_l3",
});

export const multipathWords: Vocabulary<Extract<MultipathAction["algorithm"], string>> = vocabulary({
  moduloN: "modulo_n",
  hashThreshold: "hash_threshold",
  hrw: "hrw",
  iterHash: "iter_hash",
});

export const bundleWords: Vocabulary<Extract<BundleAction["algorithm"], string>> = vocabulary({
  activeBackup: "active_backup",
  hrw: "hrw",
});

/** Reasons of PACKET_IN, by number. */
export const reasonWords: readonly string[] = [
  "no_match",
  "action",
  "invalid_ttl",
  "action_set",
  "group",
  "packet_out",
];

/** Directions of sample, by number. */
export const directionWords: readonly string[] = ["", "ingress", "egress"];

/** Helpers of ct, by the port of their protocol. */
export const algWords: ReadonlyMap<number, string> = new Map([
  [21, "ftp"],
  [69, "tftp"],
]);

/** Headers that encap puts on, by packet type. */
export const encapWords: ReadonlyMap<number, string> = new Map([
  [0, "ethernet"],
  [0x1894f, "nsh"],
  [0x18847, "mpls"],
  [0x18848, "mpls_mc"],
]);

/** Flags of nat, in the order in which they are printed. */
export const natFlagWords: readonly (readonly [word: string, flag: number])[] = [
  ["persistent", 4],
  ["hash", 8],
  ["random", 16],
];
