// Agreeing on OpenFlow 1.3 (OpenFlow 1.3.5, 6.3.1): what we greet with, and what a peer's first message says about the versions
// it speaks. Only wire version 4 is spoken here, so that the answer is yes or a reason.
import { encode, type Message, type MessageInput } from "./message.ts";
import type { ErrorMessage } from "./protocol/error.ts";
import { OPENFLOW_1_3 } from "./protocol/header.ts";
import type { HelloMessage } from "./protocol/hello.ts";
import { NegotiationError } from "./session-errors.ts";

/** OFPET_HELLO_FAILED; its only codes are INCOMPATIBLE and EPERM. */
const helloFailed = 0;

let lastGreeting: { readonly xid: number; readonly bytes: Uint8Array } | undefined;

/** The greeting: version 1.3 and nothing else. Encoded once, as a thousand connections begin with the very same bytes. */
export function ourHello(xid: number): Uint8Array {
  if (lastGreeting?.xid !== xid) {
    const elements: HelloMessage["elements"] = [{ type: "versionBitmap", versions: [OPENFLOW_1_3] }];
    lastGreeting = { xid, bytes: encode({ type: "hello", xid, elements }) };
  }
  return lastGreeting.bytes;
}

/** What we say to a peer that we have no version in common with, in the peer's own version. */
export function ourRefusal(version: number): MessageInput {
  const data = new TextEncoder().encode("only OpenFlow 1.3 (wire version 4) is spoken here");
  return { type: "error", version, errorType: helloFailed, errorCode: 0, data };
}

/** Why a peer's first message ends the connection, or undefined when it is the greeting of one that speaks 1.3. */
export function judgeGreeting(message: Message, peer: string): NegotiationError | undefined {
  if (message.type === "error") return refusedByPeer(message, peer);
  if (message.type !== "hello") {
    return new NegotiationError(peer, `it began with ${message.type} instead of a HELLO`, []);
  }
  const versions = offered(message);
  if (versions.includes(OPENFLOW_1_3)) return undefined;
  return new NegotiationError(
    peer,
    `it speaks ${versions.map(versionName).join(", ") || "no version"}`,
    versions,
  );
}

/** The error that ends a connection because the peer refused our greeting. */
export function refusedByPeer(error: ErrorMessage, peer: string): NegotiationError {
  const text = error.errorType === helloFailed ? printable(error.data) : "";
  return new NegotiationError(peer, `it answered ${error.name}${text === "" ? "" : `: ${text}`}`, [
    error.version,
  ]);
}

/** Whether an error is about the greeting. */
export function isAboutGreeting(error: ErrorMessage): boolean {
  return error.errorType === helloFailed;
}

/** A bitmap says it; without one (or with an empty one, as Open vSwitch reads it) all versions up to the header's are meant. */
function offered(hello: HelloMessage): readonly number[] {
  for (const element of hello.elements) {
    if (element.type === "versionBitmap" && element.versions.length > 0) return element.versions;
  }
  return Array.from({ length: hello.version }, (_, index) => index + 1);
}

function versionName(version: number): string {
  return version >= 1 && version <= 6 ? `OpenFlow 1.${version - 1}` : `wire version ${version}`;
}

/** The text of a HELLO_FAILED error; a peer's control characters stay out of logs. */
function printable(data: Uint8Array): string {
  const text = new TextDecoder().decode(data.subarray(0, 256));
  return text.replaceAll(/[^\u0020-\u007e]/g, "").trim();
}
