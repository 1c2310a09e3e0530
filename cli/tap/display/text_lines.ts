/**
 * What a tap sees as lines for people.
 *
 * ```text
 * #1 →  1     5 B  12:00:00.201  hello                       in 2 reads, 201 ms apart
 * #1 ←  1     5 B  12:00:00.203  HELLO                       +1.9 ms
 * #1 →  2     5 B  12:00:00.204  text: hello                 with the framing websocket
 * #1 ←             12:00:00.202  fault delay:200ms at message 1
 * #1 → !3          12:00:00.402  cannot decode message 3 at byte 27 (length:4): ...
 * ```
 *
 * On a terminal a line that is too wide is cut, with an ellipsis. Elsewhere it is
 * whole.
 *
 * @module
 */

import type {
  RelayDirection,
  WatchedFramings,
} from "../../../lib/relay/mod.ts";
import {
  explainFrame,
  type FramePart,
  type Framing,
  parseFraming,
  type Side,
} from "../../../lib/framing/mod.ts";
import { Column } from "./column.ts";
import { strikeText } from "../../faults/fault_text.ts";
import { formatDuration } from "../../arguments/durations.ts";
import { formatSize } from "../../arguments/sizes.ts";
import { annotatedBytes } from "../../output/frames/annotated_bytes.ts";
import { badFrame } from "../../output/frames/bad_frame.ts";
import { errorText } from "../../output/error_text.ts";
import { escapeControls } from "../../output/escape.ts";
import { visible } from "../../output/visible.ts";
import type { FormatName } from "../../output/views/format_names.ts";
import type { View } from "../../output/views/load_view.ts";
import type { ViewName } from "../../output/views/format_names.ts";
import { cutToColumns, textColumns } from "../../output/width.ts";
import type { TapError, TapMessage, TapStrike } from "../tap_event.ts";
import type { LineFormat } from "./line_format.ts";

// Where the remarks of short messages begin, so that they can be compared.
const CONTENT_COLUMNS = 26;
// What is left of a message on a terminal that is too narrow for its remark too.
const LEAST_COLUMNS = 10;
// From here on the content is a piece of its own; its remark needs no padding.
const LONG_BYTES = 1024;
// The bytes of a message are drawn below its line, and on a terminal not all of a
// large one.
const INDENT = "    ";
const MOST_ROWS = 16;

/** Shows the bytes of a message on one line. */
type ShowBytes = (message: Uint8Array) => string;

/** A format whose first characters come from the first bytes alone. */
type PlainFormat = Exclude<FormatName, "json" | ViewName>;

const SHOWN: Readonly<Record<PlainFormat, ShowBytes>> = {
  text: (message) => visible(message),
  hex: (message) => message.toHex(),
  base64: (message) => message.toBase64(),
};

/** What a line is about. */
interface Marked {
  readonly connection: number;
  readonly direction: RelayDirection | undefined;
}

/** Lines for people. */
export class TextLines implements LineFormat {
  readonly #show: ShowBytes;
  readonly #isPlain: boolean;
  readonly #columns: () => number;
  readonly #annotated: WatchedFramings | undefined;
  readonly #connection = new Column(2);
  readonly #number = new Column(2);
  readonly #size = new Column(7);

  /**
   * Creates the format.
   *
   * @param format How messages are shown: a name, or a view that was loaded.
   * @param columns How wide a line may be, in columns; `Infinity` for no bound.
   * @param annotated The framings whose parts are drawn under the bytes, if the
   * bytes are drawn at all.
   */
  constructor(
    format: PlainFormat | View,
    columns: () => number,
    annotated?: WatchedFramings,
  ) {
    this.#isPlain = typeof format === "string";
    this.#show = typeof format === "string" ? SHOWN[format] : format;
    this.#columns = columns;
    this.#annotated = annotated;
  }

