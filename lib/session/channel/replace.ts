/**
 * Another connection below a channel, such as TLS on top of the one before.
 *
 * The program may go on sending and receiving meanwhile, so a gate stands below
 * the channel until the other connection is there:
 *
 * ```text
 *   sent before the call ──► the connection before
 *   sent after it        ──► waits ──► the connection from then on
 *   received after it    ◄── waits ◄── the connection from then on
 * ```
 *
 * Without it, what is sent during the handshake of TLS would leave in clear, and
 * a read would take the handshake's bytes for messages.
 *
 * @module
 */

import { OptionTypeError } from "../../check.ts";
import { ClosedError, ProtocolError } from "../../errors.ts";
import type { Address } from "../../transport/address.ts";
import type { Connection } from "../../transport/connection.ts";
import type { Channel } from "./channel.ts";
import { unawaited } from "./waiters.ts";

/**
 * Lets a channel go on over another connection. If that fails the channel is
 * aborted.
 *
 * @param action What this is for, such as `start TLS with`; for errors.
 * @param step Takes the connection over and gives the one to use from now on.
 * @throws {ProtocolError} If more has arrived than was taken: those bytes must not
 * be taken for what comes over the new connection.
 * @throws {TypeError} If bytes are being waited for.
 * @throws {unknown} The reason for which the conversation is to end, if it is.
 */
export async function replaceConnection(
  channel: Channel,
  action: string,
  step: (connection: Connection) => Promise<Connection>,
): Promise<void> {
  const address = String(channel.remoteAddress);
  // What its last look reads would be bytes of the other connection.
  if (channel.receiving.isLookingLast) throw channel.signal.reason;
  if (channel.receiving.isReading) {
    throw new OptionTypeError({
      action,
      address,
      reason: "a message is being waited for",
    });
  }
  const { connection, sending, traffic } = channel;
  const end = sending.position;
  const gate = new Gate(connection, action, () => end - traffic.bytesOut);
  channel.moveTo(gate);
  try {
    await channel.flushed();
    const { length } = channel.queue;
    if (length > 0) {
      throw new ProtocolError("malformed", {
        action,
        address,
        reason: `${length} bytes that came before were not received`,
      });
    }
    const next = await step(connection);
    // Aborted in the meantime.
    if (channel.state === "closed") next.abort();
    channel.moveTo(next);
    gate.open(next);
  } catch (error) {
    channel.abort(error);
    throw error;
  }
}

/** Stands below a channel until its next connection is there. */
class Gate implements Connection {
  readonly localAddress: Address;
  readonly remoteAddress: Address;
  readonly #before: Connection;
  readonly #action: string;
  readonly #left: () => number;
  readonly #next = Promise.withResolvers<Connection>();

  /**
   * Closes the gate.
   *
   * @param left How many bytes are still to be written to the connection before.
   */
  constructor(before: Connection, action: string, left: () => number) {
    this.localAddress = before.localAddress;
    this.remoteAddress = before.remoteAddress;
    this.#before = before;
    this.#action = action;
    this.#left = left;
    this.#next.promise.catch(unawaited);
  }

  /** Lets through what waits. */
  open(next: Connection): void {
    this.#next.resolve(next);
  }

  async read(into: Uint8Array): Promise<number | null> {
    const next = await this.#next.promise;
    return await next.read(into);
  }

  async write(bytes: Uint8Array): Promise<number> {
    const left = this.#left();
    if (left > 0) return await this.#before.write(bytes.subarray(0, left));
    const next = await this.#next.promise;
    return await next.write(bytes);
  }

  async closeWrite(): Promise<void> {
    const next = await this.#next.promise;
    await next.closeWrite();
  }

  close(): void {
    this.#before.close();
    this.#refuse();
  }

  abort(): void {
    this.#before.abort();
    this.#refuse();
  }

  #refuse(): void {
    this.#next.reject(
      new ClosedError({
        action: this.#action,
        address: String(this.remoteAddress),
        reason: "this side closed the connection",
      }),
    );
  }
}
