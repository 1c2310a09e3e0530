/**
 * The messages of a file: its lines, or what a recording sent to the server.
 *
 * @module
 */

import {
  FrameDecoder,
  type Framing,
  line,
  parseFraming,
} from "../../../lib/framing/mod.ts";
import { isChunk, RecordingReader } from "../../../lib/recording/mod.ts";
import { errorText } from "../../output/error_text.ts";
import { EXIT } from "../../output/exit_code.ts";
import { Failure } from "../../output/failure.ts";
import { readAll } from "../../terminal/read_file.ts";
import type { Input } from "../../terminal/terminal.ts";

/** The first line of a recording begins so. */
const RECORDING = '{"format":"parley-recording"';

/** How the messages are cut. */
export interface MessagesFileOptions {
  /** The framing of what a recording sent; as it says unless given. */
  readonly framing: Framing | "datagrams" | undefined;
  readonly maxMessageBytes: number;
}

/** What a file holds. */
export interface FileMessages {
  readonly messages: readonly Uint8Array[];
  /** The framing that a recording names, if it is one. */
  readonly framing: Framing | undefined;
}

/**
 * Reads the messages of a file.
 *
 * @param path The file; `-` is standard input.
 * @throws {Failure} With code 9 if it cannot be read, and with code 2 if it holds no
 * messages, or too many.
 */
export async function readMessages(
  path: string,
  options: MessagesFileOptions,
  input: Input,
): Promise<FileMessages> {
  const bytes = await readAll(path, input);
  const name = path === "-" ? "standard input" : path;
  const head = new TextDecoder().decode(bytes.subarray(0, RECORDING.length));
  try {
    const found = head === RECORDING
      ? recorded(bytes, options)
      : { messages: lines(bytes, options), framing: undefined };
    if (found.messages.length > 0) return found;
  } catch (cause) {
    throw new Failure(EXIT.usage, `--messages ${name}: ${errorText(cause)}`, {
      cause,
    });
  }
  const what = head === RECORDING
    ? "message to the server in this recording"
    : "line";
  throw new Failure(EXIT.usage, `--messages ${name}: there is no ${what}`);
}

function lines(
  bytes: Uint8Array,
  { maxMessageBytes }: MessagesFileOptions,
): Uint8Array[] {
  const decoder = new FrameDecoder(line({ eof: true }), { maxMessageBytes });
  return decoded(decoder, [bytes]);
}

function recorded(
  bytes: Uint8Array,
  options: MessagesFileOptions,
): FileMessages {
  const reader = new RecordingReader();
  reader.push(bytes);
  const chunks = new Map<number, Uint8Array[]>();
  for (let event; (event = reader.next()) !== undefined;) {
    if (!isChunk(event) || event.to !== "server") continue;
    const sent = chunks.get(event.connection) ?? [];
    sent.push(event.bytes);
    chunks.set(event.connection, sent);
  }
  reader.end();
  if (options.framing === "datagrams") {
    return { messages: [...chunks.values()].flat(), framing: undefined };
  }
  const named = reader.head?.frameToServer;
  const framing = options.framing ??
    (named === undefined ? undefined : parseFraming(named));
  if (framing === undefined) {
    throw new Failure(
      EXIT.usage,
      "the recording does not say where a message ends; say it with --frame",
    );
  }
  const { maxMessageBytes } = options;
  const messages = [...chunks.values()].flatMap((sent) => {
    const decoder = new FrameDecoder(framing, {
      from: "client",
      maxMessageBytes,
      onBadFrame: () => {},
    });
    return decoded(decoder, sent);
  });
  return { messages, framing };
}

/** The whole messages; the last one may be cut off. */
function decoded(
  decoder: FrameDecoder,
  chunks: readonly Uint8Array[],
): Uint8Array[] {
  const messages: Uint8Array[] = [];
  for (const chunk of chunks) {
    decoder.push(chunk);
    for (let m; (m = decoder.next()) !== undefined;) messages.push(m);
  }
  for (let m; (m = decoder.end()) !== undefined;) messages.push(m);
  return messages;
}
