import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  HttpClient,
  HttpError,
  type HttpExchangeOptions,
  request,
} from "@parley/parley/http";
import { OutgoingRequest } from "../../../lib/http/client/request/outgoing_request.ts";
import { redirectOf } from "../../../lib/http/client/request/redirect.ts";
import { bounded, failure, type Received, scripted } from "./scripted.ts";

const OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
const FOLLOW: HttpExchangeOptions = { redirect: "follow" };

function moved(status: number, location: string): string {
  return `HTTP/1.1 ${status} Moved\r\nlocation: ${location}\r\n` +
    "content-length: 4\r\n\r\ngone";
}

/** Redirects from /from to a place, and answers everything else. */
function redirecting(status: number, to: string, seen: Received[]) {
  return scripted(async (peer) => {
    for (;;) {
      const received = await peer.request();
      if (received.head === "") return;
      seen.push(received);
      const isFrom = received.head.split(" ")[1]!.startsWith("/from");
      await peer.say(isFrom ? moved(status, to) : OK);
    }
  });
}

bounded(
  "a redirect is returned unless it is asked to be followed",
  async () => {
    const seen: Received[] = [];
    await using server = redirecting(302, "/to", seen);
    const response = await request(`${server.url}/from`);
    assertEquals([response.status, await response.text()], [302, "gone"]);
    assertEquals(response.headers.get("location"), "/to");
    assertEquals(seen.length, 1);
  },
);

for (
  const [status, method, becomes] of [
    [301, "GET", "GET"],
    [301, "HEAD", "HEAD"],
    [301, "POST", "GET"],
    [301, "PUT", "PUT"],
    [302, "POST", "GET"],
    [302, "DELETE", "DELETE"],
    [303, "POST", "GET"],
    [303, "PUT", "GET"],
    [303, "HEAD", "HEAD"],
    [307, "POST", "POST"],
    [307, "GET", "GET"],
    [308, "POST", "POST"],
    [308, "PUT", "PUT"],
  ] as const
) {
  bounded(`${status} makes ${becomes} of ${method}`, async () => {
    const seen: Received[] = [];
    await using server = redirecting(status, "/to?x", seen);
    const hasBody = method === "POST" || method === "PUT";
    const response = await request(`${server.url}/from`, {
      ...FOLLOW,
      method,
      ...(hasBody
        ? { body: "hello", headers: { "content-language": "en" } }
        : {}),
    });
    if (method !== "HEAD") assertEquals(await response.text(), "ok");
    assertEquals([response.redirected, response.url], [
      true,
      `${server.url}/to?x`,
    ]);
    const { head, body } = seen[1]!;
    assertEquals(head.split("\r\n")[0], `${becomes} /to?x HTTP/1.1`);
    const keeps = hasBody && becomes === method;
    assertEquals(body, keeps ? "hello" : "");
    assertEquals(head.includes("content-type: text/plain"), keeps);
    assertEquals(head.includes("content-language: en"), keeps);
    assertEquals(head.includes("content-length: 5"), keeps);
  });
}

for (const status of [300, 304, 305, 306, 399]) {
  bounded(`${status} is not followed`, async () => {
    const seen: Received[] = [];
    await using server = redirecting(status, "/to", seen);
    const response = await request(`${server.url}/from`, FOLLOW);
    await response.text();
    assertEquals([response.status, seen.length], [status, 1]);
  });
}

bounded("a redirect that leads nowhere is returned", async () => {
  await using server = scripted(async (peer) => {
    await peer.request();
    await peer.say("HTTP/1.1 302 Found\r\ncontent-length: 0\r\n\r\n");
  });
  assertEquals((await request(server.url, FOLLOW)).status, 302);
});

for (
  const [location, path] of [
    ["/a/b", "/a/b"],
    ["b", "/dir/b"],
    ["../b", "/b"],
    ["?q", "/dir/from?q"],
    ["//HOST/x", "/x"],
    ["http://HOST/y", "/y"],
    ["/a b", "/a%20b"],
    // Bytes above 7F are escaped as they are, whatever they are.
    ["/caf\xc3\xa9", "/caf%C3%A9"],
    ["/caf\xe9", "/caf%E9"],
    ["/a?q=\xf0\x9f\x8c\xae", "/a?q=%F0%9F%8C%AE"],
    ["/caf%C3%A9", "/caf%C3%A9"],
  ] as const
) {
  bounded(`a redirect to "${location}" leads to ${path}`, async () => {
    const targets: string[] = [];
    await using server = scripted(async (peer) => {
      const { head } = await peer.request();
      const target = head.split(" ")[1]!;
      targets.push(target);
      const host = `127.0.0.1:${server.port}`;
      await peer.say(
        targets.length === 1 ? moved(302, location.replace("HOST", host)) : OK,
      );
    });
    const response = await request(`${server.url}/dir/from`, FOLLOW);
    assertEquals(await response.text(), "ok");
    assertEquals(targets, ["/dir/from", path]);
  });
}

for (
  const location of [
    "ftp://127.0.0.1/",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "http://127.0.0.1:99999/",
    "http://me:secret@127.0.0.1/",
    "http://me:secret@127.0.0.1:99999/",
    "http://[::1/",
  ]
) {
  bounded(`a redirect to ${location} is refused`, async () => {
    await using server = redirecting(302, location, []);
    const error = await failure(
      request(`${server.url}/from`, FOLLOW),
      HttpError,
    );
    assertStringIncludes(
      error.message,
      `Cannot read the response of ${server.url}/from: the redirect leads to`,
    );
    // Neither a password nor code for a program that made the request.
    assertEquals(error.message.includes("secret"), false);
    assertEquals(error.message.includes("btoa"), false);
  });
}

