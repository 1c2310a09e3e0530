/**
 * What an executable loads before it knows what it is asked for.
 *
 * @module
 */

import { assertEquals, assertGreater, assertLess } from "@std/assert";
import { VERSION } from "../../cli/version.ts";
import { VERSION as LOAD_VERSION } from "../../lib/load/version.ts";
import config from "../../deno.json" with { type: "json" };

const ROOT = new URL("../../", import.meta.url);

/** The modules that are loaded with some, types and `import()` left out. */
async function loadedWith(...entries: string[]): Promise<Set<string>> {
  const found = new Set<string>();
  const waiting = entries.map((entry) => new URL(entry, ROOT));
  for (let url; (url = waiting.pop()) !== undefined;) {
    const path = url.pathname.slice(ROOT.pathname.length);
    if (found.has(path)) continue;
    found.add(path);
    if (!path.endsWith(".ts")) continue;
    const source = withoutComments(await Deno.readTextFile(url));
    const imports = source.matchAll(
      /^(?:im|ex)port (?!type\b)(?:[^;"]*? from )?"(\.[^"]+)"/gm,
    );
    for (const [, specifier] of imports) waiting.push(new URL(specifier!, url));
  }
  return found;
}

function withoutComments(source: string): string {
  return source.replace(/\/\*[^]*?\*\/|^ *\/\/.*\n/gm, "");
}

for (const name of ["server", "client"]) {
  Deno.test(`parley-${name} loads no part of the library before it is asked for something`, async () => {
    const loaded = await loadedWith(`cli/${name}.ts`);
    const library = [...loaded].filter((path) => /^(lib\/|mod\.ts)/.test(path));
    assertEquals(library, []);
    // The walk has found what there is to find.
    assertGreater(loaded.size, 8);
    assertEquals(loaded.has("cli/program.ts"), true);
  });
}

const COMMANDS = ["cli/server/run_server.ts", "cli/client/run_client.ts"];

for (const command of COMMANDS) {
  Deno.test(`${command} loads the framing line and no other before a command line names one`, async () => {
    const loaded = await loadedWith(command);
    const formats = [...loaded].filter((path) =>
      path.startsWith("lib/framing/formats/")
    );
    assertEquals(formats.includes("lib/framing/formats/line.ts"), true);
    for (const path of formats) {
      // What line.ts itself is made of; the others are formats.
      assertEquals(
        (await loadedWith("lib/framing/formats/line.ts")).has(path),
        true,
        path,
      );
    }
    assertEquals(loaded.has("lib/framing/formats.ts"), false);
  });

  Deno.test(`${command} loads no transport, no HTTP and no proxy before an address needs it`, async () => {
    const loaded = await loadedWith(command);
    const needless =
      /^lib\/(http|stream|relay|recording|testing|session\/datagrams\/mod|transport\/(tcp|tls|udp|unix|memory|stream)\/(?!options)|transport\/proxy\/(?!header_limit))/;
    assertEquals([...loaded].filter((path) => needless.test(path)), []);
  });
}

for (
  const entry of Object.values(config.exports).filter((path) =>
    /mod\.ts$/.test(path)
  )
) {
  Deno.test(`${entry} reads the strings of framings, if it takes any`, async () => {
    const loaded = await loadedWith(entry);
    // Those of HTTP, NATS, UDP and WebSocket take no framing, and verifyFraming no string.
    if (
      /http|datagrams|nats|testing|websocket/.test(entry) ||
      !loaded.has("lib/framing/by_name.ts")
    ) {
      return;
    }
    assertEquals(loaded.has("lib/framing/parse.ts"), true);
  });
}

// What `parley-server echo 7342` loads before its line `listening`.
const BEFORE_LISTENING = [
  ...["cli/server.ts", "cli/server/run_server.ts"],
  "lib/transport/tcp/open.ts",
];
// Today's size of it without comments, and some room. More of it makes every start
// longer; what speaks over connections is loaded after that line.
const MOST_BYTES_BEFORE_LISTENING = 195_000;

Deno.test("a service loads nothing that speaks over connections before it listens", async () => {
  const loaded = await loadedWith(...BEFORE_LISTENING);
  const speaking =
    /^(lib\/(core|session\/(channel|messages|datagrams)\/|session\/serving\/(serve|running_server)\.ts)|cli\/server\/(serve_streams|server_log|services\/))/;
  assertEquals([...loaded].filter((path) => speaking.test(path)), []);
  let bytes = 0;
  for (const path of loaded) {
    if (!path.endsWith(".ts")) continue;
    bytes +=
      withoutComments(await Deno.readTextFile(new URL(path, ROOT))).length;
  }
  assertLess(bytes, MOST_BYTES_BEFORE_LISTENING);
  // The walk has found what there is to find.
  assertGreater(bytes, MOST_BYTES_BEFORE_LISTENING / 2);
});

Deno.test("parley-client loads no server and no prompt to send messages", async () => {
  const loaded = await loadedWith(
    "cli/client/run_client.ts",
    "cli/client/talk.ts",
  );
  const needless =
    /^(lib\/(session\/serving\/(serve|running_server)\.ts|transport\/proxy\/mod)|cli\/(client\/prompt|client\/conversation|http\/client\/http_command|tls\/tls_files))/;
  assertEquals([...loaded].filter((path) => needless.test(path)), []);
  assertEquals(loaded.has("lib/session/messages/connect.ts"), true);
});

Deno.test("what speaks is loaded with the service once the server listens, which the walk sees", async () => {
  const loaded = await loadedWith("cli/server/serve_streams.ts");
  assertEquals(loaded.has("lib/session/serving/serve.ts"), true);
});

for (const name of ["server", "client"]) {
  Deno.test(`parley-${name} loads no other executable's commands`, async () => {
    const other = name === "server" ? "client" : "server";
    const loaded = await loadedWith(`cli/${name}.ts`);
    const strangers = [...loaded].filter((path) =>
      path.startsWith(`cli/${other}`)
    );
    assertEquals(strangers, []);
  });
}

const LOADED_LATER = [
  "cli/output/views/cbor.ts",
  "cli/output/views/msgpack.ts",
  "cli/output/views/protobuf.ts",
];

Deno.test("no command loads a view before it is asked for, which alone loads a package of npm", async () => {
  const commands = [
    ...["cli/client/run_client.ts", "cli/client/talk.ts"],
    ...["cli/server/run_server.ts", "cli/tap/run_tap.ts"],
    "cli/udp/run_udp_client.ts",
  ];
  for (const command of commands) {
    const loaded = await loadedWith(command);
    assertEquals(LOADED_LATER.filter((path) => loaded.has(path)), []);
  }
  const printing = await loadedWith("cli/client/talk.ts");
  assertEquals(printing.has("cli/output/shown_format.ts"), true);
  for (const [path, source] of await sourcesBelow("cli")) {
    const packages = Array.from(
      source.matchAll(/^(?:im|ex)port (?!type\b)[^;]*? from "([^."][^"]*)"/gm),
      ([, specifier]) => specifier!,
    ).filter((specifier) => isOfNpm(specifier));
    assertEquals(packages.length > 0, LOADED_LATER.includes(path), path);
  }
});

function isOfNpm(specifier: string): boolean {
  return Object.entries(config.imports).some(([name, target]) =>
    target.startsWith("npm:") &&
    (specifier === name || specifier.startsWith(`${name}/`))
  );
}

async function sourcesBelow(folder: string): Promise<[string, string][]> {
  const found: [string, string][] = [];
  for await (const { isFile, name } of Deno.readDir(new URL(folder, ROOT))) {
    const path = `${folder}/${name}`;
    if (!isFile) found.push(...await sourcesBelow(path));
    else if (name.endsWith(".ts")) {
      found.push([path, await Deno.readTextFile(new URL(path, ROOT))]);
    }
  }
  return found;
}

Deno.test("the version that --version shows is the package's", () => {
  assertEquals([VERSION, LOAD_VERSION], [config.version, config.version]);
});
