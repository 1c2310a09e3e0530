import { assertEquals, assertStringIncludes } from "@std/assert";
import { HttpClient, request, serveHttp } from "@parley/parley/http";
import { bounded, failure } from "./scripted.ts";

/** Serves on a Unix socket, and says what it was asked for. */
async function onUnixSocket() {
  const folder = await Deno.makeTempDir();
  const via = `unix:${folder}/app.sock`;
  const server = await serveHttp(via, {}, (request) => {
    const { host, pathname } = new URL(request.url);
    if (pathname === "/from") {
      return new Response(null, {
        status: 302,
        headers: { location: "http://other.test/to" },
      });
    }
    return new Response(`${host} ${pathname}`);
  });
  return {
    via,
    server,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

bounded(
  "a request goes to a Unix socket by `via`, with the URL's host",
  async () => {
    await using own = await onUnixSocket();
    const response = await request("http://app.test/a", { via: own.via });
    assertEquals(await response.text(), "app.test /a");
    assertEquals(response.url, "http://app.test/a");
  },
);

bounded(
  "requests by `via` use a connection again, and redirects go there too",
  async () => {
    await using own = await onUnixSocket();
    await using client = new HttpClient({ via: own.server.address });
    const response = await client.request("http://app.test/from", {
      redirect: "follow",
    });
    assertEquals(await response.text(), "other.test /to");
    for (let i = 0; i < 3; i++) {
      const response = await client.request("http://app.test/a");
      assertEquals(await response.text(), "app.test /a");
    }
    assertEquals(own.server.stats.accepted, 2);
  },
);

for (
  const [url, via, reason] of [
    ["http://app.test/", "tcp://127.0.0.1:1", "it must be the address of a"],
    ["https://app.test/", "unix:/run/app.sock", "TLS does not go over a Unix"],
  ] as const
) {
  bounded(`${url} is not requested via ${via}`, async () => {
    const error = await failure(request(url, { via }), TypeError);
    assertStringIncludes(
      error.message,
      `Cannot use via of "${via}": ${reason}`,
    );
  });
}
