/**
 * nginx as it is installed, with a configuration of a test's own.
 *
 * @module
 */

import { type Folder, folder, within } from "./foreign_http.ts";
import { Process } from "./processes.ts";
import { freePort } from "./ports.ts";

/** An nginx that runs. */
export interface Nginx extends AsyncDisposable {
  /** Its URL, without a slash at the end. */
  readonly url: string;
  /** The folder of the files that it serves. */
  readonly root: string;
}

/** How long it may take to start. */
const START_MS = 60_000;

/**
 * Runs nginx until it is disposed of.
 *
 * @param server Directives for its one server.
 * @param http Directives beside it, such as an `upstream`.
 * @returns It, listening.
 */
export async function nginx(server: string, http = ""): Promise<Nginx> {
  const files = await folder();
  const root = `${files.path}/www`;
  const port = freePort();
  await Deno.mkdir(root);
  const listen = `listen 127.0.0.1:${port}; root ${root};`;
  const config = `${surroundings(files)}
http { ${temporaryPaths(files)} ${http}
server { ${listen} ${server} } }`;
  await Deno.writeTextFile(`${files.path}/nginx.conf`, config);
  const command = `exec nginx -e stderr -p '${files.path}' -c nginx.conf`;
  const process = new Process("sh", ["-c", command]);
  const dispose = async () => {
    await process[Symbol.asyncDispose]();
    await files[Symbol.asyncDispose]();
  };
  try {
    // By then it listens.
    const line = process.line(/using the ".*" event method/);
    await within(START_MS, "nginx to start", line);
    const url = `http://127.0.0.1:${port}`;
    return { url, root, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** One process, of this user, that ends with the test. */
function surroundings({ path }: Folder): string {
  return `daemon off; master_process off; pid ${path}/pid;
error_log stderr notice; events { worker_connections 512; }`;
}

function temporaryPaths({ path }: Folder): string {
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${path}/${name};`);
  return `access_log off; ${paths.join(" ")}`;
}
