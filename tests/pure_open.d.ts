/**
 * The files of `lib/transport` that open sockets, as `pure.json` shows them to
 * the sessions: what they promise, without the transports that name `Deno`.
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
  TlsUpgradeOptions,
} from "../lib/transport/tls/options.ts";
import type {
  WebSocketDialOptions,
  WebSocketListenOptions,
} from "../lib/transport/ws/options.ts";
import type {
  DatagramEndpoint,
  DatagramEndpointOptions,
} from "../lib/transport/datagram_endpoint.ts";

// Any name will do here; the table itself is checked with the transports.
export type Transport = string;
export type AddressForm = "host" | "url" | "path" | "name";
export function defaultPortOf(transport: Transport): number | undefined;
export function formOf(transport: Transport): AddressForm;
export function usesTls(transport: Transport): boolean;
export function transportsOf(form: AddressForm): Transport[];

export function dial(
  to: string | Address,
  options?: DialOptions & TlsDialOptions & WebSocketDialOptions,
): Promise<Connection>;
export function wrapTls(
  connection: Connection,
  options: TlsUpgradeOptions,
): Promise<Connection>;
export function listen(
  on: string | Address,
  options?:
    & ListenOptions
    & TlsListenOptions
    & UnixListenOptions
    & WebSocketListenOptions,
): Promise<Listener>;
export function openDatagrams(
  on: Address,
  options: DatagramEndpointOptions,
): DatagramEndpoint;
