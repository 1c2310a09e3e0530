import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { createConnection } from "node:net";
import {
  ClosedError,
  ConnectionError,
  type ConnectionErrorCode,
} from "../../lib/errors.ts";
import { translate } from "../../lib/transport/os_error.ts";
import { connectTcp, listenTcp } from "../../lib/transport/tcp/mod.ts";
import { inSubprocess } from "../support/subprocess.ts";

const LOOPBACK = { hostname: "127.0.0.1", port: 0 };

// Errors of the real runtime, provoked.

Deno.test("connectTcp() to a port where nobody listens is refused, with address and reason", async () => {
  const listener = listenTcp(LOOPBACK);
  const { address } = listener;
  listener.close();
  const error = await assertRejects(() => connectTcp(address), ConnectionError);

  expect(error, {
    code: "refused",
    address: `${address}`,
    message:
      `Cannot connect to ${address}: connection refused, nothing is listening there`,
    cause: Deno.errors.ConnectionRefused,
  });
});

Deno.test("listenTcp() on a port that is taken is address_in_use, with address and reason", () => {
  const listener = listenTcp(LOOPBACK);
  const { address } = listener;
  const error = thrown(() => listenTcp(address));

  expect(error, {
    code: "address_in_use",
    address: `${address}`,
    message: `Cannot listen on ${address}: the address is already in use`,
    cause: Deno.errors.AddrInUse,
  });
  listener.close();
});

Deno.test("connectTcp() and listenTcp() call a name that cannot exist unresolved", async () => {
  const expected = {
    code: "unresolved",
    address: "tcp://a..b:80",
    cause: URIError,
  } as const;

  expect(await rejected(connectTcp({ hostname: "a..b", port: 80 })), {
    ...expected,
    message: "Cannot connect to tcp://a..b:80: it is not a valid host name",
  });
  expect(thrown(() => listenTcp({ hostname: "a..b", port: 80 })), {
    ...expected,
    message: "Cannot listen on tcp://a..b:80: it is not a valid host name",
  });
});

Deno.test({
  name:
    "connectTcp() and listenTcp() without the permission say which one is missing",
  permissions: { net: false },
  async fn() {
    const why =
      'it requires net access to "127.0.0.1:7342"; run again with the --allow-net flag';
    const address = "tcp://127.0.0.1:7342";
    const to = { hostname: "127.0.0.1", port: 7342 };
    const expected = {
      code: "permission_denied",
      address,
      cause: Deno.errors.NotCapable,
    } as const;

    expect(await rejected(connectTcp(to)), {
      ...expected,
      message: `Cannot connect to ${address}: ${why}`,
    });
    expect(thrown(() => listenTcp(to)), {
      ...expected,
      message: `Cannot listen on ${address}: ${why}`,
    });
  },
});

Deno.test("Connection.read() and write() after a reset are reset, with the system's error", async () => {
  const listener = listenTcp(LOOPBACK);
  const peer = createConnection(listener.address.port, "127.0.0.1");
  const connected = new Promise((resolve) => peer.once("connect", resolve));
  const connection = await listener.accept();
  await connected;
  listener.close();
  const address = `${connection.remoteAddress}`;
  const pending = rejected(connection.read(new Uint8Array(1)));
  peer.resetAndDestroy();

  const expected = {
    code: "reset",
    address,
    cause: Deno.errors.ConnectionReset,
  } as const;
  expect(await pending, {
    ...expected,
    message: `Cannot read from ${address}: the peer reset the connection`,
  });
  expect(await rejected(connection.write(new Uint8Array(1))), {
    ...expected,
    message: `Cannot write to ${address}: the peer reset the connection`,
  });
  connection.close();
});

Deno.test("Connection.write() to a peer that has closed is reset, with the broken pipe", async () => {
  const listener = listenTcp(LOOPBACK);
  const [client, server] = await Promise.all([
    connectTcp(listener.address),
    listener.accept(),
  ]);
  listener.close();
  server.close();
  const address = `${client.remoteAddress}`;
  let error: unknown;
  while (error === undefined) {
    await client.write(new Uint8Array(1)).catch((reason) => error = reason);
  }

  expect(error, {
    code: "reset",
    address,
    message: `Cannot write to ${address}: the peer has closed the connection`,
    cause: Deno.errors.BrokenPipe,
  });
  client.close();
});

