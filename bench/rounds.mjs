// Contenders side by side: every round runs each of them once, and what counts is the median of the ratios within a
// round, so that a slow spell of the machine meets all of them.

/** The middle of some numbers. */
export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

const kept = [undefined, undefined, undefined, undefined];

/** Nanoseconds of processor time, which a machine with other work to do distorts less than the clock on the wall. */
function processorTime() {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1_000;
}

/** Nanoseconds that one call takes. Results are kept for a while, or V8 would not build them. */
function nanosecondsOf(work, milliseconds) {
  const begin = processorTime();
  const end = begin + milliseconds * 1_000_000;
  let calls = 1;
  let done = 0;
  let now = begin;
  while (now < end) {
    for (let i = 0; i < calls; i++) {
      kept[i & 3] = work(i);
    }
    done += calls;
    now = processorTime();
    calls = Math.min(calls * 2, 1_000, Math.ceil((done / Math.max(now - begin, 1)) * 2_000_000));
  }
  return (now - begin) / done;
}

/** Times functions, by name: rounds of so many milliseconds for each, after two that don't count. */
export function timeFunctions(functions, rounds, milliseconds) {
  const results = Object.keys(functions).map((name) => [name, []]);
  for (let round = -2; round < rounds; round++) {
    for (const [name, figures] of results) {
      const figure = nanosecondsOf(functions[name], milliseconds);
      if (round >= 0) {
        figures.push(figure);
      }
    }
  }
  return Object.fromEntries(results);
}

/** Prints medians and ratios to `reference`, whose rounds are the others'. */
export function report(title, unit, results, reference) {
  console.log(`\n${title}`);
  for (const [name, figures] of Object.entries(results)) {
    const ratios = figures.map((figure, round) => figure / results[reference][round]);
    const middle = median(figures);
    const shown = middle < 10 ? middle.toFixed(2) : Math.round(middle).toLocaleString("en-US");
    const ratio = name === reference ? "reference" : `${median(ratios).toFixed(2)} x`;
    console.log(`  ${name.padEnd(46)} ${`${shown} ${unit}`.padStart(16)} ${ratio.padStart(12)}`);
  }
}
