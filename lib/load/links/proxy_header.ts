/**
 * A PROXY protocol header in front of all else, below TLS if there is TLS.
 *
 * @module
 */

import {
  startTls,
  type StartTlsOptions,
} from "../../session/messages/start_tls.ts";
import type { WrapConnection } from "../../session/messages/wrap.ts";
import { Address } from "../../transport/address.ts";
import { encodeProxyHeader } from "../../transport/proxy/proxy_protocol.ts";

/** Where to connect, and what to put between the connection and its messages. */
export interface ProxiedOpening {
  readonly to: Address;
  readonly wrap: WrapConnection;
}

/**
 * Sends a header with this end's own address on each connection.
 *
 * @param tls How TLS is started above it, if the address is one of TLS.
 */
export function withProxyHeader(
  address: Address,
  version: 1 | 2,
  tls: StartTlsOptions,
): ProxiedOpening {
  const { hostname, port } = address;
  const isTls = address.transport === "tls";
  return {
    to: isTls ? new Address("tcp", hostname, port) : address,
    wrap: async (connection) => {
      const { localAddress, remoteAddress } = connection;
      // A header cannot hold a path: it says that the address is unknown.
      let bytes = remoteAddress.hostname === ""
        ? encodeProxyHeader(version, undefined, undefined)
        : encodeProxyHeader(version, localAddress, remoteAddress);
      while (bytes.length > 0) {
        bytes = bytes.subarray(await connection.write(bytes));
      }
      return isTls
        ? await startTls(connection, { serverName: hostname, ...tls })
        : connection;
    },
  };
}
