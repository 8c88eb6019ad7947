// Files that a command line names, `-` being standard input. One that can't be read is wrong input, and its size is
// bounded, so that a device or a mistake doesn't fill the memory.
import { open } from "node:fs/promises";
import type { Surroundings } from "./command.ts";
import { InputError } from "./usage-error.ts";

/** The most that is read from a file or from standard input. */
export const maxInputBytes: number = 64 * 1024 * 1024;

/** The text of a file, or of standard input. Throws `InputError`. */
export async function readInput(file: string, surroundings: Surroundings): Promise<string> {
  if (file === "-") return surroundings.readStandardInput();
  try {
    await using handle = await open(file);
    return await readBounded(file, handle.createReadStream({ autoClose: false }), surroundings.signal);
  } catch (error) {
    if (error instanceof InputError || surroundings.signal.aborted) throw error;
    const { message } = error as Error;
    throw new InputError(file, `can't read ${file}: ${message}`, { cause: error });
  }
}

/** Everything a stream has, as UTF-8. Throws `InputError` when that is more than the limit. */
export async function readBounded(
  name: string,
  stream: AsyncIterable<Buffer>,
  signal: AbortSignal,
): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    signal.throwIfAborted();
    bytes += chunk.length;
    if (bytes > maxInputBytes) throw new InputError(name, `${name} has more than ${maxInputBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
