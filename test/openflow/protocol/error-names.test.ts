import assert from "node:assert/strict";
import { decode } from "../../../src/openflow/message.ts";
import { errorName, errorNumbers } from "../../../src/openflow/protocol/error-names.ts";
import { bytesOf, recording } from "./recordings.ts";

interface RegistryError {
  vendor: "OF" | "NX";
  type: number;
  code: number | null;
  name: string;
}

const { errors } = recording<{ errors: RegistryError[] }>("ovs-of13-registry");

/** An error's name, and whose it is. */
function named(hex: string): unknown {
  const message = decode(bytesOf(hex));
  return message.type === "error" ? [message.name, message.experimenter] : undefined;
}

describe("The names of errors", () => {
  it("are Open vSwitch's, for every error it has at 1.3", () => {
    assert.equal(errors.length, 140);
    for (const { vendor, type, code, name } of errors) {
      const number =
        vendor === "OF"
          ? { errorType: type, errorCode: code ?? 0 }
          : { errorType: 0xffff, errorCode: type, experimenter: 0x2320 };
      assert.equal(errorName({ version: 4, ...number }), name);
      assert.deepEqual(errorNumbers.get(name), number);
    }
  });

  it("go on to the errors of later versions that the ONF carries back", () => {
    assert.equal(
      errorName({ version: 4, errorType: 0xffff, errorCode: 2_313, experimenter: 0x4f4e4600 }),
      "OFPBFC_MSG_FAILED",
    );
    assert.equal(errorName({ version: 4, errorType: 0, errorCode: 0 }), "OFPHFC_INCOMPATIBLE");
    assert.equal(errorNumbers.size, 171);
  });

  it("say the numbers where there is none", () => {
    assert.equal(errorName({ version: 4, errorType: 2, errorCode: 99 }), "unknown 2/99");
    assert.equal(errorName({ version: 4, errorType: 99, errorCode: 0 }), "unknown 99/0");
    assert.equal(
      errorName({ version: 4, errorType: 0xffff, errorCode: 3, experimenter: 0x4f4e4600 }),
      "unknown 0x4f4e4600/3",
    );
    // Type 3 of OpenFlow 1.0 is what became type 5.
    assert.equal(errorName({ version: 1, errorType: 3, errorCode: 0 }), "unknown 3/0");
    assert.equal(errorName({ version: 1, errorType: 1, errorCode: 0 }), "OFPBRC_BAD_VERSION");
  });

  it("come with every error that is decoded", () => {
    assert.deepEqual(named("0401000c000000010002000a"), ["OFPBAC_MATCH_INCONSISTENT", undefined]);
    assert.deepEqual(named("0401001000000001ffff000b00002320"), ["NXBAC_MUST_BE_ZERO", 0x2320]);
  });

  it("agree with those the switch's verdicts were printed with", () => {
    const cases = recording<{ name: string; replies: string[]; error: string | null }[]>(
      "ovs31-switch-verdicts-of13",
    );
    let compared = 0;
    for (const { name, replies, error } of cases) {
      const [first] = replies.map((hex) => decode(bytesOf(hex)));
      if (error !== null && first?.type === "error") {
        assert.equal(first.name, error, name);
        compared++;
      }
    }
    assert.ok(compared >= 70, String(compared));
  });
});
