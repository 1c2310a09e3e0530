/**
 * The package as its users get it: published to a registry on this machine,
 * then consumed by `jsr:` in an empty folder with an empty cache.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { TextLineStream } from "@std/streams/text-line-stream";
import config from "../../deno.json" with { type: "json" };
import { LocalRegistry } from "./local_registry.ts";

const ROOT = `${import.meta.dirname}/../..`;
const STD = config.links.map((path) => path.slice("./.std/".length));
const VERSION = config.version;
const SERVER = `jsr:@parley/parley@${VERSION}/server`;
const CLIENT = `jsr:@parley/parley@${VERSION}/client`;
const STD_PACKAGE = /^jsr:\/?@std\/[a-z]+@\^1(\/|$)/;
/** Folders that import packages of npm, each loaded only by those who need it. */
const NPM_PACKAGES: Readonly<Record<string, RegExp>> = {
  "/cli/output/views/":
    /^npm:\/?(@bufbuild\/protobuf|@msgpack\/msgpack|cborg)@\^\d+\.\d+(\/|$)/,
  "/lib/load/measuring/": /^npm:\/?hdr-histogram-js@\d+\.\d+\.\d+\//,
  "/lib/nats/": /^npm:\/?@nats-io\/(nats-core|jetstream)@~\d+\.\d+\.\d+(\/|$)/,
};
// They run when they are the main program, and export nothing.
const EXECUTABLES = ["./server", "./client"];
const CLI_PERMISSIONS = ["--no-prompt", "--allow-net", "--allow-env=NO_COLOR"];

const CONVERSATION = `
import { connect, serve } from "@parley/parley";
import { lengthPrefix } from "@parley/parley/framing";

const framing = lengthPrefix({ bytes: 4 });
const server = await serve(
  "tcp://127.0.0.1:0",
  { framing, encoding: "text" },
  async (connection) => {
    for await (const message of connection) {
      await connection.send(message.toUpperCase());
    }
  },
);
{
  await using connection = await connect(server.address, {
    framing: "length:4",
    encoding: "text",
  });
  await connection.send("hello");
  console.log(await connection.receive());
}
await server.shutdown();
`;

