import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { ClosedError, ConnectionError } from "../../../lib/errors.ts";
import type {
  Connection,
  Listener,
} from "../../../lib/transport/connection.ts";
import { connectUnix, listenUnix } from "../../../lib/transport/unix/mod.ts";
import { inSubprocess } from "../../support/subprocess.ts";
import { read, writeAll } from "../../support/transport_suite.ts";

function unix(name: string, fn: (folder: string) => Promise<void>): void {
  Deno.test({
    name,
    ignore: Deno.build.os === "windows", // has other rules for such files
    async fn() {
      const folder = await Deno.makeTempDir({ prefix: "parley-" });
      try {
        await fn(folder);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

unix(
  "listenUnix() and connectUnix() meet, and both ends go by the socket's path",
  async (folder) => {
    const path = `${folder}/s`;
    const listener = await listenUnix({ path });
    const [client, server] = await both(listener);

    assertEquals(`${listener.address}`, `unix:${path}`);
    for (const end of [client, server]) {
      assertEquals(`${end.localAddress}`, `unix:${path}`);
      assertEquals(`${end.remoteAddress}`, `unix:${path}`);
    }
    for (const open of [client, server, listener]) open.close();
  },
);

unix(
  "Listener.close() removes the socket's file and leaves connections alone",
  async (folder) => {
    const path = `${folder}/s`;
    const listener = await listenUnix({ path });
    const [client, server] = await both(listener);
    listener.close();
    listener.close();

    await assertRejects(() => Deno.lstat(path), Deno.errors.NotFound);
    await writeAll(client, Uint8Array.of(7));
    assertEquals(await read(server), Uint8Array.of(7));
    await assertRejects(() => listener.accept(), ClosedError);
    for (const open of [client, server]) open.close();
  },
);

unix(
  "listenUnix() replaces what a dead program left behind",
  async (folder) => {
    const path = `${folder}/s`;
    await leaveStale(path);
    assertEquals(Deno.lstatSync(path).isSocket, true);
    const refused = await assertRejects(
      () => connectUnix({ path }),
      ConnectionError,
    );
    assertEquals(refused.code, "refused");

    const listener = await listenUnix({ path });
    const [client, server] = await both(listener);
    for (const open of [client, server, listener]) open.close();
  },
);

unix(
  "listenUnix() never replaces a socket that somebody answers, not even a busy one",
  async (folder) => {
    const path = `${folder}/s`;
    const listener = await listenUnix({ path });
    const { ino } = Deno.lstatSync(path);
    for (let i = 0; i < 3; i++) {
      const error = await assertRejects(
        () => listenUnix({ path }),
        ConnectionError,
      );
      assertEquals(error.code, "address_in_use");
      assertEquals(
        error.message,
        `Cannot listen on unix:${path}: another program is listening there`,
      );
      assertInstanceOf(error.cause, Deno.errors.AddrInUse);
    }

    assertEquals(Deno.lstatSync(path).ino, ino);
    // The three looks are seen as connections that end at once.
    for (let i = 0; i < 3; i++) {
      const look = await listener.accept();
      assertEquals(await read(look), null);
      look.close();
    }
    const [client, server] = await both(listener);
    for (const open of [client, server, listener]) open.close();
  },
);

unix(
  "listenUnix() leaves folders, files and links alone and says what is in the way",
  async (folder) => {
    await Deno.mkdir(`${folder}/folder`);
    await Deno.writeTextFile(`${folder}/file`, "precious");
    // The runtime's own call would need all permissions.
    await new Deno.Command("sh", {
      args: [
        "-c",
        'cd "$0" && ln -s file link && ln -s nowhere dangling',
        folder,
      ],
    }).output();
    for (
      const [name, why] of [
        ["folder", "a folder is there; check the path"],
        ["file", "a file that is not a socket is there; check the path"],
        ["link", "a file that is not a socket is there; check the path"],
        ["dangling", "a file that is not a socket is there; check the path"],
      ] as const
    ) {
      const path = `${folder}/${name}`;
      const error = await assertRejects(
        () => listenUnix({ path }),
        ConnectionError,
      );
      assertEquals(error.code, "address_in_use");
      assertEquals(error.message, `Cannot listen on unix:${path}: ${why}`);
      Deno.lstatSync(path);
    }
    assertEquals(await Deno.readTextFile(`${folder}/file`), "precious");
  },
);

unix(
  "connectUnix() says whether nothing is there, nobody answers, or it is no socket",
  async (folder) => {
    await Deno.mkdir(`${folder}/folder`);
    await Deno.writeTextFile(`${folder}/file`, "");
    await leaveStale(`${folder}/stale`);
    for (
      const [name, why] of [
        ["nothing", "there is no such socket"],
        ["stale", "connection refused, nothing is listening there"],
        ["folder", "a folder is there; check the path"],
        ["file", "a file that is not a socket is there; check the path"],
      ] as const
    ) {
      const path = `${folder}/${name}`;
      const error = await assertRejects(
        () => connectUnix({ path }),
        ConnectionError,
      );
      assertEquals(error.code, "refused");
      assertEquals(error.address, `unix:${path}`);
      assertEquals(error.message, `Cannot connect to unix:${path}: ${why}`);
    }
  },
);

unix("listenUnix() says that the folder does not exist", async (folder) => {
  const path = `${folder}/missing/s`;
  const error = await assertRejects(
    () => listenUnix({ path }),
    ConnectionError,
  );

  assertEquals(
    error.message,
    `Cannot listen on unix:${path}: its folder does not exist`,
  );
});

unix("connectUnix() to a full queue is refused and says so", async (folder) => {
  const listener = await listenUnix({ path: `${folder}/s` });
  const open: Connection[] = [];
  let error: unknown;
  while (error === undefined && open.length < 10_000) {
    await connectUnix(listener.address).then((connection) => {
      open.push(connection);
    }, (reason) => error = reason);
  }
  // Where the system lets them wait instead, there is nothing to see.
  if (error !== undefined) {
    assertInstanceOf(error, ConnectionError);
    assertEquals(error.code, "refused");
    assertEquals(
      error.message,
      `Cannot connect to ${listener.address}: its queue of waiting connections is full`,
    );
    const inUse = await assertRejects(() => listenUnix(listener.address));
    assertEquals((inUse as ConnectionError).code, "address_in_use");
  }
  for (const each of [...open, listener]) each.close();
});

unix(
  "listenUnix() and connectUnix() refuse a path that is too long with both numbers",
  async (folder) => {
    const most = Deno.build.os === "darwin" ? 103 : 107;
    const exact = `${folder}/`.padEnd(most, "x");
    const listener = await listenUnix({ path: exact });
    const [client, server] = await both(listener);
    for (const open of [client, server, listener]) open.close();

    // Counted in bytes: the letter takes two of them.
    const path = `${folder}/`.padEnd(most - 1, "x") + "é";
    const why = `the path is ${
      most + 1
    } bytes long and the system takes at most ${most}; a path relative to the working directory may be shorter`;
    for (
      const [action, open] of [
        ["listen on", listenUnix],
        ["connect to", connectUnix],
      ] as const
    ) {
      const error = await assertRejects(() => open({ path }), RangeError);
      assertEquals(error.message, `Cannot ${action} unix:${path}: ${why}`);
    }
  },
);

Deno.test("listenUnix() and connectUnix() refuse an empty path and a zero byte before any I/O", async () => {
  for (const open of [listenUnix, connectUnix]) {
    await assertRejects(
      () => open({ path: "" }),
      TypeError,
      'Cannot use an empty path: write for example "unix:/run/app.sock"',
    );
    await assertRejects(
      () => open({ path: "a\0b" }),
      TypeError,
      '"unix:a\\u0000b": a path cannot hold a zero byte',
    );
  }
});

Deno.test("listenUnix() refuses a mode that is none", async () => {
  for (const mode of [-1, 0o1000, 1.5, NaN]) {
    const error = await assertRejects(
      () => listenUnix({ path: "/nowhere" }, { mode }),
      RangeError,
    );
    assertEquals(
      error.message,
      `Cannot use mode of ${mode}: it must be an integer from 0o000 to 0o777`,
    );
  }
});

unix(
  "listenUnix() gives the file its mode and leaves the umask as it was",
  async (folder) => {
    // Reading the umask takes a permission that the tests do not have.
    const seen = await inSubprocess(async (lib: string, folder: string) => {
      const { listenUnix } = await import(`${lib}/transport/unix/mod.ts`);
      const umask = Deno.umask(0o027);
      const seen: string[] = [];
      for (const mode of [undefined, 0o600, 0o660, 0o666]) {
        const path = `${folder}/s${mode}`;
        const listener = await listenUnix({ path }, { mode });
        seen.push((Deno.lstatSync(path).mode! & 0o777).toString(8));
        listener.close();
      }
      await listenUnix({ path: `${folder}/no/s` }, { mode: 0 }).catch(() => {});
      seen.push(Deno.umask(umask).toString(8));
      return seen;
    }, { args: [folder] });

    assertEquals(seen, ["750", "600", "660", "666", "27"]);
  },
);

Deno.test("connectUnix() rejects with the reason of a signal that is aborted already", async () => {
  const reason = { not: "an error" };
  const rejected = await connectUnix(
    { path: "/nowhere" },
    { signal: AbortSignal.abort(reason) },
  ).catch((error) => error);

  assertStrictEquals(rejected, reason);
});

unix(
  "Connection.write() after the peer closed with bytes unread names the peer",
  async (folder) => {
    const listener = await listenUnix({ path: `${folder}/s` });
    const [client, server] = await both(listener);
    await writeAll(client, Uint8Array.of(1));
    server.close();
    const error = await assertRejects(
      () => client.write(Uint8Array.of(2)),
      ConnectionError,
    );

    assertEquals(error.code, "reset");
    assert(error.message.includes(`${listener.address}`));
    for (const open of [client, listener]) open.close();
  },
);

/** Leaves a socket behind as a killed program does: closing misses the file. */
async function leaveStale(path: string): Promise<void> {
  const listener = await listenUnix({ path: `${path}.` });
  await Deno.rename(`${path}.`, path);
  listener.close();
}

function both(listener: Listener): Promise<[Connection, Connection]> {
  return Promise.all([connectUnix(listener.address), listener.accept()]);
}
