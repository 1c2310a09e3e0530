/**
 * PostgreSQL's protocol, version 3: a client begins with packets that have no
 * type, then all messages have one.
 *
 * ```text
 * client   00 00 00 08  04 D2 16 2F              SSLRequest, or GSSENCRequest
 * server   S or N or G, a byte alone             yes, no, or GSSAPI
 * client   00 00 00 20  00 03 00 00  user ...    the startup packet
 * both     type(1) length(4) ...                 the length counts itself
 * ```
 *
 * After the answer `S` both sides send TLS records. A client may also begin with
 * them at once, as libpq does with `sslnegotiation=direct`. What follows the
 * answer `G` is encrypted with GSSAPI, which is not read here.
 *
 * @module
 */

import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import type { CodecOptions } from "../framing.ts";
import type { PacketScanner } from "../formats/packet.ts";
import { evidence, malformed } from "../limits.ts";
import { sideOf } from "../side.ts";
import { HeaderScanner, type PacketHeader } from "./packet_header.ts";
import {
  Encrypted,
  PhasedScanner,
  type Phases,
  SizeScanner,
} from "./phases.ts";

const START: PacketHeader = {
  bytes: 8,
  lengthAt: 0,
  lengthBytes: 4,
  uncounted: 0,
  // MAX_STARTUP_PACKET_LENGTH of the server.
  most: 10_000,
  marks: [
    { at: 0, values: [0], what: "the first byte of a startup packet" },
    // Version 3.x, or the requests, whose "version" begins with 1234.
    { at: 4, values: [0, 4], what: "the first byte of the version" },
    { at: 5, values: [3, 0xd2], what: "the second byte of the version" },
  ],
};

/** Sections "Message Formats" of the manual, up to version 18. */
const FROM_CLIENT = typed("BCDEFHPQSXcdfp");
const FROM_SERVER = typed("123ACDEGHIKNRSTVWZcdnstv");

function typed(types: string): PacketHeader {
  return {
    bytes: 5,
    lengthAt: 1,
    lengthBytes: 4,
    uncounted: 1,
    marks: [{
      at: 0,
      values: Array.from(types, (type) => type.charCodeAt(0)),
      what: "the message type",
    }],
  };
}

const ANSWERS = "SNG";
const GSSAPI = "G".charCodeAt(0);
// The first half of the codes of requests; that of a version is 3.
const REQUEST = 1234;

/** Makes the scanner of one direction. */
export function postgresScanner(
  maxMessageBytes: number,
  options: CodecOptions,
): PacketScanner {
  return new PhasedScanner(
    sideOf("postgres", options) === "client"
      ? new ClientPhases(maxMessageBytes)
      : new ServerPhases(maxMessageBytes),
  );
}

class ClientPhases implements Phases {
  readonly #start: HeaderScanner;
  readonly #typed: HeaderScanner;
  readonly #encrypted: Encrypted;
  #hasStarted = false;

  constructor(maxMessageBytes: number) {
    this.#start = new HeaderScanner(START, maxMessageBytes);
    this.#typed = new HeaderScanner(FROM_CLIENT, maxMessageBytes);
    this.#encrypted = new Encrypted(maxMessageBytes);
  }

  choose(queue: ReadableQueue): PacketScanner {
    if (this.#hasStarted) return this.#typed;
    return this.#encrypted.isNext(queue, true)
      ? this.#encrypted.records
      : this.#start;
  }

  accept(queue: ReadableQueue, scanner: PacketScanner): void {
    this.#encrypted.accept(scanner);
    if (scanner !== this.#start) return;
    this.#hasStarted = queue.byte(4) * 256 + queue.byte(5) !== REQUEST;
  }
}

class ServerPhases implements Phases {
  readonly #answer = new SizeScanner(1);
  readonly #typed: HeaderScanner;
  readonly #encrypted: Encrypted;
  // Before the first message with a type a byte alone answers a request. No
  // notice and no parameter, which begin so too, comes before that.
  #hasStarted = false;
  #isGssapi = false;

  constructor(maxMessageBytes: number) {
    this.#typed = new HeaderScanner(FROM_SERVER, maxMessageBytes);
    this.#encrypted = new Encrypted(maxMessageBytes);
  }

  choose(queue: ReadableQueue): PacketScanner {
    if (this.#hasStarted) return this.#typed;
    if (this.#isGssapi) {
      throw malformed(
        "what follows the answer G is encrypted with GSSAPI",
        evidence(queue, 1),
      );
    }
    if (this.#encrypted.isNext(queue, true)) return this.#encrypted.records;
    return ANSWERS.includes(String.fromCharCode(queue.byte(0)))
      ? this.#answer
      : this.#typed;
  }

  accept(queue: ReadableQueue, scanner: PacketScanner): void {
    this.#encrypted.accept(scanner);
    this.#hasStarted = scanner === this.#typed;
    this.#isGssapi = scanner === this.#answer && queue.byte(0) === GSSAPI;
  }
}
