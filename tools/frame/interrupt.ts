import { ExitError, isCancellation } from "./exit.ts";

/**
 * Ctrl-C and SIGTERM. Work that must not be cut off, such as an update by Pulumi, finishes what it has begun; everything
 * else ends at once. A terminal sends Ctrl-C to Pulumi as well, and Pulumi ends at once at a second one.
 */
export class Interrupt {
    /** Rejects when the operator cancels while no work runs that must finish. */
    readonly cancelledOutsideWork: Promise<never>;
    readonly #all = new AbortController();
    readonly #toPulumi = new AbortController();
    #running = 0;
    #note = "";
    #isQuiet = false;
    #reject: (reason: ExitError) => void = () => undefined;

    constructor() {
        this.cancelledOutsideWork = new Promise<never>((_, reject) => {
            this.#reject = reject;
        });
        // A rejection that no caller awaits is no error of the process.
        this.cancelledOutsideWork.catch(() => undefined);
    }

    /** Aborts at every cancellation. */
    get signal(): AbortSignal {
        return this.#all.signal;
    }

    /** Aborts at a cancellation that Pulumi does not receive from the terminal. */
    get pulumiSignal(): AbortSignal {
        return this.#toPulumi.signal;
    }

    /** Whether work runs that a cancellation waits for. */
    get isWorking(): boolean {
        return this.#running > 0;
    }

    /**
     * @param isPulumiInformed whether a terminal has sent the same Ctrl-C to Pulumi
     * @param isQuiet whether only what the work could not undo is said, as nobody has cancelled
     */
    cancel(isPulumiInformed: boolean, isQuiet = false): void {
        this.#isQuiet = isQuiet;
        this.#all.abort(this.#cancelledError());
        if (!isPulumiInformed) {
            this.#toPulumi.abort();
        }
        if (this.#running === 0) {
            this.#reject(this.#cancelledError());
        }
    }

    /**
     * Does work that a cancellation waits for. The process ends some turns of the event loop after a cancellation, so nothing is
     * begun after one, and nothing that follows the work is done.
     *
     * @param note what the operator must know when this work is cancelled
     * @throws ExitError `cancelled` after a cancellation, before the work or during it
     */
    async waitFor<T>(work: () => Promise<T>, note: string): Promise<T> {
        this.signal.throwIfAborted();
        this.#running += 1;
        this.#note = note;
        let failure = "";
        try {
            const result = await work();
            this.signal.throwIfAborted();
            return result;
        } catch (error) {
            // What the work says of its end, such as what it could not undo.
            failure = error instanceof ExitError && !isCancellation(error) ? error.message : "";
            throw error;
        } finally {
            this.#running -= 1;
            if (this.signal.aborted) {
                this.#reject(this.#cancelledError(failure));
            }
        }
    }

    #cancelledError(failure = ""): ExitError {
        const said = this.#note === "" ? "Cancelled" : `Cancelled; ${this.#note}`;
        const cancelled = this.#isQuiet ? "" : said;
        return new ExitError("cancelled", [cancelled, failure].filter((line) => line !== "").join("\n"));
    }
}