  pieces(found: TapMessage): readonly string[] {
    const { message } = found;
    const isWhole = this.#columns() === Infinity &&
      this.#annotated === undefined;
    if (!isWhole || message.length < LONG_BYTES) return [this.message(found)];
    const end = remark(found);
    const head = this.#head(found) + kindOf(found);
    return [head, this.#show(message), end === "" ? "" : `  ${end}`];
  }

  message(found: TapMessage): string {
    const { message } = found;
    const line = this.#line(found, message);
    if (this.#annotated === undefined) return line;
    const { direction, frame, isRaw, number, offset } = found;
    const { framing, from } = this.#sent(direction, this.#annotated);
    const index = number - 1;
    const parts = isRaw ? [] : explainFrame(framing, frame, { from, index });
    return this.#below(line, frame, parts, offset);
  }

  error(found: TapError): string {
    const { at, error, isRaw, number } = found;
    const what = escapeControls(errorText(error));
    const rest = isRaw
      ? "passed on, shown as raw from here"
      : "passed on, not shown";
    const head = `${this.#mark(found)} ${this.#number.right(`!${number}`)} ${
      this.#size.right("")
    }  `;
    const line = `${head}${clock(at)}  ${what}; ${rest}`;
    if (this.#annotated === undefined) return line;
    const { direction } = found;
    const { framing, from } = this.#sent(direction, this.#annotated);
    const { bytes, offset, parts } = badFrame(error, framing, from);
    return this.#below(line, bytes, parts, offset);
  }

  fault(strike: TapStrike): string {
    const { at, connection, direction } = strike;
    const head = `${this.#mark({ connection, direction })} ${
      this.#number.right("")
    } ${this.#size.right("")}  ${clock(at)}  `;
    const most = this.#columns() - textColumns(head);
    const text = escapeControls(strikeText(strike));
    return head + cut(text, Math.max(LEAST_COLUMNS, most));
  }

  #head(found: TapMessage): string {
    const number = this.#number.right(String(found.number));
    const size = this.#size.right(formatSize(found.message.length));
    return `${this.#mark(found)} ${number} ${size}  ${clock(found.at)}  `;
  }

  /** The connection and the direction, if it is about one alone. */
  #mark({ connection, direction }: Marked): string {
    const arrow = direction === undefined
      ? " "
      : direction === "toServer"
      ? "→"
      : "←";
    return `${this.#connection.left(`#${connection}`)} ${arrow}`;
  }

  /** Who sends in a direction, and in which framing. */
  #sent(
    direction: RelayDirection,
    framings: WatchedFramings,
  ): { readonly framing: Framing; readonly from: Side } {
    const framing = framings[direction];
    return {
      framing: typeof framing === "string" ? parseFraming(framing) : framing,
      from: direction === "toServer" ? "client" : "server",
    };
  }

  /** Draws bytes and their parts below a line. */
  #below(
    line: string,
    bytes: Uint8Array,
    parts: readonly FramePart[],
    offset: number,
  ): string {
    const columns = this.#columns() - INDENT.length;
    const mostRows = columns === Infinity ? Infinity : MOST_ROWS;
    const how = { columns, mostRows, offset };
    return [line, ...annotatedBytes(bytes, parts, how)].join(`\n${INDENT}`);
  }

  #line(found: TapMessage, message: Uint8Array): string {
    const columns = this.#columns();
    const [head, kind, end] = [this.#head(found), kindOf(found), remark(found)];
    if (message.length === 0 && end === "") return (head + kind).trimEnd();
    if (columns === Infinity) {
      return withRemark(head, kind + this.#show(message), end, Infinity);
    }
    // What follows cannot be on the line, whatever it is.
    const most = Math.max(LEAST_COLUMNS, columns - textColumns(head));
    const shown = this.#show(
      this.#isPlain ? message.subarray(0, 4 * most) : message,
    );
    return withRemark(head, kind + shown, end, most);
  }
}

/** Joins the parts, the content in `most` columns with its remark. */
function withRemark(
  head: string,
  content: string,
  remark: string,
  most: number,
): string {
  if (remark === "") return head + cut(content, most);
  const room = Math.max(LEAST_COLUMNS, most - remark.length - 2);
  const shown = cut(content, room);
  const wanted = Math.min(CONTENT_COLUMNS, room);
  // Long texts need no padding, and measuring them takes time.
  const padding = shown.length > 2 * CONTENT_COLUMNS
    ? 0
    : Math.max(0, wanted - textColumns(shown));
  return `${head}${shown}${" ".repeat(padding)}  ${remark}`;
}

function cut(content: string, most: number): string {
  return most === Infinity ? content : cutToColumns(content, most);
}

/** What a frame of WebSocket is, before its payload. */
function kindOf({ webSocket }: TapMessage): string {
  return webSocket === undefined ? "" : `${webSocket.text}: `;
}

/** How long the answer took, and in how many reads the message came. */
function remark({ answerMs, reads, spanMs }: TapMessage): string {
  const answer = answerMs === undefined ? "" : `+${shortDuration(answerMs)}`;
  if (reads === 1) return answer;
  const cuts = `in ${reads} reads, ${shortDuration(spanMs)} apart`;
  return answer === "" ? cuts : `${answer}, ${cuts}`;
}

/** A duration with a decimal where it is short. */
function shortDuration(ms: number): string {
  return ms < 99.95 ? `${ms.toFixed(1)} ms` : formatDuration(ms);
}

/** The time of day on this machine, with milliseconds. */
function clock(at: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two);
  return `${time.join(":")}.${String(at.getMilliseconds()).padStart(3, "0")}`;
}
