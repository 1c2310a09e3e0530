import { assertEquals, assertMatch } from "@std/assert";
import { runClient } from "../../../cli/commands.ts";
import { rawServer } from "../../support/peers.ts";
import { RecordedTerminal } from "../../support/recorded_terminal.ts";

const CHANGED = "Thu, 26 Nov 2026 10:00:00 GMT";
const DATES =
  `Date: Thu, 26 Nov 2026 12:00:00 GMT\r\nLast-Modified: ${CHANGED}\r\n`;
const BROKEN = `HTTP/1.1 200 OK\r\n${DATES}Content-Length: 9\r\n\r\nhalf`;

/** Downloads from servers that give these answers, one after the other. */
async function download(
  path: string,
  ...answers: string[]
): Promise<{ codes: number[]; requests: string[]; told: string }> {
  const codes: number[] = [];
  const requests: string[] = [];
  let told = "";
  for (const answer of answers) {
    let request = "";
    await using server = rawServer(async (peer) => {
      while (!request.endsWith("\r\n\r\n")) {
        const byte = await peer.read(1);
        if (byte.length === 0) return;
        request += String.fromCharCode(...byte);
      }
      await peer.write(answer);
    });
    const terminal = new RecordedTerminal();
    const url = `http://127.0.0.1:${server.port}/`;
    codes.push(await runClient([url, "-C", "-", "-o", path], terminal));
    requests.push(request);
    told = terminal.told;
  }
  return { codes, requests, told };
}

async function withPath(test: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "parley-part-" });
  try {
    await test(`${folder}/page`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const REST =
  `HTTP/1.1 206 Partial Content\r\n${DATES}Content-Range: bytes 4-8/9\r\nContent-Length: 5\r\n\r\nwhole`;

Deno.test("-C - goes on where a download broke off, and asks for the same version", async () => {
  await withPath(async (path) => {
    const first = await download(path, BROKEN);
    assertEquals(first.codes, [7]);
    assertEquals(await Deno.readTextFile(path), "half");
    const { codes, requests, told } = await download(path, REST);
    assertEquals(codes, [0], told);
    assertMatch(requests[0]!, /\r\nrange: bytes=4-\r\n/i);
    assertMatch(requests[0]!, new RegExp(`\r\nif-range: ${CHANGED}\r\n`, "i"));
    assertMatch(told, /goes on at byte 4/);
    assertEquals(await Deno.readTextFile(path), "halfwhole");
  });
});

for (
  const [name, answer, code, content, said] of [
    [
      "begins anew if the server has another version",
      "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnew",
      0,
      "new",
      /^$/,
    ],
    [
      "is done if the server says that nothing is missing",
      "HTTP/1.1 416 No\r\nContent-Range: bytes */4\r\nContent-Length: 0\r\n\r\n",
      0,
      "half",
      /page is complete/,
    ],
    [
      "fails if the file is longer than what the server has",
      "HTTP/1.1 416 No\r\nContent-Range: bytes */3\r\nContent-Length: 0\r\n\r\n",
      1,
      "half",
      /answered 416/,
    ],
    [
      "refuses another part than the one it asked for",
      "HTTP/1.1 206 No\r\nContent-Range: bytes 0-8/9\r\nContent-Length: 9\r\n\r\nhalfwhole",
      7,
      "half",
      /was asked for bytes 4- and answered with "bytes 0-8\/9"/,
    ],
    [
      "leaves the file if the server fails",
      "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n",
      1,
      "half",
      /answered 503/,
    ],
  ] as const
) {
  Deno.test(`-C - ${name}`, async () => {
    await withPath(async (path) => {
      const { codes, told } = await download(path, BROKEN, answer);
      assertEquals(codes, [7, code], told);
      assertMatch(told, said);
      assertEquals(await Deno.readTextFile(path), content);
    });
  });
}

for (
  const [name, dates] of [
    ["no date", ""],
    ["a change less than a second ago", DATES.replace("12:00:00", "10:00:00")],
  ] as const
) {
  Deno.test(`-C - continues no part of what has ${name}`, async () => {
    await withPath(async (path) => {
      const { codes, requests } = await download(
        path,
        BROKEN.replace(DATES, dates),
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalfwhole",
      );
      assertEquals(codes, [7, 0]);
      assertEquals(/\r\nrange:/i.test(requests[1]!), false);
      assertEquals(await Deno.readTextFile(path), "halfwhole");
    });
  });
}

Deno.test("-C - takes no file of another program for a part", async () => {
  await withPath(async (path) => {
    await Deno.writeTextFile(path, "other");
    await Deno.utime(path, new Date(), new Date(1_700_000_000_123));
    const { codes, requests } = await download(
      path,
      "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnew",
    );
    assertEquals(codes, [0]);
    assertEquals(/\r\nrange:/i.test(requests[0]!), false);
    assertEquals(await Deno.readTextFile(path), "new");
  });
});
