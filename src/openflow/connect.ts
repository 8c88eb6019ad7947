// From a socket to a switch: dial where we connect, greet, ask for the features; one deadline over all of it, and a peer that fails
// at any byte leaves nothing open.
import type { WaitOptions } from "../transport/deadline.ts";
import { runWithin } from "../transport/deadline.ts";
import { dial } from "../transport/dial.ts";
import { tlsErrorOf } from "../transport/errors.ts";
import { type ActiveTarget, formatTarget, parseActiveTarget } from "../transport/target.ts";
import type { TlsOptions } from "../transport/tls.ts";
import { Channel, type ChannelOptions, defaultHandshakeTimeoutMs } from "./channel.ts";
import { ProtocolError } from "./session-errors.ts";
import { Switch } from "./switch.ts";

/** Options of {@link connectSwitch}. */
export interface ConnectSwitchOptions extends ChannelOptions, WaitOptions {
  /** Milliseconds from the call to a usable switch: dialing, greeting and features together. Default 5,000. */
  readonly timeoutMs?: number | undefined;
  /** For `ssl:`, which needs it: certificates and whom to trust. */
  readonly tls?: TlsOptions | undefined;
  /** Aborting while it connects rejects with the reason. A switch that is connected is closed by `close()`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Ask for PACKET_IN, PORT_STATUS and FLOW_REMOVED, which a bridge's own socket sends none of otherwise. Default false.
   * What comes before a listener is there is lost: to miss nothing, attach it and call `Switch.askForAsyncMessages` instead.
   */
  readonly asyncMessages?: boolean | undefined;
  /**
   * Ask for packets in Open vSwitch's second form, in which they carry `userdata` and can be paused and resumed; see
   * `Switch.askForPacketIn2`. Default false.
   */
  readonly packetIn2?: boolean | undefined;
}

/** OpenFlow's port (OpenFlow 1.3.5, 6.3.3). */
export const defaultOpenFlowPort = 6653;

const forever = Number.POSITIVE_INFINITY;
const noDeadline: WaitOptions = { timeoutMs: forever };

/**
 * Connects to a switch that listens: `unix:<rundir>/<bridge>.mgmt`, which every bridge has and which changes nothing about the bridge, or
 * `tcp:HOST[:PORT]` or `ssl:HOST[:PORT]`. Rejects with `TargetSyntaxError`, `ConnectError`, `TlsError`, `NegotiationError`, `DecodeError`,
 * `ConnectionClosedError`, `TimeoutError` or the signal's reason.
 */
export async function connectSwitch(
  target: ActiveTarget | string,
  options: ConnectSwitchOptions = {},
): Promise<Switch> {
  const parsed =
    typeof target === "string" ? parseActiveTarget(target, { defaultPort: defaultOpenFlowPort }) : target;
  const { timeoutMs = defaultHandshakeTimeoutMs, signal, clock, tls } = options;
  const peer = formatTarget(parsed);
  return runWithin({ what: `connecting to the switch ${peer}`, timeoutMs, signal, clock }, async (inner) => {
    const socket = await dial(parsed, { timeoutMs: forever, signal: inner, clock, tls });
    const channel = Channel.greet(socket, peer, options);
    const stop = (): void => channel.abort(inner.reason);
    inner.addEventListener("abort", stop, { once: true });
    try {
      return await introduce(channel, options);
    } catch (error) {
      throw error instanceof Error ? tlsErrorOf(peer, error) : error;
    } finally {
      inner.removeEventListener("abort", stop);
    }
  });
}

/** What is asked of a switch before it is handed out. */
type FirstRequests = Pick<ConnectSwitchOptions, "asyncMessages" | "packetIn2">;

/**
 * Makes a switch of a channel that has sent its greeting. It has no deadline and no signal of its own: the caller, who has one for the whole,
 * aborts the channel. The channel is closed on failure.
 */
export async function introduce(channel: Channel, requests: FirstRequests): Promise<Switch> {
  try {
    await channel.agreed();
    const features = await channel.request({ type: "featuresRequest" }, noDeadline);
    if (features.type !== "featuresReply") {
      throw new ProtocolError(channel.peer, `no features but ${features.type}`);
    }
    const found = new Switch(channel, features);
    if (requests.packetIn2 === true) await found.askForPacketIn2(noDeadline);
    if (requests.asyncMessages === true) await found.askForAsyncMessages(noDeadline);
    return found;
  } catch (error) {
    void channel.close();
    throw error;
  }
}
