// The table of all commands, in the order help lists them. A new command is one file and one line here.
import type { Command } from "./command.ts";
import { bridgeAddCommand } from "./commands/bridge/add.ts";
import { bridgeDelCommand } from "./commands/bridge/del.ts";
import { bridgeListCommand } from "./commands/bridge/list.ts";
import { dbAddCommand } from "./commands/db/add.ts";
import { dbCreateCommand } from "./commands/db/create.ts";
import { dbDestroyCommand } from "./commands/db/destroy.ts";
import { dbDumpCommand } from "./commands/db/dump.ts";
import { dbFindCommand } from "./commands/db/find.ts";
import { dbGetCommand } from "./commands/db/get.ts";
import { dbListCommand } from "./commands/db/list.ts";
import { dbMonitorCommand } from "./commands/db/monitor.ts";
import { dbRemoveCommand } from "./commands/db/remove.ts";
import { dbSetCommand } from "./commands/db/set.ts";
import { dbTransactCommand } from "./commands/db/transact.ts";
import { dbTypesCommand } from "./commands/db/types.ts";
import { dbWaitCommand } from "./commands/db/wait.ts";
import { dumpCommand } from "./commands/dump.ts";
import { flowsAddCommand } from "./commands/flows/add.ts";
import { flowsDelCommand } from "./commands/flows/del.ts";
import { flowsDiffCommand } from "./commands/flows/diff.ts";
import { flowsDumpCommand } from "./commands/flows/dump.ts";
import { flowsReplaceCommand } from "./commands/flows/replace.ts";
import { laneApplyCommand } from "./commands/lane/apply.ts";
import { laneExplainCommand } from "./commands/lane/explain.ts";
import { lanePlanCommand } from "./commands/lane/plan.ts";
import { laneRemoveCommand } from "./commands/lane/remove.ts";
import { laneStatusCommand } from "./commands/lane/status.ts";
import { portAddCommand } from "./commands/port/add.ts";
import { portDelCommand } from "./commands/port/del.ts";
import { portsCommand } from "./commands/ports.ts";
import { printCommand } from "./commands/print.ts";
import { showCommand } from "./commands/show.ts";
import { traceCommand } from "./commands/trace.ts";

/** Every command there is. */
export const commands: readonly Command[] = [
  showCommand,
  portsCommand,
  portAddCommand,
  portDelCommand,
  bridgeListCommand,
  bridgeAddCommand,
  bridgeDelCommand,
  flowsDumpCommand,
  flowsAddCommand,
  flowsDelCommand,
  flowsReplaceCommand,
  flowsDiffCommand,
  dumpCommand,
  traceCommand,
  printCommand,
  dbDumpCommand,
  dbListCommand,
  dbFindCommand,
  dbGetCommand,
  dbSetCommand,
  dbAddCommand,
  dbRemoveCommand,
  dbCreateCommand,
  dbDestroyCommand,
  dbWaitCommand,
  dbMonitorCommand,
  dbTransactCommand,
  dbTypesCommand,
  lanePlanCommand,
  laneApplyCommand,
  laneStatusCommand,
  laneExplainCommand,
  laneRemoveCommand,
];
