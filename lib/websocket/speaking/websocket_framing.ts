/**
 * WebSocket on one connection, once the handshake is done: messages, and what is
 * said besides them.
 *
 * ```text
 *               finish(), leave(), fail()
 *   open ────────────────────────────────► closing ── peer's close frame ──► closed
 *    └── peer's close frame ──► answering ──── finish(), or 5 s later ──────►
 * ```
 *
 * - `open`: both sides send.
 * - `closing`: this side has sent its close frame, and reads on for the peer's.
 * - `answering`: the peer has sent its close frame; what the program still sends
 *   goes before the answer.
 * - `closed`: both close frames were sent.
 *
 * @module
 */

import type { ByteSink } from "../../bytes/byte_sink.ts";
import { OptionRangeError } from "../../check.ts";
import { ProtocolError, TimeoutError } from "../../errors.ts";
import type { CodecOptions, Decoder, Encoder } from "../../framing/framing.ts";
import { SendSizeError } from "../../framing/limits.ts";
import type {
  FramingLink,
  SpokenFraming,
} from "../../transport/spoken_framing.ts";
import type { Timer } from "../../time/time.ts";
import {
  CLOSE_CODES,
  closeCodeFor,
  type CloseStatus,
  fitReason,
} from "../wire/close_status.ts";
import { MessageDeflater, MessageInflater } from "../wire/deflate.ts";
import { ControlBudget } from "./control_budget.ts";
import { newKey } from "./mask_keys.ts";
import { TellingDecoder } from "./telling_decoder.ts";
import type { WebSocketAgreement } from "./agreement.ts";
import type { ControlReceiver } from "../wire/decoder_options.ts";
import { WebSocketDecoder } from "../wire/websocket_decoder.ts";
import type { MessageKind } from "../wire/assembly.ts";
import { Utf8Check } from "../wire/utf8.ts";
import { WebSocketEncoder } from "../wire/websocket_encoder.ts";

// How long the program may go on sending behind the peer's close frame.
const ANSWER_CLOSE_MS = 5_000;

// Messages below this are not compressed: the headers of DEFLATE eat the gain.
const COMPRESSED_FROM_BYTES = 64;

const NO_PAYLOAD = new Uint8Array(0);

/** The framing of one WebSocket connection. */
export class WebSocketFraming implements SpokenFraming, ControlReceiver {
  readonly boundary = "frame";
  /** What was agreed on. */
  readonly agreement: WebSocketAgreement;
  /** How the peer ended its side, once it has. */
  peerStatus: CloseStatus | undefined;
  onOver: (() => void) | undefined;
  #state: "open" | "closing" | "answering" | "closed" = "open";
  #link: FramingLink | undefined;
  #decoder: WebSocketDecoder | undefined;
  #encoder: WebSocketEncoder | undefined;
  #answerTimer: Timer;
  #pingTimer: Timer;
  #awaitsPong = false;
  // The payload of the pong that waits for room.
  #latePong: Uint8Array | undefined;
  #ownCode: number = CLOSE_CODES.normal;
  readonly #budget = new ControlBudget();

  constructor(agreement: WebSocketAgreement) {
    this.agreement = agreement;
  }

  /** A client masks each frame, and compression remembers earlier messages. */
  get encodesAlike(): boolean {
    const { compression, messageType, side } = this.agreement;
    return side === "server" && compression === undefined &&
      messageType !== "same";
  }

  get peerFinished(): boolean {
    return this.peerStatus !== undefined;
  }

  get isFinished(): boolean {
    return this.#state === "closing" || this.#state === "closed";
  }

  begin(link: FramingLink): void {
    this.#link = link;
    this.#schedulePing();
  }

  decoder({ maxMessageBytes }: CodecOptions): Decoder {
    const { compression, side } = this.agreement;
    const decoder = new WebSocketDecoder({
      from: side === "server" ? "client" : "server",
      control: this,
      maxMessageBytes,
      inflater: compression === undefined
        ? undefined
        : new MessageInflater(compression.receiving),
    });
    this.#decoder = decoder;
    return new TellingDecoder(decoder, (error) => this.#refuse(error));
  }

  encoder({ maxMessageBytes }: CodecOptions): Encoder {
    const { compression, side } = this.agreement;
    const encoder = this.#encoder = new WebSocketEncoder({
      from: side,
      maxMessageBytes,
      newKey,
      deflater: compression === undefined ? undefined : new MessageDeflater(
        compression.sending,
        COMPRESSED_FROM_BYTES,
      ),
    });
    return { encode: (message, sink) => this.#encode(encoder, message, sink) };
  }

  toString(): string {
    return "websocket";
  }

