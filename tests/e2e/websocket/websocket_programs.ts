/**
 * What WebSocket libraries of others do to us, and we to them. Each is a program
 * of `programs/` with two roles:
 *
 * - The client sends 21 messages of 7 sizes, as text and as binary, and counts
 *   those that come back the same. It sends one in fragments with a ping, ends
 *   with 4001, connects again, and asks the server to end. It prints what came of
 *   it in JSON.
 * - The server sends messages back. `fragments` is answered in fragments with a
 *   ping, `later` after a while, `close` by ending with 4000. It prints the pongs
 *   and the ends.
 *
 * @module
 */

import { connect, type MessageConnection, serve } from "@parley/parley";
import { type WebSocketInfo, webSocketOf } from "@parley/parley/websocket";
import { assertEquals } from "@std/assert";
import { noise, within } from "../../support/foreign_http.ts";
import type { Process } from "../../support/processes.ts";

/** The terms of permessage-deflate, in the words of npm's `ws`. */
interface Terms {
  readonly serverNoContextTakeover?: boolean;
  readonly clientNoContextTakeover?: boolean;
  readonly serverMaxWindowBits?: number;
  readonly clientMaxWindowBits?: number;
}

const NO_TAKEOVER = {
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
};
const TERMS: readonly (Terms | null)[] = [
  null,
  {},
  NO_TAKEOVER,
  { serverMaxWindowBits: 9, clientMaxWindowBits: 10 },
  { ...NO_TAKEOVER, serverMaxWindowBits: 12, clientMaxWindowBits: 9 },
];

/** How long one test may take, with the start of a program. */
const TEST_MS = 180_000;

/** How often pings are sent; a server answers to `later` after 2 of them, a second. */
const PING_MS = 450;

/** A library of others. */
export interface WebSocketProgram {
  /** What it is called, for the names of tests. */
  readonly name: string;
  /** Why it cannot be run here. */
  readonly missing?: string | undefined;
  /** Starts the program in a role. */
  start(...args: string[]): Process;
}

/** Registers the tests of a library as client and as server. */
export function testWebSocketProgram(program: WebSocketProgram): void {
  for (const terms of TERMS) {
    const how = terms === null
      ? "uncompressed"
      : `compressed ${JSON.stringify(terms)}`;
    register(program, `is a client, ${how}`, () => asClient(program, terms));
    register(program, `is a server, ${how}`, () => asServer(program, terms));
  }
}

function register(
  { missing, name }: WebSocketProgram,
  claim: string,
  test: () => Promise<void>,
): void {
  const ignore = missing !== undefined;
  Deno.test({
    name: `${name} ${claim}${ignore ? `: not run, ${missing}` : ""}`,
    ignore,
    fn: () => within(TEST_MS, `${name} ${claim}`, test()),
  });
}

async function asClient(
  program: WebSocketProgram,
  terms: Terms | null,
): Promise<void> {
  const seen: WebSocketInfo[] = [];
  await using server = await serve("ws://127.0.0.1:0/echo", {
    maxMessageBytes: 1 << 21,
    webSocket: { deflate: true, protocols: ["chat"] },
  }, async (peer) => {
    for await (const message of peer) {
      if (new TextDecoder().decode(message) === "close") {
        await webSocketOf(peer)?.close(4000, "the room is full");
        break;
      }
      await peer.send(message);
    }
    seen.push(webSocketOf(peer)!);
  });
  await using client = program.start(
    ...["client", String(server.address), JSON.stringify(terms)],
  );
  const { code, stderr, stdout } = await client.ended();
  assertEquals(code, 0, stderr);
  assertEquals(JSON.parse(stdout), {
    same: 21,
    fragments: "fragments",
    pong: "between",
    closed: [4001, ""],
    closedByPeer: [4000, "the room is full"],
  });
  await server.shutdown();
  const agreed = { isCompressed: terms !== null, protocol: "chat" };
  assertEquals(
    seen.map(({ isCompressed, protocol }) => ({ isCompressed, protocol })),
    [agreed, agreed],
  );
  assertEquals(seen[0]!.closeStatus, { code: 4001, reason: "enough" });
  // Some repeat the reason as well (RFC 6455 section 5.5.1 leaves that open).
  assertEquals(seen[1]!.closeStatus?.code, 4000);
}

async function asServer(
  program: WebSocketProgram,
  terms: Terms | null,
): Promise<void> {
  await using server = program.start("server", JSON.stringify(terms));
  const [, port] = await server.outputLine(/^port (\d+)$/);
  const open = (pingMs = Infinity) =>
    connect(`ws://127.0.0.1:${port}/`, {
      maxMessageBytes: 1 << 21,
      webSocket: {
        deflate: true,
        messageType: "auto",
        pingMs,
        protocols: ["chat"],
      },
    });
  await using client = await open();
  const { isCompressed, protocol } = webSocketOf(client)!;
  assertEquals({ isCompressed, protocol }, {
    isCompressed: terms !== null,
    protocol: "chat",
  });
  await exchange(client, terms !== null);
  await client.send(bytes("fragments"));
  assertEquals(await client.receive(), bytes("fragments"));
  await server.outputLine(/^pong between$/);
  await webSocketOf(client)!.close(4001, "enough");
  await server.outputLine(/^closed 4001 enough$/);

  // If it did not answer them, it would be cut off before it says this.
  await using other = await open(PING_MS);
  await other.send(bytes("later"));
  assertEquals(await other.receive(), bytes("now"));
  await other.send(bytes("close"));
  assertEquals(await other.receive(), undefined);
  assertEquals(webSocketOf(other)!.closeStatus, {
    code: 4000,
    reason: "the room is full",
  });
  await other.close();
  await server.outputLine(/^closed 4000 /);
}

/** Sends messages of each class of size, and expects them back. */
async function exchange(
  client: MessageConnection<Uint8Array>,
  isCompressed: boolean,
): Promise<void> {
  for (const size of [0, 1, 125, 126, 65_535, 65_536, 1_000_000]) {
    const text = bytes("say it again. ".repeat(size / 14 + 1)).slice(0, size);
    for (const message of [text, noise(size), text]) {
      const before = client.stats.bytesOut;
      await client.send(message);
      assertEquals(await client.receive(), message);
      if (message !== text || size < 1_000) continue;
      const sent = client.stats.bytesOut - before;
      assertEquals(sent < size / 10, isCompressed, `${sent} of ${size}`);
    }
  }
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
