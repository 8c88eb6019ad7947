// Certificates of Open vSwitch's own kind: a folder of ovs-pki with its two CAs, for switches and for controllers, and what
// ovs-pki doesn't make, certificates that have expired or that are for a host.
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../../lab/command.ts";
import { labFolder } from "../../lab/names.ts";

/** One of the two CAs. ovsdb-server and ovs-vswitchd have certificates of `switch`, those that connect to them of `controller`. */
export type Authority = "switch" | "controller";

/** A certificate and its private key, as paths. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

/** What ovs-pki leaves out. */
export interface Special {
  /** From now to this many days later; negative: it has expired. Default 10. */
  readonly days?: number;
  /** The hosts it is for, as OpenSSL writes them, such as `IP:127.0.0.1`. Default none, as ovs-pki's. */
  readonly hosts?: string;
}

/** A folder of ovs-pki. */
export class PublicKeys {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async make(): Promise<PublicKeys> {
    const keys = new PublicKeys(await mkdtemp(join(labFolder, "ovk-pki-")));
    await keys.#pki("init");
    return keys;
  }

  /** The file of a CA's certificate. */
  ca(authority: Authority): string {
    return join(this.#folder, "pki", `${authority}ca`, "cacert.pem");
  }

  /** What `ovs-pki req+sign` makes: the certificate's only name is `name`. */
  async issue(name: string, authority: Authority): Promise<Identity> {
    await this.#pki("-u", "req+sign", name, authority);
    return this.#identity(name);
  }

  /** A certificate of the same CAs that ovs-pki wouldn't make. */
  async issueSpecial(name: string, authority: Authority, { days = 10, hosts }: Special): Promise<Identity> {
    const identity = this.#identity(name);
    const request = join(this.#folder, `${name}-req.pem`);
    const key = [
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-keyout",
      identity.key,
    ];
    const names = hosts === undefined ? [] : ["-addext", `subjectAltName=${hosts}`];
    await runCommand("openssl", ["req", "-new", ...key, "-out", request, "-subj", `/CN=${name}`, ...names]);
    const folder = join(this.#folder, "pki", `${authority}ca`);
    const signer = ["-CA", join(folder, "cacert.pem"), "-CAkey", join(folder, "private", "cakey.pem")];
    const signing = ["-req", "-in", request, ...signer, "-CAcreateserial", "-copy_extensions", "copy"];
    await runCommand("openssl", ["x509", ...signing, "-days", String(days), "-out", identity.cert]);
    return identity;
  }

  /** Removes all of it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  #identity(name: string): Identity {
    const file = join(this.#folder, name);
    return { cert: `${file}-cert.pem`, key: `${file}-privkey.pem` };
  }

  async #pki(...args: readonly string[]): Promise<void> {
    const folders = ["-d", join(this.#folder, "pki"), "-l", join(this.#folder, "log")];
    // The name of a certificate is the name of its file.
    await runCommand("env", ["-C", this.#folder, "ovs-pki", ...folders, ...args]);
  }
}
