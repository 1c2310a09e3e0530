/**
 * SMTP: lines from the client, a mail after DATA, replies of one or more lines.
 *
 * ```text
 * client   MAIL FROM:<a@example.org> CR LF
 * client   BDAT 5 LAST CR LF  hello                a line, then so many bytes
 * client   Subject: hi CR LF CR LF ... CR LF . CR LF    all of a mail
 * server   250-SIZE 1000 CR LF  250 HELP CR LF     a reply ends where "-" does not
 * ```
 *
 * ```text
 * ──► commands ──DATA──► mail, if the server answers 354 ──"." alone──► commands
 *        ▲                              │
 *        └──── it answers otherwise ────┘
 * ```
 *
 * Only the other direction says what the server has answered. It is known if the
 * decoders and encoders of both directions have the same `connection`; without
 * it the client's next bytes are taken for the mail. After STARTTLS, and at the
 * beginning for port 465, both sides may go on with TLS records.
 *
 * @module
 */

import type { ReadableQueue } from "../../../bytes/readable_queue.ts";
import type { PacketScanner } from "../../formats/packet.ts";
import type { CodecOptions } from "../../framing.ts";
import { sideOf } from "../../side.ts";
import { MailScanner } from "./mail.ts";
import {
  isSize,
  type LineRules,
  PayloadLineScanner,
} from "../payload_lines.ts";
import { Encrypted, PhasedScanner, type Phases } from "../phases.ts";
import { ReplyScanner } from "./reply.ts";

const COMMANDS: LineRules = {
  // A client that authenticates may send an empty line.
  least: 2,
  endsBare: true,
  rule: (verb) => verb.toUpperCase() === "BDAT" ? chunk : undefined,
};

/** The size after BDAT (RFC 3030, section 2). */
function chunk(words: readonly string[]): bigint | string {
  const [size, last] = words;
  const isRight = words.length < 2 ||
    (words.length === 2 && last!.toUpperCase() === "LAST");
  if (!isSize(size) || !isRight) {
    return "BDAT must be followed by a size, and LAST for the last part";
  }
  return BigInt(size);
}

/** Makes the scanner of one direction. */
export function smtpScanner(
  maxMessageBytes: number,
  options: CodecOptions,
): PacketScanner {
  const exchange = exchangeOf(options.connection);
  return new PhasedScanner(
    sideOf("smtp", options) === "client"
      ? new ClientPhases(maxMessageBytes, exchange)
      : new ServerPhases(maxMessageBytes, exchange),
  );
}

/** What the two directions of a connection know of each other. */
class Exchange {
  /** Replies that the server still owes; it begins with its greeting. */
  #owed = 1;
  // How many replies it owes up to the one for DATA, that one included.
  #owedForData = 0;
  /** Whether the last DATA was answered, and not with 354. */
  isRefused = false;

  command(isData: boolean): void {
    this.#owed++;
    if (!isData) return;
    this.#owedForData = this.#owed;
    this.isRefused = false;
  }

  reply(isPositive: boolean): void {
    this.#owed = Math.max(0, this.#owed - 1);
    if (this.#owedForData === 0) return;
    this.#owedForData--;
    if (this.#owedForData === 0) this.isRefused = !isPositive;
  }
}

const EXCHANGES = new WeakMap<object, Exchange>();

function exchangeOf(connection: object | undefined): Exchange {
  if (connection === undefined) return new Exchange();
  const known = EXCHANGES.get(connection) ?? new Exchange();
  EXCHANGES.set(connection, known);
  return known;
}

class ClientPhases implements Phases {
  readonly #commands: PayloadLineScanner;
  readonly #mail: MailScanner;
  readonly #encrypted: Encrypted;
  readonly #exchange: Exchange;
  #sendsMail = false;

  constructor(maxMessageBytes: number, exchange: Exchange) {
    this.#commands = new PayloadLineScanner(COMMANDS, maxMessageBytes);
    this.#mail = new MailScanner(maxMessageBytes);
    this.#encrypted = new Encrypted(maxMessageBytes);
    this.#exchange = exchange;
  }

  choose(queue: ReadableQueue): PacketScanner {
    if (this.#sendsMail && !this.#exchange.isRefused) return this.#mail;
    return this.#encrypted.isNext(queue, true)
      ? this.#encrypted.records
      : this.#commands;
  }

  accept(queue: ReadableQueue, scanner: PacketScanner): void {
    this.#encrypted.accept(scanner);
    this.#sendsMail = scanner === this.#commands && isData(queue, scanner);
    this.#exchange.command(this.#sendsMail);
  }
}

class ServerPhases implements Phases {
  readonly #replies: ReplyScanner;
  readonly #encrypted: Encrypted;
  readonly #exchange: Exchange;

  constructor(maxMessageBytes: number, exchange: Exchange) {
    this.#replies = new ReplyScanner(maxMessageBytes);
    this.#encrypted = new Encrypted(maxMessageBytes);
    this.#exchange = exchange;
  }

  choose(queue: ReadableQueue): PacketScanner {
    return this.#encrypted.isNext(queue, true)
      ? this.#encrypted.records
      : this.#replies;
  }

  accept(queue: ReadableQueue, scanner: PacketScanner): void {
    this.#encrypted.accept(scanner);
    if (scanner === this.#replies) {
      this.#exchange.reply(queue.byte(0) === "3".charCodeAt(0));
    }
  }
}

/** Whether a line is the command DATA, which takes no words. */
function isData(queue: ReadableQueue, { leastBytes }: PacketScanner): boolean {
  if (leastBytes > MOST_DATA_BYTES) return false;
  const line = String.fromCharCode(...queue.peek(0, leastBytes));
  return /^data[ \t]*\r\n$/i.test(line);
}

// "DATA", blanks and CR LF, within the 512 bytes of RFC 5321, section 4.5.3.1.4.
const MOST_DATA_BYTES = 512;