  ping(payload: Uint8Array): void {
    this.#budget.spend(this.#now);
    if (this.isFinished) return;
    const room = this.#link?.room();
    if (room === undefined) return this.#pong(payload);
    // A peer that sends pings and reads nothing gets an answer to the last one (RFC
    // 6455 section 5.5.3), or the answers would fill the memory.
    if (this.#latePong === undefined) {
      room.then(() => this.#pong(this.#latePong!), () => {});
    }
    this.#latePong = payload.slice();
  }

  pong(): void {
    this.#budget.spend(this.#now);
    this.#awaitsPong = false;
  }

  close(status: CloseStatus): void {
    this.peerStatus = status;
    if (this.#state === "open") {
      this.#state = "answering";
      this.#answerTimer = this.#link?.time.setTimer(
        () => this.finish(),
        ANSWER_CLOSE_MS,
      );
    } else {
      this.#end("closed");
    }
    this.#link?.ended();
  }

  finish(): void {
    // The answer repeats the peer's code (RFC 6455 section 5.5.1).
    const code = this.peerStatus === undefined
      ? this.#ownCode
      : this.peerStatus.code;
    this.#finish({ code, reason: "" });
  }

  leave(): void {
    this.#ownCode = CLOSE_CODES.goingAway;
  }

  /** The error is not of the frames, which were refused before. */
  fail(error: unknown, told?: string): void {
    if (error instanceof ProtocolError) {
      const code = error.details.closeCode ?? CLOSE_CODES.invalidData;
      return this.#finish({ code, reason: fitReason(error.reason ?? "") });
    }
    // What went wrong inside the program is not told without leave.
    const code = told !== undefined && error instanceof SendSizeError
      ? CLOSE_CODES.tooLarge
      : CLOSE_CODES.internalError;
    this.#finish({ code, reason: fitReason(told ?? "") });
  }

  stop(): void {
    const time = this.#link?.time;
    if (this.#answerTimer !== undefined) time?.clearTimer(this.#answerTimer);
    if (this.#pingTimer !== undefined) time?.clearTimer(this.#pingTimer);
    this.#answerTimer = this.#pingTimer = undefined;
  }

  #encode(
    encoder: WebSocketEncoder,
    message: Uint8Array,
    sink: ByteSink,
  ): void {
    encoder.kind = this.#kindOf(message);
    encoder.encode(message, sink);
  }

  /** Ends this side in order, with a code and a reason. */
  finishWith(status: CloseStatus): void {
    this.#finish(status);
  }

  get #now(): number {
    return this.#link?.time.now() ?? 0;
  }

  #refuse(error: unknown): void {
    if (!(error instanceof ProtocolError)) return;
    if (error.code === "truncated") return this.stop();
    const code = closeCodeFor(error);
    this.#finish({ code, reason: fitReason(error.reason ?? "") });
  }

  #pong(payload: Uint8Array): void {
    this.#latePong = undefined;
    if (this.isFinished) return;
    this.#say((encoder, sink) => encoder.pong(payload, sink));
  }

  #kindOf(message: Uint8Array): MessageKind {
    if (this.#link?.sendsText === true) return "text";
    const { messageType } = this.agreement;
    if (messageType === "binary") return "binary";
    if (messageType === "same") return this.#decoder?.kind ?? "binary";
    const check = new Utf8Check();
    const isText = check.push(message) === -1 && check.isWhole;
    if (!isText && messageType === "text") {
      throw new OptionRangeError({
        action: `send message of ${message.length} bytes as text`,
        reason: "it is not UTF-8",
        option: "messageType",
      });
    }
    return isText ? "text" : "binary";
  }

  #finish(status: CloseStatus): void {
    if (this.isFinished) return;
    if (this.#latePong !== undefined) this.#pong(this.#latePong);
    this.#say((encoder, sink) => encoder.close(status, sink));
    this.#link?.sealed();
    this.#end(this.#state === "answering" ? "closed" : "closing");
  }

  #end(state: "closing" | "closed"): void {
    this.#state = state;
    if (state === "closing") return;
    this.stop();
    this.onOver?.();
  }

  /** Appends what is said by itself; not behind the end, nor on a lost link. */
  #say(write: (encoder: WebSocketEncoder, sink: ByteSink) => void): void {
    const link = this.#link;
    if (link === undefined) return;
    if (this.#encoder === undefined) {
      this.encoder({ maxMessageBytes: Infinity });
    }
    let sink: ByteSink;
    try {
      sink = link.sink;
    } catch {
      return;
    }
    write(this.#encoder!, sink);
    link.accepted();
  }

  #schedulePing(): void {
    const { pingMs } = this.agreement;
    if (pingMs === Infinity) return;
    this.#pingTimer = this.#link!.time.setTimer(() => this.#ping(), pingMs);
  }

  #ping(): void {
    const link = this.#link!;
    if (this.isFinished) return;
    // While the program does not read, a pong may lie in the system's buffer.
    if (this.#awaitsPong && link.isReading) {
      const { peer, pingMs } = this.agreement;
      return link.abort(
        new TimeoutError("ping", pingMs, {
          action: "hear from",
          address: peer,
          reason: `no answer to a ping within ${pingMs} ms`,
        }),
      );
    }
    this.#awaitsPong = true;
    this.#say((encoder, sink) => encoder.ping(NO_PAYLOAD, sink));
    this.#schedulePing();
  }
}
