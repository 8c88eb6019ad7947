// Files of flows, one a line, as `ovs-ofctl add-flows FILE` reads them: `#` starts a comment, blank lines don't count,
// and a line may begin with what is to be done with its flow.
import type { FlowMod, FlowModCommand } from "../protocol/flow-mod.ts";
import type { FlowChange } from "./fix-log.ts";
import { fixFlow, type ParseFlowOptions, parseFlow } from "./flow-reader.ts";
import { atLine, blanked, leadingWord, linesOf } from "./text-lines.ts";

/** A file of flows read with `fix`. */
export interface FixedFlows {
  /** The file with every change made; comments and blank lines stay. */
  readonly text: string;
  /** What was changed, with lines. */
  readonly changes: readonly FlowChange[];
  /** What the file says now. */
  readonly flows: readonly FlowMod[];
}

/**
 * Reads a file of flows. Throws `FlowSyntaxError` with the line. A line may begin with `add`, `modify`,
 * `modify_strict`, `delete` or `delete_strict`; without such a word `options.command` counts.
 */
export function parseFlows(text: string, options: ParseFlowOptions = {}): FlowMod[] {
  return linesOf(text).flatMap(({ body, number }) => {
    if (body.trim() === "") return [];
    const { flowText, flowOptions } = splitCommand(body, options);
    return [atLine(number, () => parseFlow(flowText, flowOptions))];
  });
}

/** Reads a file of flows as {@link parseFlows} does with `fix`, and says what it changed and why. */
export function fixFlows(text: string, options: Omit<ParseFlowOptions, "fix"> = {}): FixedFlows {
  const changes: FlowChange[] = [];
  const flows: FlowMod[] = [];
  const fixed = linesOf(text).map(({ line, body, number }) => {
    if (body.trim() === "") return line;
    const { prefix, flowText, flowOptions } = splitCommand(body, options);
    const result = atLine(number, () => fixFlow(flowText, flowOptions));
    flows.push(result.flow);
    changes.push(...result.changes.map((change) => ({ ...change, line: number })));
    return prefix + result.text.slice(prefix.length) + line.slice(body.length);
  });
  return { text: fixed.join("\n"), changes, flows };
}

/** The words that say what is done with a flow. */
export const flowCommands: ReadonlyMap<string, FlowModCommand> = new Map([
  ["add", "add"],
  ["modify", "modify"],
  ["modify_strict", "modifyStrict"],
  ["delete", "delete"],
  ["delete_strict", "deleteStrict"],
]);

/** Takes the command word off a line. Blanks take its place in the text, so that columns stay right. */
function splitCommand(
  body: string,
  options: ParseFlowOptions,
): { prefix: string; flowText: string; flowOptions: ParseFlowOptions } {
  const found = leadingWord(body, flowCommands);
  if (found === undefined) return { prefix: "", flowText: body, flowOptions: options };
  const { meaning: command, length } = found;
  const prefix = body.slice(0, length);
  const flowText = blanked(body, length);
  return { prefix, flowText, flowOptions: { ...options, command } };
}
