/**
 * Records datagrams. Each peer address is a connection of the recording.
 *
 * @module
 */

import { otherSide, OuterEndpoint, Recent } from "../../../lib/core.ts";
import type { Address } from "../../../mod.ts";
import type { Side } from "../../../lib/framing/mod.ts";
import type {
  DatagramEndpoint,
  ReceivedDatagram,
} from "../../../lib/session/datagrams/mod.ts";
import type { ConnectionRecord, Strike } from "./connection_record.ts";
import type { Recorder } from "./recorder.ts";

/** A socket whose datagrams are recorded. */
export class RecordedEndpoint extends OuterEndpoint {
  readonly #recorder: Recorder;
  readonly #side: Side;
  // A peer that was forgotten is a new connection of the recording.
  readonly #peers: Recent<ConnectionRecord>;

  /**
   * Puts a recorder between a socket and what uses it.
   *
   * @param side The side that this program is.
   */
  constructor(endpoint: DatagramEndpoint, recorder: Recorder, side: Side) {
    super(endpoint);
    this.#recorder = recorder;
    this.#side = side;
    this.#peers = new Recent((record) => record.close(side));
  }

  /** Records a fault of a peer's datagrams, before what it strikes. */
  strike(strike: Strike, peer: Address): void {
    this.#record(peer).fault(strike);
  }

  override async send(bytes: Uint8Array, to: Address): Promise<void> {
    await this.#recorder.room();
    this.#record(to).chunk(otherSide(this.#side), bytes);
    await super.send(bytes, to);
  }

  override async receive(into: Uint8Array): Promise<ReceivedDatagram> {
    await this.#recorder.room();
    const received = await super.receive(into);
    this.#record(received.from).chunk(this.#side, received.bytes);
    return received;
  }

  override close(): void {
    for (const record of this.#peers.clear()) record.close(this.#side);
    super.close();
  }

  #record(address: Address): ConnectionRecord {
    const peer = String(address);
    return this.#peers.of(peer, () => {
      const own = String(this.address);
      return this.#side === "server"
        ? this.#recorder.open(peer, own)
        : this.#recorder.open(own, peer);
    });
  }
}