bounded("a loop ends at the limit, and is called one", async () => {
  const seen: Received[] = [];
  await using server = redirecting(302, "/from", seen);
  const error = await failure(request(`${server.url}/from`, FOLLOW), HttpError);
  assertStringIncludes(
    error.message,
    "20 were followed before it, in a circle",
  );
  assertEquals([error.code, seen.length], ["too_large", 21]);
});

bounded(
  "as many redirects are followed as are allowed, and no more",
  async () => {
    let count = 0;
    await using server = scripted(async (peer) => {
      const { head } = await peer.request();
      const left = Number(head.split(" ")[1]!.slice(1));
      count++;
      await peer.say(left === 0 ? OK : moved(307, `/${left - 1}`));
    });
    const options = { ...FOLLOW, maxRedirects: 3 };
    assertEquals(
      await (await request(`${server.url}/3`, options)).text(),
      "ok",
    );
    assertEquals(count, 4);
    const error = await failure(request(`${server.url}/4`, options), HttpError);
    assertStringIncludes(
      error.message,
      "3 were followed before it (maxRedirects)",
    );
    assertEquals(count, 8);
    const none = { ...FOLLOW, maxRedirects: 0 };
    await failure(request(`${server.url}/1`, none), HttpError);
  },
);

const SECRETS = {
  Authorization: "Basic x",
  cookie: "a=b",
  "Proxy-Authorization": "Basic y",
};

for (
  const [where, isSame] of [["the same place", true], ["another port", false]]
) {
  bounded(
    `credentials ${isSame ? "go" : "do not go"} to ${where}`,
    async () => {
      const there: Received[] = [];
      await using other = redirecting(302, "/none", there);
      const here: Received[] = [];
      const to = isSame ? "/to" : `${other.url}/to`;
      await using server = redirecting(307, to, here);
      const response = await request(`${server.url}/from`, {
        ...FOLLOW,
        headers: { ...SECRETS, "x-a": "1", Host: "example.org" },
      });
      assertEquals(await response.text(), "ok");
      const { head } = (isSame ? here[1] : there[0])!;
      for (const [name, value] of Object.entries(SECRETS)) {
        assertEquals(head.includes(`${name}: ${value}`), isSame);
      }
      assertStringIncludes(head, "x-a: 1\r\n");
      assertStringIncludes(
        head.toLowerCase(),
        isSame
          ? "\r\nhost: example.org\r\n"
          : `\r\nhost: 127.0.0.1:${other.port}\r\n`,
      );
    },
  );
}

bounded("what was dropped once does not come back", async () => {
  const there: Received[] = [];
  const here: Received[] = [];
  await using other = scripted(async (peer) => {
    there.push(await peer.request());
    await peer.say(moved(302, `${server.url}/to`));
  });
  await using server = redirecting(302, `${other.url}/`, here);
  await (await request(`${server.url}/from`, { ...FOLLOW, headers: SECRETS }))
    .text();
  assertEquals(here.map(({ head }) => head.includes("Basic")), [true, false]);
});

bounded("a stream cannot be sent twice", async () => {
  await using server = redirecting(307, "/to", []);
  const body = ReadableStream.from([Uint8Array.of(65)]);
  const error = await failure(
    request(`${server.url}/from`, { ...FOLLOW, method: "POST", body }),
    TypeError,
  );
  assertStringIncludes(
    error.message,
    "the body is a stream, and was sent already",
  );
});

bounded(
  "a stream is not needed where the redirect makes GET of it",
  async () => {
    const seen: Received[] = [];
    await using server = redirecting(303, "/to", seen);
    const body = ReadableStream.from([Uint8Array.of(65)]);
    const options = { ...FOLLOW, method: "POST", body };
    const response = await request(`${server.url}/from`, options);
    assertEquals(await response.text(), "ok");
    assertEquals(seen.length, 2);
  },
);

bounded("a client follows on the same connection", async () => {
  const seen: Received[] = [];
  await using server = redirecting(302, "/to", seen);
  await using client = new HttpClient();
  const response = await client.request(`${server.url}/from`, FOLLOW);
  assertEquals(await response.text(), "ok");
  assertEquals([server.connections, seen.length], [1, 2]);
});

bounded(
  "a redirect with a large or endless body costs a connection, not the body",
  async () => {
    let connections = 0;
    await using server = scripted(async (peer) => {
      connections++;
      const { head } = await peer.request();
      if (!head.startsWith("GET /from")) return await peer.say(OK);
      await peer.say("HTTP/1.1 302 Found\r\nlocation: /to\r\n\r\n");
      for (;;) await peer.say("x".repeat(10_000));
    });
    await using client = new HttpClient();
    const response = await client.request(`${server.url}/from`, FOLLOW);
    assertEquals([await response.text(), connections], ["ok", 2]);
  },
);

bounded(
  "a redirect to a host beyond ASCII leads to its name in the DNS",
  async () => {
    const from = await OutgoingRequest.from("http://127.0.0.1/", {});
    const next = redirectOf(from, {
      status: 302,
      reason: "",
      version: "1.1",
      headers: [["location", "http://caf\xc3\xa9.test/"]],
    });
    assertEquals(next?.head.headers[0], ["host", "xn--caf-dma.test"]);
    assertEquals(next?.target.address.hostname, "xn--caf-dma.test");
  },
);
