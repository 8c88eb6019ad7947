// Prints learn actions as dump-flows does: what the learned flow will have, and then each specification in its own form.
import type { Learn2Action, LearnAction, LearnPlace, LearnSpec } from "../protocol/nx-learn.ts";
import { LearnFlag } from "../protocol/nx-learn.ts";
import { learnValueText } from "./learn-value-text.ts";
import { formatHex } from "./number-text.ts";
import type { Printers } from "./nx-action-printer.ts";
import type { PortNames } from "./port-text.ts";
import { formatSubfield } from "./subfield-text.ts";

const defaultPriority = 0x8000;

export function learnText(
  action: LearnAction | Learn2Action,
  ports: PortNames | undefined,
  { table }: Printers,
): string {
  const { priority, flags, cookie } = action;
  const parts: readonly (string | false)[] = [
    `table=${table(action.tableId)}`,
    ...timeoutTexts(action),
    priority !== defaultPriority && `priority=${priority}`,
    (flags & LearnFlag.sendFlowRem) !== 0 && "send_flow_rem",
    (flags & LearnFlag.deleteLearned) !== 0 && "delete_learned",
    cookie !== 0n && `cookie=${formatHex(cookie)}`,
    ...(action.type === "learn2" ? limitTexts(action) : []),
    ...action.specs.map((spec) => specText(spec, ports)),
  ];
  return `learn(${parts.filter((part) => part !== false).join(",")})`;
}

function timeoutTexts(action: LearnAction | Learn2Action): string[] {
  const timeouts = {
    idle_timeout: action.idleTimeout,
    hard_timeout: action.hardTimeout,
    fin_idle_timeout: action.finIdleTimeout,
    fin_hard_timeout: action.finHardTimeout,
  };
  return Object.entries(timeouts).flatMap(([word, seconds]) => (seconds === 0 ? [] : `${word}=${seconds}`));
}

function limitTexts({ limit, result }: Learn2Action): (string | false)[] {
  return [limit !== 0 && `limit=${limit}`, result !== undefined && `result_dst=${placeText(result, 1)}`];
}

function placeText({ name, ofs }: LearnPlace, nBits: number): string {
  return formatSubfield({ name, ofs, nBits });
}

function specText(spec: LearnSpec, ports: PortNames | undefined): string {
  const { nBits } = spec;
  if (spec.type === "output") return `output:${placeText(spec.src, nBits)}`;
  const { src, dst } = spec;
  const to = placeText(dst, nBits);
  if (spec.type === "load") {
    const from = "value" in src ? formatHex(src.value) : placeText(src, nBits);
    return `load:${from}->${to}`;
  }
  if (!("value" in src)) {
    // Two headers of one field are the same place.
    const from = placeText(src, nBits);
    return from === to ? to : `${to}=${from}`;
  }
  return learnValueText(src.value, { ...dst, nBits }, ports) ?? `${to}=${formatHex(src.value)}`;
}
