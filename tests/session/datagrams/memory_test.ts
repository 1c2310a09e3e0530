import { assertEquals, assertLessOrEqual } from "@std/assert";
import { DatagramSocket } from "../../../lib/session/datagrams/datagram_socket.ts";
import { peer, ScriptedEndpoint } from "../../support/scripted_endpoint.ts";

// The smallest buffer that datagrams share.
const SMALLEST_BUFFER_BYTES = 1_024;

for (const size of [1, 63, 64, 65, 300, 2_048, 2_049, 60_000]) {
  Deno.test(`DatagramSocket keeps at most 32 times its size alive for a message of ${size} bytes that is kept among others`, async () => {
    const endpoint = new ScriptedEndpoint();
    await using socket = new DatagramSocket(endpoint);
    const kept: Uint8Array[] = [];
    for (let i = 0; i < 40; i++) {
      // A large one that is not kept comes before each.
      endpoint.arrive(new Uint8Array(1_500), peer(1));
      endpoint.arrive(new Uint8Array(size).fill(i), peer(2));
      await socket.receive();
      kept.push((await socket.receive())!.message);
    }
    const buffers = new Set(kept.map(({ buffer }) => buffer));
    const held = [...buffers].reduce(
      (sum, { byteLength }) => sum + byteLength,
      0,
    );
    assertLessOrEqual(
      held,
      Math.max(32 * size * kept.length, SMALLEST_BUFFER_BYTES),
    );
    for (const { buffer } of kept) {
      assertLessOrEqual(
        buffer.byteLength,
        Math.max(32 * size, SMALLEST_BUFFER_BYTES),
      );
    }
    assertEquals(
      kept.map((message) => message[size - 1]),
      kept.map((_, i) => i),
    );
  });
}
