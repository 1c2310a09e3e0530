/**
 * Sends a PROXY protocol header: the address of the client, as a proxy does.
 *
 * @module
 */

import type { Address, Connection } from "../../../mod.ts";
import { encodeProxyHeader } from "../../../lib/transport/proxy/mod.ts";
import { isPath } from "../../arguments/address.ts";
import { errorText } from "../../output/error_text.ts";
import { UsageError } from "../../output/failure.ts";

/** What is in the header. */
export interface ProxyHeaderOptions {
  /** The client's address; this end's own without. */
  readonly source: Address | undefined;
  /** Version of the header. */
  readonly version: 1 | 2;
}

/**
 * Sends a PROXY protocol header.
 *
 * @param connection The connection, before anything is sent.
 * @throws {UsageError} If the given source is not an IP address of the
 * connection's version.
 */
export async function sendProxyHeader(
  connection: Connection,
  { source, version }: ProxyHeaderOptions,
): Promise<void> {
  let bytes = headerFor(connection, source, version);
  while (bytes.length > 0) {
    bytes = bytes.subarray(await connection.write(bytes));
  }
}

function headerFor(
  { localAddress, remoteAddress }: Connection,
  source: Address | undefined,
  version: 1 | 2,
): Uint8Array {
  // A header cannot hold a path: it says that the address is unknown.
  if (isPath(remoteAddress)) {
    return encodeProxyHeader(version, undefined, undefined);
  }
  try {
    return encodeProxyHeader(version, source ?? localAddress, remoteAddress);
  } catch (cause) {
    throw new UsageError(`--proxy-source: ${errorText(cause)}`, { cause });
  }
}
