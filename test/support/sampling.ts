// How many random samples a suite takes, and from which seed. Two variables of the environment change it: TEST_SAMPLES
// multiplies the number, and TEST_SEED repeats a run that failed.

const times = Number(process.env["TEST_SAMPLES"] ?? 1);

/** The seed of this run, 31 bits; suites name it where something is wrong. */
export const seed: number = Number(process.env["TEST_SEED"] ?? Math.floor(Math.random() * 2 ** 31));

/** How many samples to take where a normal run takes `count`. */
export function samples(count: number): number {
  return Math.ceil(count * times);
}
