/**
 * This side's direction: events in, bytes out.
 *
 * @module
 */

import { OptionTypeError } from "../../../check.ts";
import type { ByteSink } from "../../../bytes/byte_sink.ts";
import { BodyWriter } from "./body_writer.ts";
import type {
  HttpEvent,
  InformationalHead,
  RequestHead,
  ResponseHead,
} from "../events.ts";
import type {
  ConnectionState,
  HttpRole,
  HttpState,
} from "../connection_state.ts";
import {
  checkStatus,
  sendInformational,
  sendRequest,
  sendResponse,
} from "./outgoing_head.ts";
import { switchFault } from "../reading/request_rules.ts";

/** What this direction needs to know about the peer's bytes. */
interface Received {
  /** Whether bytes have arrived that were not returned as events yet. */
  readonly hasBytes: boolean;
}

/** Writes the messages of one direction. */
export class OutgoingMessages {
  readonly #state: ConnectionState;
  readonly #received: Received;
  #writer: BodyWriter | undefined;

  /**
   * Begins at the first byte of a stream.
   *
   * @param state The state shared with the other direction.
   */
  constructor(state: ConnectionState, received: Received) {
    this.#state = state;
    this.#received = received;
  }

  /** Whether the client still waits for `100 Continue`. */
  get isAwaited(): boolean {
    return this.#state.awaitsContinue && !this.#received.hasBytes;
  }

  /**
   * Writes an event.
   *
   * @param sink Where its bytes are appended.
   * @throws {TypeError} If it cannot be written, or not now.
   * @throws {RangeError} If the body would break its announced length.
   */
  send(event: HttpEvent, sink: ByteSink): void {
    switch (event.type) {
      case "request":
        return this.#sendRequest(event, sink);
      case "response":
        return this.#sendResponse(event, sink);
      case "informational":
        return this.#sendInformational(event, sink);
      case "data":
        this.#expect("body", "a part of a body");
        return this.#writer!.data(event.bytes, sink);
      case "end":
        this.#expect("body", "the end of a message");
        this.#writer!.end(event.trailers, sink);
        this.#state.own = "done";
        this.#state.settle();
    }
  }

  /** Counts bytes of the body that do not go through a sink. */
  passed(count: number): void {
    this.#expect("body", "a part of a body");
    this.#writer!.passed(count);
  }

  #sendRequest(head: RequestHead, sink: ByteSink): void {
    const state = this.#state;
    this.#checkRole("client", "a request");
    this.#expect("idle", "a request");
    if (this.#received.hasBytes) {
      throw new OptionTypeError({
        action: "send a request",
        reason:
          "bytes came that no request had asked for, and would be taken for its response",
      });
    }
    const sent = sendRequest(head, state.keepAlive, sink);
    state.method = head.method;
    state.version = head.version;
    state.request = sent.fields;
    state.keepAlive = sent.keepAlive;
    state.own = "body";
    this.#writer = new BodyWriter(sent.length);
  }

  #sendResponse(head: ResponseHead, sink: ByteSink): void {
    const state = this.#state;
    this.#checkRole("server", "a response");
    this.#expect("idle", "a response");
    checkStatus(head.status, 200, 599);
    const isTunnel = state.method === "CONNECT" && head.status < 300;
    if (isTunnel && state.peer !== "done") {
      throw new OptionTypeError({
        action: "open a tunnel",
        reason: "the end of the CONNECT request was not read",
      });
    }
    const sent = sendResponse(head, {
      method: state.method,
      version: state.version,
      // An answer before the request, such as 408, is the last one. A client
      // that waits to send its body may still send it, or not.
      keepAlive: state.keepAlive && state.peer !== "idle" && !this.isAwaited,
    }, sink);
    state.keepAlive = sent.keepAlive;
    state.awaitsContinue = false;
    if (isTunnel) return state.switch();
    state.own = "body";
    this.#writer = new BodyWriter(sent.length);
  }

  #sendInformational(head: InformationalHead, sink: ByteSink): void {
    const state = this.#state;
    this.#checkRole("server", "an informational response");
    this.#expect("idle", "an informational response");
    checkStatus(head.status, 100, 199);
    if (state.request === undefined) {
      throw new OptionTypeError({
        action: "send an informational response",
        reason: "there is no request",
      });
    }
    if (head.status === 101) {
      const isWhole = state.peer === "done";
      const fault = switchFault(state.request, state.version, isWhole);
      if (fault !== undefined) {
        throw new OptionTypeError({
          action: "switch protocols",
          reason: fault,
        });
      }
    }
    // An HTTP/1.0 client does not know them (RFC 9110 section 15.2).
    const isKnown = head.status === 101 || state.version !== "1.0";
    sendInformational(head, isKnown ? sink : undefined);
    if (head.status === 101) state.switch();
    else if (head.status === 100 && isKnown) state.awaitsContinue = false;
  }

  #checkRole(role: HttpRole, what: string): void {
    if (this.#state.role === role) return;
    throw new OptionTypeError({
      action: `send ${what}`,
      reason: `this is the ${this.#state.role}'s end of the connection`,
    });
  }

  #expect(expected: HttpState, what: string): void {
    if (this.#state.own === expected) return;
    throw new OptionTypeError({
      action: `send ${what} now`,
      reason: `this side of the exchange is ${this.#state.own}`,
    });
  }
}
