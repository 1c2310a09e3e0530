/**
 * Accepted TCP connections, whose socket options are set when these begin to matter.
 *
 * Each option is a system call. Together they take 4 % of the processor time of a
 * connection that carries one short message and its answer, and such a connection
 * needs neither:
 *
 * - `TCP_NODELAY` matters from the second write on. Without it the system holds a
 *   short segment back while another one is under way, and before the first write
 *   none is.
 * - `SO_KEEPALIVE` matters once a connection has been quiet for a while. The system
 *   sends the first probe after two hours.
 *
 * ```text
 *             one short write               another write, or a look
 *   fresh ───────────────────────► written ────────────────────────────► settled
 *     └── a longer write, or a look ────────────────────────────────────►
 * ```
 *
 * @module
 */

import { type Member, Roster } from "../../roster.ts";
import { SYSTEM_TIME, type Time, type Timer } from "../../time/time.ts";
import type { Address } from "../address.ts";
import type { ListenOptions } from "../connection.ts";
import { SocketConnection, SocketListener } from "../socket.ts";
import { withOptions } from "./tcp_socket.ts";

// Fits into one segment on every link: IPv6 leaves 1,220 bytes for it at least (RFC
// 8200 section 5). The end of a longer write is a short segment with others under way.
const SHORT_BYTES = 1024;
// Looks at the new connections are so far apart.
const SETTLE_MS = 500;

/** Accepts connections, and settles those that stay. */
export class TcpListener extends SocketListener<Deno.TcpConn, Deno.NetAddr> {
  readonly #fresh: Fresh;

  /** Takes ownership of a listening socket. */
  constructor(
    listener: Deno.TcpListener,
    addressOf: (addr: Deno.NetAddr) => Address,
    options: ListenOptions,
    time: Time = SYSTEM_TIME,
  ) {
    const fresh = new Fresh(time);
    super(
      listener,
      addressOf(listener.addr as Deno.NetAddr),
      (conn) => new AcceptedConnection(conn, addressOf, options, fresh),
    );
    this.#fresh = fresh;
  }

  override close(): void {
    super.close();
    this.#fresh.end();
  }
}

/** The connections of a listener that have not settled. */
class Fresh {
  readonly #connections = new Roster<AcceptedConnection>();
  readonly #time: Time;
  #timer: Timer;
  #isOver = false;

  constructor(time: Time) {
    this.#time = time;
  }

  add(connection: AcceptedConnection): void {
    // Accepted in the turn in which its listener was closed.
    if (this.#isOver) return connection.settle();
    this.#connections.add(connection);
    // It stays set when a connection leaves: setting one takes as long as an option.
    this.#timer ??= this.#time.setTimer(() => this.settle(), SETTLE_MS);
  }

  delete(connection: AcceptedConnection): void {
    this.#connections.delete(connection);
  }

  /** Settles them, and all that come from now on at once: no timer is left behind. */
  end(): void {
    this.#isOver = true;
    this.settle();
  }

  settle(): void {
    this.#time.clearTimer(this.#timer);
    this.#timer = undefined;
    for (const connection of this.#connections) connection.settle();
  }
}

/** An accepted connection. */
class AcceptedConnection extends SocketConnection<Deno.NetAddr>
  implements Member {
  place = -1;
  readonly #conn: Deno.TcpConn;
  readonly #options: ListenOptions;
  readonly #fresh: Fresh;
  #state: "fresh" | "written" | "settled" = "fresh";

  constructor(
    conn: Deno.TcpConn,
    addressOf: (addr: Deno.NetAddr) => Address,
    options: ListenOptions,
    fresh: Fresh,
  ) {
    super(conn, addressOf);
    this.#conn = conn;
    this.#options = options;
    this.#fresh = fresh;
    fresh.add(this);
  }

  override writeRaw(bytes: Uint8Array): Promise<number> {
    if (this.#state !== "settled") this.#beforeWrite(bytes.length);
    return super.writeRaw(bytes);
  }

  override close(): void {
    this.#fresh.delete(this);
    super.close();
  }

  override settle(): void {
    if (this.#state === "settled") return;
    this.#state = "settled";
    this.#fresh.delete(this);
    withOptions(this.#conn, this.#options);
  }

  #beforeWrite(size: number): void {
    if (this.#state === "fresh" && size <= SHORT_BYTES) this.#state = "written";
    else this.settle();
  }
}
