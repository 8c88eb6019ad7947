// How one knows that ovs-vswitchd has done what the database says: whoever changes the configuration counts
// Open_vSwitch.next_cfg up, and ovs-vswitchd writes the same number into cur_cfg when it is through with it.
import { ConnectionClosedError, TimeoutError } from "../../errors.ts";
import { settleWithin, type WaitOptions } from "../../transport/deadline.ts";
import type { OpenVSwitchRow } from "../models/open-vswitch.ts";
import type { Integer } from "../values.ts";
import { SwitchSilentError } from "./errors.ts";

/** A replica that shows at least `Open_vSwitch.cur_cfg`. */
export interface ShownConfig {
  readonly database: string;
  table(name: "Open_vSwitch"): Iterable<Pick<OpenVSwitchRow, "_uuid" | "cur_cfg">>;
  on(event: "change" | "close", listener: () => void): unknown;
  off(event: "change" | "close", listener: () => void): unknown;
}

const defaultTimeoutMs = 10_000;

/**
 * Resolves when the switch has this configuration or a later one, or when there is no configuration any more. `timeoutMs` is 10,000 by
 * default. Rejects with `SwitchSilentError`, `ConnectionClosedError` (the replica was closed) or the signal's reason.
 */
export async function switchTakesUp(
  replica: ShownConfig,
  nextConfig: Integer,
  { timeoutMs = defaultTimeoutMs, signal }: WaitOptions = {},
): Promise<void> {
  const current = (): Integer | undefined => [...replica.table("Open_vSwitch")][0]?.cur_cfg;
  const reached = (): boolean => {
    const now = current();
    return now === undefined || now >= nextConfig;
  };
  if (reached()) return;
  try {
    await settleWithin<void>({ what: "ovs-vswitchd", timeoutMs, signal }, (resolve, reject) => {
      const look = (): void => {
        if (!reached()) return;
        leave();
        resolve();
      };
      const lose = (): void => {
        leave();
        reject(new ConnectionClosedError(replica.database, "lost while waiting for ovs-vswitchd"));
      };
      const leave = (): void => {
        replica.off("change", look);
        replica.off("close", lose);
      };
      replica.on("change", look);
      replica.on("close", lose);
      return leave;
    });
  } catch (error) {
    throw error instanceof TimeoutError ? new SwitchSilentError(nextConfig, current(), timeoutMs) : error;
  }
}
