// What `ovskit db add` and `ovskit db remove` have in common: they find a record and change single elements of one of
// its columns, in one transaction that is begun anew when somebody else was quicker.
import type { Report, Surroundings } from "../../command.ts";
import { withTables } from "../../database-tables.ts";
import { findRecord, findRecordIfThere } from "../../record.ts";
import { commitChanges, type ElementChange, elementChanges } from "../../record-change.ts";
import { columnNamed, type NamedColumn, tableNamed } from "../../schema-names.ts";

/** The words of such a command. */
interface ElementWords {
  readonly operands: { readonly TABLE: string; readonly RECORD: string; readonly COLUMN: string };
  readonly options: {
    readonly db: string | undefined;
    readonly "if-exists": boolean;
    readonly "no-wait": boolean;
  };
}

/** Puts in or takes out the elements that `read` makes of the words for the column. */
export function changeElements(
  { operands, options, ...surroundings }: ElementWords & Surroundings,
  mutator: "insert" | "delete",
  read: (column: NamedColumn) => ElementChange,
): Promise<Report> {
  return withTables(surroundings, options.db, async (database) => {
    const table = tableNamed(database.schema, operands.TABLE);
    const column = columnNamed(table, operands.COLUMN);
    const elements = read(column);
    const find = options["if-exists"] ? findRecordIfThere : findRecord;
    let uuid: string | null = null;
    await commitChanges(database, !options["no-wait"], async () => {
      const record = await find(database, table, operands.RECORD);
      uuid = record?.uuid ?? null;
      if (record === undefined) return { guards: [], operations: [] };
      return elementChanges(table, record, column, mutator, elements);
    });
    return { text: "", value: { table: table.name, uuid } };
  });
}
