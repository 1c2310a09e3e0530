/**
 * A connection that a fault closes at once, and the error of one that a fault ends.
 *
 * @module
 */

import { ConnectionError } from "../errors.ts";
import type { Address } from "../transport/address.ts";
import type { Connection } from "../transport/connection.ts";
import type { FaultEvent } from "./fault.ts";

/** The error of a connection that a fault has ended. */
export function struck(
  action: string,
  address: Address,
  { fault, name }: Pick<FaultEvent, "fault" | "name">,
): ConnectionError {
  return new ConnectionError("reset", {
    action,
    address: String(address),
    reason: name === "refuse"
      ? `the fault ${fault} closed the connection`
      : `the fault ${fault} reset the connection`,
    option: "faults",
  });
}

/** A connection that was closed at once. */
export class RefusedConnection implements Connection {
  readonly localAddress: Address;
  readonly remoteAddress: Address;
  readonly #event: FaultEvent;

  /** @param connection The connection, which is closed. */
  constructor(connection: Connection, event: FaultEvent) {
    this.localAddress = connection.localAddress;
    this.remoteAddress = connection.remoteAddress;
    this.#event = event;
    connection.close();
  }

  read(): Promise<number | null> {
    return Promise.reject(this.#failure("read from"));
  }

  write(): Promise<number> {
    return Promise.reject(this.#failure("write to"));
  }

  closeWrite(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {}

  abort(): void {}

  #failure(action: string): ConnectionError {
    return struck(action, this.remoteAddress, this.#event);
  }
}
