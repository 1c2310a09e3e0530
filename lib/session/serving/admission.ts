/**
 * What a connection passes between being accepted and meeting its handler.
 *
 * ```text
 * accepted ─► proxy's header ─► free slot? ─► TLS handshake ─► wrap ─► entered
 *             (trusted peers)   (limits)      (tls: addresses)
 *      └────────────┴───────────────┴──────────────┴───────────┴─► turned away
 * ```
 *
 * What takes time here happens in a task of its own, so a client that says nothing
 * does not keep others waiting.
 *
 * @module
 */

import { OptionTypeError } from "../../check.ts";
import { ConnectionError } from "../../errors.ts";
import type { Framing } from "../../framing/framing.ts";
import type { Connection } from "../../transport/connection.ts";
import type { ProxyReader } from "../../transport/proxy/proxied.ts";
import { shakeHands } from "../channel/handshake.ts";
import type { ServerEvent } from "./server_event.ts";
import { framedBy } from "../messages/framed_line.ts";
import { type WrapConnection, wrapped } from "../messages/wrap.ts";
import type { SlotHolder, Slots } from "./slots.ts";

/** What the admission needs of its server. */
export interface AdmissionOptions {
  /** Takes over a connection that has passed, and the slot that its holder has. */
  entered(connection: Connection, holder: SlotHolder): void;
  /** Reports one that has not. */
  tell(
    event: ServerEvent<never, never> & {
      type: "refused" | "handshake_failed";
    },
  ): void;
  /** How long a TLS handshake may take, in milliseconds. */
  readonly handshakeMs: number;
  /** Which peers are proxies that must tell their clients' addresses. */
  readonly proxies: ProxyReader | undefined;
  /** Aborted when the server stops. */
  readonly signal: AbortSignal;
  /** How many may be in at once. */
  readonly slots: Slots;
  /** Puts something between a connection and what speaks over it. */
  readonly wrap: WrapConnection | undefined;
}

/** The way in. */
export class Admission {
  /** Connections that were given a slot. */
  accepted = 0;
  /** Connections turned away: too many, or a proxy that named no client. */
  refused = 0;
  /** Connections whose two ends could not agree on TLS. */
  failed = 0;
  readonly #options: AdmissionOptions;
  // Connections of proxies that have yet to tell whose they are.
  readonly #announced = new Set<Connection>();

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  /**
   * Lets a connection in, or turns it away.
   *
   * @param accepted The connection, owned by the admission.
   * @param framing How it is framed, if it does not say so and its address does.
   */
  admit(accepted: Connection, framing?: Framing): void {
    const { proxies } = this.#options;
    if (proxies?.trusts(accepted.remoteAddress) === true) {
      void this.#admitProxied(accepted, framing, proxies);
    } else {
      this.#take(accepted, framing);
    }
  }

  /** Turns away connections that have not entered yet. */
  close(): void {
    for (const proxy of this.#announced) proxy.close();
  }

  /** Admits a proxy's client once the proxy has told who it is. */
  async #admitProxied(
    proxy: Connection,
    framing: Framing | undefined,
    proxies: ProxyReader,
  ): Promise<void> {
    this.#announced.add(proxy);
    try {
      const client = await readHeader(proxy, proxies);
      if (this.#options.signal.aborted) client.close();
      else this.#take(client, framing);
    } catch (error) {
      this.#refuse(proxy, error);
    } finally {
      this.#announced.delete(proxy);
    }
  }

  #take(accepted: Connection, framing: Framing | undefined): void {
    const { slots, wrap } = this.#options;
    const parts = slots.take(accepted);
    if (parts !== undefined) {
      accepted.close();
      return this.#refuse(accepted, new ConnectionError("exhausted", parts));
    }
    this.accepted++;
    if (accepted.handshake === undefined && wrap === undefined) {
      this.#options.entered(framedBy(accepted, framing), accepted);
    } else {
      void this.#enterOnceAgreed(accepted, framing);
    }
  }

  async #enterOnceAgreed(
    accepted: Connection,
    framing: Framing | undefined,
  ): Promise<void> {
    const { handshakeMs, signal, slots, wrap } = this.#options;
    let entered = accepted;
    try {
      await shakeHands(accepted, handshakeMs, signal);
      entered = await wrapped(framedBy(accepted, framing), wrap);
      signal.throwIfAborted();
    } catch (error) {
      accepted.abort();
      slots.give(accepted);
      if (signal.aborted) return;
      this.failed++;
      const { remoteAddress } = accepted;
      this.#options.tell({ type: "handshake_failed", remoteAddress, error });
      return;
    }
    this.#options.entered(entered, accepted);
  }

  #refuse({ remoteAddress }: Connection, error: unknown): void {
    this.refused++;
    this.#options.tell({ type: "refused", remoteAddress, error });
  }
}

/** Reads a proxy's header, which comes before TLS. */
async function readHeader(
  proxy: Connection,
  proxies: ProxyReader,
): Promise<Connection> {
  if (proxy.handshake === undefined) return await proxies.read(proxy);
  if (proxy.prepare === undefined) {
    proxy.abort();
    throw new OptionTypeError({
      action: "read a proxy's header from",
      address: `${proxy.remoteAddress}`,
      reason: "the native TLS engine begins with the first byte",
    });
  }
  await proxy.prepare((line) => proxies.read(line));
  return proxy;
}
