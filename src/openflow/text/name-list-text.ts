// Lists of names in ovs-ofctl's short form: `reg0...reg15 eth_{src,dst} ct_{mark,nw_{src,dst}}`. It is kept to the letter,
// its slips with it: what stands in braces is cut by the prefix of the first two names, whether the others share it or not.

/** The least names that are worth three dots. */
const leastSequence = 3;

/** The names in short form, `separator` between them. */
export function nameListText(names: readonly string[], separator = " "): string {
  const parts: string[] = [];
  for (let at = 0; at < names.length; ) {
    const { text, count } = nextPart(names, at);
    parts.push(text);
    at += count;
  }
  return parts.join(separator);
}

function nextPart(names: readonly string[], at: number): { text: string; count: number } {
  const first = names[at] ?? "";
  const inSequence = sequenceCount(names, at);
  const inGroup = groupCount(names, at);
  if (inSequence >= leastSequence && inSequence >= inGroup) {
    return { text: `${first}...${names[at + inSequence - 1]}`, count: inSequence };
  }
  if (inGroup < 2) return { text: first, count: 1 };
  const prefix = commonPrefix(first, names[at + 1] ?? "");
  const rest = names.slice(at, at + inGroup).map((name) => name.slice(prefix.length));
  return { text: `${prefix}{${nameListText(rest, ",")}}`, count: inGroup };
}

/** How many names from `at` on count up by one. */
function sequenceCount(names: readonly string[], at: number): number {
  const [, stem, number] = /^(.*?)([0-9]+)$/.exec(names[at] ?? "") ?? [];
  if (stem === undefined || number === undefined) return 1;
  let count = 1;
  while (names[at + count] === `${stem}${Number(number) + count}`) count += 1;
  return count;
}

/** How many names from `at` on share at least their first word. */
function groupCount(names: readonly string[], at: number): number {
  const first = names[at] ?? "";
  let count = 1;
  while (at + count < names.length && commonPrefix(first, names[at + count] ?? "") !== "") count += 1;
  return count;
}

/** The words that two names begin with, the underscore behind them included. */
function commonPrefix(a: string, b: string): string {
  let same = 0;
  while (same < a.length && same < b.length && a.charAt(same) === b.charAt(same)) same += 1;
  return a.slice(0, a.slice(0, same).lastIndexOf("_") + 1);
}
