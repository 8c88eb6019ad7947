// An OpenFlow 1.3 controller that waits for one switch, greets it, looks around and says goodbye.
//   node build/examples/controller.js [LISTEN] [SECONDS]     default ptcp:6633:127.0.0.1, and a minute of patience
// and on a bridge that has no flows worth keeping (the first controller of a bridge wipes them):
//   ovs-vsctl set-controller br0 tcp:127.0.0.1:6633
import { listenForSwitches } from "ovskit/openflow";

const [target = "ptcp:6633:127.0.0.1", seconds = "60"] = process.argv.slice(2);

await using listener = await listenForSwitches(target);
const { target: bound } = listener;
console.log(`listening on ${"port" in bound ? `port ${bound.port}` : bound.path}`);
listener.on("refused", ({ peer, error }) => console.log(`turned ${peer} away: ${error.message}`));

const found = await listener.next({ timeoutMs: Number(seconds) * 1000 });
const { datapathId, nTables } = found.features;
console.log(`hello, datapath ${datapathId.toString(16).padStart(16, "0")} with ${nTables} tables`);

const { mfrDesc, hwDesc, swDesc } = await found.desc();
console.log(`made by ${mfrDesc}: ${hwDesc} ${swDesc}`);
for (const { portNo, name, hwAddr } of await found.ports()) console.log(`port ${portNo}: ${name} ${hwAddr}`);

const echo = await found.request({ type: "echoRequest", data: new TextEncoder().encode("hello") });
if (echo.type === "echoReply") console.log(`it says ${new TextDecoder().decode(echo.data)}, too`);
