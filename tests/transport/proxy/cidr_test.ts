import { assertEquals, assertThrows } from "@std/assert";
import { Cidr } from "../../../lib/transport/proxy/cidr.ts";

Deno.test("Cidr holds the addresses whose leading bits are its own, and no others", () => {
  const cases: [range: string, inside: string[], outside: string[]][] = [
    ["10.0.0.0/8", ["10.0.0.0", "10.255.255.255"], [
      "9.255.255.255",
      "11.0.0.0",
    ]],
    ["192.0.2.128/25", ["192.0.2.128", "192.0.2.255"], ["192.0.2.127"]],
    ["192.0.2.7", ["192.0.2.7"], ["192.0.2.6", "192.0.2.8"]],
    ["0.0.0.0/0", ["0.0.0.0", "255.255.255.255"], ["::1", "localhost"]],
    ["2001:db8::/33", ["2001:db8:7fff::1"], ["2001:db8:8000::", "1.2.3.4"]],
    ["::1", ["::1", "0:0:0:0:0:0:0:1"], ["::2"]],
    ["fe80::/10", ["fe80::1%eth0"], ["fec0::1"]],
  ];
  for (const [range, inside, outside] of cases) {
    const cidr = new Cidr(range);
    for (const host of inside) {
      assertEquals(cidr.has(host), true, `${host} ${range}`);
    }
    for (const host of outside) {
      assertEquals(cidr.has(host), false, `${host} ${range}`);
    }
  }
});

Deno.test("Cidr refuses what is no range and shows one", () => {
  for (
    const text of [
      "",
      "localhost",
      "10.0.0.0/33",
      "10.0.0.0/-1",
      "10.0.0.0/",
      "10.0.0.0/8/8",
      "10.0.0.0/a",
      "10.0.0.256",
      "::1/129",
      "::g",
    ]
  ) {
    assertThrows(() => new Cidr(text), TypeError, '"10.0.0.0/8"');
  }
});
