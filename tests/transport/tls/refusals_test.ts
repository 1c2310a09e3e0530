/**
 * Why a client refuses a server's certificate, in the words of both engines: what
 * is known, and no more.
 *
 * @module
 */

import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { ConnectionError } from "../../../lib/errors.ts";
import {
  connectTls,
  listenTls,
  type TlsDialOptions,
  type TlsListenOptions,
} from "../../../lib/transport/tls/mod.ts";
import {
  type Certificates,
  certificates,
  hasOpenssl,
} from "../../support/certificates.ts";

const LOOPBACK = { hostname: "127.0.0.1", port: 0 };

/** Reason, option and advice that an engine gives. */
type Known = readonly [
  reason: string,
  option?: string | undefined,
  advice?: string,
];

const UNVERIFIED: Known = [
  "its certificate cannot be verified: it comes from an authority that is not trusted here, or it has expired, is not valid yet or is not for this use; the runtime does not say which",
  "caCerts",
];
const UNKNOWN: Known = [
  "its certificate comes from an authority that is not trusted here",
  "caCerts",
];

const REFUSALS: readonly {
  readonly name: string;
  readonly server: (made: Certificates) => TlsListenOptions;
  readonly client?: TlsDialOptions;
  readonly native: Known;
  readonly node: Known;
}[] = [
  {
    name: "that has expired",
    server: ({ expired }) => expired,
    native: ["its certificate has expired"],
    node: ["its certificate has expired"],
  },
  {
    name: "that is not valid yet",
    server: ({ notYetValid }) => notYetValid,
    native: ["its certificate is not valid yet"],
    node: UNVERIFIED,
  },
  {
    name: "for another use",
    server: ({ wrongUse }) => wrongUse,
    native: ["its certificate is not meant for this use"],
    node: UNVERIFIED,
  },
  {
    name: "for a name that its authority may not vouch for",
    server: ({ constrained }) => constrained,
    native: [
      "its certificate is for a name that its authority may not vouch for",
    ],
    node: UNVERIFIED,
  },
  {
    name: "of an authority that it does not know",
    server: ({ untrusted }) => untrusted,
    native: UNKNOWN,
    node: UNVERIFIED,
  },
  {
    name: "that is its own authority",
    server: ({ plain }) => plain,
    native: [
      "its certificate is that of an authority and must not be shown by a server: make one with basicConstraints=CA:FALSE",
    ],
    node: UNKNOWN,
  },
  {
    name: "for an address that is in it as a host name",
    server: ({ addressAsName }) => addressAsName,
    native: [
      "its certificate has 127.0.0.1 as a host name, not as an IP address",
      "serverName",
    ],
    node: [
      "its certificate is not for 127.0.0.1: it names no IP address",
      "serverName",
    ],
  },
  {
    name: "for another name",
    server: ({ otherName }) => otherName,
    client: { serverName: "localhost" },
    native: [
      "its certificate is not for localhost but for other.test",
      "serverName",
    ],
    node: [
      "its certificate is not for localhost but for other.test",
      "serverName",
    ],
  },
  {
    name: "for a name where an address is asked for",
    server: ({ otherName }) => otherName,
    native: [
      "its certificate is not for 127.0.0.1 but for other.test",
      "serverName",
    ],
    node: [
      "its certificate is not for 127.0.0.1: it names no IP address",
      "serverName",
    ],
  },
  {
    // Another --server-name would not help.
    name: "for no name at all",
    server: ({ nameless }) => nameless,
    client: { serverName: "localhost" },
    native: [
      "its certificate is not for localhost: it has no subjectAltName",
      undefined,
      "make one with subjectAltName=DNS:localhost",
    ],
    node: [
      "its certificate is not for localhost but for nameless",
      "serverName",
    ],
  },
];

for (const { name, server, client, ...known } of REFUSALS) {
  for (const tlsEngine of ["native", "node"] as const) {
    Deno.test({
      name:
        `connectTls() says what is known of a certificate ${name}, engine ${tlsEngine}`,
      ignore: !hasOpenssl, // what makes the certificates
      async fn() {
        const made = await certificates();
        const listener = await listenTls(LOOPBACK, server(made));
        const accepted = listener.accept();
        const error = await assertRejects(
          () =>
            connectTls(listener.address, {
              caCerts: [made.ca, made.constrainedCa],
              tlsEngine,
              ...client,
            }),
          ConnectionError,
        );
        const peer = await accepted;
        await assertRejects(async () => await peer.handshake?.());
        peer.close();
        await peer.released;
        listener.close();

        assertEquals(error.code, "tls");
        assertEquals(error.action, "shake hands with");
        assertEquals(error.address, `${listener.address}`);
        assertEquals([error.reason, error.option], [
          known[tlsEngine][0],
          known[tlsEngine][1],
        ]);
        const advice = known[tlsEngine][2];
        if (advice !== undefined) assertEquals(error.advice, advice);
        assertInstanceOf(error.cause, Error);
      },
    });
  }
}

Deno.test({
  name: "listenTls() says that a key is too short, not what OpenSSL calls it",
  ignore: !hasOpenssl, // what makes the certificate
  async fn() {
    const folder = await Deno.makeTempDir();
    await new Deno.Command("openssl", {
      args: [
        ..."req -x509 -newkey rsa:1024 -nodes -days 1 -subj /CN=short".split(
          " ",
        ),
        ...["-keyout", `${folder}/key.pem`, "-out", `${folder}/cert.pem`],
      ],
      stderr: "null",
    }).output();
    const cert = await Deno.readTextFile(`${folder}/cert.pem`);
    const key = await Deno.readTextFile(`${folder}/key.pem`);
    await Deno.remove(folder, { recursive: true });
    const error = await assertRejects(
      () => listenTls(LOOPBACK, { cert, key }),
      ConnectionError,
    );

    assertEquals(error.code, "tls");
    assertEquals(
      error.message,
      "Cannot listen on tls://127.0.0.1:0: the key of the certificate is too short to be safe (cert)",
    );
  },
});
