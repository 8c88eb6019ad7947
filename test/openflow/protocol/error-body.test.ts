// Errors as a switch writes them: by name, which must be that of the numbers.
import assert from "node:assert/strict";
import {
  type Action,
  decode,
  EncodeError,
  encode,
  errorBody,
  type MessageInput,
  NO_BUFFER,
} from "../../../src/openflow/index.ts";
import { errorNumbers } from "../../../src/openflow/protocol/error-names.ts";

describe("an error that a switch answers with", () => {
  it("is written by any name there is, and read with the same name", () => {
    for (const name of errorNumbers.keys()) {
      const data = Uint8Array.of(4, 14, 0, 8, 0, 0, 0, 1);
      const message = decode(encode({ type: "error", xid: 7, ...errorBody(name, data) }));
      assert.ok(message.type === "error");
      assert.deepEqual([message.name, message.xid, message.data], [name, 7, data]);
    }
  });

  it("can't have a name that no error has, nor one of other numbers", () => {
    assert.throws(() => errorBody("OFPBAC_NOPE"), RangeError);
    const body = { ...errorBody("OFPBAC_BAD_LEN"), name: "OFPBAC_BAD_TYPE" };
    assert.throws(
      () => encode({ type: "error", ...body }),
      (error) => error instanceof EncodeError && error.field === "error.name",
    );
  });

  it("is written by its numbers alone, too", () => {
    const bytes = encode({ type: "error", errorType: 1, errorCode: 5, data: new Uint8Array(0) });
    assert.equal((decode(bytes) as { name?: string }).name, "OFPBRC_EPERM");
  });
});

/** A packet-out with clones in each other. */
function nested(depth: number): MessageInput {
  let action: Action = { type: "output", port: 1, maxLen: 0 };
  for (let level = 0; level < depth; level += 1) action = { type: "clone", actions: [action] };
  return { type: "packetOut", bufferId: NO_BUFFER, inPort: 1, actions: [action], data: new Uint8Array(0) };
}

describe("actions in each other", () => {
  it("are read as deep as they can be written, which is as deep as ovs-ofctl goes", () => {
    let depth = 0;
    const encodes = (level: number): boolean => {
      try {
        encode(nested(level));
        return true;
      } catch (error) {
        assert.ok(error instanceof EncodeError && /deep/.test(error.message), String(error));
        return false;
      }
    };
    while (encodes(depth + 1)) depth += 1;
    assert.ok(depth >= 64, String(depth));
    assert.equal(decode(encode(nested(depth))).type, "packetOut");
  });
});
