// Whatever flow a switch would take, its text reads back as the same flow; and whatever text somebody writes, it is a
// flow or a refusal that points into it.
import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { encode, type FlowModCommand } from "../../../src/openflow/index.ts";
import {
  FlowSyntaxError,
  fixFlow,
  formatFlow,
  formatMatch,
  parseFlow,
  parseFlows,
  parseMatch,
} from "../../../src/openflow/text/index.ts";
import { everything, flowModsOf, matchesOn } from "./flows.ts";
import { capturedFlows, seedFlows } from "./vectors.ts";

const flowMods = flowModsOf(everything);

describe("the text of a flow", () => {
  it("reads back as the same flow, and as the same bytes", () => {
    fc.assert(
      fc.property(flowMods, (flow) => {
        const text = formatFlow(flow);
        const read = parseFlow(text, { command: flow.command as FlowModCommand });
        assert.deepEqual(read, flow, text);
        assert.deepEqual(encode({ type: "flowMod", ...read }), encode({ type: "flowMod", ...flow }));
      }),
      { numRuns: 400 },
    );
  });

  it("reads back as the same match", () => {
    fc.assert(
      fc.property(matchesOn(everything.fields), (match) => {
        assert.deepEqual(parseMatch(formatMatch(match)), match);
      }),
      { numRuns: 600 },
    );
  });

  it("prints statistics that read back as the flow", () => {
    fc.assert(
      fc.property(
        flowMods,
        ({ match, instructions, tableId, priority, cookie, idleTimeout, hardTimeout, flags }) => {
          const flow = { match, instructions, tableId, priority, cookie, idleTimeout, hardTimeout, flags };
          const text = formatFlow({
            ...flow,
            durationSec: 1,
            durationNsec: 0,
            packetCount: 5n,
            byteCount: 6n,
          });
          const { command: _command, ...read } = parseFlow(text);
          for (const [name, value] of Object.entries(flow))
            assert.deepEqual(read[name as keyof typeof read], value, text);
        },
      ),
      { numRuns: 100 },
    );
  });
});

/** A flow, or a refusal that points into the text; anything else is a fault of ours. */
function assertFlowOrRefusal(text: string, read: () => unknown): void {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof FlowSyntaxError, `${JSON.stringify(text)}: ${String(error)}`);
    assert.ok(
      error.column >= 1 && error.column <= text.length + 1,
      `${JSON.stringify(text)}: column ${error.column}`,
    );
    assert.ok(error.message.length < 1000);
  }
}

const word = fc.constantFrom(
  ...`tcp ip arp ipv6 icmp6 in_port dl_vlan vlan_tci nw_src tp_dst[3..5] metadata table priority cookie actions=
  output normal drop mod_nw_src mod_vlan_vid strip_vlan set_field load move -> NXM_NX_REG0[0..5] ip_src goto_table
  write_actions apply_actions controller resubmit raw_action oxm_80000a02 add delete #`.split(/\s+/),
);
const value = fc.constantFrom(
  ..."1 0x1000 10.0.0.1 10.0.0.0/8 ::1/64 fa:16:3e:00:00:01 -1 0xffff /".split(" "),
  "",
);
const joint = fc.constantFrom("=", ":", "(", ")", ",", " ", "/", "[", "]", "..", '"', "\n", "\t");
const flowLike = fc
  .array(fc.oneof(word, value, joint, fc.string({ maxLength: 3 })), { maxLength: 25 })
  .map((parts) => parts.join(""));

const texts = [...capturedFlows, ...seedFlows].map(({ text }) => text);
const mutated = fc
  .tuple(
    fc.constantFrom(...texts),
    fc.nat(),
    fc.integer({ min: 0, max: 4 }),
    fc.oneof(word, value, joint, fc.string({ maxLength: 2 })),
  )
  .map(([text, at, cut, put]) => {
    const place = at % (text.length + 1);
    return text.slice(0, place) + put + text.slice(place + cut);
  });

describe("any text", () => {
  for (const [what, arbitrary] of [
    ["at random", fc.string({ maxLength: 60 })],
    ["of words that flows are made of", flowLike],
    ["near a flow", mutated],
  ] as const) {
    it(`${what} is a flow or a refusal that points into it`, () => {
      fc.assert(
        fc.property(
          arbitrary,
          fc.constantFrom<FlowModCommand>("add", "modify", "deleteStrict"),
          (text, command) => {
            assertFlowOrRefusal(text, () => parseFlow(text, { command }));
            assertFlowOrRefusal(text, () => fixFlow(text, { command }));
            assertFlowOrRefusal(text, () => parseFlows(text, { command }));
          },
        ),
        { numRuns: 700 },
      );
    });
  }

  it("that was read is read from its printed form as well", () => {
    fc.assert(
      fc.property(mutated, (text) => {
        let flow;
        try {
          flow = parseFlow(text);
        } catch {
          return;
        }
        // enqueue is three actions, whose output says more than the word output does.
        if (/enqueue/i.test(text)) return;
        // Open vSwitch doesn't print that packets are Ethernet's.
        if (flow.match.some(({ field }) => field === "packetType")) return;
        assert.deepEqual(parseFlow(formatFlow(flow)), flow, text);
      }),
      { numRuns: 1500 },
    );
  });

  it("as long and as deep as it likes takes no more than its length", () => {
    const long = [
      "(".repeat(200_000),
      `actions=${"apply_actions(".repeat(20_000)}`,
      `actions=${"apply_actions(".repeat(20_000)}1${")".repeat(20_000)}`,
      `actions=${"write_actions(".repeat(20_000)}1${")".repeat(20_000)}`,
      `actions=${"output:1,".repeat(20_000)}`,
      `ip,nw_src=${"1".repeat(200_000)},actions=drop`,
      `metadata=0x${"f".repeat(200_000)},actions=drop`,
      `${"tcp,".repeat(50_000)}actions=drop`,
      `${" ".repeat(200_000)}actions=drop`,
      `${"action ".repeat(30_000)}=drop`,
      `actions=set_field:${"->".repeat(50_000)}ip_src`,
      `actions=load:1->${"[".repeat(100_000)}`,
      `dl_src=${"0:".repeat(100_000)},actions=drop`,
    ];
    for (const text of long) {
      assertFlowOrRefusal(text, () => parseFlow(text));
      assertFlowOrRefusal(text, () => fixFlow(text));
    }
  }).timeout(5000);
});
