/**
 * Link-local addresses of IPv6 keep their interface wherever it is known.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { Address } from "../../lib/transport/address.ts";
import { inZone, isLinkLocal, zoneOf } from "../../lib/transport/ip.ts";
import { connectTcp, listenTcp } from "../../lib/transport/tcp/mod.ts";
import { expectedName } from "../../lib/transport/tls/server_name.ts";
import { openUdp } from "../../lib/transport/udp/endpoint.ts";
import { interfacesIn } from "../../lib/transport/udp/link_interfaces.ts";

// An address of this machine that needs its interface, such as fe80::1%eth0.
const HERE = linkLocalAddress();

function linkLocalAddress(): string | undefined {
  const read = { name: "read", path: "/proc/net/if_inet6" } as const;
  if (Deno.permissions.querySync(read).state !== "granted") return undefined;
  let table: string;
  try {
    table = Deno.readTextFileSync("/proc/net/if_inet6");
  } catch {
    return undefined; // no IPv6 here
  }
  const line = table.split("\n").find((line) => line.startsWith("fe80"));
  if (line === undefined) return undefined;
  const groups = line.slice(0, 32).match(/..../g)!.join(":");
  const { hostname } = new URL(`http://[${groups}]`);
  return `${hostname.slice(1, -1)}%${line.trim().split(/\s+/)[5]}`;
}

Deno.test("inZone() adds the interface to link-local addresses that have none", () => {
  assertEquals(inZone("fe80::1", "eth0"), "fe80::1%eth0");
  assertEquals(inZone("FEBF::1", "eth0"), "FEBF::1%eth0");
  assertEquals(inZone("fe80::1%eth1", "eth0"), "fe80::1%eth1");
  assertEquals(inZone("fe80::1", undefined), "fe80::1");
  for (const other of ["::1", "fec0::1", "2001:db8::1", "10.0.0.1", "host"]) {
    assertEquals(inZone(other, "eth0"), other);
    assertEquals(isLinkLocal(other), false);
  }
  assertEquals(zoneOf("fe80::1%eth0"), "eth0");
  assertEquals(zoneOf("fe80::1"), undefined);
});

Deno.test("interfacesIn() lists each interface with a link-local address once", () => {
  const table = [
    "fe8000000000000000fc00fffe000001 04 40 20 80     eth0",
    "00000000000000000000000000000001 01 80 10 80       lo",
    "fe8000000000000000fc00fffe000002 04 40 20 80     eth0",
    "fd000000000000000000000000000002 04 40 00 82     eth2",
    "fe8000000000000000fc00fffe000003 05 40 20 80     eth1",
    "",
  ].join("\n");
  assertEquals(interfacesIn(table), ["eth0", "eth1"]);
  assertEquals(interfacesIn(""), []);
});

Deno.test("expectedName() leaves the interface out, and refuses what no certificate can have", () => {
  const at = (host: string) => new Address("tls", host, 443);
  assertEquals(expectedName(undefined, at("fe80::1%eth0")), "fe80::1");
  assertEquals(expectedName("[::1]", at("host")), "::1");
  assertEquals(expectedName(undefined, at("Example.ORG")), "example.org");
  assertEquals(expectedName("exämple.test", at("host")), "xn--exmple-cua.test");
  assertEquals(expectedName("127.0.0.1", at("host")), "127.0.0.1");
  assertEquals(expectedName("my_host.test.", at("host")), "my_host.test.");
  for (
    const name of ["", "a b", "-x", "a..b", `${"x".repeat(70)}.test`, "::g"]
  ) {
    assertThrows(
      () => expectedName(name, at("host")),
      TypeError,
      `Cannot use serverName of "${name}": it must be a host name or an IP address`,
    );
  }
});

Deno.test({
  name:
    "listenTcp() and connectTcp() on one link keep its interface in every address",
  ignore: HERE === undefined, // no link-local address on this machine
  async fn() {
    const listener = listenTcp(`tcp://[${HERE}]:0`);
    const [client, server] = await Promise.all([
      connectTcp(listener.address),
      listener.accept(),
    ]);

    const zone = zoneOf(HERE!);
    for (
      const address of [
        listener.address,
        client.localAddress,
        client.remoteAddress,
        server.localAddress,
        server.remoteAddress,
      ]
    ) {
      assertEquals(zoneOf(address.hostname), zone, `${address}`);
    }
    for (const open of [client, server, listener]) open.close();
  },
});

Deno.test({
  name: "openUdp() on one link answers peers by its interface",
  ignore: HERE === undefined, // no link-local address on this machine
  async fn() {
    const bound = new Address("udp", HERE!, 0);
    const [near, far] = [openUdp(bound), openUdp(bound)];
    assertEquals(zoneOf(near.address.hostname), zoneOf(HERE!));
    const into = new Uint8Array(100);
    await near.send(Uint8Array.of(1), await near.resolve(far.address));
    const { from } = await far.receive(into);
    assertEquals(`${from}`, `${near.address}`);
    await far.send(Uint8Array.of(2), await far.resolve(from));
    assertEquals((await near.receive(into)).bytes, Uint8Array.of(2));
    // Also an address whose interface was lost on its way.
    const [bare = ""] = HERE!.split("%");
    const resolved = await near.resolve(
      new Address("udp", bare, far.address.port),
    );
    assertEquals(`${resolved}`, `${far.address}`);
    near.close();
    far.close();
  },
});
