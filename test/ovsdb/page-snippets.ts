// The snippets of docs/ovsdb.md, compiled here; page.test.ts holds the page to them and an integration test runs them.
// A section's snippets may stand in a file of their own, beside this one: page-<section>.ts.
import assert from "node:assert/strict";
import {
  type configureSwitch as configure,
  connectOvsdb,
  EditConflictError,
  NameTakenError,
  namedUuid,
  OutcomeUnknownError,
  type OvsdbClient,
  openVSwitch,
  type ReplicaOf,
  switchSelection,
  TransactionError,
  uuid,
} from "../../src/ovsdb/index.ts";

const selection = {
  Bridge: ["name", "ports"],
  Port: ["name", "tag", "external_ids"],
  Interface: { columns: ["name", "type"], where: [["type", "==", "internal"]] },
} as const;
type Shown = ReplicaOf<typeof openVSwitch, typeof selection>;

/** What the page says that a replica is, on a server at `target`. */
export async function replicas(target: string, log: (...words: unknown[]) => void): Promise<void> {
  const console = { log };
  await using client = await connectOvsdb(target);
  await using replica = await client.replica(openVSwitch, {
    Bridge: ["name", "ports"],
    Port: ["name", "tag", "external_ids"],
    Interface: { columns: ["name", "type"], where: [["type", "==", "internal"]] },
  });
  for (const { name, tag } of replica.table("Port")) console.log(name, tag ?? "no tag");

  await followed(client, replica, log);

  await replica.where({ Interface: [["type", "==", "patch"]] });
  console.log(replica.table("Interface").size);
  const wider = await replica.reselect({ Port: "all", Open_vSwitch: ["cur_cfg"] });
  for (const { name, vlan_mode } of wider.table("Port")) console.log(name, vlan_mode);
}

async function followed(
  client: OvsdbClient,
  replica: Shown,
  log: (...words: unknown[]) => void,
): Promise<void> {
  const console = { log };
  const ports = replica.table("Port");
  const onVlan = ports.index("tag").find(7);
  const ofVm = ports.index(["external_ids", "iface-id"]).one("vm-1");
  const both = ports.index("name", "tag").one("p1", 7);
  const taps = ports.index((port) => port.name.slice(0, 3)).find("tap");
  const inRange = ports.ordered("tag").rows({ from: 100, to: 199 });
  const highest = ports.ordered("tag").last()?.tag;
  console.log(onVlan.length, taps.length, inRange.length, ofVm?.name, both?.name, highest);

  const onBridge = replica.reference("Bridge", "ports");
  for (const bridge of replica.table("Bridge")) {
    for (const { name } of onBridge.of(bridge)) console.log(`${name} is on ${bridge.name}`);
  }
  const bridgesOfVm = ofVm === undefined ? [] : onBridge.to(ofVm);
  console.log(bridgesOfVm.map(({ name }) => name));

  replica.on("change", (changes, { resync }) => {
    for (const change of changes) {
      if (change.table === "Port" && change.type === "modify" && !resync) {
        console.log(`${change.new.name}: ${change.old.tag} to ${change.new.tag}`);
      }
    }
  });

  await client.transact("Open_vSwitch", [
    { op: "update", table: "Port", where: [["name", "==", "p1"]], row: { tag: 8 } },
  ]);
  console.log(ports.index("name").one("p1")?.tag); // 8: the replica shows it already
}

/** What the page says of edits. */
export async function edits(replica: Shown, log: (...words: unknown[]) => void): Promise<string> {
  const console = { log };
  const port = replica.table("Port").index("name").one("p1") ?? assert.fail();
  const bridge = replica.table("Bridge").index("name").one("br0") ?? assert.fail();

  const tag = await replica.edit((edit) => {
    const row = edit.row("Port", port);
    const next = (row.get("tag") ?? 0) + 1;
    row.set("tag", next);
    return next;
  });
  console.log(tag);

  const made = await replica.edit((edit) => {
    const end = edit.insert("Interface", { name: "p2", type: "internal" });
    const added = edit.insert("Port", { name: "p2", tag: 7, interfaces: [end] });
    edit.row("Bridge", bridge).add("ports", added);
    edit.row("Port", port).put("external_ids", "peer", "p2").drop("external_ids", "old");
    edit.comment("p2 beside p1");
    return added._uuid;
  });

  try {
    await replica.edit((edit) => edit.row("Port", made).set("tag", 9), { attempts: 3, retry: true });
  } catch (error) {
    if (error instanceof EditConflictError) console.log(`others changed ${error.table} all the time`);
    else throw error;
  }
  return made;
}

/** What the page says of transactions. */
export async function transactions(client: OvsdbClient, log: (...words: unknown[]) => void): Promise<void> {
  const console = { log };
  const [, port] = await client.transact("Open_vSwitch", [
    { op: "insert", table: "Interface", uuidName: "end", row: { name: "p3", type: "internal" } },
    { op: "insert", table: "Port", uuidName: "port", row: { name: "p3", interfaces: namedUuid("end") } },
    {
      op: "mutate",
      table: "Bridge",
      where: [["name", "==", "br0"]],
      mutations: [["ports", "insert", namedUuid("port")]],
    },
  ]);
  const [{ rows }] = await client.transact("Open_vSwitch", [
    { op: "select", table: "Port", where: [["_uuid", "==", uuid(port.uuid)]], columns: ["name", "tag"] },
  ]);
  console.log(rows);

  const spare = crypto.randomUUID();
  try {
    await client.transact(
      "Open_vSwitch",
      [{ op: "insert", table: "Queue", uuid: spare, row: { dscp: 46 } }],
      { retry: true, timeoutMs: 30_000 },
    );
  } catch (error) {
    if (error instanceof OutcomeUnknownError) console.log("it may be there or not", error.cause);
    else if (error instanceof TransactionError) console.log(error.code, error.operationIndex, error.table);
    else throw error;
  }
}

/** What the page says of bridges and ports; `configureSwitch` is that of the library, or one that doesn't wait. */
export async function bridges(
  client: OvsdbClient,
  log: (...words: unknown[]) => void,
  configureSwitch: typeof configure,
): Promise<void> {
  const console = { log };
  const tables = await client.replica(openVSwitch, switchSelection);
  try {
    await configureSwitch(tables, (it) => {
      it.addBridge("br1", { bridge: { fail_mode: "secure" } });
      it.addPort("br1", "vm1", { port: { tag: 7 }, interface: { type: "internal" } });
      it.deletePort("old0", { ifExists: true });
    });
  } catch (error) {
    if (error instanceof NameTakenError) console.log(`there is a ${error.by} ${error.taken} already`);
    else throw error;
  }
}
