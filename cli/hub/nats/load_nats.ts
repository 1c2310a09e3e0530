/**
 * Loads the backbone on NATS, and with it the packages of NATS, when `--nats` asks
 * for it.
 *
 * The runtime downloads what a program may import before it starts, also behind an
 * `import()` that is never reached, unless the specifier is computed. So this one is.
 * The compiled server has the module: `.ci/compile.ts` bundles it beside this one, at
 * the top of the bundle.
 *
 * @module
 */

import type * as Nats from "../../../lib/nats/mod.ts";

const FROM_SOURCE = "../../../lib/nats/mod.ts";
const IN_BUNDLE = "./lib/nats/mod.js";

/** Loads the entry point `./nats`. */
export async function loadNats(): Promise<typeof Nats> {
  const here = import.meta.url;
  const path = here.endsWith(".ts") ? FROM_SOURCE : IN_BUNDLE;
  return await import(new URL(path, here).href);
}
