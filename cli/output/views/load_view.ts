/**
 * Formats in which messages are only shown: binary encodings of values, written
 * as text. Each is a library, which is loaded when its format is asked for.
 *
 * ```text
 * 82 a2 69 64 07 a1 62 c4 01 ff    {"id": 7, "b": h'ff'}
 * c1                               c1  # not MessagePack: ...
 * ```
 *
 * What JSON has no form for is written as in CBOR's diagnostic notation (RFC 8949,
 * section 8): bytes as `h'ff'`, tags as `7("x")`, keys of any type; an extension of
 * MessagePack as `ext 7(h'ff')`.
 *
 * @module
 */

import { escapeControls } from "../escape.ts";
import { errorText } from "../error_text.ts";
import type { ViewName } from "./format_names.ts";

/** Writes a message on one line, with nothing that drives a terminal. */
export type View = (message: Uint8Array) => string;

interface Row {
  /** What the format is called in notes. */
  readonly title: string;
  /** Loads what reads it. The result throws if the bytes are something else. */
  readonly load: () => Promise<View>;
}

const ROWS: Readonly<Record<ViewName, Row>> = {
  msgpack: {
    title: "MessagePack",
    load: async () => (await import("./msgpack.ts")).msgpack,
  },
  cbor: {
    title: "CBOR",
    load: async () => (await import("./cbor.ts")).cbor,
  },
  protobuf: {
    title: "Protocol Buffers",
    load: async () => (await import("./protobuf.ts")).protobuf,
  },
};

/**
 * Loads a view.
 *
 * @returns The view. It never throws: bytes that are something else are shown in
 * hexadecimal, with a note that says why.
 */
export async function loadView(name: ViewName): Promise<View> {
  const { title, load } = ROWS[name];
  const read = await load();
  return (message) => {
    try {
      return read(message);
    } catch (error) {
      const reason = escapeControls(errorText(error));
      return `${message.toHex()}  # not ${title}: ${reason}`;
    }
  };
}
