/**
 * Certificates for tests, made by `openssl` when they are first needed and gone
 * when the tests end. None is ever in the repository.
 *
 * @module
 */

/** Certificates that were made for one run. */
export interface Certificates {
  /** An authority. */
  readonly ca: string;
  /** Another authority, which nobody trusts. */
  readonly otherCa: string;
  /** For `localhost` and `127.0.0.1`, by the authority. */
  readonly server: Pair;
  /** The same for another key. */
  readonly renewed: Pair;
  /** For `other.test`, by the authority. */
  readonly otherName: Pair;
  /** For `localhost`, by the authority, until yesterday. */
  readonly expired: Pair;
  /** For `localhost`, by the other authority. */
  readonly untrusted: Pair;
  /** For `localhost`, by itself, as plain `openssl req -x509` makes it. */
  readonly plain: Pair;
  /** A client's, by the authority. */
  readonly client: Pair;
  /** A client's, by the other authority. */
  readonly stranger: Pair;
  /** A client's, by the authority, until yesterday. */
  readonly formerClient: Pair;
}

/** A certificate and its key, in PEM. */
export interface Pair {
  /** The certificate. */
  readonly cert: string;
  /** The key. */
  readonly key: string;
}

/** Whether certificates can be made here. */
export const hasOpenssl: boolean = await runsOpenssl();

async function runsOpenssl(): Promise<boolean> {
  try {
    const { success } = await new Deno.Command("openssl", {
      args: ["version"],
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch {
    // A program that is missing is thrown at once, and no rejection.
    return false;
  }
}

if (!hasOpenssl) {
  // deno-lint-ignore no-console -- a skip must be seen
  console.error("openssl is not installed: the tests of TLS are skipped");
}

let made: Promise<Certificates> | undefined;

/**
 * Makes the certificates, once.
 *
 * @returns The certificates.
 */
export function certificates(): Promise<Certificates> {
  made ??= make();
  return made;
}

async function make(): Promise<Certificates> {
  const folder = await Deno.makeTempDir({ prefix: "parley-certificates-" });
  try {
    const maker = new Maker(folder);
    await Promise.all([
      maker.selfSigned("ca", "Parley test authority"),
      maker.selfSigned("otherCa", "Another authority"),
      maker.selfSigned("plain", "localhost", "DNS:localhost"),
    ]);
    const here = "DNS:localhost,IP:127.0.0.1";
    const server = await maker.issue("server", "ca", here);
    return {
      ca: await maker.read("ca.pem"),
      otherCa: await maker.read("otherCa.pem"),
      plain: await maker.pair("plain"),
      server,
      renewed: await maker.issue("renewed", "ca", here),
      otherName: await maker.issue("otherName", "ca", "DNS:other.test"),
      expired: await maker.issue("expired", "ca", here, true),
      untrusted: await maker.issue("untrusted", "otherCa", here),
      client: await maker.issue("client", "ca", "DNS:client.test"),
      stranger: await maker.issue("stranger", "otherCa", "DNS:client.test"),
      formerClient: await maker.issue(
        "formerClient",
        "ca",
        "DNS:client.test",
        true,
      ),
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const EC = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

class Maker {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  read(name: string): Promise<string> {
    return Deno.readTextFile(`${this.#folder}/${name}`);
  }

  async pair(name: string): Promise<Pair> {
    return {
      cert: await this.read(`${name}.pem`),
      key: await this.read(`${name}.key`),
    };
  }

  async selfSigned(name: string, subject: string, names = ""): Promise<void> {
    await this.#openssl([
      ...["req", "-x509", ...EC, "-days", "2", "-subj", `/CN=${subject}`],
      ...["-keyout", `${name}.key`, "-out", `${name}.pem`],
      ...(names === "" ? [] : ["-addext", `subjectAltName=${names}`]),
    ]);
  }

  async issue(
    name: string,
    by: string,
    names: string,
    isExpired = false,
  ): Promise<Pair> {
    await Deno.writeTextFile(
      `${this.#folder}/${name}.ext`,
      `basicConstraints=critical,CA:FALSE\nsubjectAltName=${names}\n`,
    );
    await this.#openssl([
      ...["req", ...EC, "-subj", `/CN=${name}`],
      ...["-keyout", `${name}.key`, "-out", `${name}.csr`],
    ]);
    const validity = isExpired ? ["-days", "-1"] : ["-days", "2"];
    await this.#openssl([
      ...["x509", "-req", "-in", `${name}.csr`, "-out", `${name}.pem`],
      ...["-CA", `${by}.pem`, "-CAkey", `${by}.key`, "-set_serial"],
      ...[`${Date.now()}`, ...validity, "-extfile", `${name}.ext`],
    ]);
    return await this.pair(name);
  }

  async #openssl(args: string[]): Promise<void> {
    const { success, stderr } = await new Deno.Command("openssl", {
      args,
      cwd: this.#folder,
      stdin: "null",
    }).output();
    if (success) return;
    throw new Error(`openssl ${args[0]}: ${new TextDecoder().decode(stderr)}`);
  }
}
