// Every message that the library knows, for property tests: what OpenFlow 1.3 has, and what Open vSwitch and the ONF add.

import type { Arbitrary } from "fast-check";
import type { Message } from "../../../src/openflow/message.ts";
import { nxMessages } from "./nx-arbitraries.ts";
import { plainMessages } from "./plain-arbitraries.ts";
import { standardMessages } from "./standard-arbitraries.ts";

/** Each by its type, a multipart by `multipartReply/flow`. */
export const everyMessage: Readonly<Record<string, Arbitrary<Message>>> = {
  ...plainMessages,
  ...standardMessages,
  ...nxMessages,
};
