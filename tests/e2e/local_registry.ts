/**
 * A package registry for one test: as much of JSR as `deno publish` and
 * `import "jsr:..."` ask for, in memory, on loopback.
 *
 * ```text
 * deno publish ──► POST /api/scopes/S/packages/N/versions/V   a gzipped tar
 * import jsr:  ──► GET  /@S/N/meta.json, V_meta.json, V/FILE
 * ```
 *
 * @module
 */

import { gunzipSync } from "node:zlib";

const CONTENT_TYPES: Record<string, string> = {
  ".json": "application/json",
  ".ts": "text/typescript",
};

/** A registry that forgets everything when it is disposed of. */
export class LocalRegistry {
  readonly #files = new Map<string, Uint8Array<ArrayBuffer>>();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  /** Starts to listen on a free port of 127.0.0.1. */
  constructor() {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request) => this.#answer(request),
    );
  }

  /** The value for `JSR_URL`. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/`;
  }

  /** Stops listening. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const [, scope, name, version] = pathname.match(
      /^\/api\/scopes\/([^/]+)\/packages\/([^/]+)(?:\/versions\/([^/]+))?$/,
    ) ?? [];
    if (scope === undefined || name === undefined) return this.#file(pathname);
    if (version === undefined) return Response.json(packageInfo(scope, name));
    if (request.method !== "POST") return notFound();

    const archive = gunzipSync(await request.arrayBuffer());
    const config = searchParams.get("config") ?? "/deno.json";
    await this.#publish(`/@${scope}/${name}`, version, untar(archive), config);
    return Response.json({
      ...{ id: crypto.randomUUID(), status: "success", error: null },
      ...{ packageScope: scope, packageName: name, packageVersion: version },
      ...{ createdAt: "2026-01-01T00:00:00Z" },
      ...{ updatedAt: "2026-01-01T00:00:00Z" },
    });
  }

  #file(path: string): Response {
    const file = this.#files.get(path);
    if (file === undefined) return notFound();
    const extension = path.slice(path.lastIndexOf("."));
    const type = CONTENT_TYPES[extension] ?? "text/plain";
    return new Response(file, { headers: { "content-type": type } });
  }

  async #publish(
    root: string,
    version: string,
    files: Map<string, Uint8Array<ArrayBuffer>>,
    configPath: string,
  ): Promise<void> {
    const manifest: Record<string, { size: number; checksum: string }> = {};
    for (const [path, bytes] of files) {
      const hash = await crypto.subtle.digest("SHA-256", bytes);
      const checksum = `sha256-${new Uint8Array(hash).toHex()}`;
      manifest[path] = { size: bytes.length, checksum };
      this.#files.set(`${root}/${version}${path}`, bytes);
    }
    const config = JSON.parse(new TextDecoder().decode(files.get(configPath)));
    const exports = typeof config.exports === "string"
      ? { ".": config.exports }
      : config.exports;
    const [scope, name] = root.slice("/@".length).split("/");
    const versions = { [version]: {} };
    this.#files.set(
      `${root}/meta.json`,
      json({ scope, name, latest: version, versions }),
    );
    this.#files.set(
      `${root}/${version}_meta.json`,
      json({ manifest, exports }),
    );
  }
}

function notFound(): Response {
  return Response.json({ code: "notFound" }, { status: 404 });
}

function packageInfo(scope: string, name: string): Record<string, unknown> {
  return {
    ...{ scope, name, description: "", runtimeCompat: {} },
    ...{ githubRepository: null, latestVersion: null },
  };
}

function json(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(value));
}

/** Takes the files out of a tar archive: 512-byte headers, padded contents. */
function untar(archive: Uint8Array): Map<string, Uint8Array<ArrayBuffer>> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const text = (from: number, to: number) =>
    new TextDecoder().decode(archive.subarray(from, to)).replace(/\0.*$/s, "");
  for (let at = 0; archive[at]; at += 512) {
    const size = parseInt(text(at + 124, at + 136), 8);
    const type = text(at + 156, at + 157);
    const name = text(at, at + 100).replace(/^\.?\//, "");
    if (type === "" || type === "0") {
      files.set(
        `/${name}`,
        new Uint8Array(archive.slice(at + 512, at + 512 + size)),
      );
    } else if (type !== "5") {
      throw new Error(`Cannot read archive as entry "${name}" is a "${type}"`);
    }
    at += Math.ceil(size / 512) * 512;
  }
  return files;
}
