// `ovskit db add`: puts elements into a set, or pairs into a map, without touching the others.
import { type Command, command } from "../../command.ts";
import { databaseOption } from "../../database-tables.ts";
import { parseElements } from "../../element-argument.ts";
import { changeElements } from "./element-change.ts";
import {
  columnOperand,
  ifExistsOption,
  noWaitOption,
  recordOperand,
  tableOperand,
  valueHelp,
} from "./operands.ts";

export const dbAddCommand: Command = command({
  name: "db add",
  summary: "put elements into a set, or pairs into a map",
  description: `What is there already stays as it is, also a key that has another value, which "db set" changes.\n${valueHelp}`,
  synopsis: "TABLE RECORD COLUMN [KEY=]VALUE…",
  operands: [
    tableOperand,
    recordOperand,
    columnOperand,
    { name: "VALUE", repeats: true, summary: "an element, or KEY=VALUE of a map" },
  ],
  options: { db: databaseOption, "if-exists": ifExistsOption, "no-wait": noWaitOption },
  examples: [
    { line: "ovskit db add Port qvo1 trunks 10 20", does: "two more VLANs that pass" },
    {
      line: "ovskit db add Bridge br-int other_config hwaddr='\"02:00:00:00:00:01\"'",
      does: "a key, unless it is there",
    },
  ],
  run: (invocation) =>
    changeElements(invocation, "insert", (column) => ({
      elements: parseElements(column, invocation.operands.VALUE),
    })),
});
