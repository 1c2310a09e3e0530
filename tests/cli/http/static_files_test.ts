import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { concat } from "@std/bytes";
import { parseAddress } from "@parley/parley";
import { listing } from "../../../cli/http/files/listing.ts";
import { staticFiles } from "../../../cli/http/files/static_files.ts";

const ADDRESS = parseAddress("tcp://127.0.0.1:1");

/** Answers one request for a target. */
type Ask = (
  target: string,
  fields?: Record<string, string>,
  method?: string,
) => Promise<Response>;

/** Runs a test on a folder with files, links and what is no file. */
async function inRoot(
  test: (ask: Ask, root: string) => Promise<void>,
  { index = false } = {},
): Promise<void> {
  const folder = await Deno.realPath(
    await Deno.makeTempDir({ prefix: "parley-http-" }),
  );
  const root = `${folder}/root`;
  await shell(
    folder,
    `mkdir -p root/sub/deep root/bare root/.git root/.well-known root/rootier &&
     cd root && printf 'hello world' > hello.txt && printf '' > empty.bin &&
     printf '<p>sub' > sub/index.html && printf secret > .git/config &&
     printf secret > ../secret.txt && printf secret > ../rootless &&
     printf ok > .well-known/ok && printf x > 'a b&<c>.txt' &&
     printf 12 > bare/f10.txt && printf 1 > bare/f9.txt && mkdir bare/dir &&
     mkdir bare/.hid && mkfifo pipe && ln -s hello.txt inside &&
     ln -s ../secret.txt outside && ln -s .. up && ln -s nowhere dangling &&
     ln -s ../../secret.txt bare/outside && ln -s ../hello.txt bare/link &&
     ln -s loop loop && ln -s /dev/zero zero && ln -s /etc/passwd passwd &&
     ln -s "$PWD/sub" absolute && touch -d 2020-02-02T02:02:02Z hello.txt`,
  );
  const answer = staticFiles({ root, index });
  try {
    await test((target, headers = {}, method = "GET") => {
      const url = "http://127.0.0.1:1/";
      const request = new Request(url, { method, headers });
      return answer(request, {
        target,
        ordinal: 1,
        localAddress: ADDRESS,
        remoteAddress: ADDRESS,
        headBytes: new Uint8Array(),
      });
    }, root);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function shell(cwd: string, script: string): Promise<void> {
  const { code, stderr } = await new Deno.Command("sh", {
    args: ["-ec", script],
    cwd,
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
}

/** The body's bytes; a chunk is valid for a while only. */
async function bytesOf({ body }: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body!) chunks.push(chunk.slice());
  return concat(chunks);
}

async function statusOf(answer: Promise<Response>): Promise<number> {
  const response = await answer;
  await response.body?.cancel();
  return response.status;
}

Deno.test("staticFiles() gives a file with its type, size and validators", () =>
  inRoot(async (ask) => {
    const response = await ask("/hello.txt");
    assertEquals(response.status, 200);
    assertEquals(Object.fromEntries(response.headers), {
      "accept-ranges": "bytes",
      "cache-control": "no-cache",
      "content-length": "11",
      "content-type": "text/plain; charset=utf-8",
      "etag": `"${Date.UTC(2020, 1, 2, 2, 2, 2).toString(36)}-b"`,
      "last-modified": "Sun, 02 Feb 2020 02:02:02 GMT",
      "x-content-type-options": "nosniff",
    });
    assertEquals(await response.text(), "hello world");
    const empty = await ask("/empty.bin");
    assertEquals(empty.headers.get("content-length"), "0");
    assertEquals(
      empty.headers.get("content-type"),
      "application/octet-stream",
    );
    assertEquals(await empty.text(), "");
  }));

Deno.test("staticFiles() gives the head alone of a HEAD", () =>
  inRoot(async (ask) => {
    const response = await ask("/hello.txt", { range: "bytes=0-1" }, "HEAD");
    assertEquals(response.status, 200);
    assertEquals(response.headers.get("content-length"), "11");
    assertEquals(response.body, null);
  }));

Deno.test("staticFiles() sends the part that is asked for", () =>
  inRoot(async (ask) => {
    const part = await ask("/hello.txt", { range: "bytes=6-" });
    assertEquals(part.status, 206);
    assertEquals(part.headers.get("content-range"), "bytes 6-10/11");
    assertEquals(part.headers.get("content-length"), "5");
    assertEquals(await part.text(), "world");
    const last = await ask("/hello.txt", { range: "bytes=-3" });
    assertEquals(await last.text(), "rld");
    const beyond = await ask("/hello.txt", { range: "bytes=11-" });
    assertEquals(beyond.status, 416);
    assertEquals(beyond.headers.get("content-range"), "bytes */11");
    const two = await ask("/hello.txt", { range: "bytes=0-1,3-4" });
    assertEquals([two.status, await two.text()], [200, "hello world"]);
    const fields = { "range": "bytes=0-1", "if-range": '"other"' };
    const changed = await ask("/hello.txt", fields);
    assertEquals([changed.status, await changed.text()], [200, "hello world"]);
  }));

Deno.test("staticFiles() says that nothing has changed", () =>
  inRoot(async (ask) => {
    const { body, headers } = await ask("/hello.txt");
    await body?.cancel();
    const etag = headers.get("etag")!;
    const same = await ask("/hello.txt", { "if-none-match": etag });
    assertEquals([same.status, same.body], [304, null]);
    assertEquals(same.headers.get("etag"), etag);
    const date = { "if-modified-since": headers.get("last-modified")! };
    assertEquals(await statusOf(ask("/hello.txt", date)), 304);
    const other = { "if-none-match": '"other"', ...date };
    assertEquals(await statusOf(ask("/hello.txt", other)), 200);
    const match = { "if-match": '"other"' };
    assertEquals(await statusOf(ask("/hello.txt", match)), 412);
  }));

Deno.test("staticFiles() follows links inside the root, and none out of it", () =>
  inRoot(async (ask) => {
    assertEquals(await (await ask("/inside")).text(), "hello world");
    assertEquals(await (await ask("/absolute/")).text(), "<p>sub");
    assertEquals(await (await ask("/bare/link")).text(), "hello world");
    const outside = ["/outside", "/bare/outside", "/passwd", "/up", "/up/"]
      .concat("/up/secret.txt", "/up/root/hello.txt/x", "/dangling", "/loop")
      .concat("/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt");
    for (const target of outside) {
      assertEquals(await statusOf(ask(target)), 404, target);
    }
  }));

Deno.test("staticFiles() has nothing but regular files that are not hidden", () =>
  inRoot(async (ask) => {
    const nothing = ["/pipe", "/zero", "/none", "/.git/config", "/.git/"]
      .concat("/hello.txt/", "/hello.txt/x", "/bare/", "/bare/.hid/")
      .concat(`/${"x".repeat(300)}`, "/favicon.ico", "/a%00");
    for (const target of nothing) {
      const response = await ask(target);
      assertEquals(response.status, 404, target);
      assertEquals(await response.text(), "There is nothing here.\n");
    }
    assertEquals(await statusOf(ask("/.well-known/ok")), 200);
    assertEquals(await statusOf(ask("/%")), 400);
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
      const response = await ask("/hello.txt", {}, method);
      assertEquals(response.status, 405, method);
      assertEquals(response.headers.get("allow"), "GET, HEAD");
    }
  }));

Deno.test("staticFiles() sends who asks for a folder to its slash", () =>
  inRoot(async (ask) => {
    const response = await ask("/sub?a=/b");
    assertEquals(response.status, 301);
    assertEquals(response.headers.get("location"), "/sub/?a=/b");
    assertEquals(await (await ask("/sub/")).text(), "<p>sub");
    assertEquals(await statusOf(ask("//sub")), 404);
    assertEquals(await statusOf(ask("/")), 404);
  }));

Deno.test("staticFiles() lists a folder if it may, sorted and escaped", () =>
  inRoot(async (ask) => {
    const response = await ask("/bare/");
    assertEquals(response.status, 200);
    assertMatch(
      response.headers.get("content-security-policy")!,
      /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; img-src data:;/,
    );
    const links = (text: string) =>
      Array.from(text.matchAll(/<td><a href="([^"]*)">/g), ([, link]) => link);
    assertEquals(links(await response.text()), [
      ...["../", "./dir/", "./f9.txt", "./f10.txt", "./link"],
    ]);
    const top = await (await ask("/")).text();
    assertMatch(top, /<a href=".\/a%20b%26%3Cc%3E.txt">a b&amp;&lt;c&gt;.txt</);
    assertEquals(links(top), [
      ...["./absolute/", "./bare/", "./rootier/", "./sub/", "./.well-known/"]
        .sort((a, b) => a === "./.well-known/" ? -1 : a < b ? -1 : 1),
      ...["./a%20b%26%3Cc%3E.txt", "./empty.bin", "./hello.txt", "./inside"],
    ]);
    assertEquals(await (await ask("/sub/")).text(), "<p>sub");
    assertEquals(await statusOf(ask("/none/")), 404);
  }, { index: true }));

Deno.test("staticFiles() lists only what can be asked for", () =>
  inRoot(async (ask, root) => {
    const odd = ['new\nline "q".txt', "per%2e?#.txt", "\x1b[31m", "c:d"];
    for (const name of [...odd, "back\\slash"]) {
      await Deno.writeTextFile(`${root}/bare/dir/${name}`, name);
    }
    const page = await (await ask("/bare/dir/")).text();
    const links = Array.from(
      page.matchAll(/<td><a href="\.\/([^"]*)">/g),
      ([, link]) => link!,
    );
    const contents = await Promise.all(
      links.map(async (link) => await (await ask(`/bare/dir/${link}`)).text()),
    );
    assertEquals(contents.sort(), odd.sort());
  }, { index: true }));

Deno.test("listing() shows no time that is none", () => {
  const entry = { isFolder: false, size: 1 };
  const entries = [
    { ...entry, name: "a", modified: new Date(NaN) },
    { ...entry, name: "b", modified: new Date(Date.UTC(9999, 0)) },
    { ...entry, name: "c", modified: new Date(Date.UTC(11_476, 7)) },
  ];
  const page = listing([], { entries, total: 3, broken: 0 })
    .replace(/<span class="time">|<\/span>/g, "");
  assertMatch(page, /a<\/a><\/td><td[^>]*>1 B<\/td><td[^>]*> <\/td>/);
  assertMatch(page, />9999-01-01 00:00<[^]*>\+011476-08-01 00:00</);
});

Deno.test("staticFiles() sends what it announced, or breaks off", () =>
  inRoot(async (ask, root) => {
    const big = `${root}/big.bin`;
    const bytes = new Uint8Array(2_000_000).map((_, i) => i * 7 + (i >> 9));
    await Deno.writeFile(big, bytes);
    assertEquals(await bytesOf(await ask("/big.bin")), bytes);
    const part = await ask("/big.bin", { range: "bytes=1234-1600000" });
    assertEquals(await bytesOf(part), bytes.slice(1234, 1_600_001));

    const growing = await ask("/big.bin");
    await Deno.writeFile(big, new Uint8Array(9), { append: true });
    assertEquals(await bytesOf(growing), bytes);

    const shrinking = await ask("/big.bin");
    await Deno.truncate(big, 1_300_000);
    await assertRejects(() => bytesOf(shrinking), Error, "became");
  }));

Deno.test("staticFiles() closes the file of an answer that nobody wants", () =>
  inRoot(async (ask, root) => {
    await Deno.writeFile(`${root}/big.bin`, new Uint8Array(700_000));
    const unread = await ask("/big.bin");
    await unread.body!.cancel();
    const begun = (await ask("/big.bin")).body!.getReader();
    assertEquals((await begun.read()).value!.length, 64 * 1024);
    // The sanitizer of resources would see a file that is left open.
    await begun.cancel();
  }));

Deno.test("staticFiles() reads all names of a folder, sorts them and cuts then", () =>
  inRoot(async (ask, root) => {
    await Deno.mkdir(`${root}/many`);
    // Made in an order that is not that of the names, by a process of its own:
    // Deno.symlink() needs the permission to write everywhere.
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: [
        "eval",
        `for (let i = 0; i < 10_050; i++) {
          Deno.symlinkSync("nowhere", "n" + (i * 7_919) % 10_050);
        }`,
      ],
      cwd: `${root}/many`,
    }).output();
    assert(success);
    for (const name of ["zz", "a0"]) {
      await Deno.writeTextFile(`${root}/many/${name}`, "");
    }
    const page = await (await ask("/many/")).text();
    assertMatch(page, /href="\.\/a0"/);
    assertMatch(page, /1 of 10,052 entries, the first by name\. 9,999 links/);
    const filtered = await (await ask("/many/?q=ZZ")).text();
    assertMatch(filtered, /href="\.\/zz"[^]*>1 entry\.</);
    assertEquals(filtered.includes("a0"), false);
    const hostile = await (await ask('/many/?q="><script>')).text();
    assertMatch(hostile, /value="&quot;&gt;&lt;script&gt;"/);
  }, { index: true }));

Deno.test("staticFiles() counts links that lead nowhere, and lists the rest", () =>
  inRoot(async (ask, root) => {
    await shell(
      root,
      `mkdir few && cd few && ln -s nowhere gone && ln -s /etc outside &&
       printf '' > here`,
    );
    const page = await (await ask("/few/")).text();
    assertMatch(page, />1 entry\. 2 links lead nowhere or out of here\.</);
  }, { index: true }));
