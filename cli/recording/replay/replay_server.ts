/**
 * Plays the server's side of a recording to the clients that connect.
 *
 * ```text
 *   listening ── a client connects ──► plays the next recorded connection
 *       │ with --repeat, the first one follows the last
 *       └── all are played ──► ended
 * ```
 *
 * @module
 */

import {
  type Address,
  type Connection,
  listen,
  type Listener,
} from "../../../mod.ts";
import { shakeHands } from "../../../lib/core.ts";
import { bareReason } from "../../output/error_text.ts";
import { EXIT, type ExitCode } from "../../output/exit_code.ts";
import type { Log } from "../../output/log.ts";
import { type Terminal, writeLine } from "../../terminal/terminal.ts";
import { readTlsFiles } from "../../tls/tls_files.ts";
import { listenForDatagrams } from "../../../lib/session/datagrams/mod.ts";
import type { Playback } from "./playback.ts";

/** How it is played. */
export interface ReplayServerOptions {
  /** Longest time in milliseconds of a handshake. */
  readonly handshakeMs: number;
  /** How many connections there are at once at most; more wait to be accepted. */
  readonly mostOpen: number;
  /** Whether the first recorded connection follows the last. */
  readonly repeats: boolean;
}

/** What listening over TLS needs. */
export interface ReplayTls {
  readonly alpn: readonly string[] | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly "tls-engine": "native" | "node" | undefined;
}

/** Accepts connections and plays to each. */
export class ReplayServer {
  readonly #playback: Playback;
  readonly #options: ReplayServerOptions;
  readonly #terminal: Terminal;
  readonly #log: Log;
  readonly #listeners: Listener[] = [];
  readonly #open = new Set<Connection>();
  readonly #playing: Promise<ExitCode>[] = [];
  readonly #allTaken = Promise.withResolvers<void>();
  #next = 0;
  #oneOver = Promise.withResolvers<void>();

  constructor(
    playback: Playback,
    options: ReplayServerOptions,
    terminal: Terminal,
    log: Log,
  ) {
    this.#playback = playback;
    this.#options = options;
    this.#terminal = terminal;
    this.#log = log;
  }

  async listen(
    addresses: readonly Address[],
    { alpn, cert, key, "tls-engine": tlsEngine }: ReplayTls,
  ): Promise<void> {
    const files = { ca: undefined, cert, key };
    const tls = {
      ...await readTlsFiles(files, this.#terminal),
      ...(alpn === undefined ? {} : { alpn }),
      ...(tlsEngine === undefined ? {} : { tlsEngine }),
    };
    for (const address of addresses) {
      const listener = address.transport === "udp"
        ? listenForDatagrams(address, { as: "chunks" })
        : await listen(address, tls);
      this.#listeners.push(listener);
      const text = String(listener.address);
      this.#log.now(
        { event: "listening", address: text },
        `listening on ${text}`,
      );
    }
  }

  /** Resolves to what came of each connection, once all were played. */
  async run(signal: AbortSignal): Promise<readonly ExitCode[]> {
    const stop = Promise.withResolvers<never>();
    const onAbort = () => stop.reject(signal.reason);
    signal.addEventListener("abort", onAbort);
    // At a signal that came while it began to listen.
    if (signal.aborted) onAbort();
    for (const listener of this.#listeners) {
      this.#accept(listener).catch(stop.reject);
    }
    try {
      await Promise.race([this.#allTaken.promise, stop.promise]);
      this.#stopListening();
      return await Promise.race([Promise.all(this.#playing), stop.promise]);
    } finally {
      signal.removeEventListener("abort", onAbort);
      stop.promise.catch(() => {});
    }
  }

  /** Ends all of it. */
  close(): void {
    this.#stopListening();
    for (const connection of this.#open) connection.abort();
  }

  #stopListening(): void {
    for (const listener of this.#listeners) listener.close();
    this.#listeners.length = 0;
  }

  async #accept(listener: Listener): Promise<void> {
    while (this.#listeners.includes(listener)) {
      // With several listeners, each may have one more.
      while (this.#open.size >= this.#options.mostOpen) {
        await this.#oneOver.promise;
      }
      let connection: Connection;
      try {
        connection = await listener.accept();
      } catch (error) {
        // It was closed, as all connections are taken.
        if (!this.#listeners.includes(listener)) return;
        throw error;
      }
      this.#begin(connection);
    }
  }

  #begin(connection: Connection): void {
    const { connections } = this.#playback;
    if (this.#next === connections.length) {
      if (!this.#options.repeats) return connection.abort();
      this.#next = 0;
    }
    const turns = connections[this.#next++]!;
    this.#log.soon(
      {
        event: "playing",
        connection: turns.connection,
        peer: String(connection.remoteAddress),
      },
      `playing connection ${turns.connection} to ${connection.remoteAddress}`,
    );
    const played = this.#play(connection, turns);
    // With --repeat there is no end at which they are looked at.
    if (!this.#options.repeats) this.#playing.push(played);
    if (this.#next === connections.length && !this.#options.repeats) {
      this.#allTaken.resolve();
    }
  }

  async #play(
    connection: Connection,
    turns: Playback["connections"][number],
  ): Promise<ExitCode> {
    this.#open.add(connection);
    const { output } = this.#terminal;
    try {
      await shakeHands(connection, this.#options.handshakeMs, undefined);
      return await this.#playback.play(
        connection,
        turns,
        (line) => writeLine(output, line),
      );
    } catch (error) {
      writeLine(
        output,
        `connection ${turns.connection}: ${bareReason(error)}`,
      );
      connection.abort();
      return EXIT.failed;
    } finally {
      this.#open.delete(connection);
      this.#oneOver.resolve();
      this.#oneOver = Promise.withResolvers();
    }
  }
}
