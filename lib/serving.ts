/**
 * What `parley-server` serves with, once it listens. It is apart from `core.ts`, as
 * the client needs all of that and nothing of this.
 *
 * It is not an entry point: programs import those.
 *
 * @module
 */

export { serve } from "./session/serving/serve.ts";
