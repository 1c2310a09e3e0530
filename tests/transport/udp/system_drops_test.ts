import { assertEquals, assertGreater } from "@std/assert";
import { parseAddress } from "../../../lib/transport/address.ts";
import { dropsIn } from "../../../lib/transport/udp/system_drops.ts";
import { inSubprocess } from "../../support/subprocess.ts";

const IPV4 =
  `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  257: 0100007F:1CAE 00000000:0000 07 00000000:00000000 00:00000000 00000000  1000        0 31337 2 0000000000000000 51918
  300: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 31338 2 0000000000000000 0
  301: 0100007F:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 31339 2 0000000000000000 7
  302: 010000EF:1CAE 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 31340 2 0000000000000000 1
  302: 010000EF:1CAE 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 31341 2 0000000000000000 2
`;
const IPV6 =
  `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  257: 00000000000000000000000001000000:1CAE 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1 2 0000000000000000 12
  258: B80D0120000000000000000001000000:1CAE 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 2 2 0000000000000000 34
  259: 00000000000000000000000000000000:1CAE 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 3 2 0000000000000000 56
`;

for (
  const [table, address, drops] of [
    [IPV4, "udp://127.0.0.1:7342", 51_918],
    [IPV4, "udp://0.0.0.0:53", 0],
    [IPV4, "udp://127.0.0.1:53", 7],
    [IPV4, "udp://127.0.0.1:54", undefined],
    // Two sockets share the address: neither row is known to be this one's.
    [IPV4, "udp://239.0.0.1:7342", undefined],
    [IPV6, "udp://[::1]:7342", 12],
    [IPV6, "udp://[2001:db8::1]:7342", 34],
    [IPV6, "udp://[::]:7342", 56],
    ["", "udp://[::]:7342", undefined],
  ] as const
) {
  Deno.test(`dropsIn() finds ${drops} for ${address} in ${table.length} characters`, () => {
    assertEquals(dropsIn(table, parseAddress(address)), drops);
  });
}

Deno.test({
  name:
    "DatagramSocket counts what Linux dropped, while it is open and after, if the program may do everything",
  // Other systems keep no count for each socket.
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const counts = await inSubprocess(flood);
    assertGreater(counts.open!, 0);
    assertEquals(counts.closed, counts.open);
    assertEquals(counts.dropped, 0);
  },
});

/** Sends more than the system's queue holds to a socket that does not receive. */
async function flood(lib: string) {
  const { bindUdp } = await import(`${lib}/session/datagrams/bind_udp.ts`);
  const socket = bindUdp("udp://127.0.0.1:0");
  const client = bindUdp("udp://127.0.0.1:0");
  for (let i = 0; i < 3_000; i++) {
    await client.send(new Uint8Array(500), socket.address);
  }
  const open: number | undefined = socket.stats.droppedBySystem;
  await socket.close();
  await client.close();
  const { dropped, droppedBySystem: closed } = socket.stats;
  return { open, closed, dropped };
}
