// The options of ports and bridges, from the words of a command line to columns. What the schema would refuse later, and
// less clearly, is refused here.
import type { NewRow } from "../ovsdb/edit/edit.ts";
import type { BridgeFailMode, InterfaceRow, PortRow } from "../ovsdb/models/open-vswitch.ts";
import { UsageError } from "./usage-error.ts";

/** The words that say what a port is to be like. */
export interface PortWords {
  readonly tag: string | undefined;
  readonly trunks: string | undefined;
  readonly type: string | undefined;
  readonly option: readonly string[];
  readonly "iface-id": string | undefined;
  readonly "attached-mac": string | undefined;
  readonly "ofport-request": string | undefined;
}

/** The columns that these words give. */
export interface PortColumns {
  readonly port: NewRow<Pick<PortRow, "tag" | "trunks">>;
  readonly interface: NewRow<Pick<InterfaceRow, "type" | "options" | "external_ids" | "ofport_request">>;
}

/** Reads the options of a port. Throws `UsageError`. */
export function portColumns(words: PortWords): PortColumns {
  const { tag, trunks, type, option } = words;
  const ofport = words["ofport-request"];
  return {
    port: {
      ...(tag === undefined ? {} : { tag: integer("--tag", tag, 0, maxVlan) }),
      ...(trunks === undefined ? {} : { trunks: vlans(trunks) }),
    },
    interface: {
      ...(type === undefined ? {} : { type }),
      ...(option.length === 0 ? {} : { options: keyValues(option) }),
      ...(ofport === undefined ? {} : { ofport_request: integer("--ofport-request", ofport, 1, maxOfport) }),
      external_ids: externalIds(words),
    },
  };
}

/** Reads `--fail-mode`. Throws `UsageError`. */
export function failMode(text: string): BridgeFailMode {
  if (text === "secure" || text === "standalone") return text;
  throw new UsageError(`--fail-mode ${text}`, "expected secure or standalone");
}

/** A name that a bridge or port can have. Throws `UsageError`. */
export function newName(text: string): string {
  if (text === "") throw new UsageError("an empty name");
  return text;
}

const maxVlan = 4095;
const maxOfport = 65_279;

function integer(flag: string, text: string, min: number, max: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new UsageError(`${flag} ${text}`, `expected a number from ${min} to ${max}`);
}

/** VLANs as `3,7,9`; one that is there twice counts once. */
function vlans(text: string): readonly number[] {
  return [...new Set(text.split(",").map((one) => integer("--trunks", one.trim(), 0, maxVlan)))];
}

function keyValues(texts: readonly string[]): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  for (const text of texts) {
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (key === undefined || value === undefined) {
      throw new UsageError(`--option ${text}`, "expected KEY=VALUE, such as remote_ip=10.0.0.2");
    }
    if (map.has(key)) throw new UsageError(`--option ${key} is given twice`);
    map.set(key, value);
  }
  return map;
}

function externalIds(words: PortWords): ReadonlyMap<string, string> {
  const [id, mac] = [words["iface-id"], words["attached-mac"]];
  if (mac !== undefined && !/^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(mac)) {
    throw new UsageError(`--attached-mac ${mac}`, "expected a MAC, such as fa:16:3e:19:00:7f");
  }
  return new Map([
    ...(id === undefined ? [] : [["iface-id", id] as const]),
    ...(mac === undefined ? [] : [["attached-mac", mac] as const]),
  ]);
}