Deno.test("connectTcp() and listenTcp() tell unresolved names and foreign addresses apart", async () => {
  const seen = await inSubprocess(async (lib: string) => {
    const { connectTcp, listenTcp } = await import(
      `${lib}/transport/tcp/mod.ts`
    );
    const brief = (error: ConnectionError) => [error.code, error.message];
    const nowhere = { hostname: "nosuch.invalid", port: 7342 };
    const seen = [await connectTcp(nowhere).catch(brief)];
    // 203.0.113.0/24 is kept for documentation and nobody's.
    for (const on of [nowhere, { hostname: "203.0.113.1", port: 7342 }]) {
      try {
        listenTcp(on).close();
      } catch (error) {
        seen.push(brief(error as ConnectionError));
      }
    }
    return seen;
  });

  const names = seen.slice(0, 2).map(([code, message]) => [
    code,
    // Which of the two depends on the machine's name servers.
    message.replace("no name server answered", "there is no such host name"),
  ]);
  const nowhere = "tcp://nosuch.invalid:7342: there is no such host name";
  assertEquals(names, [
    ["unresolved", `Cannot connect to ${nowhere}`],
    ["unresolved", `Cannot listen on ${nowhere}`],
  ]);
  assertEquals(seen[2], [
    "address_not_available",
    "Cannot listen on tcp://203.0.113.1:7342: it is not an address of this machine, or no local port is free",
  ]);
});

Deno.test({
  name:
    "connectTcp(), listenTcp() and accept() without a free descriptor are exhausted, and the listener lives on",
  ignore: Deno.build.os === "windows", // has no ulimit
  async fn() {
    const seen = await inSubprocess(async (lib: string) => {
      const { connectTcp, listenTcp } = await import(
        `${lib}/transport/tcp/mod.ts`
      );
      const brief = (error: ConnectionError) =>
        `${error.code}: ${error.message}`.replace(/:\d+: /, ":PORT: ");
      const loopback = { hostname: "127.0.0.1", port: 0 };
      const listener = listenTcp(loopback);
      const files: Deno.FsFile[] = [];
      try {
        while (true) files.push(Deno.openSync("/dev/null"));
      } catch { /* none is left, as wanted */ }

      const seen = [await connectTcp(listener.address).catch(brief)];
      try {
        listenTcp(loopback).close();
      } catch (error) {
        seen.push(brief(error as ConnectionError));
      }
      files.pop()?.close();
      const client = await connectTcp(listener.address);
      seen.push(await listener.accept().catch(brief));
      files.pop()?.close();
      const server = await listener.accept();
      seen.push(`${server.remoteAddress}` === `${client.localAddress}`);
      for (const open of [client, server, listener, ...files]) open.close();
      return seen;
    }, { openFiles: 64 });

    const why = "too many open files (ulimit -n)";
    assertEquals(seen, [
      `exhausted: Cannot connect to tcp://127.0.0.1:PORT: ${why}`,
      `exhausted: Cannot listen on tcp://127.0.0.1:PORT: ${why}`,
      `exhausted: Cannot accept on tcp://127.0.0.1:PORT: ${why}`,
      true,
    ]);
  },
});

// What a test cannot provoke on every machine, as the runtime words it.

const { errors } = Deno;
const coded = (message: string, code: string) =>
  Object.assign(new Error(message), { code });

