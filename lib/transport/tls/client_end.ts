/**
 * The client's end of TLS, on either engine.
 *
 * @module
 */

import { OptionTypeError } from "../../check.ts";
import type { Address } from "../address.ts";
import type { Connection } from "../connection.ts";
import { zoneOf } from "../ip.ts";
import { translate } from "../os_error.ts";
import {
  certificateIn,
  checkAuthorities,
  checkPair,
  UNREADABLE_AUTHORITY,
} from "./certificate.ts";
import { beginClient } from "./engine.ts";
import { NativeTlsConnection } from "./native.ts";
import { TlsConnection } from "./node_connection.ts";
import type { TlsDialOptions, TlsEngine } from "./options.ts";
import { expectedName } from "./server_name.ts";

/** A client's options, checked. */
export interface ClientPlan {
  /** Which engine carries the connection. */
  readonly engine: TlsEngine;
  /** The name that must be in the server's certificate. */
  readonly name: string;
}

/**
 * Checks a client's options and chooses the engine, before anything is opened.
 *
 * @param options The options.
 * @param address Where the server is.
 * @returns The plan.
 * @throws {TypeError} If options contradict each other.
 * @throws {ConnectionError} If a certificate is invalid.
 */
export async function planClient(
  options: TlsDialOptions,
  address: Address,
): Promise<ClientPlan> {
  const certificate = certificateIn(options, "connect to", address);
  const { caCerts = [], insecure = false, serverName, tlsEngine } = options;
  const name = expectedName(serverName, address);
  checkAuthorities(caCerts, "connect to", address);
  const needsNode = certificate !== undefined || insecure;
  if (tlsEngine === "native" && needsNode) {
    throw new OptionTypeError({
      action: "connect to",
      address: `${address}`,
      reason: 'insecure and a client certificate need the TLS engine "node"',
      option: "tlsEngine",
    });
  }
  if (!needsNode && tlsEngine !== "node") return { engine: "native", name };
  if (certificate !== undefined) {
    await checkPair(certificate, "connect to", address);
  }
  return { engine: "node", name };
}

/**
 * Puts TLS onto any connection, as the client, by `node:tls`.
 *
 * @param connection The connection, which TLS owns from now on.
 * @param plan The plan.
 * @param options The options that it was made from.
 * @returns The connection; the handshake is left to be done.
 */
export function clientOverNode(
  connection: Connection,
  plan: ClientPlan,
  options: TlsDialOptions,
): Connection {
  return new TlsConnection(connection, beginClient(plan.name, options));
}

/**
 * Puts TLS onto a socket of the runtime, as the client.
 *
 * @param conn The socket, which TLS owns from now on.
 * @param address Where the server is, for errors.
 * @param plan The plan.
 * @param options The options that it was made from.
 * @returns The connection; the handshake is left to be done.
 * @throws {ConnectionError} If the runtime refuses; then the socket is closed.
 */
export async function clientOverSocket(
  conn: Deno.TcpConn,
  address: Address,
  plan: ClientPlan,
  options: TlsDialOptions,
): Promise<Connection> {
  const { alpn = [], caCerts = [] } = options;
  try {
    const tls = await Deno.startTls(conn, {
      hostname: plan.name,
      caCerts: [...caCerts],
      ...(alpn.length === 0 ? {} : { alpnProtocols: [...alpn] }),
    });
    return new NativeTlsConnection(tls, zoneOf(address.hostname));
  } catch (error) {
    conn[Symbol.dispose]();
    // No byte was exchanged yet, so it cannot be about the server's certificate.
    const isOurs = error instanceof Deno.errors.InvalidData &&
      caCerts.length > 0;
    const known = isOurs
      ? { reason: UNREADABLE_AUTHORITY, option: "caCerts" }
      : {};
    throw translate(error, "shake hands with", address, known);
  }
}
