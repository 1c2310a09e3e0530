/**
 * The clients whose certificates a listener has verified.
 *
 * The runtime keeps one key for the session tickets of all its listeners, and
 * does not check certificates when a session is resumed (Deno 2.9.6). So a
 * ticket from a listener that requires no certificate, or trusts other
 * authorities, would be accepted by this one, and tickets cannot be switched
 * off.
 *
 * @module
 */

import type { TLSSocket } from "node:tls";

// About a megabyte. A client beyond it is refused once if it resumes, and its
// next handshake is a full one.
const MOST_CLIENTS = 10_000;

/** Remembers the certificates that were verified. */
export class VerifiedClients {
  readonly #fingerprints = new Set<string>();

  /**
   * Decides whether a client is accepted.
   *
   * @param socket The connection to it, after the handshake.
   * @returns The reason for a refusal in the runtime's words, or `undefined`.
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
