// What every function that makes an action or an instruction ends with: one whose arguments fit their places on the wire;
// and ports by name, as the actions of OpenFlow 1.3 and those of Open vSwitch count them.
import { type Action, action } from "../protocol/actions.ts";
import { type Instruction, instruction } from "../protocol/instructions.ts";
import { Port } from "../protocol/ports.ts";
import type { Codec } from "../wire/codec.ts";
import { faultOfWriting } from "./field-value.ts";
import { ActionError } from "./refusal.ts";

/** Ports that packets can be sent to by name (OpenFlow 1.3.5, 4.5). */
export type PortName = Exclude<keyof typeof Port, "max" | "any">;

/** `built` itself, if it can be written. */
export function checked<A extends Action>(built: A): A {
  return written<Action, A>(action, built);
}

/** The same for an instruction. */
export function checkedInstruction<I extends Instruction>(built: I): I {
  return written<Instruction, I>(instruction, built);
}

function written<T extends { readonly type: string }, V extends T>(codec: Codec<T>, built: V): V {
  const fault = faultOfWriting<T>(codec, built);
  if (fault === undefined) return built;
  const field = fault.path === "" ? built.type : `${built.type}.${fault.path}`;
  throw new ActionError(fault.message, field, { cause: fault });
}

/** The number of a port. */
export function portNumber(port: number | PortName): number {
  if (typeof port === "number") return port;
  const number: number | undefined = Port[port];
  if (number !== undefined) return number;
  const hint = `write a number or one of ${Object.keys(Port).filter(isName).join(", ")}`;
  throw new ActionError("is no port", port, { hint });
}

function isName(name: string): boolean {
  return name !== "max" && name !== "any";
}

const firstReserved16 = 0xff00;
const reservedGap = 0xffff_0000;

/** The number as Open vSwitch's own actions have it: 16 bits, the reserved ones at their end. */
export function portNumber16(port: number | PortName): number {
  const number = portNumber(port);
  return number >= firstReserved16 + reservedGap ? number - reservedGap : number;
}
