// How long something has lived, as ovs-ofctl prints it of flows, groups, meters, ports and queues.

/** Whole seconds, else milliseconds where they are exact, else nanoseconds without the zeros at their end. */
export function formatDuration(seconds: number, nanoseconds: number): string {
  if (nanoseconds === 0) return `${seconds}s`;
  const isMilliseconds = nanoseconds % 1_000_000 === 0;
  const fraction = isMilliseconds
    ? String(nanoseconds / 1_000_000).padStart(3, "0")
    : String(nanoseconds).padStart(9, "0").replace(/0+$/, "");
  return `${seconds}.${fraction}s`;
}
