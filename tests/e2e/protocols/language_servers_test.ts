/**
 * Framings `lsp` and `dap` against language servers and a debug adapter.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { peerTest, run } from "../../support/protocol_peers.ts";
import { wholePackets } from "../../support/whole_packets.ts";
import { SpokenProcess } from "../../support/spoken_process.ts";

/** Any message of either protocol. */
interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly result?: unknown;
  readonly type?: string;
  readonly seq?: number;
  readonly request_seq?: number;
  readonly command?: string;
  readonly event?: string;
  readonly success?: boolean;
  // deno-lint-ignore no-explicit-any -- of another shape for each of them
  readonly body?: any;
}

const TEXT = new TextEncoder();
const encoded = (value: unknown) => TEXT.encode(JSON.stringify(value));
const parsed = (message: Uint8Array): Message =>
  JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(message));

/** Receives until a message is the wanted one. */
async function until(
  peer: SpokenProcess,
  isWanted: (message: Message) => boolean,
): Promise<Message> {
  for (;;) {
    const message = parsed(await peer.receive());
    if (isWanted(message)) return message;
  }
}

interface LanguageServer {
  readonly name: string;
  readonly args: readonly string[];
  readonly languageId: string;
  readonly text: string;
  /** What is asked about the text, and part of the answer. */
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly answer: RegExp;
}

const SERVERS: readonly LanguageServer[] = [{
  name: "deno lsp",
  args: ["lsp"],
  languageId: "typescript",
  // Characters of two and of four bytes: lengths are in bytes.
  text: "const grüße = '🙂🙂'",
  // Formatting needs no compiler, which takes long to start.
  method: "textDocument/formatting",
  params: { options: { tabSize: 2, insertSpaces: true } },
  answer: /"newText":"const grüße = \\"🙂🙂\\";\\n"/,
}, {
  name: "docker-langserver of npm",
  args: [
    ...["run", "-A", "--quiet"],
    "npm:dockerfile-language-server-nodejs@^0.15/docker-langserver",
    "--stdio",
  ],
  languageId: "dockerfile",
  text: "FROM scratch\nWORKDIR /ü\n",
  method: "textDocument/hover",
  params: { position: { line: 1, character: 2 } },
  answer: /working directory/i,
}];

/** A server of the network whose client is a program's standard input and output. */
function onPort(args: readonly string[]): Deno.TcpListener {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  void (async () => {
    for await (const conn of listener) {
      const child = new Deno.Command(Deno.execPath(), {
        args: [...args],
        stdin: "piped",
        stdout: "piped",
        stderr: "null",
      }).spawn();
      const done = [
        conn.readable.pipeTo(child.stdin),
        child.stdout.pipeTo(conn.writable),
      ];
      // One of them fails when the program ends before the connection.
      await Promise.allSettled([...done, child.status]);
    }
  })();
  return listener;
}

/** As an editor starts a language server that is on a port. */
function throughBridge(port: number): readonly string[] {
  const { pathname } = new URL("../../../cli/server.ts", import.meta.url);
  const bridge = ["bridge", "lsp@-", `127.0.0.1:${port}`, "--quiet"];
  return ["run", "-A", "--quiet", pathname, ...bridge];
}

const CONVERSATIONS = [
  ...SERVERS.map((spec) => ({ spec, isBridged: false })),
  { spec: SERVERS[1]!, isBridged: true },
];

