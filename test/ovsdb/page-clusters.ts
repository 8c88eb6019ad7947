// The snippets of docs/ovsdb.md on clusters, compiled here; page.test.ts holds the page to them and an integration test
// runs them.
import { connectOvsdb, type OvsdbTargets, WrongClusterError } from "../../src/ovsdb/index.ts";

/** What the page says of clusters, on the members of one. */
export async function clusters(targets: OvsdbTargets, log: (...words: unknown[]) => void): Promise<void> {
  const console = { log };
  await using client = await connectOvsdb(targets, {
    cluster: { database: "OVN_Southbound" },
  });
  client.on("unfit", (reason) => {
    console.log(reason.message);
    if (reason instanceof WrongClusterError) console.log(`it is of ${reason.clusterId}`);
  });

  const { leader, connected, clusterId, index } = client.status("OVN_Southbound") ?? {};
  console.log(client.peer, leader, connected, clusterId, index);
}
