// Ports and tables by their names, as ovs-ofctl writes them: words as they are, everything else as JSON strings.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { FlowSyntaxError, formatFlow, parseFlow, parseGroup } from "../../../src/openflow/text/index.ts";

const ports = new Map([
  ["normal", 5],
  ['a"b', 6],
  ["p,q (r)", 7],
]);
const portNames = new Map([...ports].map(([name, number]) => [number, name]));
const tables = new Map([
  ["classifier", 1],
  ["my table", 9],
]);
const tableNames = new Map([...tables].map(([name, number]) => [number, name]));

function numberOf(name: string): number | undefined {
  return name === "x" ? 3 : undefined;
}

describe("names of ports", () => {
  it("in quotes are those of the bridge's ports, reserved words or not", () => {
    const { match, instructions } = parseFlow(
      'in_port="normal",actions=output:"normal",output(port="normal",max_len=100),normal',
      { ports },
    );
    assert.deepEqual(match, [{ field: "inPort", value: 5 }]);
    assert.deepEqual(instructions, [
      {
        type: "applyActions",
        actions: [
          { type: "output", port: 5, maxLen: 0 },
          { type: "outputTrunc", port: 5, maxLen: 100 },
          { type: "output", port: 0xfffffffa, maxLen: 0 },
        ],
      },
    ]);
  });

  for (const text of ['actions=output:"normal"', 'in_port="a\\"b",actions=drop', 'actions=output:"LOCAL"']) {
    it(`in quotes are refused where no port has them: ${text}`, () => {
      assert.throws(() => parseFlow(text, { ports: new Map() }), FlowSyntaxError);
    });
  }

  it("with quotes, commas, blanks and parentheses read back as they print", () => {
    const flow = parseFlow("in_port=6,actions=output:7,clone(output:6,output:7)");
    const text = formatFlow(flow, { ports: portNames });
    assert.equal(text, 'in_port="a\\"b" actions=output:"p,q (r)",clone(output:"a\\"b",output:"p,q (r)")');
    assert.deepEqual(parseFlow(text, { ports }), flow);
  });
});

describe("names of tables", () => {
  const text =
    "table=classifier, ip actions=resubmit(,classifier),ct(table=classifier),learn(table=classifier,NXM_OF_ETH_DST[]),goto_table:9";
  const flow = parseFlow(text.replaceAll("classifier", "1"));

  it("are read where ovs-ofctl takes numbers", () => {
    assert.deepEqual(parseFlow(text, { tables }), flow);
    assert.deepEqual(
      parseFlow('actions=goto_table:"my table"', { tables }),
      parseFlow("actions=goto_table:9"),
    );
    assert.deepEqual(
      parseGroup("group_id=1,type=all,bucket=resubmit(,classifier)", { tables }),
      parseGroup("group_id=1,type=all,bucket=resubmit(,1)"),
    );
  });

  it("may come from a function", () => {
    assert.equal(parseFlow("table=x,actions=drop", { tables: numberOf }).tableId, 3);
    assert.throws(() => parseFlow("table=y,actions=drop", { tables: numberOf }), /no table is called "y"/);
  });

  it("print where they are given", () => {
    assert.equal(
      formatFlow(flow, { tables: tableNames }),
      text.replace("goto_table:9", 'goto_table:"my table"'),
    );
    assert.equal(formatFlow(flow), text.replaceAll("classifier", "1"));
  });
});