const WORDED: readonly [Error, ConnectionErrorCode, string][] = [
  [
    new errors.ConnectionAborted("Software caused connection abort"),
    "reset",
    "the connection was aborted",
  ],
  [new errors.NotConnected(""), "reset", "the connection is gone"],
  [
    new errors.NetworkUnreachable("os error 101"),
    "unreachable",
    "the network is unreachable",
  ],
  [
    coded("No route to host (os error 113)", "EHOSTUNREACH"),
    "unreachable",
    "there is no route to the host",
  ],
  [
    new errors.TimedOut("Connection timed out (os error 110)"),
    "unreachable",
    "the peer did not answer",
  ],
  [
    coded("Connection timed out (os error 110)", "ETIMEDOUT"),
    "unreachable",
    "the peer did not answer",
  ],
  [
    coded("Too many open files in system (os error 23)", "ENFILE"),
    "exhausted",
    "the system has too many open files",
  ],
  [
    coded("No buffer space available (os error 105)", "ENOBUFS"),
    "exhausted",
    "the system is out of socket memory",
  ],
  [
    coded("Cannot allocate memory (os error 12)", "ENOMEM"),
    "exhausted",
    "the system is out of memory",
  ],
  [
    Object.assign(new TypeError("Invalid argument (os error 22)"), {
      code: "EINVAL",
    }),
    "address_not_available",
    'a link-local address needs its interface, as in "fe80::1%eth0"',
  ],
  [
    new Error(
      "failed to lookup address information: Temporary failure in name resolution",
    ),
    "unresolved",
    "no name server answered",
  ],
  [
    new Error("No such host is known. (os error 11001)"),
    "unresolved",
    "there is no such host name",
  ],
  [
    new errors.PermissionDenied("Permission denied (os error 13)"),
    "permission_denied",
    "the system does not permit it",
  ],
  [
    new errors.NotFound("No such file or directory (os error 2)"),
    "refused",
    "there is no such socket",
  ],
  [
    new Error("something new (os error 999)"),
    "failed",
    'the system says "something new (os error 999)"',
  ],
];

for (const [error, code, why] of WORDED) {
  Deno.test(`translate() makes "${error.name}: ${error.message}" ${code}`, () => {
    const address = "tcp://host:80";
    const translated = translate(error, "connect to", address);

    assertInstanceOf(translated, ConnectionError);
    assertEquals(translated.code, code);
    assertEquals(translated.address, address);
    assertEquals(translated.message, `Cannot connect to ${address}: ${why}`);
    assertEquals(translated.cause, error);
  });
}

Deno.test("translate() mentions low ports only where they matter, on listening", () => {
  const denied = new errors.PermissionDenied("Permission denied");

  assertEquals(
    translate(denied, "listen on", "tcp://127.0.0.1:80").message,
    "Cannot listen on tcp://127.0.0.1:80: the system does not permit it; ports below 1024 need extra rights",
  );
});

Deno.test("translate() makes a closed resource a ClosedError, also when a call was pending", () => {
  for (
    const error of [
      new errors.BadResource("Bad resource ID"),
      new errors.Interrupted("operation canceled"),
    ]
  ) {
    const translated = translate(error, "read from", "tcp://host:80");

    assertInstanceOf(translated, ClosedError);
    assertEquals(
      translated.message,
      "Cannot read from tcp://host:80: it was closed by this side",
    );
    assertEquals(translated.cause, error);
  }
});

Deno.test("translate() keeps what was thrown though it is no error", () => {
  const translated = translate("odd", "read from", "tcp://host:80");

  assertInstanceOf(translated, ConnectionError);
  assertEquals(translated.code, "failed");
  assertEquals(translated.message, "Cannot read from tcp://host:80: odd");
  assertEquals(translated.cause, "odd");
});

interface Expected {
  readonly code: ConnectionErrorCode;
  readonly address: string;
  readonly message: string;
  readonly cause: new () => Error;
}

function expect(error: unknown, expected: Expected): void {
  assertInstanceOf(error, ConnectionError);
  assertEquals(error.message, expected.message);
  assertEquals(error.code, expected.code);
  assertEquals(error.address, expected.address);
  assertInstanceOf(error.cause, expected.cause);
}

function thrown(fn: () => unknown): unknown {
  try {
    return fn();
  } catch (error) {
    return error;
  }
}

function rejected(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch((error) => error);
}
