/**
 * TLS: connections that are encrypted and authenticated.
 *
 * Most programs use `connect` and `serve` of `@parley/parley` with an address
 * such as `tls://example.org:443`; the second example shows it. The functions
 * here carry bytes, below the messages. There are also `alpn`,
 * `server.setCertificate` for a new certificate without a restart, and
 * `startTls` of `@parley/parley` for a connection that is open already, with
 * messages on it or bytes.
 *
 * A self-signed certificate is accepted if it is given in `caCerts` and is not
 * marked as a certificate authority, as plain `openssl req -x509` marks it.
 * `parley-server cert` makes such a certificate, or:
 *
 * ```sh
 * openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem \
 *   -days 30 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
 *   -addext basicConstraints=critical,CA:FALSE
 * ```
 *
 * @example A server and its client
 * ```ts
 * import { connectTls, listenTls } from "@parley/parley/tls";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * await new Deno.Command("openssl", {
 *   args: `req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost
 *     -addext subjectAltName=IP:127.0.0.1 -addext basicConstraints=critical,CA:FALSE
 *     -keyout ${folder}/key.pem -out ${folder}/cert.pem`.split(/\s+/),
 * }).output();
 * const cert = await Deno.readTextFile(`${folder}/cert.pem`);
 * const key = await Deno.readTextFile(`${folder}/key.pem`);
 *
 * const listener = await listenTls({ hostname: "127.0.0.1", port: 0 }, { cert, key });
 * const [client, server] = await Promise.all([
 *   connectTls(listener.address, { caCerts: [cert] }),
 *   listener.accept(),
 * ]);
 * await client.write(Uint8Array.of(1, 2, 3));
 * assertEquals(await server.read(new Uint8Array(10)), 3);
 * for (const open of [client, server, listener]) open.close();
 * await Promise.all([client.released, server.released]); // TLS has ended too
 * ```
 *
 * @example Messages over TLS, with a certificate on both sides
 * ```ts
 * import { connect, serve } from "@parley/parley";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * await new Deno.Command("openssl", {
 *   args: `req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost
 *     -addext subjectAltName=IP:127.0.0.1 -addext basicConstraints=critical,CA:FALSE
 *     -keyout ${folder}/key.pem -out ${folder}/cert.pem`.split(/\s+/),
 * }).output();
 * const cert = await Deno.readTextFile(`${folder}/cert.pem`);
 * const key = await Deno.readTextFile(`${folder}/key.pem`);
 * const options = { cert, key, caCerts: [cert], encoding: "text" } as const;
 *
 * // Without requireClientCert the client needs no certificate.
 * const strict = { ...options, requireClientCert: true };
 * await using server = await serve("tls://127.0.0.1:0", strict, async (peer) => {
 *   const name = peer.peerCertificate?.subject.CN;
 *   for await (const text of peer) await peer.send(`${name}: ${text}`);
 * });
 * await using connection = await connect(server.address, options);
 * await connection.send("hello");
 * assertEquals(await connection.receive(), "localhost: hello");
 * ```
 *
 * @module
 */

import type { Address } from "../address.ts";
import type {
  Connection,
  DialOptions,
  Listener,
  ListenOptions,
} from "../connection.ts";
import { hostAddress, type HostPort } from "../tcp/host_port.ts";
import { dialTls, listenForTls } from "./open.ts";
import type {
  PeerCertificate,
  TlsCertificate,
  TlsClientUpgrade,
  TlsDialOptions,
  TlsEngine,
  TlsListenOptions,
  TlsServerUpgrade,
} from "./options.ts";

export type {
  PeerCertificate,
  TlsCertificate,
  TlsClientUpgrade,
  TlsDialOptions,
  TlsEngine,
  TlsListenOptions,
  TlsServerUpgrade,
};

/**
 * Opens a connection and performs the TLS handshake.
 *
 * @param to Host and port, or an address such as `"tls://example.org:443"`.
 * @param options The authorities to trust, the certificate to show, socket
 * options, and a signal, which also aborts the handshake.
 * @returns The connection, owned by the caller.
 * @throws {ConnectionError} If no connection can be made, with code `"tls"` if
 * the handshake fails.
 * @throws {RangeError} If the port is not an integer from 1 to 65535.
 * @throws {TypeError} If the host name is empty, or only one of `cert` and
 * `key` is given.
 * @throws {unknown} The signal's reason, once it is aborted.
 */
export async function connectTls(
  to: string | HostPort,
  options: TlsDialOptions & DialOptions = {},
): Promise<Connection> {
  const address = hostAddress("tls", to);
  return await agree(await dialTls(address, options), options.signal);
}

/**
 * Listens for TLS connections. Accepting does not wait for the handshake, which
 * a silent client could delay for ever. Call `handshake()` with a time limit of
 * your own, or read and write, which wait for it.
 *
 * @param on Host and port, or an address such as `"tls://127.0.0.1:0"`.
 * @param options Certificate and key, whether clients need one, and socket
 * options.
 * @returns The listener, owned by the caller.
 * @throws {ConnectionError} If the system refuses, or with code `"tls"` if the
 * certificate or key is invalid or they do not belong together.
 * @throws {RangeError} If port or backlog is out of range.
 * @throws {TypeError} If there is no certificate, or clients need one and
 * `caCerts` is empty.
 */
export async function listenTls(
  on: string | HostPort,
  options: TlsListenOptions & ListenOptions,
): Promise<Listener> {
  const listener = await listenForTls(hostAddress("tls", on), options);
  return new EagerListener(listener);
}

/**
 * Begins the handshake of each connection at once: the client waits for it,
 * maybe before this end reads or writes.
 */
class EagerListener implements Listener {
  readonly #listener: Listener;

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  get address(): Address {
    return this.#listener.address;
  }

  async accept(): Promise<Connection> {
    const connection = await this.#listener.accept();
    // A later call of handshake() gets the outcome.
    connection.handshake?.().catch(() => {});
    return connection;
  }

  close(): void {
    this.#listener.close();
  }

  async setCertificate(certificate: TlsCertificate): Promise<void> {
    await this.#listener.setCertificate?.(certificate);
  }
}

async function agree(
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<Connection> {
  const abort = () => connection.abort();
  signal?.addEventListener("abort", abort);
  try {
    if (signal?.aborted) abort();
    await connection.handshake?.();
    return connection;
  } catch (error) {
    // The peer gets an alert with the reason.
    connection.close();
    await connection.released;
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}
