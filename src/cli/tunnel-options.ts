// The switch's table of tunnel options, by which flows on tun_metadata fields are read and printed as ovs-ofctl does. It
// is asked for once, and only where there are such flows: switches of others don't have one.
import { type FlowStats, type Switch, SwitchError, type TlvMap } from "../openflow/index.ts";
import type { WaitOptions } from "../transport/deadline.ts";

/** What texts and formats take of the table: nothing where it isn't needed, or the switch has none. */
export interface TunnelOptions {
  readonly tlvMap?: readonly TlvMap[];
}

const optionWord = /tun_metadata\d/i;

/** The table, if the text or the flows name an option. */
export async function tunnelOptions(
  found: Pick<Switch, "tlvMap" | "tlvTable">,
  given: string | readonly FlowStats[],
  options: WaitOptions,
): Promise<TunnelOptions> {
  const isNamed = typeof given === "string" ? optionWord.test(given) : given.some(matchesOption);
  if (!isNamed) return {};
  try {
    return { tlvMap: found.tlvMap ?? (await found.tlvTable(options)).maps };
  } catch (error) {
    if (error instanceof SwitchError) return {};
    throw error;
  }
}

function matchesOption({ match }: FlowStats): boolean {
  return match.some(({ field }) => field.startsWith("tunMetadata"));
}
