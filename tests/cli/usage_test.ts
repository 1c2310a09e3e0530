import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { DEFAULT_MAX_BUFFERED_BYTES } from "@parley/parley";
import { DEFAULT_MAX_PROXY_HEADER_BYTES } from "@parley/parley/proxy";
import { writtenSize } from "../../cli/arguments/sizes.ts";
import { LOG_OPTIONS } from "../../cli/arguments/common_options.ts";
import { parseArguments } from "../../cli/arguments/parse.ts";
import { CLIENT, runClient, runServer, SERVER } from "../../cli/commands.ts";
import { allManuals } from "../../cli/manual/all_manuals.ts";
import { topicsOf } from "../../cli/manual/topics.ts";
import type { Program } from "../../cli/program.ts";
import { FORMATS } from "../../lib/framing/formats.ts";
import { RecordedTerminal } from "../support/recorded_terminal.ts";

/** Wrong command lines of the client, and how the one line begins. */
const WRONG_CLIENT: [string, RegExp][] = [
  ["tap 9000 7342", /tap belongs to parley-server; see parley-server help tap/],
  ["help frames udp", /help explains one word at a time, not udp too; see/],
  ["man all", /man takes no words, and this is one: all; see/],
  [
    "help faults",
    /faults belongs to parley-server; see parley-server help faults/,
  ],
  ["./app.sock x", /no socket is at \.\/app\.sock; write unix:\.\/app\.sock/],
  ["app.sock x", /no socket is at app\.sock; write unix:app\.sock/],
  ["-U app.sock", /no option -U: for a Unix socket write: parley-client unix:/],
  ["-l 9000", /no option -l: to listen write: parley-server print 7342/],
  ["-sS http://a/", /no option -s: only the body and failures are shown/],
  ["http://a/ -f", /no option -f: a status of 400 or above gives exit code 1/],
  ["http://a/ -O", /no option -O: the file is named: --output FILE/],
  ["http://a/ -A x", /no option -A: write: --header 'User-Agent: NAME'/],
  ["http://a/ --data-raw x", /no option --data-raw: write: --data TEXT/],
  ["-n localhost 9000", /no option -n: names are only looked up/],
  ["-c cat 9000", /no option -c: a program is not started/],
  ["-w 3 localhost 9000", /no option -w: .*--timeout 3s/],
  ["7342 x --retray 5s", /there is no option --retray \(did you mean --retry/],
  ["--frame line", /there is no address; write ADDRESS MESSAGE/],
  ["7342 --fraem x", /there is no option --fraem \(did you mean --frame\?\)/],
  ["7342 --to x", /there is no option --to; a value or message/],
  ["7342 x -q true -9", /there is no option -9/],
  ["7342 -x", /there is no option -x;/],
  ["7342 --no-quiet", /there is no option --no-quiet/],
  ["7342 --frame.a=x", /there is no option --frame/],
  ["7342 --__proto__=x", /there is no option --__proto__/],
  ["7342 --frame", /--frame needs a value: write --frame SPEC/],
  ["7342 --frame --quiet", /--frame needs a value/],
  ["7342 --frame=", /--frame: cannot use framing ""/],
  ["7342 --frame line --frame raw", /--frame is given 2 times; give it once/],
  ["7342 --quiet=yes", /--quiet takes no value/],
  ["7342 x -qv", /--quiet and --verbose contradict each other; leave one out/],
  ["7342 --frame lenght:4", /"lenght" \(did you mean "length"\?\); see/],
  ["7342 --port 7343", /no option --port: the port stands behind the address/],
  ["udp:7342 x --tls", /no option --tls: .*write the address tls:/],
  ["-V", /no option -V: write --version/],
  ["localhost 99999 x", /port 99999: it must be an integer from 0 to 65535/],
  ["7342 --frame length:9", /--frame: cannot use framing "length:9"/],
  ["7342 --max-message 64k", /"64k" is not a size \(did you mean "64KiB"\?\)/],
  ["7342 --max-message 0", /from 1 byte/],
  ["7342 --max-message 1.5MiB", /"1\.5MiB" is not a size/],
  ["7342 --timeout 5", /"5" is not a duration \(did you mean "5s"\?\)/],
  ["7342 --timeout 5sec", /"5sec" is not a duration/],
  ["7342 --timeout 0s", /from 1ms to 576h/],
  ["7342 --timeout 9999h", /from 1ms to 576h/],
  ["7342 --format jsno", /there is no "jsno" \(did you mean "json"\?\)/],
  ["7342 --log xml", /--log: there is no "xml".*; write text or json/],
  ["7342 zz --format hex", /message 1: "zz" is not hexadecimal/],
  ["7342 a* --format base64", /message 1: "a\*" is not base64/],
  ["7342 hello --format json", /message 1: "hello" is not JSON/],
  ["7342 \ufeff{} --format json", /message 1: "\\ufeff\{\}" is not JSON/],
  ["7342 one two --frame close", /--frame close carries one message/],
  ["70000 x", /port 70000: it must be an integer from 0 to 65535/],
  ["0 x", /port 0 is only for listening/],
  ["hello", /address "hello": it has no port/],
  ["ftp://127.0.0.1:80", /its scheme must be .*http or https, not "ftp"/],
  [
    "udp://127.0.0.1:7 x --frame raw",
    /--frame means nothing over UDP: one datagram is one/,
  ],
  [
    "udp://127.0.0.1:7 x --chunks",
    /--chunks is for messages over a connection, and udp:/,
  ],
  [
    "udp://127.0.0.1:7 x --idle-timeout 1s",
    /--idle-timeout is for messages over a conn.*, and udp:/,
  ],
  [
    "udp://127.0.0.1:7 x --attempts 0",
    /"0" is not a whole number of at least 1/,
  ],
  ["udp://127.0.0.1:0 x", /port 0 is only for listening/],
  ["7342 x --proxy-protocol=v3", /there is no "v3".*; write v1 or v2/],
  ["7342 x --proxy-source 192.0.2.1:5", /--proxy-source is for --proxy-proto/],
  [
    "7342 x --proxy-protocol --proxy-source me",
    /--proxy-source: .*has no port/,
  ],
  [
    "udp://127.0.0.1:7 x --proxy-protocol",
    /--proxy-protocol is for messages over a conn/,
  ],
  [
    "7342 x --ca x.pem",
    /--ca is for TLS, and tcp:\/\/127\.0\.0\.1:7342 is not/,
  ],
  ["7342 x --insecure", /--insecure is for TLS/],
  ["tls://a:7 x --cert x.pem", /--cert needs --key; write both/],
  [
    "tls://a:7 x --ca /tmp/no/x.pem",
    /--ca: cannot read \/tmp\/no\/x\.pem: there is no/,
  ],
  ["tls://a:7 x --ca /tmp", /--ca: cannot read \/tmp: it is a folder/],
  ["7342 x --tls-engine node", /--tls-engine is for TLS, and tcp:/],
  [
    "tls://a:7 x --tls-engine nodejs",
    /--tls-engine: there is no "nodejs" \(did you mean "node"\?\); write native or node/,
  ],
  ["7342 x --record=", /--record needs the name of a file/],
  ["7342 x --pcapng -", /--pcapng needs a file, as messages go to standard/],
  ["7342 x --record a --pcapng a", /write different formats/],
  ["7342 x --record-drop", /--record-drop is for --record and --pcapng/],
  ["tls://a:7 x --alpn ,", /"," is not a list of protocols/],
  [
    "7342 x --attempts 2",
    /--attempts is for UDP, and tcp:.* is not; write udp:/,
  ],
  ["127.0.0.1:http x", /the port "http" is not a number from 0 to 65535/],
];

const WRONG_SERVER: [string, RegExp][] = [
  ["chop 7342", /chop belongs to parley-client; see parley-client help chop/],
  ["help udp", /udp belongs to parley-client; see parley-client help udp/],
  [
    "http 8080 --ws hub:/chat",
    /; a hub has a port of its own: hub ws:\/\/:8080/,
  ],
  ["http 8080 pub", /"pub" is not an address; .* write: http 8080 --root pub;/],
  ["echo -l 9000", /no option -l: it always listens/],
  ["echo -u 9000", /no option -u: for UDP write: parley-server print udp:7342/],
  ["echo ./app.sock", /no socket is at \.\/app\.sock; write unix:/],
  [
    "ehco 0",
    /no service "ehco" \(did you mean "echo"\?\); the services are echo, upper, reverse, /,
  ],
  [
    "7342 echo",
    /no service "7342"; the service comes first, write: echo 7342;/,
  ],
  ["7342", /no service "7342"; .* write for example: echo 7342;/],
  ["udp:7342", /the service comes first, write for example: echo udp:7342/],
  ["echo --port 7342", /no option --port: the port is the address/],
  ["echo 0 --tls", /no option --tls: .*write the address tls:/],
  ["echo --__proto__", /there is no option --__proto__;/],
  ["echo localhost 99999", /port 99999: it must be an integer from 0 to/],
  ["help ehco", /no help on "ehco" \(did you mean "echo"\?\)/],
  ["echo", /there is no address; write for example: echo 7342/],
  ["echo 70000", /0 to 65535/],
  ["greet 0 --count 3", /--count is for --every/],
  ["greet 0 --every 1s --frame close", /--frame close is for one/],
  ["greet 0 --every none", /"none" is not a duration/],
  ["greet 0 --every 1s --count 0", /"0" is not a whole number of at least 1/],
  ["echo 0 --max-connections many", /"many" is not a whole number/],
  ["echo 0 --when-full wiat", /did you mean "wait"\?/],
  [
    "echo 0 --timeout 5s",
    /no option --timeout: .*write for example: --idle-timeout 3s/,
  ],
  [
    "echo unix:x --proxy-protocol-from ::1",
    /is for tcp: and tls: addresses, and/,
  ],
  ["echo udp://127.0.0.1:0 --proxy-protocol-from ::1", /is for tcp: and tls:/],
  ["echo tls://[::1]:0", /needs --cert and --key; to try it, make both with/],
  ["echo 0 --cert x --key y", /--cert is for TLS, and echo on tcp:.* is not/],
  ["echo tls://[::1]:0 --key y", /--key needs --cert/],
  [
    "echo 0 --tls-engine native",
    /--tls-engine is for TLS, and echo on tcp:.* is not/,
  ],
  [
    "echo tls://[::1]:0 --cert x --key y --require-client-cert",
    /--require-client-cert and --ca, the issuers of the clients' certificates, go together/,
  ],
  ["echo 0 --workers 0", /"0" is not a whole number of at least 1/],
  ["echo 0 --workers 65", /65 workers are too many; write a number from 1/],
  [
    "echo udp://127.0.0.1:0 --workers 2",
    /--workers is for tcp: and tls: addresses/,
  ],
  ["echo 0 --workers 2 --max-connections-per-peer 3", /do not count together/],
  ["echo unix:", /cannot use an empty path/],
  [
    "echo 0 --mode 600",
    /--mode is for unix: addresses, and echo on tcp:.* is not/,
  ],
  ["echo unix:x --mode 8", /"8" is not a mode; write three octal digits/],
  ["echo unix:x --mode rw", /"rw" is not a mode/],
  ["greet udp://127.0.0.1:0", /greet cannot be served on udp:.*speaks first/],
  ["greet 0 udp://127.0.0.1:0", /use a tcp: address, or one of echo, upper/],
  [
    "echo udp://127.0.0.1:0 --frame raw",
    /means nothing over UDP: one datagram is one message/,
  ],
  [
    "echo udp://127.0.0.1:0 --max-connections 3",
    /--max-connections is for connections, and echo on udp:/,
  ],
  ["echo 0 --grace none", /"none" is not a duration/],
];

for (
  const [name, run, cases] of [
    ["runClient", runClient, WRONG_CLIENT],
    ["runServer", runServer, WRONG_SERVER],
  ] as const
) {
  for (const [line, pattern] of cases) {
    Deno.test(`${name}() exits 2 in one line for "${line}"`, async () => {
      const terminal = new RecordedTerminal();
      assertEquals(await run(line.split(" "), terminal), 2);
      assertMatch(terminal.told, pattern);
      assertMatch(terminal.told, /^parley-(client|server): .*--help\n$/);
      assertEquals(terminal.shown, "");
    });
  }
}

Deno.test("a command that needs words says in one line which are missing", async () => {
  for (
    const [run, program] of [[runServer, SERVER], [runClient, CLIENT]] as const
  ) {
    for (const name of Object.keys(program.commands)) {
      if (name === "help" || name === "man") continue;
      const terminal = new RecordedTerminal();
      assertEquals([name, await run([name], terminal)], [name, 2]);
      assertMatch(
        terminal.told,
        /^parley-\w+: .*(there is no|needed|nothing to|one shell).*--help\n$/,
      );
      assertEquals(terminal.shown, "");
    }
  }
});

Deno.test("runClient() shows help wherever it is asked for, be the rest right or wrong", async () => {
  for (const line of [["--help"], ["7342", "-h"], ["--bogus", "--help"]]) {
    const terminal = new RecordedTerminal();
    assertEquals(await runClient(line, terminal), 0);
    assertStringIncludes(terminal.shown, "Usage: parley-client ADDRESS");
    assertEquals(terminal.told, "");
  }
});

/** The command lines that ask for help on a service or a kind of address. */
const HELP_ON = [
  ...["echo", "upper", "reverse", "greet", "discard", "print", "http"].map(
    (service) => [runServer, [service, "--help"]] as const,
  ),
  ...["7342", "udp:7342", "http://127.0.0.1/"].map(
    (address) => [runClient, [address, "--help"]] as const,
  ),
];

async function shownBy(
  run: typeof runServer,
  args: readonly string[],
): Promise<string> {
  const terminal = new RecordedTerminal();
  assertEquals([await run(args, terminal), terminal.told], [0, ""]);
  return terminal.shown;
}

Deno.test("--help of both fits one screen of 80 columns and names every command", async () => {
  for (const run of [runServer, runClient]) {
    const text = await shownBy(run, ["--help"]);
    const rows = text.trimEnd().split("\n");
    assertEquals(rows.length <= 40, true, text);
    for (const row of rows) assertEquals(row.length <= 80, true, row);
    for (
      const [asked] of await allManuals(run === runServer ? SERVER : CLIENT)
    ) {
      assertMatch(text, new RegExp(`\\b${asked}\\b`));
    }
    const { name } = run === runServer ? SERVER : CLIENT;
    for (const topic of Object.keys(topicsOf(name))) {
      assertMatch(text, new RegExp(`\\b${topic}\\b`));
    }
  }
});

Deno.test("--help of every command fits one screen, shows the options used most, and says where all are", async () => {
  for (
    const [run, program] of [[runServer, SERVER], [runClient, CLIENT]] as const
  ) {
    for (const [asked, { options }] of await allManuals(program)) {
      const shown = await shownBy(run, ["help", asked]);
      const rows = shown.trimEnd().split("\n");
      assertEquals(rows.length <= 40, true, shown);
      for (const row of rows) assertEquals(row.length <= 80, true, row);
      const all = await shownBy(run, ["help", asked, "all"]);
      for (const [name, { usual }] of Object.entries(options)) {
        const typed = new RegExp(`^ {2}(-., )?--${name}\\b`, "m");
        assertMatch(all, typed);
        if (usual) assertMatch(shown, typed);
      }
      if (all !== shown) assertMatch(shown, /^ {2}--help all +all options, /m);
    }
  }
});

Deno.test("--help all is one word or two, anywhere, and of the executable it shows every option", async () => {
  const all = await shownBy(runServer, ["echo", "--help", "all"]);
  for (
    const args of [["--help", "all", "echo"], ["echo", "--help=all"], [
      "echo",
      "7342",
      "-h",
      "all",
    ], ["help", "echo", "all"]]
  ) {
    assertEquals(await shownBy(runServer, args), all);
  }
  for (
    const [run, program] of [[runServer, SERVER], [runClient, CLIENT]] as const
  ) {
    const every = await shownBy(run, ["--help", "all"]);
    assertEquals(await shownBy(run, ["help", "all"]), every);
    for (const { options } of (await allManuals(program)).values()) {
      for (const name of Object.keys(options)) {
        assertMatch(every, new RegExp(`^ {2}(-., )?--${name}\\b`, "m"));
      }
    }
  }
});

Deno.test("a command's --help all fits 80 columns and names its options with their defaults", async () => {
  for (const [run, args] of HELP_ON) {
    const shown = await shownBy(run, [...args, "all"]);
    for (const row of shown.split("\n")) {
      assertEquals(row.length <= 80, true, row);
    }
    const text = shown.replaceAll(/\s+/g, " ");
    assertStringIncludes(text, "--log FORM form of lines");
    assertStringIncludes(text, "(default text)");
    assertStringIncludes(text, "Exit codes: 0 done");
    assertStringIncludes(text, "Permissions: the network");
  }
});

Deno.test("a command's --help all shows options by subject, each subject once", async () => {
  for (const [run, args] of HELP_ON) {
    const shown = await shownBy(run, [...args, "all"]);
    const titles = [...shown.matchAll(/^\S.*:$/gm)].map(([t]) => t);
    assertEquals(titles.length, new Set(titles).size, titles.join(" "));
    if (args[0] === "udp:7342") continue;
    const [tls = ""] = /^Options for TLS:\n( .*\n)+/m.exec(shown) ?? [];
    for (const name of ["--ca", "--cert", "--key", "--handshake-timeout"]) {
      assertMatch(tls, new RegExp(`^  ${name} `, "m"));
    }
  }
});

Deno.test("a command's --help all shows what concerns it and nothing else", async () => {
  const absent = {
    echo: ["--root", "--every", "--format"],
    greet: ["--root", "--join", "--max-body"],
    http: ["--frame", "--every", "--join"],
    print: ["--root", "--every"],
  };
  for (const [service, names] of Object.entries(absent)) {
    const text = await shownBy(runServer, [service, "--help", "all"]);
    for (const name of names) {
      assertEquals(text.includes(`\n  ${name} `), false, name);
    }
  }
  const udp = await shownBy(runClient, ["help", "udp", "all"]);
  for (const name of ["--frame", "--ca", "--head"]) {
    assertEquals(udp.includes(`  ${name} `), false, name);
  }
  assertMatch(await shownBy(runServer, ["echo", "-h"]), /^ {2}--join GROUP/m);
  assertMatch(
    await shownBy(runServer, ["print", "-h"]),
    /^ {2}--format FORMAT/m,
  );
  assertMatch(await shownBy(runClient, ["help", "http"]), /^ {2}-I, --head /m);
});

Deno.test("help explains every command and topic that it names", async () => {
  for (
    const [run, program] of [[runServer, SERVER], [runClient, CLIENT]] as const
  ) {
    assertEquals(
      await shownBy(run, ["help"]),
      await shownBy(run, ["--help"]),
    );
    for (const asked of (await allManuals(program)).keys()) {
      assertMatch(await shownBy(run, ["help", asked]), /^Usage: parley-/m);
    }
    for (const topic of Object.keys(topicsOf(program.name))) {
      assertMatch(await shownBy(run, ["help", topic]), /^[A-Z].*:\n {2}/);
    }
  }
});

Deno.test("each executable knows what only the other one has", async () => {
  const wordsOf = async (program: Program) => [
    ...(await allManuals(program)).keys(),
    ...Object.keys(topicsOf(program.name)),
  ];
  for (
    const [program, other] of [[SERVER, CLIENT], [CLIENT, SERVER]] as const
  ) {
    const own = await wordsOf(program);
    const words = (await wordsOf(other)).filter((word) => !own.includes(word));
    assertEquals(program.sibling.name, other.name);
    assertEquals(program.sibling.words.toSorted(), words.toSorted());
  }
});

Deno.test("help frames names every framing", async () => {
  const shown = await shownBy(runClient, ["help", "frames"]);
  const missing = [...FORMATS.keys()]
    .filter((name) => !new RegExp(`\\b${name}\\b`).test(shown));
  assertEquals(missing, []);
});

Deno.test("an option without a value leaves the word behind it alone", () => {
  const { operands, options } = parseArguments(
    ["-q", "true", "--version", "false", "-oname", "--output=", "-"],
    {
      ...LOG_OPTIONS,
      output: {
        value: "FILE",
        many: true,
        letter: "o",
        help: "",
        parse: (t) => [t],
      },
    },
  );
  assertEquals(operands, ["true", "false", "-"]);
  assertEquals(options, {
    log: "text",
    quiet: true,
    verbose: false,
    help: false,
    version: true,
    output: ["name", ""],
  });
});

Deno.test("the server's defaults are those of the specification", async () => {
  const terminal = new RecordedTerminal();
  await runServer(["echo", "--help", "all"], terminal);
  const text = terminal.shown.replaceAll(/\s+/g, " ");
  const defaults = {
    "idle-timeout": "5m",
    "message-timeout": "30s",
    "max-connections": "10000",
    "grace": "5s",
    "max-message": "1MiB",
    "max-buffered": writtenSize(DEFAULT_MAX_BUFFERED_BYTES).text,
    "max-proxy-header": writtenSize(DEFAULT_MAX_PROXY_HEADER_BYTES).text,
  };
  for (const [name, value] of Object.entries(defaults)) {
    const pattern = new RegExp(
      `--${name} [^-]*(-[^-]+)*?\\(default ${value}\\)`,
    );
    assertMatch(text, pattern);
  }
});
