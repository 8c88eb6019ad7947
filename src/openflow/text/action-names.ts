// The actions that a switch says it can do, in the words and the order of ovs-ofctl's dump-group-features and
// dump-table-features.
import type { ActionName } from "../protocol/table-features.ts";

/** Each action's number at OpenFlow 1.3 (5.12, 7.2.5) and its word. Those without an entry go unprinted. */
const actionWords: readonly (readonly [name: ActionName, number: number, word: string])[] = [
  ["output", 0, "output"],
  ["group", 22, "group"],
  ["setField", 25, "set_field"],
  ["popVlan", 18, "strip_vlan"],
  ["pushVlan", 17, "push_vlan"],
  ["setNwTtl", 23, "mod_nw_ttl"],
  ["decNwTtl", 24, "dec_ttl"],
  ["setMplsTtl", 15, "set_mpls_ttl"],
  ["decMplsTtl", 16, "dec_mpls_ttl"],
  ["pushMpls", 19, "push_mpls"],
  ["popMpls", 20, "pop_mpls"],
  ["setQueue", 21, "set_queue"],
];

/** The words of the actions in a list. */
export function actionNamesText(actions: readonly unknown[]): string {
  return wordsText(actionWords.filter(([name]) => actions.includes(name)));
}

/** The words of the actions in a bitmap whose bit n is the action of type number n. */
export function actionBitsText(bits: number): string {
  return wordsText(actionWords.filter(([, number]) => ((bits >>> number) & 1) === 1));
}

function wordsText(actions: typeof actionWords): string {
  return actions.length === 0 ? "<none>" : actions.map(([, , word]) => word).join(" ");
}
