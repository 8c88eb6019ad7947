// The table of all commands, in the order help lists them. A new command is one file and one line here.
import type { Command } from "./command.ts";
import { portsCommand } from "./commands/ports.ts";
import { showCommand } from "./commands/show.ts";

/** Every command there is. */
export const commands: readonly Command[] = [showCommand, portsCommand];
