// `ovskit db remove`: takes elements out of a set, or keys and pairs out of a map.
import { type Command, command } from "../../command.ts";
import { databaseOption } from "../../database-tables.ts";
import { parseRemovals } from "../../element-argument.ts";
import { changeElements } from "./element-change.ts";
import {
  columnOperand,
  ifExistsOption,
  noWaitOption,
  recordOperand,
  tableOperand,
  valueHelp,
} from "./operands.ts";

export const dbRemoveCommand: Command = command({
  name: "db remove",
  summary: "take elements out of a set, or keys out of a map",
  description: `What isn't there is no error. KEY=VALUE takes a key out only if it has that value.\n${valueHelp}`,
  synopsis: "TABLE RECORD COLUMN VALUE|KEY[=VALUE]…",
  operands: [
    tableOperand,
    recordOperand,
    columnOperand,
    { name: "VALUE", repeats: true, summary: "an element, or KEY or KEY=VALUE of a map" },
  ],
  options: { db: databaseOption, "if-exists": ifExistsOption, "no-wait": noWaitOption },
  examples: [
    { line: "ovskit db remove Port qvo1 tag 5", does: "no VLAN of its own any more, if it was 5" },
    { line: "ovskit db remove Bridge br-int other_config hwaddr", does: "a key, whatever it has" },
  ],
  run: (invocation) =>
    changeElements(invocation, "delete", (column) => parseRemovals(column, invocation.operands.VALUE)),
});
