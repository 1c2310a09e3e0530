/**
 * A line between two programs that a test can cut and mend.
 *
 * @module
 */

/** Relays the connections to a port of the loopback, unless it is cut. */
export class CutLine {
  readonly #to: number;
  readonly #port: number;
  readonly #open = new Set<Deno.TcpConn>();
  #listener: Deno.TcpListener | undefined;
  #accepting: Promise<void> | undefined;

  private constructor(to: number, listener: Deno.TcpListener) {
    this.#to = to;
    this.#port = listener.addr.port;
    this.#begin(listener);
  }

  /** Opens a line to a port. */
  static to(port: number): CutLine {
    return new CutLine(port, Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  }

  /** Where the line begins, as the address of a server of NATS. */
  get url(): string {
    return `nats://127.0.0.1:${this.#port}`;
  }

  /** Ends all connections, and accepts none. */
  cut(): void {
    this.#listener?.close();
    this.#listener = undefined;
    for (const conn of this.#open) close(conn);
    this.#open.clear();
  }

  /** Accepts connections again. */
  mend(): void {
    this.#begin(Deno.listen({ hostname: "127.0.0.1", port: this.#port }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await this.#accepting;
  }

  #begin(listener: Deno.TcpListener): void {
    this.#listener = listener;
    const before = this.#accepting;
    const accept = async () => {
      const relays: Promise<void>[] = [];
      try {
        for await (const conn of listener) relays.push(this.#relay(conn));
      } finally {
        await Promise.all(relays);
        await before;
      }
    };
    this.#accepting = accept();
  }

  async #relay(near: Deno.TcpConn): Promise<void> {
    this.#open.add(near);
    const to = { hostname: "127.0.0.1", port: this.#to };
    const far = await Deno.connect(to).catch(() => undefined);
    if (far === undefined) return close(near);
    if (this.#open.has(near)) this.#open.add(far);
    else close(far);
    // Both end with an error when the line is cut, or when one side ends.
    await Promise.allSettled([
      near.readable.pipeTo(far.writable),
      far.readable.pipeTo(near.writable),
    ]);
    for (const conn of [near, far]) this.#open.delete(conn);
  }
}

/** Closes a connection, which a stream that has ended may have closed. */
function close(conn: Deno.TcpConn): void {
  try {
    conn.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
