/**
 * Which clients a listener has let in by their certificates.
 *
 * The runtime keeps one key for the session tickets of all its listeners, and
 * does not look at certificates when a session is resumed (Deno 2.9.6). So a
 * ticket of a listener that asks for no certificate, or trusts other authorities,
 * would open this one; and tickets cannot be switched off.
 *
 * @module
 */

import type { TLSSocket } from "node:tls";

// A megabyte. Whoever is forgotten is refused once if it resumes, and its next
// handshake is a whole one.
const MOST_CLIENTS = 10_000;

/** Remembers whose certificates were verified. */
export class VerifiedClients {
  readonly #fingerprints = new Set<string>();

  /**
   * Decides whether a client is let in.
   *
   * @param socket The connection to it, agreed on.
   * @returns Why it is not, as the runtime would say it, or `undefined` if it is.
   */
  refusal(socket: TLSSocket): string | undefined {
    const shown = socket.getPeerCertificate();
    if (shown?.raw === undefined) return "peer sent no certificates";
    if (!socket.authorized) return `${socket.authorizationError}`;
    const { fingerprint256 } = shown;
    if (socket.isSessionReused()) {
      if (!this.#fingerprints.has(fingerprint256)) return "UnknownIssuer";
      const isOver = Date.parse(shown.valid_to) < Date.now();
      return isOver ? "CERT_HAS_EXPIRED" : undefined;
    }
    this.#remember(fingerprint256);
    return undefined;
  }

  #remember(fingerprint: string): void {
    // Last in, last out.
    this.#fingerprints.delete(fingerprint);
    this.#fingerprints.add(fingerprint);
    if (this.#fingerprints.size <= MOST_CLIENTS) return;
    for (const oldest of this.#fingerprints) {
      this.#fingerprints.delete(oldest);
      return;
    }
  }
}
