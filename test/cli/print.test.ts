// `ovskit print`: the forms in which bytes may be given, and what is said of them.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commands } from "../../src/cli/catalogue.ts";
import { messagesInHex } from "../../src/cli/hex-messages.ts";
import { InputError } from "../../src/cli/usage-error.ts";
import { runIn } from "./commands.ts";

const barrier = "0414000800000001";
const echo = "0402001800000002deadbeefdeadbeefdeadbeefdeadbeef";

function hexIn(text: string): string[] {
  return messagesInHex(text, "-").map((bytes) => Buffer.from(bytes).toString("hex"));
}

describe("messages in hexadecimal digits", () => {
  const forms: readonly (readonly [form: string, text: string, messages: readonly string[]])[] = [
    ["one piece", barrier, [barrier]],
    ["capitals and a prefix", `0x${barrier.toUpperCase()}`, [barrier]],
    ["pairs apart", "04 14 00 08 00 00 00 01", [barrier]],
    ["pairs with colons", "04:14:00:08:00:00:00:01", [barrier]],
    ["a message on each line", `${barrier}\n${echo}\n`, [barrier, echo]],
    ["messages without anything between", barrier + echo + barrier, [barrier, echo, barrier]],
    ["one message on two lines", `${echo.slice(0, 20)}\n${echo.slice(20)}`, [echo]],
    [
      "notes and empty lines between",
      `# the first\n${barrier}\n\n# the second\r\n${echo}\r\n`,
      [barrier, echo],
    ],
    [
      "ovs-ofctl's dump",
      [
        "00000000  04 02 00 18 00 00 00 02-de ad be ef de ad be ef |................|",
        "00000010  de ad be ef de ad be ef-                        |........        |",
      ].join("\n"),
      [echo],
    ],
    [
      "hexdump -C",
      [
        "00000000  04 02 00 18 00 00 00 02  de ad be ef de ad be ef  |................|",
        "00000010  de ad be ef de ad be ef                           |........|",
      ].join("\n"),
      [echo],
    ],
    [
      "tcpdump -X",
      "\t0x0000:  0402 0018 0000 0002 dead beef dead beef  ................\n\t0x0010:  dead beef dead beef                      ........",
      [echo],
    ],
    [
      "Wireshark, a dump behind the other",
      "0000   04 14 00 08 00 00 00 01   ........\n0000   04 14 00 08 00 00 00 01   ........",
      [barrier, barrier],
    ],
    ["what looks like a dump and is none", "04140008  00000001", [barrier]],
    ["a message that is cut", echo.slice(0, 30), [echo.slice(0, 30)]],
    ["nothing", "\n# nothing\n", []],
  ];
  for (const [form, text, messages] of forms) {
    it(`are read as ${form}`, () => assert.deepEqual(hexIn(text), messages));
  }

  it("are refused where they are none, with the line", () => {
    for (const text of [`${barrier}\nhello`, `${barrier}\n041`]) {
      assert.throws(
        () => messagesInHex(text, "x.txt"),
        (error) => error instanceof InputError && /x\.txt: line 2/.test(error.message),
      );
    }
  });
});

function print(...args: string[]): ReturnType<typeof runIn> {
  return runIn(commands, ["print", ...args]);
}

describe("ovskit print", () => {
  it("prints each message, from its operand", async () => {
    assert.deepEqual(await print(barrier + echo), {
      exitCode: 0,
      stdout: [
        "OFPT_BARRIER_REQUEST (OF1.3) (xid=0x1):",
        "OFPT_ECHO_REQUEST (OF1.3) (xid=0x2): 16 bytes of payload",
        "00000000  de ad be ef de ad be ef-de ad be ef de ad be ef |................|",
        "",
      ].join("\n"),
      stderr: "",
    });
  });

  it("prints values with --json, of what can't be decoded the reason", async () => {
    const { stdout } = await print("--json", `${barrier}\n04100008\n00000007`);
    const [first, second] = JSON.parse(stdout) as [object, { error: string }];
    assert.deepEqual(first, { version: 4, type: "barrierRequest", xid: 1 });
    assert.match(second.error, /portMod takes at least 40 bytes/);
  });

  it("reads a file", async () => {
    const folder = await mkdtemp(join(tmpdir(), "ovskit-"));
    try {
      const file = join(folder, "capture.txt");
      await writeFile(file, `${barrier}\n`);
      assert.equal((await print("-f", file)).stdout, "OFPT_BARRIER_REQUEST (OF1.3) (xid=0x1):\n");
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("reads standard input without an operand or with -, and refuses what is no hexadecimal", async () => {
    for (const { exitCode, stdout, stderr } of await Promise.all([print(), print("-"), print("-f", "-")])) {
      assert.deepEqual([exitCode, stdout], [2, ""]);
      assert.match(stderr, /line 1 is no bytes in hexadecimal digits/);
    }
  });

  const refused: readonly (readonly [what: string, args: readonly string[], reason: RegExp])[] = [
    ["both kinds of source at once", [barrier, "-f", "x"], /both HEX and --file/],
    ["a file that isn't there", ["-f", "/nowhere/at/all"], /can't read/],
    ["nothing at all", [" "], /HEX has no bytes of a message/],
  ];
  for (const [what, args, reason] of refused) {
    it(`refuses ${what}`, async () => {
      const { exitCode, stdout, stderr } = await print(...args);
      assert.deepEqual([exitCode, stdout], [2, ""]);
      assert.match(stderr, reason);
    });
  }
});
