/**
 * The executables over TLS, with certificates of their own making.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { makeCertificate } from "../../cli/tls/certificate.ts";
import { RawPeer } from "../support/peers.ts";
import {
  e2e,
  type Ended,
  Process,
  type Run,
  type RunningServer,
} from "../support/processes.ts";
import { hasOpenssl } from "../support/certificates.ts";

/** A certificate and its key, as flags. */
interface Files {
  readonly ca: string[];
  readonly pair: string[];
}

/** Registers a test with a folder for its certificates. */
function withFolder(
  name: string,
  test: (run: Run, folder: string) => Promise<void>,
  options: { readonly needs?: "node:tls" } = {},
): void {
  e2e(name, async (run) => {
    const folder = await Deno.makeTempDir({ prefix: "parley-tls-" });
    try {
      await test(run, folder);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }, options);
}

async function files(
  folder: string,
  name: string,
  names = ["localhost"],
  validMs = 60_000,
): Promise<Files> {
  const { cert, key } = await makeCertificate({
    names,
    notBefore: new Date(Date.now() - 3_600_000),
    notAfter: new Date(Date.now() + validMs),
  });
  await Deno.writeTextFile(`${folder}/${name}.pem`, cert);
  await Deno.writeTextFile(`${folder}/${name}.key`, key);
  return {
    ca: ["--ca", `${folder}/${name}.pem`],
    pair: ["--cert", `${folder}/${name}.pem`, "--key", `${folder}/${name}.key`],
  };
}

async function serverWith(
  run: Run,
  ...args: string[]
): Promise<RunningServer & { readonly named: string }> {
  const server = await run.server("upper", "tls://localhost:0", ...args);
  return { ...server, named: `tls://localhost:${server.port}` };
}

function assertFails(ended: Ended, code: number, line: RegExp): void {
  assertEquals([ended.code, ended.stdout], [code, ""], ended.stderr);
  assertMatch(ended.stderr, line);
}

withFolder(
  "parley-server cert makes what both ends need",
  async (run, folder) => {
    await using maker = run.start("server", "cert", "--out", folder);
    assertEquals((await maker.ended()).code, 0);
    const [cert, key] = [`${folder}/cert.pem`, `${folder}/key.pem`];
    await using server = await serverWith(run, "--cert", cert, "--key", key);
    for (const host of ["localhost", "127.0.0.1"]) {
      assertEquals(
        await run.client(`tls://${host}:${server.port}`, "hello", "--ca", cert),
        { code: 0, stdout: "HELLO\n", stderr: "" },
      );
    }
    const piped = await run.clientWith("a\nb", server.named, "--ca", cert);
    assertEquals(piped, { code: 0, stdout: "A\nB\n", stderr: "" });
  },
);

withFolder("chunks and ALPN are seen over TLS", async (run, folder) => {
  const { ca, pair } = await files(folder, "server");
  await using server = await serverWith(run, ...pair, "--alpn", "two,three");
  const { code, stderr } = await run.client(
    ...[server.named, "hello", ...ca, "-v", "--alpn", "one,two"],
  );
  assertEquals(code, 0);
  assertMatch(stderr, /^agreed on the protocol two$/m);
  const chunks = await run.client(
    ...[server.named, "hello", ...ca, "--chunks", "--read-size", "4"],
  );
  assertEquals([chunks.code, chunks.stdout], [0, "HELLO\n"]);
  assertMatch(chunks.stderr, /^chunk 1: 4 bytes "HELL"$/m);
  const ask = () => run.client(server.named, "hello", ...ca, "--alpn", "other");
  let refused = await ask();
  // The stand-in runtime that compiled executables have here closes right behind
  // its alert, and one time in 25 a reset overtakes that (exit 4).
  for (let i = 0; i < 2 && refused.code === 4; i++) refused = await ask();
  assertFails(
    refused,
    6,
    /^parley-client: cannot shake hands .* no protocol in common \(--alpn\)/,
  );
});

withFolder(
  "whom the client cannot trust exits 6 with the reason",
  async (run, folder) => {
    const { ca, pair } = await files(folder, "server");
    const other = await files(folder, "other", ["other.test"]);
    const expired = await files(folder, "expired", ["localhost"], -60_000);
    await using server = await serverWith(run, ...pair);
    assertFails(
      await run.client(server.named, "hello"),
      6,
      /an authority that is not trusted here \(--ca\); trust it with --ca FILE/,
    );
    assertFails(
      await run.client(
        server.named,
        "hello",
        ...ca,
        "--server-name",
        "else.test",
      ),
      6,
      /not for else\.test but for localhost.* give its name with --server-name/,
    );
    await server.process.line(/^no TLS with tls:.*: it /);
    {
      await using old = await serverWith(run, ...expired.pair);
      assertFails(
        await run.client(old.named, "hello", ...expired.ca),
        6,
        /its certificate has expired/,
      );
    }
    await using named = await serverWith(run, ...other.pair);
    const { stdout } = await run.client(
      ...[named.named, "hello", ...other.ca, "--server-name", "other.test"],
    );
    assertEquals(stdout, "HELLO\n");
  },
);

withFolder(
  "plain and TLS in the wrong place are told apart",
  async (run, folder) => {
    const { ca, pair } = await files(folder, "server");
    await using server = await serverWith(run, ...pair);
    using peer = await RawPeer.connect(server.port);
    await peer.write("GET / HTTP/1.1\r\n\r\n");
    await server.process.line(/^no TLS with tls:.*: what it sent is not TLS/);
    assertEquals((await run.client(server.named, "x", ...ca)).code, 0);
    const untold = await run.client(`${server.port}`, "x");
    assertEquals(untold.code, 7);
    assertMatch(
      untold.stderr,
      /this looks like TLS answering plain text; use a tls: or wss: address$/m,
    );

    await using plain = await run.server("echo", "0", "--frame", "length:4");
    const { code } = await run.client(
      `tls://localhost:${plain.port}`,
      "x",
      ...ca,
    );
    assertEquals(code, 6);
    await plain.process.line(/this looks like TLS sent to a plain port/);
  },
);

withFolder(
  "silence in the handshake is ended and disturbs nobody",
  async (run, folder) => {
    const { ca, pair } = await files(folder, "server");
    await using server = await serverWith(
      ...[run, ...pair, "--handshake-timeout", "2s"] as const,
    );
    using _silent = await RawPeer.connect(server.port);
    assertEquals((await run.client(server.named, "x", ...ca)).code, 0);
    await server.process.line(
      /^no TLS with tls:.*not done within 2000 ms \(--hand/,
    );
  },
);

withFolder("--tls-engine chooses either engine", async (run, folder) => {
  const { ca, pair } = await files(folder, "server");
  for (const engine of run.build.isStandIn ? ["native"] : ["native", "node"]) {
    const choice = ["--tls-engine", engine];
    await using server = await serverWith(run, ...pair, ...choice);
    const { code, stdout, stderr } = await run.client(
      ...[server.named, "hello", ...ca, ...choice, "-v"],
    );
    assertEquals([code, stdout], [0, "HELLO\n"], stderr);
    // Only one of the two shows whom it talks to.
    assertEquals(/certificate is of localhost/.test(stderr), engine === "node");
  }
  assertFails(
    await run.client("tls://[::1]:1", "--tls-engine", "native", "--insecure"),
    2,
    /cannot connect to tls:.*: insecure and .* need the TLS engine "node" \(--tls-engine\)/,
  );
  await using server = run.start(
    ...["server", "upper", "tls://localhost:0", ...pair, ...ca] as const,
    ...["--require-client-cert", "--tls-engine", "native"],
  );
  assertFails(
    await server.ended(),
    2,
    /^parley-server: cannot listen on tls:.* only the TLS engine "node" asks for client certificates/,
  );
});

withFolder("--insecure warns and connects", async (run, folder) => {
  const { pair } = await files(folder, "server");
  await using server = await serverWith(run, ...pair);
  const { code, stdout, stderr } = await run.client(
    ...[server.named, "hello", "--insecure", "--verbose"],
  );
  assertMatch(stderr, /^warning: --insecure accepts any certificate/);
  assertEquals([code, stdout], [0, "HELLO\n"], stderr);
  assertMatch(stderr, /^the server's certificate is of localhost, .*SHA-256/m);
}, { needs: "node:tls" });

withFolder(
  "only clients with a certificate are let in",
  async (run, folder) => {
    const { ca, pair } = await files(folder, "server");
    const client = await files(folder, "client", ["client.test"]);
    const stranger = await files(folder, "stranger", ["stranger.test"]);
    const mutual = ["--require-client-cert", ...client.ca];
    await using started = await serverWith(run, ...pair, ...mutual);
    const { named: address, process: server } = started;
    const { stdout } = await run.client(
      address,
      "hello",
      ...ca,
      ...client.pair,
    );
    assertEquals(stdout, "HELLO\n");
    const without = await run.client(address, "hello", ...ca);
    // The client may learn it from an alert or from the end alone.
    assertEquals([6, 8].includes(without.code), true, without.stderr);
    assertMatch(without.stderr, /certificate/);
    await server.line(/^no TLS with tls:.*: it showed no certificate/);
    const unknown = await run.client(address, "hello", ...ca, ...stranger.pair);
    assertEquals([6, 8].includes(unknown.code), true, unknown.stderr);
    await server.line(
      /^no TLS with tls:.*: its certificate cannot be verified: it comes from/,
    );
  },
  { needs: "node:tls" },
);

withFolder(
  "SIGHUP shows another certificate, and none that is wrong",
  async (run, folder) => {
    const { ca, pair } = await files(folder, "server");
    await using server = await serverWith(run, ...pair);
    await using open = run.start("client", server.named, ...ca);
    await open.write("before\n");
    await open.outputLine(/^BEFORE$/);

    const renewed = await files(folder, "server");
    server.process.signal("SIGHUP");
    await server.process.line(
      /^showing the certificate in .*server\.pem from now/,
    );
    // The file of --ca is the new one by now.
    assertEquals((await run.client(server.named, "x", ...renewed.ca)).code, 0);
    await open.write("after\n");
    await open.outputLine(/^AFTER$/);

    await Deno.writeTextFile(`${folder}/server.key`, "no key");
    server.process.signal("SIGHUP");
    await server.process.line(
      /^still showing the certificate as it was: --key/,
    );
    assertEquals((await run.client(server.named, "x", ...renewed.ca)).code, 0);
  },
);

withFolder(
  "a key of another certificate, and files that are none",
  async (run, folder) => {
    const { pair } = await files(folder, "server");
    const other = await files(folder, "other");
    const listen = async (...args: string[]) => {
      await using server = run.start(
        "server",
        "echo",
        "tls://[::1]:0",
        ...args,
      );
      return await server.ended();
    };
    const [cert] = [pair.slice(0, 2)];
    assertFails(
      await listen(...cert!, ...other.pair.slice(2)),
      6,
      /^parley-server: cannot listen on tls:.* the key does not belong to the cert/,
    );
    assertFails(
      await listen(...cert!, "--key", `${folder}/server.pem`),
      6,
      /--key: there is no private key in PEM/,
    );
    assertFails(
      await listen(...cert!, "--key", `${folder}/none.key`),
      2,
      /--key: cannot read .*none\.key: there is no such file/,
    );
  },
);

withFolder("a PROXY header comes below TLS", async (run, folder) => {
  const { ca, pair } = await files(folder, "server");
  await using server = await serverWith(
    ...[run, ...pair, "--proxy-protocol-from", "127.0.0.1"] as const,
  );
  const ended = await run.client(
    ...[server.named, "hello", ...ca, "--proxy-protocol"],
    ...["--proxy-source", "192.0.2.7:5000"],
  );
  const line = await server.process.line(/opened by (\S+)/);
  assertEquals(ended, { code: 0, stdout: "HELLO\n", stderr: "" });
  assertEquals(line[1], "tls://192.0.2.7:5000");
}, { needs: "node:tls" });

if (hasOpenssl) {
  withFolder(
    "openssl s_client verifies the server and is answered",
    async (run, folder) => {
      const { pair } = await files(folder, "server");
      await using server = await serverWith(run, ...pair);
      await using client = new Process("openssl", [
        ...["s_client", "-quiet", "-verify_return_error", "-x509_strict"],
        ...["-verify_hostname", "localhost", "-CAfile", `${folder}/server.pem`],
        ...["-connect", `127.0.0.1:${server.port}`],
      ]);
      await client.write("hello\n");
      await client.outputLine(/^HELLO$/);
    },
  );

  withFolder(
    "openssl s_client is told in TLS that it needs a certificate",
    async (run, folder) => {
      const { ca, pair } = await files(folder, "server");
      const mutual = ["--require-client-cert", ...ca];
      await using server = await serverWith(run, ...pair, ...mutual);
      for (const version of ["1_3", "1_2"]) {
        await using client = new Process("openssl", [
          ...["s_client", "-quiet", `-tls${version}`],
          ...["-connect", `127.0.0.1:${server.port}`],
        ]);
        await client.line(/alert certificate required.* number 116$/);
      }
    },
    { needs: "node:tls" },
  );
}
