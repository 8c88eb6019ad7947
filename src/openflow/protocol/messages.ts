// The table of messages: which number is which structure, for plain, experimenter and multipart messages alike, and the
// codec of a whole message that is made from it.

import type { Message } from "../message.ts";
import type { Codec } from "../wire/codec.ts";
import { Dictionary } from "../wire/dictionary.ts";
import { Fault, shown } from "../wire/fault.ts";
import type { Reader } from "../wire/reader.ts";
import type { Struct } from "../wire/struct.ts";
import type { Writer } from "../wire/writer.ts";
import { bundleAdd, bundleControl } from "./bundle.ts";
import { getAsyncReply, getAsyncRequest, roleReply, roleRequest, setAsync } from "./controller-role.ts";
import { barrierReply, barrierRequest, echoReply, echoRequest } from "./echo.ts";
import { error } from "./error.ts";
import { experimenter, raw } from "./experimenter.ts";
import { flowModMessage } from "./flow-mod.ts";
import { flowMonitorCancel, flowMonitorPaused, flowMonitorResumed } from "./flow-monitor.ts";
import { flowRemoved } from "./flow-removed.ts";
import { groupMod } from "./groups.ts";
import { Experimenter, OPENFLOW_1_3 } from "./header.ts";
import { hello } from "./hello.ts";
import { meterMod } from "./meters.ts";
import { portMod, tableMod } from "./modification.ts";
import { type MultipartTable, multipartReplies, multipartRequests } from "./multipart.ts";
import { nxMessages } from "./nx-messages.ts";
import { requestForward, roleStatus } from "./onf-status.ts";
import { packetIn, packetOut } from "./packet.ts";
import { portStatus } from "./port-status.ts";
import { queueGetConfigReply, queueGetConfigRequest } from "./queues.ts";
import {
  featuresReply,
  featuresRequest,
  getConfigReply,
  getConfigRequest,
  setConfig,
} from "./switch-config.ts";

const HEADER_BYTES = 8;
const MAX_BYTES = 0xffff;
const EXPERIMENTER = 4;
const MULTIPART_REQUEST = 18;
const MULTIPART_REPLY = 19;
const MULTIPART_EXPERIMENTER = 0xffff;
const MULTIPART_TYPE_AT = 8;
/** Where an experimenter's two ids stand: in a message of its own, and in a multipart one. */
const IDS_AT = 8;
const MULTIPART_IDS_AT = 16;

type Numbered = Readonly<Record<number, Struct<Message>>>;

/** Messages that mean the same in every version, and so are read in all of them. */
const greetings: Numbered = { 0: hello, 1: error, 2: echoRequest, 3: echoReply };

const standard: Numbered = {
  ...greetings,
  5: featuresRequest,
  6: featuresReply,
  7: getConfigRequest,
  8: getConfigReply,
  9: setConfig,
  10: packetIn,
  11: flowRemoved,
  12: portStatus,
  13: packetOut,
  14: flowModMessage,
  15: groupMod,
  16: portMod,
  17: tableMod,
  20: barrierRequest,
  21: barrierReply,
  22: queueGetConfigRequest,
  23: queueGetConfigReply,
  24: roleRequest,
  25: roleReply,
  26: getAsyncRequest,
  27: getAsyncReply,
  28: setAsync,
  29: meterMod,
};

/** How a message's kind is found on the wire. */
interface Route {
  readonly struct: Struct<Message>;
  /** The type byte; undefined where the message carries it itself. */
  readonly number?: number;
  readonly multipart?: number;
  readonly ids?: { readonly at: number; readonly experimenter: number; readonly type: number };
}

type IdTable = Readonly<Record<number, Numbered>>;

function idRoutes(table: IdTable, at: number, route: Omit<Route, "struct">): Route[] {
  return Object.entries(table).flatMap(([experimenter, types]) =>
    Object.entries(types).map(([type, struct]) => ({
      ...route,
      struct,
      ids: { at, experimenter: Number(experimenter), type: Number(type) },
    })),
  );
}

