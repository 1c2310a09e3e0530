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
import { ProtocolError } from "../../errors.ts";
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
import { decoderFor, encoderFor } from "./codecs.ts";
import { ControlBudget } from "./control_budget.ts";
import { KeepAlive } from "./keep_alive.ts";
import { kindOf } from "./message_kind.ts";
import { PongAnswers } from "./pong_answers.ts";
import { TellingDecoder } from "./telling_decoder.ts";
import type { WebSocketAgreement } from "./agreement.ts";
import type { ControlReceiver } from "../wire/decoder_options.ts";
import type { WebSocketDecoder } from "../wire/websocket_decoder.ts";
import type { WebSocketEncoder } from "../wire/websocket_encoder.ts";

// How long the program may go on sending behind the peer's close frame.
const ANSWER_CLOSE_MS = 5_000;

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
  readonly #keepAlive: KeepAlive;
  readonly #pongs = new PongAnswers((payload) => this.#pong(payload));
  #ownCode: number = CLOSE_CODES.normal;
  readonly #budget = new ControlBudget();

  constructor(agreement: WebSocketAgreement) {
    this.agreement = agreement;
    const { peer, pingMs } = agreement;
    this.#keepAlive = new KeepAlive({ peer, pingMs, ping: () => this.#ping() });
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
    this.#keepAlive.begin(link);
  }

  decoder({ maxMessageBytes }: CodecOptions): Decoder {
    const decoder = decoderFor(this.agreement, this, maxMessageBytes);
    this.#decoder = decoder;
    return new TellingDecoder(decoder, (error) => this.#refuse(error));
  }

  encoder({ maxMessageBytes }: CodecOptions): Encoder {
    const encoder = encoderFor(this.agreement, maxMessageBytes);
    this.#encoder = encoder;
    return { encode: (message, sink) => this.#encode(encoder, message, sink) };
  }

  toString(): string {
    return "websocket";
  }

  ping(payload: Uint8Array): void {
    this.#budget.spend(this.#now);
    if (this.isFinished) return;
    this.#pongs.answer(payload, this.#link?.room());
  }

  pong(): void {
    this.#budget.spend(this.#now);
    this.#keepAlive.pong();
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
    this.#keepAlive.stop();
    this.#link?.time.clearTimer(this.#answerTimer);
  }

  #encode(
    encoder: WebSocketEncoder,
    message: Uint8Array,
    sink: ByteSink,
  ): void {
    encoder.kind = this.#link?.sendsText === true
      ? "text"
      : kindOf(message, this.agreement.messageType, this.#decoder?.kind);
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
    if (this.isFinished) return;
    this.#say((encoder, sink) => encoder.pong(payload, sink));
  }

  #finish(status: CloseStatus): void {
    if (this.isFinished) return;
    this.#pongs.flush();
    this.#say((encoder, sink) => encoder.close(status, sink));
    this.#link?.sealed();
    this.#keepAlive.stop();
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

  #ping(): void {
    this.#say((encoder, sink) => encoder.ping(NO_PAYLOAD, sink));
  }
}
