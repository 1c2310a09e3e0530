import { assertEquals } from "@std/assert";
import {
  MessageDeflater,
  MessageInflater,
} from "../../../lib/websocket/wire/deflate.ts";

const CONTEXT = { takesOver: true, windowBits: 15 };

Deno.test("messages refer to earlier ones, as in RFC 7692 section 7.2.3.2", () => {
  const inflater = new MessageInflater(CONTEXT);
  for (const hex of ["f248cdc9c90700", "f200110000", "f200110000"]) {
    const message = inflater.inflate(Uint8Array.fromHex(hex), 5);
    assertEquals(message, new TextEncoder().encode("Hello"));
  }
});

Deno.test("what is sent is read with and without a memory", () => {
  const message = new TextEncoder().encode("over and over and over again");
  const deflater = new MessageDeflater(CONTEXT, 0);
  for (const takesOver of [true, false]) {
    const inflater = new MessageInflater({ ...CONTEXT, takesOver });
    for (let i = 0; i < 3; i++) {
      const compressed = deflater.deflate(message)!;
      assertEquals(inflater.inflate(compressed, 100), message);
    }
  }
});
