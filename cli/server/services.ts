/**
 * The services: a row of this table and a file each. Their names are commands,
 * `--help` is made of their summaries and examples, and an option applies to one
 * of them as `"service NAME"`. The file is loaded once the server listens.
 *
 * @module
 */

import { HTTP_DETAILS, urlOf } from "../http/server/http_manual.ts";
import type { Service } from "./service.ts";

/** The services by name. */
export const SERVICES: Readonly<Record<string, Service>> = {
  echo: {
    summary: "answers each message with itself",
    examples: [
      "parley-server echo 7342",
      "parley-server echo 7342 udp://127.0.0.1:7342 --log json",
      "parley-server echo tls://localhost:7343 --cert cert.pem --key key.pem",
    ],
    load: () => import("./services/echo.ts"),
  },
  upper: {
    summary: "answers in Unicode upper case; only UTF-8 is text",
    examples: [
      "parley-server upper 7342 --frame length:4 --max-message 16MiB",
      "parley-server upper unix:/tmp/app.sock --mode 600",
      "parley-server upper udp://0.0.0.0:7342 --join 239.1.2.3",
    ],
    load: () => import("./services/upper.ts"),
  },
  reverse: {
    summary: "answers with the bytes in reverse order",
    examples: ["parley-server reverse 7342 --frame header:10"],
    load: () => import("./services/reverse.ts"),
  },
  greet: {
    summary: "speaks first, see --message, --every and --count",
    examples: [
      "parley-server greet 7342 --message 'Good morning'",
      "parley-server greet :7342 --frame header:10 --every 1s",
    ],
    load: () => import("./services/greet.ts"),
    notOverUdp:
      "it speaks first, and over UDP it knows of no peer before a datagram comes",
  },
  discard: {
    summary: "reads and counts",
    examples: ["parley-server discard 7342 --frame raw"],
    load: () => import("./services/discard.ts"),
  },
  print: {
    summary: "shows each message on standard output, in --format",
    examples: [
      "parley-server print 7342 --frame length:4 --format hex",
      "parley-server print 7342 --frame line --chunks",
    ],
    load: () => import("./services/print.ts"),
  },
  http: {
    summary: "shows a browser what it sent; with --root, serves files",
    examples: [
      "parley-server http :8080",
      "parley-server http 8080 --root public --index",
      "parley-server http 8080 --root public --ws echo:/chat",
    ],
    protocol: {
      load: () => import("../http/server/start_http.ts"),
      write: urlOf,
    },
    notOverUdp: "HTTP/1.1 needs connections, and UDP has none",
    details: HTTP_DETAILS,
  },
};
