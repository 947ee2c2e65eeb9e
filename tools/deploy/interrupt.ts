import { DeployError } from "./exit.ts";

/**
 * Ctrl-C and SIGTERM. Pulumi is let finish what is under way and save the state; all else ends at once. A terminal
 * sends Ctrl-C to Pulumi by itself, and Pulumi takes a second one as an order to drop everything.
 */
export class Interrupt {
    /** Rejects when the operator cancels and Pulumi does not run. */
    readonly cancelledOutsidePulumi: Promise<never>;
    readonly #all = new AbortController();
    readonly #toPulumi = new AbortController();
    #running = 0;
    #reject: (reason: DeployError) => void = () => undefined;

    constructor() {
        this.cancelledOutsidePulumi = new Promise<never>((_, reject) => {
            this.#reject = reject;
        });
        // Whoever waits for it hears of it.
        this.cancelledOutsidePulumi.catch(() => undefined);
    }

    /** Tells of any cancellation. */
    get signal(): AbortSignal {
        return this.#all.signal;
    }

    /** Tells Pulumi of one that it does not hear of itself. */
    get pulumiSignal(): AbortSignal {
        return this.#toPulumi.signal;
    }

    cancel(isPulumiInformed: boolean): void {
        this.#all.abort();
        if (!isPulumiInformed) {
            this.#toPulumi.abort();
        }
        if (this.#running === 0) {
            this.#reject(cancelledError());
        }
    }

    /** Waits for Pulumi, even when cancelled. */
    async runPulumi<T>(operation: () => Promise<T>): Promise<T> {
        this.#running += 1;
        try {
            return await operation();
        } finally {
            this.#running -= 1;
            if (this.signal.aborted) {
                this.#reject(cancelledError());
            }
        }
    }
}

const cancelledError = (): DeployError =>
    new DeployError(
        "cancelled",
        "Cancelled; what was done is in the state. To go on, run it again; if the stack stays locked, `cancel` and `refresh` first",
    );
