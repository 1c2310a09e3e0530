import { assertEquals } from "@std/assert";
import {
  canonicalIp,
  everyInterfaceFor,
  ipVersion,
  isLoopback,
  isMulticast,
} from "../../lib/transport/ip.ts";

Deno.test("ipVersion() tells addresses from names", () => {
  assertEquals(ipVersion("127.0.0.1"), 4);
  assertEquals(ipVersion("::1"), 6);
  assertEquals(ipVersion("fe80::1%eth0"), 6);
  for (const name of ["localhost", "127.1", "1.2.3", "010.0.0.1", "a.b.c.d"]) {
    assertEquals(ipVersion(name), undefined, name);
  }
});

Deno.test("everyInterfaceFor() takes both versions for a name, which may have IPv6 alone", () => {
  assertEquals(everyInterfaceFor("127.0.0.1"), "0.0.0.0");
  assertEquals(everyInterfaceFor("::1"), "::");
  assertEquals(everyInterfaceFor("ip6-localhost"), "::");
  assertEquals(everyInterfaceFor("127.1"), "::");
});

for (
  const [spelling, canonical] of [
    ["127.0.0.1", "127.0.0.1"],
    ["127.1", "127.0.0.1"],
    ["0x7f000001", "127.0.0.1"],
    ["::1", "::1"],
    ["0:0:0:0:0:0:0:1", "::1"],
    ["2001:DB8::0001", "2001:db8::1"],
    ["::ffff:127.0.0.1", "127.0.0.1"],
    ["::FFFF:7f00:1", "127.0.0.1"],
    ["0:0:0:0:0:ffff:192.0.2.1", "192.0.2.1"],
    ["::ffff:255.255.255.255", "255.255.255.255"],
    ["fe80::0001%eth0", "fe80::1%eth0"],
    ["localhost", "localhost"],
    ["Example.ORG", "Example.ORG"],
    ["3com.example", "3com.example"],
    ["999.1.1.1", "999.1.1.1"],
    ["not:an:address", "not:an:address"],
  ] as const
) {
  Deno.test(`canonicalIp() spells ${spelling} as ${canonical}`, () => {
    assertEquals(canonicalIp(spelling), canonical);
  });
}

Deno.test("isMulticast() knows the first and the last group of both versions", () => {
  for (
    const group of [
      "224.0.0.0",
      "239.255.255.255",
      "ff00::",
      "ff02::1",
      "ffff::1",
    ]
  ) assertEquals(isMulticast(group), true, group);
  for (
    const other of ["223.255.255.255", "240.0.0.0", "fe80::1", "::ff02", "ff::"]
  ) assertEquals(isMulticast(other), false, other);
});

Deno.test("isLoopback() knows all of 127.0.0.0/8 and the one of IPv6", () => {
  for (const own of ["127.0.0.1", "127.255.255.254", "::1"]) {
    assertEquals(isLoopback(own), true, own);
  }
  for (const other of ["128.0.0.1", "10.127.0.1", "::", "1270::1"]) {
    assertEquals(isLoopback(other), false, other);
  }
});
