/**
 * `lib/transport/open.ts` as `pure.json` shows it to the sessions: what it
 * promises, without the transports that name `Deno`.
 *
 * @module
 */

import type { Address } from "../lib/transport/address.ts";
import type {
  Connection,
  DialOptions,
  Listener,
  ListenOptions,
  UnixListenOptions,
} from "../lib/transport/connection.ts";
import type {
  TlsDialOptions,
  TlsListenOptions,
} from "../lib/transport/tls/options.ts";
import type {
  DatagramEndpoint,
  DatagramEndpointOptions,
} from "../lib/transport/datagram_endpoint.ts";

export function dial(
  to: Address,
  options: DialOptions & TlsDialOptions,
): Promise<Connection>;
export function overTls(
  connection: Connection,
  options: TlsDialOptions,
): Promise<Connection>;
export function listen(
  on: Address,
  options: ListenOptions & TlsListenOptions & UnixListenOptions,
): Promise<Listener>;
export function openDatagrams(
  on: Address,
  options: DatagramEndpointOptions,
): DatagramEndpoint;