for (const { spec, isBridged } of CONVERSATIONS) {
  const { name, languageId, text, method, params, answer } = spec;
  const through = isBridged ? " on a port, through a bridge" : "";
  Deno.test(`lsp: a conversation with ${name}${through}`, async () => {
    using port = isBridged ? onPort(spec.args) : undefined;
    const args = port === undefined ? spec.args : throughBridge(port.addr.port);
    await using server = SpokenProcess.start("lsp", Deno.execPath(), ...args);
    let id = 0;
    const notify = (method: string, params?: unknown) =>
      server.send(encoded({ jsonrpc: "2.0", method, params }));
    const ask = async (method: string, params?: unknown): Promise<Message> => {
      await server.send(encoded({ jsonrpc: "2.0", id: ++id, method, params }));
      return await until(server, (m) => m.id === id && m.method === undefined);
    };
    const capabilities = await ask("initialize", {
      processId: null,
      rootUri: null,
      // Deno's is off by default.
      initializationOptions: { enable: true },
      capabilities: {
        textDocument: { hover: { contentFormat: ["plaintext"] } },
      },
    });
    assertMatch(
      JSON.stringify(capabilities.result),
      /"(hover|documentFormatting)Provider":true/,
    );
    await notify("initialized", {});
    const uri = "file:///nowhere/file.ts";
    await notify("textDocument/didOpen", {
      textDocument: { uri, languageId, version: 1, text },
    });
    const textDocument = { uri };
    const said = await ask(method, { textDocument, ...params });
    assertMatch(JSON.stringify(said.result), answer);
    assertEquals((await ask("shutdown")).result, null);
    await notify("exit");
    assertEquals((await server.ended()).code, 0);
    assertEquals(await server.connection.receive(), undefined);

    const { recorded } = server;
    const sent = wholePackets("lsp", recorded.client).map(parsed);
    const received = wholePackets("lsp", recorded.server).map(parsed);
    assertEquals(sent.map(({ method }) => method), [
      ...["initialize", "initialized", "textDocument/didOpen"],
      ...[method, "shutdown", "exit"],
    ]);
    assertEquals(
      received.filter((m) => m.method === undefined).map(({ id }) => id),
      [1, 2, 3],
    );
  });
}

const PYTHON = "/usr/bin/python3";

const hasDebugpy = (await run(`${PYTHON} -c "import debugpy"`)).code === 0;

await peerTest({
  name: "dap: a program is debugged with debugpy's adapter",
  needs: [],
  unless: hasDebugpy ? undefined : "python3-debugpy is not installed",
  async fn(folder) {
    const program = `${folder}/program.py`;
    await Deno.writeTextFile(
      program,
      'print("grüße 🙂")\nx = 6\nprint(x * 7)\n',
    );
    await using adapter = SpokenProcess.start(
      "dap",
      ...["sh", "-c", 'exec "$0" -m debugpy.adapter', PYTHON] as const,
    );
    let seq = 0;
    const send = (command: string, args?: unknown) =>
      adapter.send(
        encoded({ seq: ++seq, type: "request", command, arguments: args }),
      );
    const answer = async (): Promise<Message> => {
      const wanted = seq;
      const message = await until(adapter, (m) => m.request_seq === wanted);
      assertEquals(message.success, true, JSON.stringify(message));
      return message;
    };
    const event = (event: string) => until(adapter, (m) => m.event === event);

    await send("initialize", { adapterID: "test", pathFormat: "path" });
    assertEquals((await answer()).body.supportsConfigurationDoneRequest, true);
    await send("launch", { program, console: "internalConsole", cwd: folder });
    await event("initialized");
    await send("setBreakpoints", {
      source: { path: program },
      breakpoints: [{ line: 3 }],
    });
    assertEquals((await answer()).body.breakpoints[0].verified, true);
    await send("configurationDone");
    const stopped = await event("stopped");
    assertEquals(stopped.body.reason, "breakpoint");
    await send("stackTrace", { threadId: stopped.body.threadId });
    const frameId = (await answer()).body.stackFrames[0].id;
    await send("evaluate", { expression: "x * 7", frameId });
    assertEquals((await answer()).body.result, "42");
    await send("continue", { threadId: stopped.body.threadId });
    await event("terminated");
    await send("disconnect");
    await answer();

    const { client, server } = adapter.recorded;
    const sent = wholePackets("dap", client).map(parsed);
    assertEquals(sent.map(({ seq }) => seq), sent.map((_, i) => i + 1));
    const received = wholePackets("dap", server).map(parsed);
    // debugpy numbers a message before it takes the turn to write it, so two of
    // its threads can write 3 before 2. Each number must be there, once.
    assertEquals(
      received.map(({ seq }) => Number(seq)).toSorted((a, b) => a - b),
      received.map((_, i) => i + 1),
    );
    const output = received.filter((m) => m.event === "output")
      .map(({ body }) => body).filter(({ category }) => category === "stdout")
      .map(({ output }) => output).join("");
    assert(output.startsWith("grüße 🙂\n42\n"), output);
  },
});
