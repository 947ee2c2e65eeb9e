import { setTimeout } from "node:timers/promises";
import { Agent, request, type Dispatcher } from "undici";
import { errorCode } from "../common/log.ts";

/** The acquirer did not answer, or not with 200. `code` says how, for the log: `TIMEOUT`, `HTTP_503`. */
export class NoAnswer extends Error {
    readonly code: string;

    constructor(code: string) {
        super(`the acquirer did not answer: ${code}`);
        this.name = "NoAnswer";
        this.code = code;
    }
}

/** Where the acquirer is, and whom it knows. */
export interface AcquirerAccess {
    /** Base URL; every path is below it. */
    readonly url: string;
    /** Value of the secret at this moment. */
    readonly readCredential: () => Promise<string>;
    /** Certificates, in PEM, of the authorities that may have signed the acquirer's. @default those of Node.js */
    readonly authorities?: string[];
}

export interface AcquirerLimits {
    /** Milliseconds for one request with its answer. */
    readonly timeoutMs: number;
    /** Longest wait before each repeated request, in milliseconds; the wait is random, so that tasks do not repeat at the same time. */
    readonly longestWaitsMs: readonly number[];
    /** Bytes of an answer at most. */
    readonly maxAnswerBytes: number;
    /** Requests at once. */
    readonly maxConnections: number;
}

export interface AcquirerRequest {
    readonly method: "GET" | "POST";
    /** Below the base URL, without a slash before it. */
    readonly path: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
}

type Outcome =
    | { readonly text: string }
    | { readonly code: string; /** The same request may be answered later. */ readonly repeat: boolean };

/**
 * Requests to the acquirer over HTTPS, with its credential. One that has no answer in time, or 429 or 5xx, is sent again, and so is
 * one that was refused with 401, once, with the credential read again. Nothing of a request, an answer or the credential is in an error.
 */
export class AcquirerClient {
    private readonly base: string;
    private readonly credential: Credential;
    private readonly limits: AcquirerLimits;
    private readonly dispatcher: Dispatcher;

    constructor({ url, readCredential, authorities }: AcquirerAccess, limits: AcquirerLimits) {
        this.base = url.replace(/\/+$/, "");
        this.credential = new Credential(readCredential);
        this.limits = limits;
        this.dispatcher = new Agent({
            connections: limits.maxConnections,
            connect: { timeout: limits.timeoutMs, ca: authorities },
            maxResponseSize: limits.maxAnswerBytes,
        });
    }

    /**
     * @returns the text of the answer with 200
     * @throws NoAnswer if there is none after all repetitions; the error of `readCredential`
     */
    public async send(sent: AcquirerRequest): Promise<string> {
        let isRefused = false;
        let code = "";
        for (const longestWaitMs of [0, ...this.limits.longestWaitsMs]) {
            await setTimeout(Math.random() * longestWaitMs);
            const token = await this.credential.get();
            const outcome = await this.sendOnce(sent, token);
            if ("text" in outcome) {
                return outcome.text;
            }
            ({ code } = outcome);
            if (code === "HTTP_401" && !isRefused) {
                isRefused = true;
                await this.credential.refuse(token);
            } else if (!outcome.repeat) {
                break;
            }
        }
        throw new NoAnswer(code);
    }

    /** Closes the connections. */
    public close(): Promise<void> {
        return this.dispatcher.close();
    }

    private async sendOnce({ method, path, headers, body }: AcquirerRequest, token: string): Promise<Outcome> {
        try {
            const answer = await request(`${this.base}/${path}`, {
                dispatcher: this.dispatcher,
                method,
                headers: { authorization: `Bearer ${token}`, ...headers },
                body,
                signal: AbortSignal.timeout(this.limits.timeoutMs),
            });
            const text = await answer.body.text();
            const { statusCode } = answer;
            return statusCode === 200
                ? { text }
                : { code: `HTTP_${statusCode}`, repeat: statusCode === 429 || statusCode >= 500 };
        } catch (error) {
            const isTimeout = error instanceof Error && error.name === "TimeoutError";
            return { code: isTimeout ? "TIMEOUT" : (errorCode(error) ?? "NO_ANSWER"), repeat: true };
        }
    }
}

/** The acquirer's credential, read at its first use and again once it was refused: a rotation needs no restart. */
class Credential {
    private readonly read: () => Promise<string>;
    private current: Promise<string> | undefined;

    constructor(read: () => Promise<string>) {
        this.read = read;
    }

    public async get(): Promise<string> {
        const current = (this.current ??= this.readTrimmed());
        try {
            return await current;
        } catch (error) {
            this.forget(current);
            throw error;
        }
    }

    /** Of several calls that were refused with the same value, the first makes the others wait for one read. */
    public async refuse(used: string): Promise<void> {
        const { current } = this;
        if (current !== undefined && (await current.catch(() => undefined)) === used) {
            this.forget(current);
        }
    }

    /** An operator pastes the value into a file, which may end with a newline: no header may have one. */
    private async readTrimmed(): Promise<string> {
        return (await this.read()).trim();
    }

    private forget(value: Promise<string>): void {
        if (this.current === value) {
            this.current = undefined;
        }
    }
}

/** What a text has as JSON; undefined of another text. */
export function jsonIn(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}
