// A change of bridges and ports run to its end: committed, begun anew when somebody else took a name meanwhile, taken up
// by ovs-vswitchd, and its new interfaces found to work.
import { setTimeout as sleep } from "node:timers/promises";
import type { EditOptions } from "../edit/editing.ts";
import { ConstraintViolationError } from "../transaction-errors.ts";
import { InterfaceFailedError } from "./errors.ts";
import { SwitchConfiguration, type SwitchReplica } from "./switch-configuration.ts";
import { switchTakesUp } from "./taking-up.ts";

/** Options of {@link configureSwitch}. `timeoutMs` is for each transaction, and then, 10,000 by default, for ovs-vswitchd. */
export interface ConfigureOptions extends EditOptions {
  /** Whether to wait until ovs-vswitchd has taken the change up. Default true. */
  readonly wait?: boolean | undefined;
}

/** How often a name may be taken between the look and the commit. */
const maxRaces = 10;
const patienceMs = 10;

/**
 * Adds and deletes bridges and ports in one transaction, and gives what `body` returns:
 * `configureSwitch(replica, (it) => it.addPort("br0", "p1", { port: { tag: 7 } }))`. `body` may be run several times, as that of
 * `Replica.edit`. Resolves when ovs-vswitchd has taken it up, unless `wait` is false or nothing is changed.
 *
 * Rejects with what `body` throws and as `Replica.edit` does; when the change is in the database already, with `SwitchSilentError`
 * (ovs-vswitchd hasn't taken it up in time), `InterfaceFailedError` (it can't use a new interface) or `ConnectionClosedError`.
 */
export async function configureSwitch<T>(
  replica: SwitchReplica,
  body: (configuration: SwitchConfiguration) => T | Promise<T>,
  { wait = true, ...options }: ConfigureOptions = {},
): Promise<T> {
  const attempt = async (number: number): Promise<Committed<T>> => {
    try {
      return await replica.edit(async (edit) => {
        const configuration = new SwitchConfiguration(replica, edit);
        const result = await body(configuration);
        if (wait && edit.changed) configuration.announce();
        return { result, configuration };
      }, options);
    } catch (error) {
      // It may be that another has added the same name; then the next attempt sees it.
      const isRace = error instanceof ConstraintViolationError && error.operationIndex === undefined;
      if (!isRace || number >= maxRaces) throw error;
    }
    await sleep(patienceMs * Math.random(), undefined, { signal: options.signal });
    return attempt(number + 1);
  };
  const { result, configuration } = await attempt(1);
  if (configuration.announced) await takenUp(replica, configuration, options);
  return result;
}

interface Committed<T> {
  readonly result: T;
  readonly configuration: SwitchConfiguration;
}

async function takenUp(
  replica: SwitchReplica,
  configuration: SwitchConfiguration,
  options: EditOptions,
): Promise<void> {
  const [root] = replica.table("Open_vSwitch");
  if (root === undefined) return;
  await switchTakesUp(replica, root.next_cfg, options);
  const failed = configuration.newInterfaces.flatMap((id) => {
    const one = replica.table("Interface").get(id);
    if (one === undefined || (one.ofport !== undefined && one.ofport !== -1)) return [];
    return [{ name: one.name, error: one.error }];
  });
  if (failed.length > 0) throw new InterfaceFailedError(failed);
}
