// What the contenders that run on Node measure themselves by: times, memory, and how long the event loop stood still.
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const bytesPerMiB = 1024 * 1024;

/** Milliseconds that asynchronous work takes, with what it gives and the processor time of this process. */
export async function timed(work) {
  const before = process.cpuUsage();
  const begin = performance.now();
  const result = await work();
  const took = performance.now() - begin;
  const { user, system } = process.cpuUsage(before);
  return [took, result, (user + system) / 1_000];
}

/** Median and 99th percentile of the milliseconds of each turn, and the mean of the processor time of this process. */
export async function timedEach(count, work) {
  const times = [];
  const before = process.cpuUsage();
  for (let turn = 0; turn < count; turn++) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other is the point
    const [took] = await timed(() => work(turn));
    times.push(took);
  }
  const { user, system } = process.cpuUsage(before);
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
  return { p50: at(0.5), p99: at(0.99), cpu: (user + system) / 1_000 / count };
}

/** Microseconds of one of many calls. */
export function microsecondsOf(count, work) {
  for (let turn = 0; turn < count; turn++) work(turn);
  const begin = performance.now();
  for (let turn = 0; turn < count; turn++) work(turn);
  return ((performance.now() - begin) * 1_000) / count;
}

/** MiB: the most that the process ever had, and what is alive on V8's heap after a collection. Needs `--expose-gc`. */
export function memory() {
  const [, peak = "0"] = /VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  globalThis.gc();
  return { peakMiB: Number(peak) / 1024, heapMiB: process.memoryUsage().heapUsed / bytesPerMiB };
}

const tick = 5;

/** Milliseconds that the main thread has had a processor: with other work on the machine, the clock on the wall counts that too. */
function onProcessor() {
  return Number(readFileSync("/proc/self/schedstat", "latin1").split(" ", 1)[0]) / 1e6;
}

/**
 * Watches the event loop by a timer of 5 ms, and JSON.parse by standing in for it. `stop` gives, in milliseconds, the longest turn
 * by the clock (`turnMs`) and by the main thread's processor time (`busyMs`), that with the time in JSON.parse taken off (`restMs`), and
 * the longest JSON.parse (`parseMs`, processor time too).
 */
export function watchLoop() {
  const { parse } = JSON;
  const longest = { turnMs: 0, busyMs: 0, restMs: 0, parseMs: 0 };
  const note = (key, value) => {
    longest[key] = Math.max(longest[key], value);
  };
  let parsing = 0;
  JSON.parse = (text) => {
    if (text.length < 100_000) return parse(text);
    const begin = onProcessor();
    const value = parse(text);
    const took = onProcessor() - begin;
    parsing += took;
    note("parseMs", took);
    return value;
  };
  let last = performance.now();
  let lastBusy = onProcessor();
  const look = () => {
    const now = performance.now();
    const busy = onProcessor();
    note("turnMs", now - last - tick);
    note("busyMs", busy - lastBusy);
    note("restMs", busy - lastBusy - parsing);
    parsing = 0;
    last = now;
    lastBusy = busy;
  };
  const timer = setInterval(look, tick);
  return {
    async stop() {
      await sleep(2 * tick);
      clearInterval(timer);
      JSON.parse = parse;
      return longest;
    },
  };
}
