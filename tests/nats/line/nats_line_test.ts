/**
 * The line to NATS: servers that are not there, refuse, fall silent or are others
 * than they should be.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { ConnectionError } from "../../../lib/errors.ts";
import { certificates, hasOpenssl } from "../../support/certificates.ts";
import { CutLine } from "../../support/cut_line.ts";
import { NatsServer, Seat } from "../../support/nats_servers.ts";
import { peerTest } from "../../support/protocol_peers.ts";
import { freePort } from "../../support/ports.ts";

const needs = ["nats-server"];

Deno.test("natsBackbone says for how long NATS was not there, and why", async () => {
  const port = freePort();
  const servers = [`nats://127.0.0.1:${port}`];
  const error = await assertRejects(
    () => Seat.enter("a", { servers, retryMs: 300 }),
    ConnectionError,
  );

  assertEquals(error.code, "refused");
  assertEquals(error.address, `127.0.0.1:${port}`);
  assertEquals(
    error.reason,
    "connection refused, nothing is listening there, tried for 300 ms",
  );
  assertEquals(error.option, "retryMs");
});

Deno.test("natsBackbone refuses what is no NATS server", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accept = async () => {
    for await (const conn of listener) {
      await conn.write(new TextEncoder().encode("HTTP/1.1 400 No\r\n\r\n"));
      conn.close();
    }
  };
  const accepting = accept();
  const servers = `127.0.0.1:${listener.addr.port}`;
  const error = await assertRejects(
    () => Seat.enter("a", { servers, retryMs: 0 }),
    ConnectionError,
  );

  assertEquals(
    error.reason,
    "what answers there is no NATS server, tried for 0 ms",
  );
  listener.close();
  await accepting;
});

await peerTest({
  needs,
  name: "natsBackbone waits for a server that starts later, and tries all",
  async fn() {
    await using server = new NatsServer();
    const servers = [`127.0.0.1:${freePort()}`, server.url];
    const entered = Seat.enter("a", { servers, retryMs: 20_000 });
    await server.start();
    await using seat = await entered;
    const [state] = seat.states;
    assert(state?.type === "connected");
    assertEquals(state.server, `127.0.0.1:${server.port}`);
  },
});

await peerTest({
  needs,
  name:
    "natsBackbone is refused at once with wrong credentials, and let in with the right ones",
  async fn() {
    const login = ["--user", "hub", "--pass", "right"];
    await using server = await new NatsServer(...login).start();
    const servers = server.url;
    for (const password of ["wrong", ""]) {
      const error = await assertRejects(
        () =>
          Seat.enter("a", { servers, credentials: { user: "hub", password } }),
        ConnectionError,
      );
      assertEquals(error.code, "permission_denied");
      assertEquals(error.address, server.url);
      assertEquals(error.reason, "the server refused the credentials");
    }
    await using _ = await Seat.enter("a", {
      servers: `nats://hub:right@127.0.0.1:${server.port}`,
    });
  },
});

await peerTest({
  needs,
  name: "a hub whose user may not publish fails, and says which subject",
  async fn(folder) {
    const config = `${folder}/nats.conf`;
    await Deno.writeTextFile(
      config,
      `authorization { users = [ { user: u, password: p, permissions: {
         publish: { deny: "parley.room.>" } } } ] }`,
    );
    await using server = await new NatsServer("--config", config).start();
    const credentials = { user: "u", password: "p" };
    await using a = await Seat.enter("a", { servers: server.url, credentials });
    a.say(1, "hello");

    const state = await a.state("failed");
    assert(state.type === "failed" && state.error instanceof ConnectionError);
    assertEquals(state.error.code, "permission_denied");
    assertEquals(state.error.action, "publish to");
    assertEquals(state.error.address, "parley.room.nrxweytz");
  },
});

await peerTest({
  needs: [...needs, ...hasOpenssl ? [] : ["openssl"]],
  name: "natsBackbone speaks TLS with a certificate of its own",
  async fn(folder) {
    const { ca, client, server: own } = await certificates();
    const files = { ca, cert: own.cert, key: own.key };
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${folder}/${name}.pem`, text);
    }
    await using server = await new NatsServer(
      "--tlsverify",
      ...["--tlscacert", `${folder}/ca.pem`],
      ...["--tlscert", `${folder}/cert.pem`, "--tlskey", `${folder}/key.pem`],
    ).start();
    const servers = `tls://127.0.0.1:${server.port}`;
    const tls = { caCerts: [ca], ...client };
    await using a = await Seat.enter("a", { servers, tls });
    await using b = await Seat.enter("b", { servers, tls });
    a.say(1, "hello");
    await b.until(({ heard }) => heard.length === 1);

    // Without a certificate, and with an authority that it does not know.
    const { cert: _cert, key: _key, ...without } = tls;
    for (const refused of [without, client]) {
      const error = await assertRejects(
        () => Seat.enter("c", { servers, tls: refused, retryMs: 0 }),
        ConnectionError,
      );
      assert(["tls", "reset", "failed"].includes(error.code), error.code);
    }
  },
});

await peerTest({
  needs,
  name:
    "a server that is stopped counts as away, and is used again when it goes on",
  async fn() {
    await using server = await new NatsServer().start();
    await using a = await Seat.enter("a", {
      servers: server.url,
      pingIntervalMs: 100,
      connectTimeoutMs: 300,
    });
    server.signal("SIGSTOP");
    const state = await a.state("cut_off");
    assert(state.type === "cut_off" && state.error instanceof ConnectionError);
    assertEquals(state.error.option, "pingIntervalMs");
    server.signal("SIGCONT");
    await a.state("back");
  },
});

await peerTest({
  needs,
  name: "a clock that is set back does not keep a hub from connecting again",
  async fn() {
    await using server = await new NatsServer().start();
    await using line = CutLine.to(server.port);
    await using a = await Seat.enter("a", { servers: line.url });
    const { now } = Date;
    try {
      Date.now = () => now() - 3_600_000;
      line.cut();
      await a.state("cut_off");
      line.mend();
      await a.state("back");
    } finally {
      Date.now = now;
    }
  },
});