Deno.test("the package works for those who get it from a registry", async (t) => {
  await using registry = new LocalRegistry();
  await using folder = await TemporaryFolder.create();
  const app = `${folder.path}/app`;
  const deno = new DenoCommand(app, {
    DENO_DIR: `${folder.path}/cache`,
    DENO_NO_UPDATE_CHECK: "1",
    JSR_URL: registry.url,
    NO_COLOR: "1",
  });
  await Deno.mkdir(app);
  await Deno.writeTextFile(`${app}/deno.json`, "{}");

  await t.step("it is published with its own files only", async () => {
    const publish = ["publish", "--allow-dirty", "--token", "x"];
    await Promise.all(STD.map(async (name) => {
      const copy = `${folder.path}/std/${name}`;
      await copyFolder(`${ROOT}/.std/${name}`, copy);
      await deno.in(copy).run(...publish, "--no-check");
    }));
    await deno.in(ROOT).run("run", "-A", ".ci/stage.ts");
    await deno.in(`${ROOT}/dist/jsr`).run(...publish);

    const files = await publishedFiles(registry);
    assertEquals(
      files.filter((path) => !/^\/(mod\.ts|(lib|cli)\/.+\.ts)$/.test(path)),
      ["/LICENSE", "/README.md", "/deno.json"],
    );
    assertEquals(files.filter((path) => path.startsWith("/cli/demo")), []);
  });

  await t.step("it names the standard library, not our links", async () => {
    for (const path of await publishedFiles(registry)) {
      if (!path.endsWith(".ts")) continue;
      const source = await (await fetch(fileUrl(registry, path))).text();
      const code = source.replace(/\/\*[^]*?\*\//g, "");
      for (const [, from] of code.matchAll(/from "([^".][^"]*)"/g)) {
        // The runtime's own modules come with it.
        if (from!.startsWith("node:")) continue;
        const [, allowed] = Object.entries(NPM_PACKAGES)
          .find(([folder]) =>
            path.startsWith(folder) && from!.startsWith("npm:")
          ) ??
          [];
        assertMatch(from!, allowed ?? STD_PACKAGE, path);
      }
    }
  });

  await t.step(
    "`deno add` finds it, and a program on it type-checks",
    async () => {
      await deno.run("add", "jsr:@parley/parley");
      await Deno.writeTextFile(`${app}/talk.ts`, CONVERSATION);
      await deno.run("check", "talk.ts");
    },
  );

  await t.step("a conversation runs on it", async () => {
    const { stdout } = await deno
      .run("run", "--no-prompt", "--allow-net=127.0.0.1", "talk.ts");
    assertEquals(stdout, "HELLO\n");
  });

  await t.step("every entry point loads by itself", async () => {
    for (const entry of Object.keys(config.exports)) {
      const specifier = `@parley/parley${entry.slice(".".length)}`;
      const program = `import * as all from "${specifier}";
        console.log(Object.keys(all).length > 0);`;
      await Deno.writeTextFile(`${app}/entry.ts`, program);
      const { stdout } = await deno.run("run", "--no-prompt", "entry.ts");
      assertEquals(stdout, `${!EXECUTABLES.includes(entry)}\n`, entry);
    }
  });

  await t.step("a program compiled on it holds the conversation", async () => {
    await deno.run(
      ...["run", "-A", `${ROOT}/.ci/deno_compile.ts`],
      ...["--no-prompt", "--allow-net=127.0.0.1", "-o", "talk", "talk.ts"],
    );
    // A program this test made cannot be among its permissions beforehand.
    const { stdout } = await deno.with("sh").run("-c", "./talk");
    assertEquals(stdout, "HELLO\n");
  });

  await t.step("both executables run from it", async () => {
    const args = ["run", ...CLI_PERMISSIONS, SERVER, "echo", "127.0.0.1:0"];
    await using server = deno.command(...args).spawn();
    const lines = server.stderr.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream());
    let address: string | undefined;
    for await (const line of lines.values({ preventCancel: true })) {
      address = line.match(/^listening on (tcp:\S+)$/)?.[1];
      if (address !== undefined) break;
    }
    const { stdout } = await deno
      .run("run", ...CLI_PERMISSIONS, CLIENT, address!, "hello", "again");
    assertEquals(stdout, "hello\nagain\n");

    server.kill("SIGTERM");
    await lines.cancel();
    await server.stdout.cancel();
    assertEquals((await server.status).code, 0);
  });

  await t.step("hub --nats loads the packages of NATS", async () => {
    const { code, stderr } = await deno.command(
      // jsr.io needs no permission of its own.
      ...["run", ...CLI_PERMISSIONS, "--allow-import", SERVER, "hub", "0"],
      ...["--nats", "127.0.0.1:1", "--retry", "0s"],
    ).output();
    const text = new TextDecoder().decode(stderr);
    assertEquals(code, 4, text);
    assertMatch(text, /cannot connect to NATS at 127\.0\.0\.1:1: /);
  });
});

/** Runs Deno in one folder with one environment. */
class DenoCommand {
  readonly #cwd: string;
  readonly #env: Record<string, string>;
  readonly #program: string;

  constructor(
    cwd: string,
    env: Record<string, string>,
    program = Deno.execPath(),
  ) {
    this.#cwd = cwd;
    this.#env = env;
    this.#program = program;
  }

  in(cwd: string): DenoCommand {
    return new DenoCommand(cwd, this.#env, this.#program);
  }

  with(program: string): DenoCommand {
    return new DenoCommand(this.#cwd, this.#env, program);
  }

  command(...args: string[]): Deno.Command {
    return new Deno.Command(this.#program, {
      args,
      cwd: this.#cwd,
      env: this.#env,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    });
  }

  async run(...args: string[]): Promise<{ stdout: string; stderr: string }> {
    const output = await this.command(...args).output();
    const stdout = new TextDecoder().decode(output.stdout);
    const stderr = new TextDecoder().decode(output.stderr);
    if (output.success) return { stdout, stderr };
    throw new Error(
      `${args.join(" ")} exits ${output.code}\n${stdout}\n${stderr}`,
    );
  }
}

class TemporaryFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async create(): Promise<TemporaryFolder> {
    return new TemporaryFolder(await Deno.makeTempDir());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name } of Deno.readDir(from)) {
    await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}

function fileUrl(registry: LocalRegistry, path: string): string {
  return `${registry.url}@parley/parley/${VERSION}${path}`;
}

async function publishedFiles(registry: LocalRegistry): Promise<string[]> {
  const meta = `${registry.url}@parley/parley/${VERSION}_meta.json`;
  const { manifest } = await (await fetch(meta)).json();
  return Object.keys(manifest).sort();
}
