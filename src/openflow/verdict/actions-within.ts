// Every action of a list, and of the lists in its actions.
import type { Action } from "../protocol/actions.ts";

/** An action, and the path that leads to it from the list: `actions[0].actions[2]`. */
export interface PlacedAction {
  readonly action: Action;
  readonly path: string;
}

/** The actions of a list in their order, each before those it holds. */
export function actionsWithin(actions: readonly Action[]): readonly PlacedAction[] {
  return actions.flatMap((action, index) => {
    const path = `actions[${index}]`;
    if (action.type !== "clone" && action.type !== "ct") return [{ action, path }];
    const inner = actionsWithin(action.actions).map((one) => ({ ...one, path: `${path}.${one.path}` }));
    return [{ action, path }, ...inner];
  });
}
