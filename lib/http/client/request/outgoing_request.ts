/**
 * A request before it is sent: its head, and whether it can be sent again.
 *
 * @module
 */

import { OptionTypeError } from "../../../check.ts";
import type { HeaderField, RequestHead } from "../../wire/events.ts";
import type { HttpExchangeOptions } from "../options.ts";
import { type OutgoingBody, outgoingBody } from "./outgoing_body.ts";
import { checkFields, givenFields, valueOf } from "./request_fields.ts";
import { parseTarget, type Target } from "../connection/target.ts";

// As fetch does; any other method is sent as it is written.
const KNOWN = /^(?:delete|get|head|options|post|put)$/i;
// May be sent again if its fate is unknown (RFC 9110 section 9.2.2).
const IDEMPOTENT = /^(?:DELETE|GET|HEAD|OPTIONS|PUT|TRACE)$/;
// Has a length even if that is 0 (RFC 9110 section 8.6).
const HAS_CONTENT = /^(?:PATCH|POST|PUT)$/;
const HAS_NO_CONTENT = /^(?:GET|HEAD|TRACE)$/;

/** The parts of a request. */
export interface RequestParts {
  /** Host and port that a tunnel leads to, if one is asked for (CONNECT). */
  readonly authority?: string | undefined;
  /** The body, if there is one. */
  readonly body: OutgoingBody | undefined;
  /** Whether a compressed body is asked for, and decompressed. */
  readonly decompresses: boolean;
  /** Whether the body waits for the server's consent. */
  readonly expectsContinue: boolean;
  /** The user's header fields. */
  readonly fields: readonly HeaderField[];
  /** The method. */
  readonly method: string;
  /** Its target. */
  readonly target: Target;
}

/** A request that can be sent. */
export class OutgoingRequest implements RequestParts {
  readonly authority: string | undefined;
  readonly body: OutgoingBody | undefined;
  readonly decompresses: boolean;
  readonly expectsContinue: boolean;
  readonly fields: readonly HeaderField[];
  readonly method: string;
  readonly target: Target;

  /**
   * Creates a request.
   *
   * @param parts Its parts, checked.
   */
  constructor(parts: RequestParts) {
    this.authority = parts.authority;
    this.body = parts.body;
    this.decompresses = parts.decompresses;
    this.expectsContinue = parts.expectsContinue && parts.body !== undefined;
    this.fields = parts.fields;
    this.method = parts.method;
    this.target = parts.target;
  }

  /**
   * Creates a request from a user's arguments.
   *
   * @param options Method, headers, body.
   * @throws {TypeError} If an argument is invalid, or they contradict each
   * other.
   */
  static async from(
    url: string | URL,
    options: HttpExchangeOptions,
  ): Promise<OutgoingRequest> {
    const { decompress = true, expectContinue = false } = options;
    const target = parseTarget(url);
    const method = checkMethod(options.method ?? "GET");
    const fields = givenFields(options.headers);
    const body = await outgoingBody(options.body);
    checkFields(fields, body);
    if (body !== undefined && HAS_NO_CONTENT.test(method)) {
      throw new OptionTypeError({
        action: `send a body with ${method}`,
        reason: "what it would mean is not defined",
        advice: "use for example POST",
      });
    }
    const expect = valueOf(fields, "expect");
    return new OutgoingRequest({
      body,
      decompresses: decompress,
      expectsContinue: expectContinue || expect !== undefined,
      fields: fields.filter(([name]) => name.toLowerCase() !== "expect"),
      method,
      target,
    });
  }

  /** Whether sending it twice does no more than sending it once. */
  get isIdempotent(): boolean {
    return IDEMPOTENT.test(this.method);
  }

  /** Whether it can be sent again. */
  get isReplayable(): boolean {
    return this.body?.isReplayable ?? true;
  }

  /** Its head. */
  get head(): RequestHead {
    const { authority, fields, method, target } = this;
    // First, as RFC 9110 section 7.2 recommends.
    const host = fields.find(([name]) => name.toLowerCase() === "host") ??
      ["host", authority ?? target.host] as const;
    const ours = [...this.#wishes(), ...this.#content()]
      .filter(([name]) => valueOf(fields, name) === undefined);
    const theirs = fields.filter((field) => field !== host);
    const headers = [host, ...ours, ...theirs];
    return {
      type: "request",
      method,
      target: authority ?? target.path,
      version: "1.1",
      headers,
    };
  }

  /** The same with some parts changed. */
  with(parts: Partial<RequestParts>): OutgoingRequest {
    return new OutgoingRequest({ ...this, ...parts });
  }

  /** The same, with `connection: close`. */
  asLast(): OutgoingRequest {
    // What it would say of the tunnel is not defined.
    if (this.authority !== undefined) return this;
    if (valueOf(this.fields, "connection") !== undefined) return this;
    return this.with({ fields: [...this.fields, ["connection", "close"]] });
  }

  /** The same, with the wish to speak another protocol. */
  asUpgrade(protocol: string): OutgoingRequest {
    const fields = this.fields.filter(([name]) =>
      name.toLowerCase() !== "connection"
    );
    const ours = [["connection", "upgrade"], ["upgrade", protocol]] as const;
    return this.with({ fields: [...fields, ...ours] });
  }

  /** A request for a tunnel, with the same fields. */
  asConnect(authority: string): OutgoingRequest {
    return this.with({ authority, method: "CONNECT" });
  }

  *#wishes(): Iterable<HeaderField> {
    yield ["user-agent", "Parley"];
    yield ["accept", "*/*"];
    if (this.decompresses) yield ["accept-encoding", "gzip, deflate"];
  }

  *#content(): Iterable<HeaderField> {
    const { body, expectsContinue, fields, method } = this;
    if (body === undefined) {
      if (HAS_CONTENT.test(method)) yield ["content-length", "0"];
      return;
    }
    if (body.type !== undefined) yield ["content-type", body.type];
    if (body.size !== undefined) {
      yield ["content-length", `${body.size}`];
    } else if (valueOf(fields, "content-length") === undefined) {
      yield ["transfer-encoding", "chunked"];
    }
    if (expectsContinue) yield ["expect", "100-continue"];
  }
}

function checkMethod(method: string): string {
  if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(method)) {
    throw new OptionTypeError({
      action: `send the method ${JSON.stringify(method)}`,
      reason: "it is not a token",
    });
  }
  if (method.toUpperCase() === "CONNECT") {
    throw new OptionTypeError({
      action: "send the method CONNECT",
      reason: "a tunnel does not carry HTTP",
      advice: "use HttpClient.tunnel",
    });
  }
  return KNOWN.test(method) ? method.toUpperCase() : method;
}
