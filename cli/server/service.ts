/**
 * What a service is.
 *
 * @module
 */

import type { Address, Handler, MessageConnection } from "../../mod.ts";
import type { DatagramHandler } from "../../lib/session/datagrams/mod.ts";
import type { Section } from "../manual/manual.ts";
import type { Log } from "../output/log.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { ServerOptions } from "./server_option_table.ts";

/** What a service is made of. */
export interface ServiceContext {
  /** The options of the command line. */
  readonly options: ServerOptions;
  /** What the program has around it. */
  readonly terminal: Terminal;
  /** Where connections are reported. */
  readonly log: Log;
}

/** What a service does with a connection, whose messages are bytes or text. */
export type StreamHandler =
  | { readonly encoding: "bytes"; readonly handler: Handler<Uint8Array> }
  | { readonly encoding: "text"; readonly handler: Handler<string> };

/** What a service does with a datagram, which is bytes or text. */
export type MessageHandler =
  | {
    readonly encoding: "bytes";
    readonly handler: DatagramHandler<Uint8Array>;
  }
  | { readonly encoding: "text"; readonly handler: DatagramHandler<string> };

/** The file of a service. */
export interface ServiceHandlers {
  /** Makes what it does with a connection. */
  readonly stream: (
    context: ServiceContext,
  ) => StreamHandler | Promise<StreamHandler>;
  /** Makes what it does with a datagram. */
  readonly datagram?: (
    context: ServiceContext,
  ) => MessageHandler | Promise<MessageHandler>;
}

/** One row of the table of services. */
export interface Service {
  /** What it does, in a few words. */
  readonly summary: string;
  /** Command lines to try, which its `--help` shows. */
  readonly examples: readonly string[];
  /** Loads what it does, unless it speaks a protocol of its own. */
  readonly load?: () => Promise<ServiceHandlers>;
  /** A protocol of its own in place of messages, which is loaded when needed. */
  readonly protocol?: ServiceProtocol;
  /** Why it cannot be served over UDP. */
  readonly notOverUdp?: string;
  /** What else its `--help all` says. */
  readonly details?: readonly Section[];
}

/** How a service speaks that exchanges no messages. */
export interface ServiceProtocol {
  /** What starts it. */
  readonly load: () => Promise<
    typeof import("../http/server/start_http.ts")
  >;
  /** Writes an address as its clients take it. */
  readonly write: (address: Address) => string;
}

/** Reads until the peer has finished sending, and drops it. */
export async function readToTheEnd(
  connection: MessageConnection,
): Promise<void> {
  const batches = connection.batches({ reuse: true });
  while ((await batches.next()).done !== true);
}
