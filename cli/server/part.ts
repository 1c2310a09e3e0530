/**
 * What listens on some of the addresses of a server, whatever that is.
 *
 * @module
 */

import type { Address, ShutdownReport } from "../../mod.ts";
import type { TlsCertificate } from "../../lib/transport/tls/mod.ts";
import type { ServerCommand } from "./server_options.ts";

/** What listens on some of the addresses. */
export interface Part {
  /** Where. */
  readonly addresses: readonly Address[];
  /** Rejects if it fails as a whole. */
  readonly failed?: Promise<never>;
  /** How many connections are open. */
  open(): number | Promise<number>;
  /** Cuts them. */
  cut(): void;
  /** Lets them finish, for so long. */
  shutdown(graceMs: number): Promise<ShutdownReport>;
  /** Shows another certificate from now on, where one is shown. */
  setCertificate(certificate: TlsCertificate): Promise<void>;
  /** Tells what went over it, once it was shut down. */
  tellTotals(): void;
}

/** A command line, and which of several workers follows it. */
export interface Crew {
  /** The command line. */
  readonly command: ServerCommand;
  /** Number of the worker; none if there is one. */
  readonly worker?: number;
}
