// Everything that makes an action, as users see it: `action.output(3)`, `action.setField({ ipv4Dst: "10.0.0.9" })`. Each
// function gives one plain object of `Action`, whose arguments have been checked. What isn't here is written as an object.

export * from "./extension-actions.ts";
export {
  type BundleOptions,
  bundle,
  bundleLoad,
  checkPktLarger,
  deleteField,
  load,
  type MultipathOptions,
  move,
  multipath,
  pop,
  push,
} from "./field-actions.ts";
export * from "./learn-action.ts";
export * from "./standard-actions.ts";
export * from "./tracking-actions.ts";
