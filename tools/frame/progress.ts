/** Milliseconds without output after which a command shows what it does: to a person who waits, and in a log. */
const silenceMs = { terminal: 2000, log: 10_000 } as const;

interface ProgressArgs {
    /** Writes to the standard error. */
    readonly write: (text: string) => void;
    /** Milliseconds since any fixed time. */
    readonly now: () => number;
    /** Characters of a line; undefined where the standard error is no terminal. */
    readonly columns?: number;
}

/**
 * What a command does, for a person who waits: on a terminal one line, which the next output replaces; elsewhere one line in
 * all, where nothing else was printed.
 */
export class Progress {
    readonly #args: ProgressArgs;
    #text = "";
    #startedAt: number;
    #silentSince: number;
    #isShown = false;
    #hasPrinted = false;
    #pauses = 0;

    constructor(args: ProgressArgs) {
        this.#args = args;
        this.#startedAt = args.now();
        this.#silentSince = this.#startedAt;
    }

    /** Sets what the command does now, such as `planning dev`. */
    step(text: string): void {
        // A calculation may have kept the timer from running.
        this.update();
        this.#text = text;
        this.#startedAt = this.#args.now();
    }

    /** Does work that has the terminal to itself: a question, or another program that prints. */
    async pauseDuring<T>(work: () => Promise<T>): Promise<T> {
        this.clear();
        this.#pauses += 1;
        try {
            return await work();
        } finally {
            this.#pauses -= 1;
            this.clear();
        }
    }

    /** Shows the line where the command has been silent for long; called every second. */
    update(): void {
        const { write, now, columns } = this.#args;
        const limit = columns === undefined ? silenceMs.log : silenceMs.terminal;
        if (this.#pauses > 0 || this.#text === "" || now() - this.#silentSince < limit) {
            return;
        }
        if (columns !== undefined) {
            this.#isShown = true;
            const line = `${this.#text} (${Math.round((now() - this.#startedAt) / 1000)} s)`;
            write(`${eraseLine}${line.slice(0, columns - 1)}`);
        } else if (!this.#hasPrinted) {
            this.#hasPrinted = true;
            write(`${this.#text}\n`);
        }
    }

    /** Removes the line: called before each output, and at the end. */
    clear(): void {
        if (this.#isShown) {
            this.#args.write(eraseLine);
        }
        this.#isShown = false;
        this.#hasPrinted = true;
        this.#silentSince = this.#args.now();
    }
}

/** To the first column, and erases the line (ECMA-48, `EL`). */
const eraseLine = "\r\u001b[2K";
