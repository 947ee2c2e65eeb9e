import { errorMessage, ExitError, isCancellation } from "../frame/exit.ts";
import { readableLine } from "./log-line.ts";
import { serviceNames } from "./machine/start.ts";

/** Lines of the programs that are shown where the demonstration fails. */
const shownLines = 20;

/** Characters of the longest name of a program. */
const width = Math.max(...["migration", ...serviceNames].map(({ length }) => length));

/** What becomes of the lines that the programs write. */
export interface ProgramLines {
    readonly onLine: (source: string, line: string) => void;
    /** The last lines that were kept, as one text. */
    readonly kept: () => string;
}

/**
 * @param show writes a line; none: the lines are kept for the case that the work fails
 * @param now milliseconds since 1970
 */
export function programLines(show: ((text: string) => void) | undefined, now: () => number): ProgramLines {
    const lines: string[] = [];
    const keep = (text: string): void => {
        lines.push(text);
        lines.splice(0, lines.length - shownLines);
    };
    return {
        onLine: (source, line) => {
            const text = readableLine(source, width, line, now());
            if (text !== undefined) {
                (show ?? keep)(text);
            }
        },
        kept: () => lines.join(""),
    };
}

/**
 * Does work of the programs.
 *
 * @throws ExitError `failed` with the lines that were kept and the reason; what the work or a cancellation has said itself, unchanged
 */
export async function withLastLines<T>(work: () => Promise<T>, { kept }: ProgramLines): Promise<T> {
    try {
        return await work();
    } catch (error) {
        if (error instanceof ExitError || isCancellation(error)) {
            throw error;
        }
        throw new ExitError("failed", `${kept()}${errorMessage(error)}`);
    }
}
