/**
 * A connection that was taken over from HTTP and speaks another protocol.
 *
 * @module
 */

import type { Channel } from "../../session/channel/channel.ts";
import type { Address } from "../../transport/address.ts";
import type { Connection } from "../../transport/connection.ts";
import type { PeerCertificate } from "../../transport/tls/options.ts";

/** The bytes of a channel, as a connection. */
export class TakenConnection implements Connection {
  /** What the bytes go over; the machine of another protocol can go on with it. */
  readonly channel: Channel;
  #released: Promise<void> | undefined;

  constructor(channel: Channel) {
    this.channel = channel;
  }

  get localAddress(): Address {
    return this.channel.connection.localAddress;
  }

  get remoteAddress(): Address {
    return this.channel.remoteAddress;
  }

  get alpn(): string | undefined {
    return this.channel.connection.alpn;
  }

  get peerCertificate(): PeerCertificate | undefined {
    return this.channel.connection.peerCertificate;
  }

  get endedUnannounced(): boolean {
    return this.channel.connection.endedUnannounced === true;
  }

  get released(): Promise<void> | undefined {
    return this.#released;
  }

  async read(into: Uint8Array): Promise<number | null> {
    const { queue, receiving } = this.channel;
    while (queue.length === 0) {
      switch (receiving.state) {
        case "finished":
        case "discarding":
        case "over":
          return null;
        case "lost":
        case "aborted":
          throw receiving.failure;
      }
      await this.channel.fill();
    }
    const count = Math.min(queue.length, into.length);
    queue.has(count);
    into.set(queue.peek(0, count));
    queue.skip(count);
    return count;
  }

  async write(bytes: Uint8Array): Promise<number> {
    this.channel.sink.payload(bytes);
    this.channel.accepted();
    await this.channel.flushed();
    return bytes.length;
  }

  closeWrite(): Promise<void> {
    return this.channel.closeWrite();
  }

  close(): void {
    this.#released = this.channel.close().catch(() => {});
  }

  abort(): void {
    this.channel.abort();
  }
}

/**
 * The channel below a connection that was taken over.
 *
 * @returns The channel, whose queue holds what arrived behind the request; or
 * `undefined` if the connection is another one.
 */
export function channelBelow(connection: Connection): Channel | undefined {
  return connection instanceof TakenConnection ? connection.channel : undefined;
}
