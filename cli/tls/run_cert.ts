/**
 * `parley-server cert`: makes a throw-away certificate and its key.
 *
 * @module
 */

import { HELP_OPTIONS } from "../arguments/common_options.ts";
import { parseArguments } from "../arguments/parse.ts";
import { ipBytes, makeCertificate } from "./certificate.ts";
import { durationIn, writtenDuration } from "../arguments/durations.ts";
import { errorText } from "../output/error_text.ts";
import { EXIT, type ExitCode } from "../output/exit_code.ts";
import { Failure, UsageError } from "../output/failure.ts";
import type { Manual } from "../manual/manual.ts";
import { optional, setting } from "../arguments/option.ts";
import { asTyped } from "../arguments/values.ts";
import type { Invocation, LoadedCommand } from "../program.ts";
import { type Terminal, writeLine } from "../terminal/terminal.ts";

const OPTIONS = {
  "name": setting(
    "NAME,...",
    { value: parseNames("localhost"), text: "localhost" },
    parseNames,
    "the host names and IP addresses it is for; localhost is 127.0.0.1 and ::1 too",
  ),
  "out": optional(
    "DIR",
    asTyped,
    "where cert.pem and key.pem are written; they are never overwritten",
  ),
  "valid-for": setting(
    "DURATION",
    writtenDuration(240 * 3_600_000),
    durationIn({}),
    "how long it is valid, from now on",
  ),
  ...HELP_OPTIONS,
} as const;

/** What `--help` says. */
const MANUAL: Manual = {
  name: "parley-server cert",
  usage: "--out DIR [options]",
  summary: "makes a throw-away certificate and its key",
  examples: [
    "parley-server cert --out .",
    "parley-server cert --name box.local,192.0.2.2 --out /tmp/tls",
    "parley-server echo tls://localhost:7343 --cert cert.pem --key key.pem",
    "parley-client tls://localhost:7343 hello --ca cert.pem",
  ],
  operands: [],
  options: OPTIONS,
  details: [{
    title: "Use",
    rows: [[
      "",
      "To try TLS. A client trusts it if you name it with --ca. It is self-signed but not an authority, so strict verifiers accept it from a server; they refuse what plain openssl req -x509 makes. A client can have one too; its cert.pem is then the server's --ca. For a public server, use a certificate of a public authority.",
    ]],
  }],
  exitCodes: [EXIT.done, EXIT.failed, EXIT.usage, EXIT.local],
};

// The clocks of two machines differ.
const EARLIER_MS = 3_600_000;

/** The command. */
export const CERT: LoadedCommand = {
  manual: () => MANUAL,
  run: runCert,
};

async function runCert({ args, terminal }: Invocation): Promise<ExitCode> {
  const { operands, options } = parseArguments(args.slice(1), OPTIONS);
  const { name: names, out } = options;
  if (operands.length > 0) {
    throw new UsageError(
      `"${operands[0]}" is not an option; write for example: --name ${
        operands[0]
      } --out .`,
    );
  }
  if (out === undefined) {
    throw new UsageError("there is no --out; write for example: --out .");
  }
  const now = terminal.now().getTime();
  const notAfter = new Date(now + options["valid-for"]);
  const { cert, key } = await makeCertificate({
    names,
    notBefore: new Date(now - EARLIER_MS),
    notAfter,
  });
  const folder = out.replace(/\/+$/, "") || "/";
  await write(terminal, `${folder}/key.pem`, key, 0o600);
  await write(terminal, `${folder}/cert.pem`, cert, 0o644);
  writeLine(
    terminal.output,
    `${folder}/cert.pem and ${folder}/key.pem are for ${
      names.join(", ")
    } until ${notAfter.toISOString()}`,
  );
  return EXIT.done;
}

async function write(
  terminal: Terminal,
  path: string,
  text: string,
  mode: number,
): Promise<void> {
  try {
    await terminal.createFile(path, text, mode);
  } catch (cause) {
    throw new Failure(
      EXIT.local,
      `cannot write ${path}: ${
        errorText(cause)
      }; remove it, or use another --out`,
      { cause },
    );
  }
}

function parseNames(text: string): readonly string[] {
  const names = text.split(",").map((name) => name.trim().toLowerCase());
  for (const name of names) {
    if (ipBytes(name) === undefined && !isHostName(name)) {
      throw new UsageError(
        `"${name}" is neither a host name nor an IP address; write for example: localhost,192.0.2.2`,
      );
    }
  }
  return names.includes("localhost")
    ? [...new Set([...names, "127.0.0.1", "::1"])]
    : [...new Set(names)];
}

function isHostName(name: string): boolean {
  const label = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?";
  // A name that ends in a label of digits is a broken IP address.
  return name.length <= 253 && !/(^|\.)\d+$/.test(name) &&
    new RegExp(`^(\\*\\.)?${label}(\\.${label})*$`).test(name);
}
