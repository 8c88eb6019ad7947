// Bridges and ports by name, as ovs-vsctl adds and deletes them: what is in the way is said in these words, and any
// number of such steps go into one edit, each seeing what those before it did.
import type { Edit, EditedRow, NewRow } from "../edit/edit.ts";
import type { Identified } from "../edit/written-value.ts";
import type { Selected } from "../model.ts";
import type { BridgeRow, InterfaceRow, OpenVSwitch, openVSwitch, PortRow } from "../models/open-vswitch.ts";
import type { ReplicaOf } from "../replica.ts";
import { LocalPortError, NameTakenError, PortElsewhereError, UnknownNameError } from "./errors.ts";

/** What a replica must show for bridges and ports to be added and deleted by it; it may show more. */
export const switchSelection = {
  Open_vSwitch: ["bridges", "next_cfg", "cur_cfg"],
  Bridge: ["name", "ports"],
  Port: ["name", "interfaces", "fake_bridge"],
  Interface: ["name", "ofport", "error"],
  Flow_Sample_Collector_Set: ["bridge"],
} as const;

/** The replica of `client.replica(openVSwitch, switchSelection)`. */
export type SwitchReplica = ReplicaOf<typeof openVSwitch, typeof switchSelection>;

/** An edit of a {@link SwitchReplica}. */
export type SwitchEdit = Edit<Selected<OpenVSwitch, typeof switchSelection>, OpenVSwitch>;

/** What a new bridge is like. */
export interface NewBridge {
  /** Nothing is done when there is such a bridge, whatever it is like. Default false: `NameTakenError`. */
  readonly mayExist?: boolean | undefined;
  /** Columns of its row of Bridge, such as `fail_mode`. */
  readonly bridge?: NewRow<Omit<BridgeRow, "name" | "ports">> | undefined;
}

/** What a new port is like. */
export interface NewPort {
  /** Nothing is done when there is such a port, whatever it is like. Default false: `NameTakenError`. */
  readonly mayExist?: boolean | undefined;
  /** Columns of its row of Port, such as `tag`. */
  readonly port?: NewRow<Omit<PortRow, "name" | "interfaces">> | undefined;
  /** Columns of its row of Interface, such as `type`. */
  readonly interface?: NewRow<Omit<InterfaceRow, "name">> | undefined;
}

type Root = EditedRow<Identified, OpenVSwitch["Open_vSwitch"]>;

/** A bridge as it will be. */
interface Bridge {
  readonly name: string;
  readonly row: EditedRow<Identified, BridgeRow>;
}

/** A port as it will be. */
interface Port {
  readonly name: string;
  readonly bridge: string;
  readonly row: EditedRow<Identified, PortRow>;
  readonly interfaces: readonly Named[];
  /** Whether it is what stands for a bridge. */
  readonly isLocal: boolean;
}

interface Named extends Identified {
  readonly name: string;
}

/** Bridges and ports within one edit. Made by `configureSwitch`. VLAN bridges ("fake bridges") are ports here, which can't be deleted. */
export class SwitchConfiguration {
  /** The edit, for everything else that is to be in the same transaction. */
  readonly edit: SwitchEdit;
  readonly #replica: SwitchReplica;
  readonly #newBridges: Map<string, Bridge> = new Map();
  readonly #newPorts: Map<string, Port> = new Map();
  readonly #deleted: Set<string> = new Set();
  #newRoot: Root | undefined;
  #announced = false;

  constructor(replica: SwitchReplica, edit: SwitchEdit) {
    this.#replica = replica;
    this.edit = edit;
  }

  /** Whether {@link announce} was called. */
  get announced(): boolean {
    return this.#announced;
  }

