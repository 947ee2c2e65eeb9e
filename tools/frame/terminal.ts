import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

/** A person who can answer. */
export interface Terminal {
    ask: (question: string) => Promise<string>;
    /** The answer is not shown. */
    askSecret: (question: string) => Promise<string>;
}

/** The terminal of the process; Ctrl-C while it asks rejects with an `AbortError`. */
export function createTerminal(
    input: NodeJS.ReadableStream,
    output: NodeJS.WritableStream,
    signal: AbortSignal,
): Terminal {
    const answer = async (question: string, to: NodeJS.WritableStream): Promise<string> => {
        const lines = createInterface({ input, output: to, terminal: true });
        const interrupted = new AbortController();
        // In raw mode Ctrl-C is a key, not a signal.
        lines.on("SIGINT", () => {
            interrupted.abort();
        });
        try {
            return await lines.question(question, { signal: AbortSignal.any([signal, interrupted.signal]) });
        } finally {
            lines.close();
        }
    };
    return {
        ask: (question) => answer(question, output),
        askSecret: async (question) => {
            output.write(question);
            const nowhere = new Writable({
                write: (_chunk, _encoding, done) => {
                    done();
                },
            });
            const secret = await answer("", nowhere);
            output.write("\n");
            return secret;
        },
    };
}
