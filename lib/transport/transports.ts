/**
 * The table of transports: the one place that knows them all. A transport is its
 * folder and its row here.
 *
 * Each row loads its folder when the first address of this kind is opened, so
 * that a program pays for what it uses.
 *
 * @module
 */

import type { Address } from "./address.ts";
import type {
  Connection,
  DialOptions,
  Listener,
  ListenOptions,
  UnixListenOptions,
} from "./connection.ts";
import type { TlsDialOptions, TlsListenOptions } from "./tls/options.ts";
import type {
  WebSocketDialOptions,
  WebSocketListenOptions,
} from "./ws/options.ts";

/** The kinds of address. Those of `"memory"` and `"stream"` cannot be dialled. */
export type Transport =
  | "memory"
  | "stream"
  | "tcp"
  | "tls"
  | "udp"
  | "unix"
  | "ws"
  | "wss";

/** How the addresses of a transport are written. */
export type AddressForm =
  /** `scheme://host:port` */
  | "host"
  /** `scheme://host:port/path`; port and path may be left out */
  | "url"
  /** `scheme:path` */
  | "path"
  /** `scheme:name`, to be shown; it cannot be read back. */
  | "name";

/** What opens the connections of a transport. */
export interface ConnectionOpener {
  /** Opens a connection; a handshake is left to be done. */
  dial(
    to: Address,
    options: DialOptions & TlsDialOptions & WebSocketDialOptions,
  ): Promise<Connection>;
  /** Listens; accepted connections have a handshake left to be done. */
  listen(
    on: Address,
    options:
      & ListenOptions
      & TlsListenOptions
      & UnixListenOptions
      & WebSocketListenOptions,
  ): Listener | Promise<Listener>;
}

/** What there is to know of a transport. */
export interface TransportRow {
  /** How its addresses are written. */
  readonly form: AddressForm;
  /** Loads what opens its connections, or says why nothing does. */
  readonly open: (() => Promise<ConnectionOpener>) | string;
  /** The port of an address that names none, if that is allowed. */
  readonly defaultPort?: number;
  /** What it carries, if not bytes. */
  readonly carries?: "messages" | "datagrams";
  /** Whether it stands on TCP. */
  readonly isTcp?: true;
  /** Whether TLS protects it. */
  readonly isTls?: true;
}

const WEBSOCKET = {
  form: "url",
  carries: "messages",
  isTcp: true,
  open: async (): Promise<ConnectionOpener> => {
    const { dialWebSocket, listenForWebSockets } = await import("./ws/open.ts");
    return { dial: dialWebSocket, listen: listenForWebSockets };
  },
} as const;

/** All transports. */
export const TRANSPORTS: Readonly<Record<Transport, TransportRow>> = {
  tcp: {
    form: "host",
    isTcp: true,
    open: async () => {
      const { connectTcp, listenLine } = await import("./tcp/open.ts");
      return { dial: connectTcp, listen: listenLine };
    },
  },
  tls: {
    form: "host",
    isTcp: true,
    isTls: true,
    open: async () => {
      const { dialTls, listenForTls } = await import("./tls/open.ts");
      return { dial: dialTls, listen: listenForTls };
    },
  },
  udp: {
    form: "host",
    carries: "datagrams",
    open: "UDP has no connections, use bindUdp or serveDatagrams",
  },
  unix: {
    form: "path",
    open: async () => {
      const { connectUnix, listenUnix } = await import("./unix/mod.ts");
      return { dial: connectUnix, listen: listenUnix };
    },
  },
  ws: { ...WEBSOCKET, defaultPort: 80 },
  wss: { ...WEBSOCKET, defaultPort: 443, isTls: true },
  memory: {
    form: "name",
    open: "only its listener connects to it, as in memoryListener().connect()",
  },
  stream: {
    form: "name",
    open: "streams are open already, use streamConnection",
  },
};

/**
 * Tells how the addresses of a transport are written.
 *
 * @param transport The transport.
 */
export function formOf(transport: Transport): AddressForm {
  return TRANSPORTS[transport].form;
}

/** Whether what a transport carries is encrypted by TLS. */
export function usesTls(transport: Transport): boolean {
  return TRANSPORTS[transport].isTls === true;
}

/** The port of an address that names none; `undefined` if it must name one. */
export function defaultPortOf(transport: Transport): number | undefined {
  return TRANSPORTS[transport].defaultPort;
}

/**
 * Lists the transports whose addresses are written in one form.
 *
 * @param form The form.
 */
export function transportsOf(form: AddressForm): Transport[] {
  const names = Object.keys(TRANSPORTS) as Transport[];
  return names.filter((name) => TRANSPORTS[name].form === form);
}
