// The names of a switch's tables, for flows that name them: only the switch knows them, and most switches have none.
import { type Switch, SwitchError, type TableNames, type TableNumbers } from "../openflow/index.ts";
import type { WaitOptions } from "../transport/deadline.ts";

/** The tables of a switch by name and by number; nothing where it wasn't asked or doesn't say. */
export interface SwitchTables {
  readonly numbers: { readonly tables?: TableNumbers };
  readonly names: { readonly tables?: TableNames };
}

const namedTable = /table\s*[=:]\s*["A-Za-z_]|resubmit\s*\([^)]*,\s*["A-Za-z_]/;

/** The tables' names; of a text, only where it may name one. */
export async function switchTables(
  found: Pick<Switch, "multipart">,
  text: string | undefined,
  options: WaitOptions,
): Promise<SwitchTables> {
  if (text !== undefined && !namedTable.test(text)) return { numbers: {}, names: {} };
  try {
    const features = await found.multipart("tableFeatures", [], options);
    const named = features.filter(({ name }) => name !== "");
    return {
      numbers: { tables: new Map(named.map(({ name, tableId }) => [name, tableId])) },
      names: { tables: new Map(named.map(({ name, tableId }) => [tableId, name])) },
    };
  } catch (error) {
    if (error instanceof SwitchError) return { numbers: {}, names: {} };
    throw error;
  }
}
