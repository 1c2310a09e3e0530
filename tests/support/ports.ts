/**
 * Ports for programs that cannot choose one by themselves, and a port that does
 * not answer.
 *
 * A port that the system gave out for port 0 and that is closed again can go to
 * any program before it is used. A client that tries again and again to connect
 * to such a port can even get it as its own port and then talks to itself. So
 * these ports are below the range that systems choose from: 32768 and up on
 * Linux, 49152 and up elsewhere.
 *
 * @module
 */

const FIRST = 10_000;
const COUNT = 20_000;

// Test files and test runs that run at the same time begin at different places.
let next = Math.floor(Math.random() * COUNT);

/**
 * A port of the loopback, for TCP and UDP, that is free and that this test file
 * did not get before.
 */
export function freePort(): number {
  for (let left = COUNT; left > 0; left--) {
    const port = FIRST + next;
    next = (next + 1) % COUNT;
    if (isFree(port)) return port;
  }
  throw new Error(`No port from ${FIRST} on is free`);
}

function isFree(port: number): boolean {
  const hostname = "127.0.0.1";
  try {
    using _tcp = Deno.listen({ hostname, port });
    Deno.listenDatagram({ transport: "udp", hostname, port }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    throw error;
  }
}

/** A port whose queue of connections is full: an attempt to connect has no answer. */
export async function busyPort(): Promise<{ port: number } & Disposable> {
  const hostname = "127.0.0.1";
  const listener = Deno.listen({ hostname, port: 0, tcpBacklog: 1 });
  const { port } = listener.addr;
  const queued: Deno.Conn[] = [];
  // Linux lets one more wait than the backlog says.
  for (let i = 0; i < 2; i++) {
    queued.push(await Deno.connect({ hostname, port }));
  }
  return {
    port,
    [Symbol.dispose]() {
      for (const open of [...queued, listener]) open.close();
    },
  };
}
