// The words of a command line as columns of a port.
import assert from "node:assert/strict";
import { failMode, type PortWords, portColumns } from "../../src/cli/port-options.ts";
import { UsageError } from "../../src/cli/usage-error.ts";

const none: PortWords = {
  tag: undefined,
  trunks: undefined,
  type: undefined,
  option: [],
  "iface-id": undefined,
  "attached-mac": undefined,
  "ofport-request": undefined,
};

describe("the options of a port", () => {
  it("give the columns that they name and no others", () => {
    assert.deepEqual(portColumns(none), { port: {}, interface: { external_ids: new Map() } });
    const all = portColumns({
      tag: "0",
      trunks: "4095, 7,7",
      type: "vxlan",
      option: ["remote_ip=10.0.0.2", "empty=", "eq=a=b\nc"],
      "iface-id": "",
      "attached-mac": "FA:16:3e:19:00:7f",
      "ofport-request": "65279",
    });
    assert.deepEqual(all, {
      port: { tag: 0, trunks: [4095, 7] },
      interface: {
        type: "vxlan",
        options: new Map([
          ["remote_ip", "10.0.0.2"],
          ["empty", ""],
          ["eq", "a=b\nc"],
        ]),
        ofport_request: 65_279,
        external_ids: new Map([
          ["iface-id", ""],
          ["attached-mac", "FA:16:3e:19:00:7f"],
        ]),
      },
    });
    assert.equal(failMode("standalone"), "standalone");
  });

  it("are refused where the schema would refuse them", () => {
    const wrong: readonly Partial<PortWords>[] = [
      { tag: "-1" },
      { tag: "4096" },
      { tag: "7a" },
      { tag: "" },
      { tag: "0x7" },
      { trunks: "" },
      { trunks: "1,,2" },
      { trunks: "1-3" },
      { option: ["=x"] },
      { option: ["x"] },
      { option: ["x=1", "x=1"] },
      { "attached-mac": "fa:16:3e:19:00:7f:00" },
      { "ofport-request": "65280" },
      { "ofport-request": "1e3" },
    ];
    for (const words of wrong) {
      assert.throws(() => portColumns({ ...none, ...words }), UsageError, JSON.stringify(words));
    }
    assert.throws(() => failMode("SECURE"), UsageError);
  });
});
