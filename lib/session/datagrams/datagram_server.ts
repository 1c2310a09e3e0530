/**
 * Options, events and counts of a server of datagrams, and the server as its users
 * see it.
 *
 * @module
 */

import type { EncodingLike } from "../../encoding/parse.ts";
import type { Address } from "../../transport/address.ts";
import type {
  DatagramEvent,
  DatagramOptions,
  DatagramStats,
} from "./datagram_options.ts";
import type { DatagramSocket } from "./datagram_socket.ts";
import type {
  ShutdownOptions,
  ShutdownReport,
} from "../serving/server_options.ts";

/**
 * The default of {@linkcode ServeDatagramsOptions.maxHandlers}: 1,000, at most
 * 64 MiB of messages being handled.
 */
export const DEFAULT_MAX_HANDLERS: number = 1_000;

/**
 * Handles one datagram. If it throws, that datagram is lost and the others go on.
 *
 * @typeParam T Type of a received message.
 * @typeParam S Type of a message that can be sent.
 * @param message The message.
 * @param from The sender; it can be forged.
 * @param socket The server's socket, to reply with; its `signal` is aborted
 * when the server shuts down.
 */
export type DatagramHandler<T = Uint8Array, S = T> = (
  message: T,
  from: Address,
  socket: DatagramSocket<T, S>,
) => Promise<void> | void;

/** Something that happened on a datagram server; `type` says what. */
export type DatagramServerEvent =
  | DatagramEvent
  | {
    /** A handler threw. */
    readonly type: "failed";
    /** The sender of the datagram that it was handling. */
    readonly from: Address;
    /** What it threw. */
    readonly error: unknown;
  }
  | {
    /** The system failed to receive; the server tries again by itself. */
    readonly type: "paused";
    /** Where. */
    readonly address: Address;
    /** Why. */
    readonly error: unknown;
  }
  | {
    /** Datagrams are received again. */
    readonly type: "resumed";
    /** Where. */
    readonly address: Address;
  };

/**
 * Options for {@linkcode serveDatagrams}.
 *
 * @typeParam E The encoding or its name; it decides the type of a message.
 */
export interface ServeDatagramsOptions<E extends EncodingLike = "bytes">
  extends Omit<DatagramOptions<E>, "onEvent"> {
  /**
   * Most handlers at once, at least 1; `Infinity` for no bound.
   *
   * @default {1_000}
   */
  readonly maxHandlers?: number;
  /**
   * Called for everything worth a line in a log. It must not throw.
   *
   * @default {failed handlers are reported with `console.error`}
   */
  readonly onEvent?: (event: DatagramServerEvent) => void;
  /** Shuts the server down when it is aborted. */
  readonly signal?: AbortSignal | undefined;
  /**
   * What happens to one datagram more than there may be handlers: it waits in
   * the system's queue, which drops what does not fit without telling the
   * program, or it is dropped here, counted and given to `onEvent`.
   *
   * @default {"wait"}
   */
  readonly whenFull?: "wait" | "drop";
}

/** What went over a datagram server so far. */
export interface DatagramServerStats extends DatagramStats {
  /** Datagrams whose handler threw. */
  readonly failed: number;
  /** Datagrams that are being handled. */
  readonly handling: number;
}

/**
 * A running server of datagrams.
 *
 * @typeParam T Type of a received message.
 * @typeParam S Type of a message that can be sent.
 */
export interface DatagramServer<T = Uint8Array, S = T> extends AsyncDisposable {
  /** Where it receives. */
  readonly address: Address;
  /** Resolves once the server has shut down, with the peers whose handlers were cut. */
  readonly finished: Promise<ShutdownReport>;
  /** Its socket, for example to join a multicast group. */
  readonly socket: DatagramSocket<T, S>;
  /** What went over the server so far. */
  readonly stats: DatagramServerStats;

  /**
   * Stops receiving, lets handlers finish, then closes the socket. The socket's
   * `signal` is aborted; datagrams that no handler has begun with are lost.
   *
   * @param options How long they may take.
   * @returns How many finished and which peers were cut; the second call waits for
   * the first.
   */
  shutdown(options?: ShutdownOptions): Promise<ShutdownReport>;
}
