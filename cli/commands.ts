/**
 * The commands of both executables. Each is loaded when it is asked for, so that
 * starting one does not pay for the others.
 *
 * ```text
 * parley-server echo 7342     ─► commands.echo ─► server/run_server.ts
 * parley-server cert --out .  ─► commands.cert ─► tls/run_cert.ts
 * parley-client 7342 hello    ─► otherwise     ─► client/run_client.ts
 * ```
 *
 * @module
 */

export { CLIENT, runClient } from "./client_commands.ts";
export { runServer, SERVER } from "./server_commands.ts";
