/**
 * What a file or standard input holds, for guessing its framing: a recording, or bare
 * bytes of one direction.
 *
 * @module
 */

import { SniffBuffer } from "../../lib/framing/mod.ts";
import { EXIT } from "../output/exit_code.ts";
import { Failure } from "../output/failure.ts";
import type { Log } from "../output/log.ts";
import { readRecording } from "../recording/read/load_recording.ts";
import { cannotRead, openFile } from "../terminal/read_file.ts";
import type { Input } from "../terminal/terminal.ts";

/** The first line of a recording begins so. */
const RECORDING = '{"format":"parley-recording"';
// One byte more than is looked at, to know whether it is all.
const MOST_BYTES = 65_537;

/** What was read. */
export interface Sniffed {
  /** The bytes. */
  readonly seen: SniffBuffer;
  /** Whether it is not known which side has sent them. */
  readonly isOneSided: boolean;
}

/**
 * Reads a file or standard input.
 *
 * @param path The file; `-` is standard input.
 * @param connection Which connection of a recording.
 * @throws {Failure} With code 9 if it cannot be read.
 * @throws {Failure} With code 2 if it is a recording that cannot be used.
 */
export async function sniffedFile(
  path: string,
  connection: number | undefined,
  input: Input,
  log: Log,
): Promise<Sniffed> {
  const source = path === "-" ? input : undefined;
  const begin = await firstBytes(path, source);
  const text = new TextDecoder().decode(begin.subarray(0, RECORDING.length));
  if (text !== RECORDING) return { seen: bare(begin), isOneSided: true };
  const replayed = source === undefined ? input : behind(begin, source);
  const seen = await recorded(path, connection, replayed, log);
  return { seen, isOneSided: false };
}

/** The first bytes; all of them up to a bound. */
async function firstBytes(
  path: string,
  source: Input | undefined,
): Promise<Uint8Array> {
  const file = source === undefined ? await openFile(path) : undefined;
  const bytes = new Uint8Array(MOST_BYTES);
  let length = 0;
  try {
    while (length < bytes.length) {
      const rest = bytes.subarray(length);
      const count = await (file ?? source!).read(rest);
      if (count === null) break;
      length += count;
    }
  } catch (cause) {
    throw cannotRead(file === undefined ? "standard input" : path, cause);
  } finally {
    file?.close();
  }
  return bytes.subarray(0, length);
}

function bare(bytes: Uint8Array): SniffBuffer {
  const seen = new SniffBuffer();
  seen.push("toServer", bytes);
  seen.complete("toServer");
  return seen;
}

/** An input that gives bytes again that were read from it. */
function behind(bytes: Uint8Array, input: Input): Input {
  let rest = bytes;
  return {
    isTerminal: input.isTerminal,
    read(into) {
      if (rest.length === 0) return input.read(into);
      const piece = rest.subarray(0, into.length);
      into.set(piece);
      rest = rest.subarray(piece.length);
      return Promise.resolve(piece.length);
    },
  };
}

async function recorded(
  path: string,
  connection: number | undefined,
  input: Input,
  log: Log,
): Promise<SniffBuffer> {
  const seen = new SniffBuffer();
  let wanted = connection;
  const sink = {
    head: () => {},
    event(event: Parameters<Parameters<typeof readRecording>[1]["event"]>[0]) {
      if (!("connection" in event)) return;
      if (wanted !== undefined && event.connection !== wanted) return;
      if ("bytes" in event) {
        wanted = event.connection;
        seen.push(event.to === "server" ? "toServer" : "toClient", event.bytes);
      } else if ("event" in event && event.event === "end") {
        seen.complete(event.to === "server" ? "toServer" : "toClient");
      }
    },
  };
  await readRecording(path, sink, input, log);
  if (seen.toClient !== undefined || seen.toServer !== undefined) return seen;
  const which = connection === undefined
    ? "bytes"
    : `bytes of connection ${connection}`;
  throw new Failure(EXIT.usage, `${path} holds no ${which}`);
}
