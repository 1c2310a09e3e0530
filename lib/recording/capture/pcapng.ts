/**
 * Turns a recording into a capture that Wireshark and tshark read.
 *
 * @module
 */

import { concat } from "@std/bytes/concat";
import { isChunk, type RecordedEvent, type RecordingHead } from "../event.ts";
import { firstBlocks, packetBlock } from "./blocks.ts";
import { udpPacket } from "./ip_packet.ts";
import { type Flow, flowOf } from "./packet_ends.ts";
import { TcpSegments } from "./tcp_segments.ts";

/** One connection in the capture. */
interface Connection {
  readonly flow: Flow;
  readonly segments: TcpSegments;
}

const NOTHING = new Uint8Array(0);

/**
 * Writes a capture event by event, while they happen.
 *
 * A recording is taken above TCP and TLS. So the handshakes, sequence numbers,
 * acknowledgements and checksums are made up, and what TLS carried is in clear. The
 * addresses are those of the recording. A Unix socket is 127.0.0.1 with a port for each
 * connection, a name is 192.0.2.1. A fault is a comment of the connection's next packet.
 *
 * @example Event by event
 * ```ts
 * import { PcapngEncoder } from "@parley/parley/recording";
 * import { assertEquals } from "@std/assert";
 *
 * const capture = new PcapngEncoder({ at: new Date(), by: "me", listen: "tcp://127.0.0.1:7342" });
 * const begin = capture.begin();
 * const handshake = capture.encode({ t: 0.1, connection: 1, event: "open", peer: "tcp://127.0.0.1:5000" });
 * assertEquals(begin.subarray(0, 4), Uint8Array.of(0x0a, 0x0d, 0x0d, 0x0a));
 * assertEquals(handshake[0], 6); // a packet
 * ```
 */
export class PcapngEncoder {
  readonly #head: RecordingHead;
  readonly #beginNs: bigint;
  // Those that are open. The others will not be heard of again.
  readonly #connections = new Map<number, Connection>();
  // Of the next packet, whichever it is.
  #comments: string[] = [];
  // Of the next packet of a connection.
  readonly #faults = new Map<number, string[]>();

  /**
   * Creates an encoder.
   *
   * @param head The head of the recording: the time and the addresses.
   */
  constructor(head: RecordingHead) {
    this.#head = head;
    this.#beginNs = BigInt(head.at.getTime()) * 1_000_000n;
  }

  /**
   * Writes what comes before all packets.
   *
   * @returns The bytes.
   */
  begin(): Uint8Array {
    return firstBlocks(this.#head.by);
  }

  /**
   * Writes the packets of an event.
   *
   * @param event What happened.
   * @returns The bytes; none if the event has no packets.
   */
  encode(event: RecordedEvent): Uint8Array {
    const micros = BigInt(Math.round(event.t * 1e6));
    const nanoseconds = this.#beginNs + micros * 1000n;
    const blocks: Uint8Array[] = [];
    for (const packet of this.#packets(event)) {
      blocks.push(packetBlock(packet, nanoseconds, this.#commentsOf(event)));
    }
    return blocks.length === 0 ? NOTHING : concat(blocks);
  }

  #commentsOf(event: RecordedEvent): string[] {
    const comments = this.#comments;
    this.#comments = [];
    if (!("connection" in event)) return comments;
    const faults = this.#faults.get(event.connection) ?? [];
    this.#faults.delete(event.connection);
    return [...comments, ...faults];
  }

  *#packets(event: RecordedEvent): Generator<Uint8Array> {
    if (isChunk(event)) return yield* this.#chunk(event);
    if ("fault" in event) {
      const { connection, fault, message } = event;
      const at = message === undefined ? "" : ` at message ${message}`;
      const faults = this.#faults.get(connection) ?? [];
      faults.push(`fault: ${fault}${at}`);
      this.#faults.set(connection, faults);
      return;
    }
    switch (event.event) {
      case "open":
        yield* this.#open(event.connection, event.peer, event.server);
        break;
      case "refused": {
        const open = this.#connections.get(event.connection);
        const { flow, segments } = open ?? this.#made(event.connection);
        this.#connections.delete(event.connection);
        if (flow.isUdp) break;
        // A tap accepts the client before its own target refuses.
        yield* open === undefined ? segments.refuse() : segments.close();
        break;
      }
      case "end":
      case "reset":
      case "close":
        yield* this.#ends(event);
        break;
      case "lost":
        this.#comments.push(`${event.events ?? "some"} events are missing`);
    }
  }

  *#chunk(
    event: Extract<RecordedEvent, { bytes: Uint8Array }>,
  ): Generator<Uint8Array> {
    const { bytes, connection, to } = event;
    if (!this.#connections.has(connection)) yield* this.#open(connection);
    const { flow, segments } = this.#connections.get(connection)!;
    if (!flow.isUdp) return yield* segments.send(to, bytes);
    const { client, server } = flow;
    yield to === "server"
      ? udpPacket(client, server, bytes)
      : udpPacket(server, client, bytes);
  }

  *#ends(
    event: Extract<RecordedEvent, { event: "end" | "reset" | "close" }>,
  ): Generator<Uint8Array> {
    const { connection } = event;
    const found = this.#connections.get(connection);
    if (found === undefined) return;
    const { flow, segments } = found;
    if (event.event !== "end") this.#connections.delete(connection);
    if (flow.isUdp) return void this.#faults.delete(connection);
    if (event.event === "end") yield* segments.end(event.to);
    else if (event.event === "reset") {
      yield* segments.reset(event.to ?? "server");
    } else yield* segments.close();
  }

  *#open(
    connection: number,
    peer?: string,
    server?: string,
  ): Generator<Uint8Array> {
    const { flow, segments } = this.#made(connection, peer, server);
    if (!flow.isUdp) yield* segments.open();
  }

  #made(connection: number, peer?: string, server?: string): Connection {
    const { listen, target } = this.#head;
    const flow = flowOf(connection, peer, server ?? target ?? listen);
    const made = { flow, segments: new TcpSegments(flow) };
    this.#connections.set(connection, made);
    return made;
  }
}

/**
 * Turns a whole recording into a capture; see {@linkcode PcapngEncoder}.
 *
 * @param head The head of the recording.
 * @param events Its events.
 * @returns The bytes of the file, in pieces.
 *
 * @example To a file that Wireshark opens
 * ```ts
 * import { pcapng, type RecordedEvent } from "@parley/parley/recording";
 *
 * const events: RecordedEvent[] = [
 *   { t: 0, connection: 1, event: "open", peer: "tcp://192.0.2.7:5000" },
 *   { t: 0.1, connection: 1, to: "server", bytes: new TextEncoder().encode("hello\n") },
 *   { t: 0.2, connection: 1, event: "close" },
 * ];
 * const head = { at: new Date(), by: "me", listen: "tcp://192.0.2.1:7342" };
 * const file = new Blob([...pcapng(head, events)] as BlobPart[]);
 * console.log(`${file.size} bytes`);
 * ```
 */
export function* pcapng(
  head: RecordingHead,
  events: Iterable<RecordedEvent>,
): Generator<Uint8Array> {
  const capture = new PcapngEncoder(head);
  yield capture.begin();
  for (const event of events) {
    const bytes = capture.encode(event);
    if (bytes.length > 0) yield bytes;
  }
}
