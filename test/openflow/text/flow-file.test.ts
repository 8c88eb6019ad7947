// Files of flows: comments, blank lines, command words, and errors that name the line.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { FlowSyntaxError, fixFlows, parseFlow, parseFlows } from "../../../src/openflow/text/index.ts";

describe("parseFlows", () => {
  it("reads a flow a line, without comments and blank lines", () => {
    const flows = parseFlows(
      "# the table\n\nin_port=1 actions=drop  # a tail\n \t\r\n  in_port=2,actions=output:1\r\n",
    );
    assert.deepEqual(flows, [parseFlow("in_port=1,actions=drop"), parseFlow("in_port=2,actions=output:1")]);
  });

  it("does with each flow what its line begins with", () => {
    const commands = parseFlows(
      [
        "add in_port=1 actions=drop",
        "modify in_port=1 actions=drop",
        "modify_strict priority=5,in_port=1 actions=drop",
        "delete in_port=1",
        "\tdelete_strict\tpriority=5,in_port=1",
        "delete",
        "in_port=1 actions=drop",
      ].join("\n"),
    ).map(({ command }) => command);
    assert.deepEqual(commands, ["add", "modify", "modifyStrict", "delete", "deleteStrict", "delete", "add"]);
  });

  it("does what it is told with lines that don't say", () => {
    assert.deepEqual(
      parseFlows("in_port=1\nadd actions=drop", { command: "delete" }).map(({ command }) => command),
      ["delete", "add"],
    );
  });

  it("names line and column of what it refuses", () => {
    const file = "in_port=1 actions=drop\n\n# fine so far\nadd in_port=1,ip,nw_dst=10.0.0,actions=drop\n";
    assert.throws(
      () => parseFlows(file),
      (error: unknown) => {
        assert.ok(error instanceof FlowSyntaxError);
        assert.deepEqual([error.line, error.column, error.token], [4, 25, "10.0.0"]);
        assert.match(error.message, /^line 4, column 25: nw_dst: "10\.0\.0" is not an IPv4 address/);
        return true;
      },
    );
  });

  it("hands port names on", () => {
    const ports = new Map([["vm-a", 7]]);
    assert.deepEqual(parseFlows("in_port=vm-a actions=drop", { ports }), [
      parseFlow("in_port=7,actions=drop"),
    ]);
  });
});

describe("fixFlows", () => {
  it("rewrites lines in place and keeps comments, blanks and command words", () => {
    const file =
      "# NAT\nadd arp actions=mod_nw_src:10.0.0.1,normal # arp too\n\nactions=strip_vlan\nin_port=1 actions=drop";
    const fixed = fixFlows(file);
    assert.equal(
      fixed.text,
      "# NAT\nadd arp actions=set_field:10.0.0.1->arp_spa,normal # arp too\n\nactions=load:0->NXM_OF_VLAN_TCI[]\nin_port=1 actions=drop",
    );
    assert.deepEqual(
      fixed.changes.map(({ line, column, was }) => [line, column, was]),
      [
        [2, 17, "mod_nw_src:10.0.0.1"],
        [4, 9, "strip_vlan"],
      ],
    );
    assert.deepEqual(fixed.flows, parseFlows(fixed.text));
  });

  it("names the line of what can't be fixed", () => {
    assert.throws(
      () => fixFlows("actions=drop\nactions=foo"),
      /^FlowSyntaxError: line 2, column 9: unknown action foo/,
    );
  });
});
