/**
 * A datagram endpoint whose network is the test.
 *
 * @module
 */

import { assert } from "@std/assert";
import { ClosedError } from "../../lib/errors.ts";
import { SYSTEM_TIME, type Time } from "../../lib/time/time.ts";
import { Address } from "../../lib/transport/address.ts";
import type {
  DatagramEndpoint,
  MulticastMembership,
  ReceivedDatagram,
} from "../../lib/transport/datagram_endpoint.ts";

/** A datagram that was sent. */
export interface Sent {
  /** Its bytes, copied. */
  readonly bytes: Uint8Array;
  /** Whom to. */
  readonly to: Address;
  /** When, in milliseconds of the endpoint's time. */
  readonly atMs: number;
}

/**
 * Makes the address of a peer.
 *
 * @param port Its port.
 * @returns The address.
 */
export function peer(port: number): Address {
  return new Address("udp", "192.0.2.1", port);
}

/** Records what is sent, and receives what the test says. */
export class ScriptedEndpoint implements DatagramEndpoint {
  readonly address: Address = new Address("udp", "0.0.0.0", 9001);
  /** What was sent. */
  readonly sent: Sent[] = [];
  /** How often it was received. */
  receives = 0;
  /** How many calls of `receive` are pending. */
  pending = 0;
  /** How often it was closed. */
  closes = 0;
  /** Called for each datagram sent; what it throws is what `send` rejects with. */
  onSend: (sent: Sent) => void | Promise<void> = () => {};
  readonly #arrived: (Uint8Array | Error)[] = [];
  readonly #from: Address[] = [];
  #into: Uint8Array | undefined;
  #give: ((received: ReceivedDatagram) => void) | undefined;
  #fail: ((error: unknown) => void) | undefined;
  readonly #time: Time;

  constructor(time: Time = SYSTEM_TIME) {
    this.#time = time;
  }

  /**
   * Lets a datagram arrive, as the system does: into a queue if nobody waits.
   *
   * @param message Its bytes, or text.
   * @param from Who sent it.
   */
  arrive(message: Uint8Array | string, from: Address): void {
    this.#arrived.push(
      typeof message === "string" ? new TextEncoder().encode(message) : message,
    );
    this.#from.push(from);
    this.#deliver();
  }

  /**
   * Lets a receive fail.
   *
   * @param error What with.
   */
  break(error: Error): void {
    this.#arrived.push(error);
    this.#from.push(this.address);
    this.#deliver();
  }

  resolve(to: Address): Address {
    return to;
  }

  async send(bytes: Uint8Array, to: Address): Promise<void> {
    if (this.closes > 0) throw new ClosedError({ reason: "closed" });
    const sent = { bytes: bytes.slice(), to, atMs: this.#time.now() };
    this.sent.push(sent);
    await this.onSend(sent);
  }

  receive(into: Uint8Array): Promise<ReceivedDatagram> {
    assert(this.#give === undefined, "at most one receive may be pending");
    assert(into.length > 65_527, "a datagram could be cut off");
    this.receives++;
    this.pending++;
    const { promise, resolve, reject } = Promise.withResolvers<
      ReceivedDatagram
    >();
    this.#into = into;
    this.#give = resolve;
    this.#fail = reject;
    this.#deliver();
    return promise;
  }

  joinMulticast(): Promise<MulticastMembership> {
    throw new Error("not part of the script");
  }

  close(): void {
    this.closes++;
    this.#settle()?.fail(new ClosedError({ reason: "closed" }));
  }

  #deliver(): void {
    if (this.#arrived.length === 0) return;
    const into = this.#into;
    const waiting = this.#settle();
    if (waiting === undefined) return;
    const next = this.#arrived.shift()!;
    const from = this.#from.shift()!;
    if (next instanceof Error) return waiting.fail(next);
    into!.set(next);
    waiting.give({ bytes: into!.subarray(0, next.length), from });
  }

  #settle() {
    if (this.#give === undefined) return undefined;
    const waiting = { give: this.#give, fail: this.#fail! };
    this.#give = this.#fail = undefined;
    this.pending--;
    return waiting;
  }
}

/**
 * Lets everything happen that is ready to happen. A socket looks for some turns of
 * the event loop at what has come before it sends a request.
 */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 6; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}