function multipartRoutes(number: number, table: MultipartTable<Message>): Dictionary<Route> {
  const standard = Object.entries(table.standard).map(
    ([multipart, struct]): Route => ({
      struct,
      number,
      multipart: Number(multipart),
    }),
  );
  const experimenters = idRoutes(table.experimenters, MULTIPART_IDS_AT, {
    number,
    multipart: MULTIPART_EXPERIMENTER,
  });
  const routes = [...standard, ...experimenters, { struct: table.raw, number }];
  return new Dictionary(routes.map((route) => [nameIn(route, "multipart"), route]));
}

class MessageCodec implements Codec<Message> {
  readonly name: string = "message";
  readonly minBytes: number = HEADER_BYTES;
  readonly fixedBytes: undefined;
  readonly #byNumber: readonly (Struct<Message> | undefined)[];
  readonly #experimenters: IdTable;
  readonly #multipart: Readonly<Record<number, MultipartTable<Message>>>;
  /** By type; where a type stands for several, by multipart type too. */
  readonly #byType: Dictionary<Route | Dictionary<Route>>;

  constructor() {
    this.#byNumber = Array.from({ length: 32 }, (_, number) => standard[number]);
    this.#experimenters = {
      [Experimenter.onf]: {
        1870: flowMonitorCancel,
        1871: flowMonitorPaused,
        1872: flowMonitorResumed,
        1911: roleStatus,
        2300: bundleControl,
        2301: bundleAdd(this),
        2350: requestForward(this),
      },
      [Experimenter.nicira]: nxMessages,
    };
    this.#multipart = { [MULTIPART_REQUEST]: multipartRequests, [MULTIPART_REPLY]: multipartReplies };
    const routes: Route[] = [
      ...Object.entries(standard).map(([number, struct]) => ({ struct, number: Number(number) })),
      ...idRoutes(this.#experimenters, IDS_AT, { number: EXPERIMENTER }),
      { struct: experimenter, number: EXPERIMENTER },
      { struct: raw },
    ];
    this.#byType = new Dictionary<Route | Dictionary<Route>>([
      ...routes.map((route) => [nameIn(route, "type"), route] as const),
      ["multipartRequest", multipartRoutes(MULTIPART_REQUEST, multipartRequests)],
      ["multipartReply", multipartRoutes(MULTIPART_REPLY, multipartReplies)],
    ]);
  }

  read(reader: Reader): Message {
    const start = reader.offset;
    const outer = reader.end;
    const left = outer - start;
    if (left < HEADER_BYTES) {
      throw reader.fault(`a message takes at least ${HEADER_BYTES} bytes and ${left} are left`, "", outer);
    }
    const length = reader.view.getUint16(start + 2);
    if (length < HEADER_BYTES || length > left) {
      throw reader.fault(`${length} is no length for a message with ${left} bytes left`, "length", start + 2);
    }
    reader.end = start + length;
    reader.enter();
    const struct = this.structAt(reader) ?? raw;
    const declined = reader.declined;
    reader.declined = false;
    let value: Message = struct.read(reader);
    if (reader.declined) {
      reader.offset = start;
      value = raw.read(reader);
    }
    reader.declined = declined;
    if (reader.offset !== reader.end) {
      throw reader.fault(`${reader.end - reader.offset} bytes are left over after the message`);
    }
    reader.leave();
    reader.end = outer;
    return value;
  }

  /** What the message that begins where the reader is can be read as; at least a header is there. */
  structAt(reader: Reader): Struct<Message> | undefined {
    const { view, offset } = reader;
    const number = view.getUint8(offset + 1);
    if (view.getUint8(offset) !== OPENFLOW_1_3) {
      return greetings[number];
    }
    const multipart = this.#multipart[number];
    if (multipart !== undefined) {
      return this.#multipartAt(reader, multipart);
    }
    if (number === EXPERIMENTER) {
      return known(reader, this.#experimenters, IDS_AT) ?? experimenter;
    }
    return this.#byNumber[number];
  }

  #multipartAt(reader: Reader, table: MultipartTable<Message>): Struct<Message> {
    const { view, offset, end } = reader;
    const type =
      end - offset < MULTIPART_TYPE_AT + 2 ? undefined : view.getUint16(offset + MULTIPART_TYPE_AT);
    if (type === undefined) {
      return table.raw;
    }
    const struct =
      type === MULTIPART_EXPERIMENTER
        ? known(reader, table.experimenters, MULTIPART_IDS_AT)
        : table.standard[type];
    return struct ?? table.raw;
  }

  write(writer: Writer, value: Message): void {
    const start = writer.offset;
    const limit = writer.limit;
    const route = this.#routeOf(value);
    writer.limit = Math.min(limit, start + MAX_BYTES);
    route.struct.write(writer, value);
    const length = writer.offset - start;
    if (length > MAX_BYTES) {
      throw new Fault(`the message is ${length} bytes long, more than 65535`, -1);
    }
    setRoute(writer.view, start, route);
    writer.view.setUint16(start + 2, length);
    writer.limit = limit;
  }

  #routeOf(value: Message): Route {
    const { type } = value;
    const route = this.#byType.get(type);
    if (route === undefined) {
      throw new Fault(`must be one of ${listed(this.#byType)}, not ${shown(type)}`, -1, "type");
    }
    return "struct" in route ? route : multipartRoute(route, value as { multipart?: unknown });
  }
}