  /** The interfaces that are new, by UUID. */
  get newInterfaces(): readonly string[] {
    return [...this.#newPorts.values()].flatMap(({ interfaces }) => interfaces.map(({ _uuid }) => _uuid));
  }

  /** Adds a bridge with its local port. Tells whether it had to. Throws `NameTakenError`. */
  addBridge(name: string, { mayExist = false, bridge: columns = {} }: NewBridge = {}): boolean {
    if (mayExist && this.#bridge(name) !== undefined) return false;
    this.#mustBeFree(name, `create a bridge ${name}`);
    const port = this.#insertPort(name, name, {}, { type: "internal" });
    const row = this.edit.insert("Bridge", { ...columns, name, ports: [port.row] });
    this.#newBridges.set(name, { name, row });
    this.#root().add("bridges", row);
    return true;
  }

  /** Deletes a bridge with its ports and all that only it refers to. Tells whether it was there. Throws `UnknownNameError`, unless `ifExists`. */
  deleteBridge(
    name: string,
    { ifExists = false }: { readonly ifExists?: boolean | undefined } = {},
  ): boolean {
    const bridge = this.#bridge(name);
    if (bridge === undefined) {
      if (ifExists) return false;
      throw new UnknownNameError("bridge", name);
    }
    const { row } = bridge;
    for (const port of this.#portsOf(bridge)) this.#forgetPort(port);
    for (const set of this.#replica.table("Flow_Sample_Collector_Set").index("bridge").find(row._uuid)) {
      // These aren't collected, and would keep the bridge from being.
      this.edit.row("Flow_Sample_Collector_Set", set).remove();
    }
    this.#newBridges.delete(name);
    this.#deleted.add(row._uuid);
    this.#root().take("bridges", row);
    row.remove();
    return true;
  }

  /**
   * Adds a port with one interface of the same name. Tells whether it had to. Throws `NameTakenError`, `UnknownNameError` (no such
   * bridge) or, with `mayExist`, `PortElsewhereError`.
   */
  addPort(bridge: string, name: string, options: NewPort = {}): boolean {
    const { mayExist = false, port: columns = {}, interface: ofInterface = {} } = options;
    const present = mayExist ? this.#port(name) : undefined;
    if (present !== undefined && !present.isLocal) {
      const names = present.interfaces.map((one) => one.name);
      if (present.bridge === bridge && names.length === 1 && names[0] === name) return false;
      throw new PortElsewhereError(
        `on bridge ${bridge} with interface ${name}`,
        name,
        present.bridge,
        names.toSorted(),
      );
    }
    this.#mustBeFree(name, `create a port ${name}`);
    const on = this.#knownBridge(bridge);
    on.row.add("ports", this.#insertPort(bridge, name, columns, ofInterface).row);
    return true;
  }

  /**
   * Deletes a port with its interfaces. `bridge`: it must be on this one. Tells whether it was there. Throws `LocalPortError`,
   * `PortElsewhereError` or `UnknownNameError`; with `ifExists` not for a port that isn't there, nor for a bridge's own.
   */
  deletePort(
    name: string,
    options: { readonly bridge?: string | undefined; readonly ifExists?: boolean | undefined } = {},
  ): boolean {
    const { bridge, ifExists = false } = options;
    const port = this.#port(name);
    if (port === undefined || port.isLocal) {
      if (ifExists) return false;
      if (port === undefined) throw new UnknownNameError("port", name, bridge);
      throw new LocalPortError(name);
    }
    if (bridge !== undefined && port.bridge !== this.#knownBridge(bridge).name) {
      throw new PortElsewhereError(
        `on bridge ${bridge}`,
        name,
        port.bridge,
        port.interfaces.map((one) => one.name).toSorted(),
      );
    }
    this.#knownBridge(port.bridge).row.take("ports", port.row);
    this.#forgetPort(port);
    port.row.remove();
    return true;
  }

  /** Counts the configuration up, once, which ovs-vswitchd counts up after when it has taken it up. */
  announce(): void {
    if (!this.#announced) this.#root().increase("next_cfg");
    this.#announced = true;
  }

  /** The row that refers to all bridges; made where nobody has yet. */
  #root(): Root {
    const [shown] = this.#replica.table("Open_vSwitch");
    if (shown !== undefined) return this.edit.row("Open_vSwitch", shown);
    this.#newRoot ??= this.edit.insert("Open_vSwitch", {});
    return this.#newRoot;
  }

  #insertPort(
    bridge: string,
    name: string,
    columns: NewRow<Omit<PortRow, "name" | "interfaces">>,
    ofInterface: NewRow<Omit<InterfaceRow, "name">>,
  ): Port {
    const { _uuid } = this.edit.insert("Interface", { ...ofInterface, name });
    const one: Named = { _uuid, name };
    const row = this.edit.insert("Port", { ...columns, name, interfaces: [one] });
    const port: Port = { name, bridge, row, interfaces: [one], isLocal: name === bridge };
    this.#newPorts.set(name, port);
    return port;
  }

  #forgetPort({ name, row, interfaces }: Port): void {
    this.#newPorts.delete(name);
    for (const { _uuid } of [row, ...interfaces]) this.#deleted.add(_uuid);
  }

  #mustBeFree(name: string, what: string): void {
    if (this.#bridge(name) !== undefined) throw new NameTakenError(what, name, "bridge", name);
    const port = this.#port(name);
    if (port !== undefined) throw new NameTakenError(what, name, "port", port.bridge);
    const found = this.#replica.table("Interface").index("name").one(name);
    if (found === undefined || this.#deleted.has(found._uuid)) return;
    const owner = this.#replica.table("Port").index("interfaces").one(found._uuid);
    const bridge = owner === undefined ? undefined : this.#bridgeOf(owner);
    throw new NameTakenError(what, name, "interface", bridge?.name ?? "");
  }

  #knownBridge(name: string): Bridge {
    const bridge = this.#bridge(name);
    if (bridge === undefined) throw new UnknownNameError("bridge", name);
    return bridge;
  }

  #bridge(name: string): Bridge | undefined {
    const made = this.#newBridges.get(name);
    if (made !== undefined) return made;
    const shown = this.#replica.table("Bridge").index("name").one(name);
    if (shown === undefined || this.#deleted.has(shown._uuid)) return undefined;
    return { name, row: this.edit.row("Bridge", shown) };
  }

  #bridgeOf({ _uuid }: Identified): Named | undefined {
    return this.#replica.table("Bridge").index("ports").one(_uuid);
  }

  #port(name: string): Port | undefined {
    const made = this.#newPorts.get(name);
    if (made !== undefined) return made;
    const shown = this.#replica.table("Port").index("name").one(name);
    if (shown === undefined || this.#deleted.has(shown._uuid)) return undefined;
    return this.#shownPort(shown._uuid);
  }

  #shownPort(id: string): Port | undefined {
    const shown = this.#replica.table("Port").get(id);
    const bridge = shown === undefined ? undefined : this.#bridgeOf(shown);
    if (shown === undefined || bridge === undefined) return undefined;
    const { name, fake_bridge: isFakeBridge } = shown;
    return {
      name,
      bridge: bridge.name,
      row: this.edit.row("Port", shown),
      interfaces: shown.interfaces.flatMap((uuid) => this.#replica.table("Interface").get(uuid) ?? []),
      isLocal: name === bridge.name || isFakeBridge,
    };
  }

  #portsOf({ name, row }: Bridge): readonly Port[] {
    const shown = this.#replica.table("Bridge").get(row._uuid)?.ports ?? [];
    const there = shown.flatMap((uuid) => (this.#deleted.has(uuid) ? [] : (this.#shownPort(uuid) ?? [])));
    const made = [...this.#newPorts.values()].filter((port) => port.bridge === name);
    return [...there, ...made];
  }
}
