// Sends changes of flows as one bundle, and says of a refusal which written flow it was and where it stands.
import { OvskitError } from "../errors.ts";
import { BundleError, type FlowMod, type Switch } from "../openflow/index.ts";
import { formatFlow, type PortNames } from "../openflow/text/index.ts";
import type { Surroundings } from "./command.ts";
import { waiting } from "./database.ts";
import type { WrittenFlow } from "./flow-input.ts";

/** One flow that the switch refused. */
export interface RefusedWriting {
  /** The error's name in the specification. */
  readonly errorName: string;
  readonly line: number | undefined;
  readonly flow: string;
}

/** The switch refused flows, and nothing was changed: `ERR_OPENFLOW_BUNDLE`. */
class RefusedFlowsError extends OvskitError {
  readonly refused: readonly RefusedWriting[];

  constructor(refused: readonly RefusedWriting[], options: ErrorOptions) {
    const [first] = refused;
    const place = first?.line === undefined ? "" : `line ${first.line}: `;
    const more = refused.length > 1 ? ` (and ${refused.length - 1} more)` : "";
    const what = `${place}the switch refused ${first?.flow ?? ""}: ${first?.errorName ?? ""}${more}`;
    super("ERR_OPENFLOW_BUNDLE", `nothing was changed: ${what}`, options);
    this.refused = refused;
  }
}

/** Makes all changes or none. `written` tells where a change was written, for errors. */
export async function applyFlows(
  found: Pick<Switch, "apply">,
  changes: readonly FlowMod[],
  written: readonly WrittenFlow[],
  surroundings: Surroundings & { readonly ports: PortNames },
): Promise<void> {
  try {
    await found.apply(changes, waiting(surroundings));
  } catch (error) {
    if (!(error instanceof BundleError) || error.failures.length === 0) throw error;
    const refused = error.failures.map(({ index, error: reason }) => {
      const change = changes[index];
      const writing = written.find((one) => one.flow === change || isSameFlow(one.flow, change));
      return {
        errorName: reason.errorName,
        line: writing?.line,
        flow:
          writing?.text ?? (change === undefined ? "" : formatFlow(change, { ports: surroundings.ports })),
      };
    });
    throw new RefusedFlowsError(refused, { cause: error });
  }
}

/** A replacement is sent with another command, but with the very same match. */
function isSameFlow(written: FlowMod, change: FlowMod | undefined): boolean {
  return (
    change !== undefined && written.match === change.match && written.instructions === change.instructions
  );
}
