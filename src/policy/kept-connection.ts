// A connection that is opened when it is first needed, shared by all who ask for it, and opened anew after it was lost.

/** What is kept: something that tells when it is of no use any more. */
export interface Closable {
  readonly closed: boolean;
  close(): Promise<void>;
}

/** Keeps one connection. */
export class KeptConnection<T extends Closable> {
  readonly #open: () => Promise<T>;
  #latest: Promise<T> | undefined;

  constructor(open: () => Promise<T>) {
    this.#open = open;
  }

  /** The connection: whoever asks while it is being opened waits for the same one. Rejects as opening it does. */
  get(): Promise<T> {
    const open = this.#open;
    this.#latest =
      this.#latest?.then(
        (known) => (known.closed ? open() : known),
        () => open(),
      ) ?? open();
    return this.#latest;
  }

  /** Closes what is open; asking again opens anew. */
  async close(): Promise<void> {
    const latest = this.#latest;
    this.#latest = undefined;
    const known = await latest?.catch(() => undefined);
    await known?.close();
  }
}
