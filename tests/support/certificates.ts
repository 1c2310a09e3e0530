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
  /** For `localhost`, by the authority, from the year 2040 on. */
  readonly notYetValid: Pair;
  /** For `localhost`, by the authority, for clients only. */
  readonly wrongUse: Pair;
  /** For `127.0.0.1` as if it were a host name, by the authority. */
  readonly addressAsName: Pair;
  /** For no name at all, by the authority. */
  readonly nameless: Pair;
  /** An authority that may vouch for `only.test`. */
  readonly constrainedCa: string;
  /** For `localhost`, by that authority. */
  readonly constrained: Pair;
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
      maker.selfSigned("plain", "localhost", "subjectAltName=DNS:localhost"),
      maker.selfSigned(
        "constrainedCa",
        "Constrained authority",
        "nameConstraints=critical,permitted;DNS:only.test",
      ),
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
      expired: await maker.issue("expired", "ca", here, { days: -1 }),
      notYetValid: await maker.issue("notYetValid", "ca", here, {
        from: "20400101000000Z",
      }),
      wrongUse: await maker.issue("wrongUse", "ca", here, {
        use: "clientAuth",
      }),
      addressAsName: await maker.issue("addressAsName", "ca", "DNS:127.0.0.1"),
      nameless: await maker.issue("nameless", "ca", ""),
      constrainedCa: await maker.read("constrainedCa.pem"),
      constrained: await maker.issue("constrained", "constrainedCa", here),
      untrusted: await maker.issue("untrusted", "otherCa", here),
      client: await maker.issue("client", "ca", "DNS:client.test"),
      stranger: await maker.issue("stranger", "otherCa", "DNS:client.test"),
      formerClient: await maker.issue(
        "formerClient",
        "ca",
        "DNS:client.test",
        { days: -1 },
      ),
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const EC = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

/** What is unusual about a certificate. */
interface Special {
  /** For how many days from now it is valid. */
  readonly days?: number;
  /** When it begins to be valid, as `YYYYMMDDHHMMSSZ`. */
  readonly from?: string;
  /** What it may be used for, if not for everything. */
  readonly use?: string;
}

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

  async selfSigned(
    name: string,
    subject: string,
    extension = "",
  ): Promise<void> {
    await this.#openssl([
      ...["req", "-x509", ...EC, "-days", "2", "-subj", `/CN=${subject}`],
      ...["-keyout", `${name}.key`, "-out", `${name}.pem`],
      ...(extension === "" ? [] : ["-addext", extension]),
    ]);
  }

  async issue(
    name: string,
    by: string,
    names: string,
    { days = 2, from, use }: Special = {},
  ): Promise<Pair> {
    const extensions = [
      "basicConstraints=critical,CA:FALSE",
      ...(names === "" ? [] : [`subjectAltName=${names}`]),
      ...(use === undefined ? [] : [`extendedKeyUsage=${use}`]),
    ];
    await this.#write(`${name}.ext`, `${extensions.join("\n")}\n`);
    await this.#openssl([
      ...["req", ...EC, "-subj", `/CN=${name}`],
      ...["-keyout", `${name}.key`, "-out", `${name}.csr`],
    ]);
    if (from !== undefined) {
      await this.#issueFrom(name, by, from);
      return await this.pair(name);
    }
    await this.#openssl([
      ...["x509", "-req", "-in", `${name}.csr`, "-out", `${name}.pem`],
      ...["-CA", `${by}.pem`, "-CAkey", `${by}.key`, "-set_serial"],
      ...[`${Date.now()}`, "-days", `${days}`, "-extfile", `${name}.ext`],
    ]);
    return await this.pair(name);
  }

  // Only `openssl ca` lets the beginning be chosen, and it keeps books.
  async #issueFrom(name: string, by: string, from: string): Promise<void> {
    await this.#write("index.txt", "");
    await this.#write("serial", "01\n");
    await this.#write(
      "ca.cnf",
      `[ca]
default_ca = books
[books]
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = names
[names]
commonName = supplied
`,
    );
    await this.#openssl([
      ...["ca", "-batch", "-notext", "-config", "ca.cnf"],
      ...["-in", `${name}.csr`, "-out", `${name}.pem`],
      ...["-cert", `${by}.pem`, "-keyfile", `${by}.key`],
      ...["-startdate", from, "-enddate", "20490101000000Z"],
      ...["-extfile", `${name}.ext`],
    ]);
  }

  async #write(name: string, text: string): Promise<void> {
    await Deno.writeTextFile(`${this.#folder}/${name}`, text);
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
