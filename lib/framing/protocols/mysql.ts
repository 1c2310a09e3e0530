/**
 * MySQL and MariaDB: packets with a length and a number, and TLS after the first
 * ones.
 *
 * ```text
 * server   4A 00 00 00  0A 38 2E 30 ...          its greeting
 * client   20 00 00 01  85 AE 3F 20 ...          SSLRequest: 32 bytes, a flag
 * both     16 03 01 ...                          TLS records from here on
 * ```
 *
 * A packet of 2^24 - 1 bytes is continued in the next one. Compressed packets,
 * which client and server may agree on, have another header and are not read.
 *
 * @module
 */

import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import type { PacketScanner } from "../formats/packet.ts";
import { MYSQL } from "./headers.ts";
import { HeaderScanner } from "./packet_header.ts";
import { Encrypted, PhasedScanner, type Phases } from "./phases.ts";

const HEADER = 4;
// The version of the protocol, with which a greeting begins.
const VERSION = 10;
const SSL_REQUEST_BYTES = HEADER + 32;
// CLIENT_SSL is 0x800 in flags that are written little-endian.
const SSL_BYTE = HEADER + 1;
const SSL_BIT = 0x08;
// As a length these would be at least 66,326, and no second packet has as much.
const RECORD = [0x16, 0x03];
const MOST_MINOR = 4;

/** Makes the scanner of one direction; what it reads says which one that is. */
export function mysqlScanner(maxMessageBytes: number): PacketScanner {
  return new PhasedScanner(new MysqlPhases(maxMessageBytes));
}

class MysqlPhases implements Phases {
  readonly #packets: HeaderScanner;
  readonly #encrypted: Encrypted;
  #count = 0;
  // Whether the next packet may be a TLS record.
  #mayEncrypt = false;

  constructor(maxMessageBytes: number) {
    this.#packets = new HeaderScanner(MYSQL, maxMessageBytes);
    this.#encrypted = new Encrypted(maxMessageBytes);
  }

  choose(queue: ReadableQueue): PacketScanner | undefined {
    if (this.#encrypted.isNext(queue, false)) return this.#encrypted.records;
    if (!this.#mayEncrypt || queue.byte(0) !== RECORD[0]) return this.#packets;
    if (!queue.has(RECORD.length + 1)) return undefined;
    const minor = queue.byte(RECORD.length);
    const isRecord = queue.byte(1) === RECORD[1] && minor >= 1 &&
      minor <= MOST_MINOR;
    return isRecord ? this.#encrypted.records : this.#packets;
  }

  accept(queue: ReadableQueue, scanner: PacketScanner): void {
    this.#encrypted.accept(scanner);
    this.#mayEncrypt = this.#count === 0 && beginsTls(queue, scanner);
    this.#count++;
  }
}

/** Whether the first packet is a greeting or an SSLRequest. */
function beginsTls(
  queue: ReadableQueue,
  { leastBytes }: PacketScanner,
): boolean {
  const number = queue.byte(HEADER - 1);
  if (number === 0) {
    return leastBytes > HEADER && queue.byte(HEADER) === VERSION;
  }
  return number === 1 && leastBytes === SSL_REQUEST_BYTES &&
    (queue.byte(SSL_BYTE) & SSL_BIT) !== 0;
}