function multipartRoute(routes: Dictionary<Route>, { multipart }: { readonly multipart?: unknown }): Route {
  const route = routes.get(multipart);
  if (route === undefined) {
    throw new Fault(`must be one of ${listed(routes)}, not ${shown(multipart)}`, -1, "multipart");
  }
  return route;
}

/** The constant of a message that tells it from the others. */
function nameIn({ struct }: Route, key: "type" | "multipart"): string {
  return String(struct.constants.get(key));
}

function listed(table: Dictionary<unknown>): string {
  return table.keys().join(", ");
}

/** What an experimenter's two ids at `at` stand for. */
function known(reader: Reader, table: IdTable, at: number): Struct<Message> | undefined {
  const { view, offset, end } = reader;
  if (end - offset < at + 8) {
    return undefined;
  }
  return table[view.getUint32(offset + at)]?.[view.getUint32(offset + at + 4)];
}

/** Sets what the declarations leave open: type, multipart type and ids. */
function setRoute(view: DataView, start: number, route: Route): void {
  const { number, multipart, ids } = route;
  if (number !== undefined) {
    view.setUint8(start + 1, number);
  }
  if (multipart !== undefined) {
    view.setUint16(start + MULTIPART_TYPE_AT, multipart);
  }
  if (ids !== undefined) {
    view.setUint32(start + ids.at, ids.experimenter);
    view.setUint32(start + ids.at + 4, ids.type);
  }
}

const codec = new MessageCodec();

/** One whole message, with its header. */
export const anyMessage: Codec<Message> = codec;

/** What a message is called; undefined where it can't be told. */
export interface MessageKind {
  readonly type: string | undefined;
  readonly multipart: string | undefined;
}

/** The kind of the message that `reader` is about to read, as far as its header is there. */
export function messageKind(reader: Reader): MessageKind {
  const isThere = reader.end - reader.offset >= HEADER_BYTES;
  const constants = isThere ? codec.structAt(reader)?.constants : undefined;
  return { type: textOf(constants?.get("type")), multipart: textOf(constants?.get("multipart")) };
}

/** The name of the message that `reader` is about to read, for paths; `message` where it can't be told. */
export function messageName(reader: Reader): string {
  return messageKind(reader).type ?? "message";
}

function textOf(constant: unknown): string | undefined {
  return typeof constant === "string" ? constant : undefined;
}
