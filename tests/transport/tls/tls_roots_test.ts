import { assertEquals } from "@std/assert";
import { serve } from "../../../lib/session/serving/serve.ts";
import { certificates, hasOpenssl } from "../../support/certificates.ts";

const LIB = new URL("../../../lib", import.meta.url).href;

// In a process of its own, as the runtime reads DENO_CERT when it starts: the
// certificates in there are then some of the well-known ones.
async function connectToAll(
  lib: string,
  tlsEngine: "native" | "node",
  ca: string,
  ports: readonly number[],
): Promise<string[]> {
  const { connectTls } = await import(`${lib}/transport/tls/mod.ts`);
  const outcomes: string[] = [];
  for (const port of ports) {
    try {
      const connection = await connectTls({ hostname: "127.0.0.1", port }, {
        caCerts: [ca],
        serverName: "localhost",
        tlsEngine,
      });
      connection.close();
      await connection.released;
      outcomes.push("trusted");
    } catch (error) {
      outcomes.push((error as { code: string }).code);
    }
  }
  return outcomes;
}

for (const tlsEngine of ["native", "node"] as const) {
  Deno.test({
    name:
      `connectTls() trusts caCerts besides the well-known authorities, engine ${tlsEngine}`,
    ignore: !hasOpenssl, // what makes the certificates
    async fn() {
      const { ca, expired, otherCa, server, untrusted } = await certificates();
      const known = await Deno.makeTempFile({ suffix: ".pem" });
      await Deno.writeTextFile(known, otherCa);
      const onEvent = () => {};
      const at = "tls://127.0.0.1:0";
      await using byOurs = await serve(at, { ...server, onEvent }, () => {});
      await using byKnown = await serve(
        at,
        { ...untrusted, onEvent },
        () => {},
      );
      await using tooOld = await serve(at, { ...expired, onEvent }, () => {});
      const ports = [byOurs, byKnown, tooOld].map(({ address }) =>
        address.port
      );
      const source = `console.log(JSON.stringify(await (${connectToAll})(...${
        JSON.stringify([LIB, tlsEngine, ca, ports])
      })))`;
      const run = async (env: string) => {
        const { stdout, stderr } = await new Deno.Command("sh", {
          args: ["-c", `${env} exec "$0" eval "$1"`, Deno.execPath(), source],
          stdin: "null",
        }).output();
        const decoder = new TextDecoder();
        const text = decoder.decode(stdout);
        return text === "" ? decoder.decode(stderr) : JSON.parse(text);
      };

      assertEquals(await run(`DENO_CERT='${known}'`), [
        ...["trusted", "trusted", "tls"],
      ]);
      assertEquals(await run(""), ["trusted", "tls", "tls"]);
      await Deno.remove(known);
    },
  });
}
