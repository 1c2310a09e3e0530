/**
 * A tap over UDP: each peer is a connection, each datagram a message.
 *
 * @module
 */

import type { Address } from "../../mod.ts";
import {
  type DatagramRelayEvent,
  relayDatagrams,
  type RelayReport,
} from "../../lib/relay/mod.ts";
import type { DatagramFaults } from "../../lib/testing/mod.ts";
import { formatDuration } from "../arguments/durations.ts";
import { bareReason } from "../output/error_text.ts";
import type { Log } from "../output/log.ts";
import type { RunningServer } from "../server/running_server.ts";
import type { TapCommand } from "./tap_command.ts";
import { amount } from "./tap_log.ts";
import { TappedConnection, type TapSettings } from "./tapped_connection.ts";

/**
 * Begins to receive.
 *
 * @param settings Who looks at the datagrams.
 * @throws As `relayDatagrams`.
 */
export async function startTapDatagrams(
  { listen, options, target }: TapCommand,
  settings: TapSettings,
  log: Log,
): Promise<RunningServer> {
  const peers = new Peers(settings, options["peer-timeout"], log);
  const relay = await relayDatagrams(listen, target, {
    maxPeers: options["max-connections"],
    peerTimeoutMs: options["peer-timeout"],
    onDatagram: (peer, direction, bytes) =>
      peers.of(peer).onChunk(direction, bytes),
    onEvent: (event) => peers.event(event),
    ready: settings.ready,
    through: settings.faults && ((peer) => peers.through(peer)),
  });
  return {
    addresses: [relay.address],
    open: () => 0,
    cut: () => {},
    async shutdown() {
      const finished = relay.peers;
      await relay.close();
      return { cut: [], finished };
    },
    setCertificate: () => Promise.resolve(),
    // Each peer had a line of its own.
    tellTotals: () => {},
  };
}

const NOTHING_FAILED: Omit<RelayReport, "toClient" | "toServer"> = {
  endedBy: "self",
  failed: undefined,
  error: undefined,
  observerError: undefined,
};

/** The peers that are known, and the log of them. */
class Peers {
  readonly #settings: TapSettings;
  readonly #timeoutMs: number;
  readonly #log: Log;
  readonly #open = new Map<string, TappedConnection>();
  #count = 0;
  // A sender can give every datagram another address.
  #hasRefused = false;

  constructor(settings: TapSettings, timeoutMs: number, log: Log) {
    this.#settings = settings;
    this.#timeoutMs = timeoutMs;
    this.#log = log;
  }

  /** What looks at a peer that is known. */
  of(peer: Address): TappedConnection {
    return this.#open.get(String(peer))!;
  }

  /** The faults of a new peer, which will be the next one. */
  through(peer: Address): DatagramFaults | undefined {
    const { faults } = this.#settings;
    return faults?.ofPeer(this.#count + 1, (strike) => {
      faults.tell(strike);
      this.#open.get(String(peer))?.onStrike(strike);
    });
  }

  event(event: DatagramRelayEvent): void {
    switch (event.type) {
      case "opened":
        return this.#opened(event.peer);
      case "closed":
        return this.#closed(event.peer, event.why);
      case "refused":
        return this.#refused(event.peer, event.maxPeers);
      case "failed": {
        const reason = bareReason(event.error);
        return this.#log.now(
          { event: "failed", peer: event.peer && String(event.peer), reason },
          `a datagram was not passed on: ${reason}`,
        );
      }
    }
  }

  #opened(peer: Address): void {
    const tapped = new TappedConnection(++this.#count, this.#settings);
    this.#open.set(String(peer), tapped);
    tapped.opened(peer);
    this.#log.soon(
      { event: "opened", connection: tapped.number, peer: String(peer) },
      `#${tapped.number} opened by ${peer}`,
    );
  }

  #closed(peer: Address, why: "self" | "timeout"): void {
    const tapped = this.of(peer);
    this.#open.delete(String(peer));
    const toServer = tapped.totals("toServer");
    const toClient = tapped.totals("toClient");
    tapped.closed({
      ...NOTHING_FAILED,
      toServer: toServer.bytes,
      toClient: toClient.bytes,
    }, true);
    const reason = why === "self"
      ? "finished"
      : `quiet for ${formatDuration(this.#timeoutMs)}`;
    this.#log.soon(
      {
        event: "closed",
        connection: tapped.number,
        peer: String(peer),
        messagesToServer: toServer.messages,
        bytesToServer: toServer.bytes,
        messagesToClient: toClient.messages,
        bytesToClient: toClient.bytes,
        why: why === "self" ? "finished" : "idle timeout",
      },
      `#${tapped.number} closed: ${amount(toServer)} to the server, ${
        amount(toClient)
      } to the client; ${reason}`,
    );
  }

  #refused(peer: Address, maxPeers: number): void {
    if (this.#hasRefused) return;
    this.#hasRefused = true;
    const reason = `there are ${maxPeers} peers already (--max-connections)`;
    this.#log.soon(
      { event: "refused", peer: String(peer), reason },
      `refused ${peer}, and perhaps others: ${reason}`,
    );
  }
}
