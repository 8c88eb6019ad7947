// The cases of the main job, in their order.
import { laneCases } from "./lane-cases.ts";
import { repetitionCase } from "./repetition.ts";
import { seedLinesCase } from "./seed-lines.ts";
import type { Case } from "./stage.ts";
import { strangersCase } from "./strangers.ts";

/** Cases 1 to 9. */
export const mainJobCases: readonly Case[] = [...laneCases, strangersCase, seedLinesCase, repetitionCase];
