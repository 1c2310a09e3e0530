/**
 * The servers of NATS that a hub tries, in turn.
 *
 * @module
 */

// Of a cluster that tells its members.
const MOST_SERVERS = 64;

/** Servers, the next one to try first. */
export class Servers {
  readonly #servers: string[];

  /** @param given As `host:port`. */
  constructor(given: readonly string[]) {
    // In another order for each hub, so that the servers of a cluster share them.
    this.#servers = given
      .map((server) => ({ server, at: Math.random() }))
      .sort((a, b) => a.at - b.at)
      .map(({ server }) => server);
  }

  /** How many there are. */
  get length(): number {
    return this.#servers.length;
  }

  /** Gives the one whose turn it is. */
  next(): string {
    const server = this.#servers.shift()!;
    this.#servers.push(server);
    return server;
  }

  /** Adds those that are new, as far as there is room. */
  learn(servers: readonly string[]): void {
    for (const server of servers) {
      if (this.#servers.length >= MOST_SERVERS) return;
      if (!this.#servers.includes(server)) this.#servers.push(server);
    }
  }
}
