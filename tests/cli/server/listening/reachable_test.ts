import { assertEquals, assertMatch } from "@std/assert";
import { parseAddress } from "@parley/parley";
import {
  isNameOfLoopback,
  reachableAt,
} from "../../../../cli/server/listening/reachable.ts";
import { runServer } from "../../../../cli/commands.ts";
import { RecordedTerminal } from "../../../support/recorded_terminal.ts";

const INTERFACES = [
  { name: "lo", address: "127.0.0.1", family: "IPv4" },
  { name: "eth0", address: "192.0.2.2", family: "IPv4" },
  { name: "lo", address: "::1", family: "IPv6" },
  { name: "eth0", address: "2001:db8::2", family: "IPv6" },
  { name: "eth0", address: "fe80::1", family: "IPv6" },
  { name: "wlan0", address: "169.254.7.7", family: "IPv4" },
] as const;

function found(asked: string, bound: string): string[] {
  return reachableAt(parseAddress(asked), parseAddress(bound), () => INTERFACES)
    .map(({ address, via }) => `${address} ${via}`);
}

Deno.test("reachableAt() gives an address per interface that another machine can use", () => {
  assertEquals(found(":7", "tcp://[::]:7"), [
    "tcp://192.0.2.2:7 eth0",
    "tcp://[2001:db8::2]:7 eth0",
  ]);
  assertEquals(found("udp://0.0.0.0:0", "udp://0.0.0.0:9001"), [
    "udp://192.0.2.2:9001 eth0",
  ]);
});

Deno.test("reachableAt() gives the interface that a name led to", () => {
  assertEquals(found("box:7", "192.0.2.2:7"), ["tcp://192.0.2.2:7 eth0"]);
});

Deno.test("reachableAt() gives nothing where the address says it", () => {
  for (const address of ["7", "[::1]:7", "192.0.2.2:7", "localhost:7"]) {
    const bound = address === "localhost:7" ? "127.0.0.1:7" : address;
    assertEquals(found(address, bound), []);
  }
  const unix = parseAddress("unix:/tmp/app.sock");
  assertEquals(reachableAt(unix, unix, () => INTERFACES), []);
});

Deno.test("isNameOfLoopback() finds names that lead nobody else here", () => {
  const loopback = parseAddress("127.0.1.1:7");
  assertEquals(isNameOfLoopback(parseAddress("box:7"), loopback), true);
  assertEquals(isNameOfLoopback(parseAddress("localhost:7"), loopback), false);
  assertEquals(isNameOfLoopback(loopback, loopback), false);
});

Deno.test("runServer() tells them after the addresses, unless it is quiet", async () => {
  for (const more of [[], ["--quiet"]]) {
    const terminal = new RecordedTerminal({ interfaces: INTERFACES });
    const args = ["echo", "0.0.0.0:0", "0", ...more];
    const running = runServer(args, terminal);
    await terminal.until(/127\.0\.0\.1:\d+\n/);
    terminal.send("SIGTERM");
    assertEquals(await running, 0);
    assertMatch(
      terminal.told,
      more.length === 0
        ? /^listening on tcp:\/\/0\.0\.0\.0:(\d+)\nlistening on .*\nother machines reach it at tcp:\/\/192\.0\.2\.2:\1 \(eth0\)\nstopping/
        : /^(listening on .*\n){2}$/,
    );
  }
});
