// Listens on one interface of a namespace with tcpdump and remembers every frame, so that a case can say what arrived,
// and also that nothing did.
import { OvskitError } from "../src/errors.ts";
import { labCleanup, type Undo } from "./cleanup.ts";
import { type Daemon, startDaemon } from "./command.ts";
import { type Frame, PcapReader } from "./frame.ts";
import type { Namespace } from "./namespace.ts";
import { until } from "./waiting.ts";

/** A running tcpdump. */
export class Sniffer {
  readonly #daemon: Daemon;
  readonly #undo: Undo;
  readonly #frames: Frame[] = [];
  #listening = false;

  private constructor(namespace: Namespace, name: string) {
    // Without -Z it would change its user, and the kernel would forget that it is to die with us.
    const command = `tcpdump -Z root -U -w - --immediate-mode -s 256 -n -i ${name} arp or ip or vlan`;
    this.#daemon = startDaemon(command.split(" "), {
      netns: namespace.name,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#undo = labCleanup.add({
      what: `tcpdump on ${name} in ${namespace.name}`,
      undo: () => this.#daemon.stop(),
      undoNow: () => {
        this.#daemon.kill();
      },
    });
    const pcap = new PcapReader();
    this.#daemon.child.stdout?.on("data", (chunk: Buffer) => {
      // The file header is written once the capture runs.
      this.#listening = true;
      this.#frames.push(...pcap.push(chunk));
    });
  }

  /** Starts listening; settles when it does. */
  static async start(namespace: Namespace, name: string): Promise<Sniffer> {
    const sniffer = new Sniffer(namespace, name);
    try {
      await until(`tcpdump on ${name}`, 10_000, () => sniffer.#ready(name));
    } catch (error) {
      await sniffer.stop();
      throw error;
    }
    return sniffer;
  }

  #ready(name: string): boolean {
    const reason = this.#daemon.endedBy();
    if (reason === undefined) return this.#listening;
    throw new OvskitError("ERR_LAB", `tcpdump on ${name}: ${reason} ${this.#daemon.stderr().trim()}`);
  }

  /** How many frames there were until now: the mark to ask `since` with. */
  get mark(): number {
    return this.#frames.length;
  }

  /** The frames after a mark, both what came in and what went out. */
  since(mark: number): readonly Frame[] {
    return this.#frames.slice(mark);
  }

  async stop(): Promise<void> {
    await this.#undo();
  }
}
