import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { performance } from "node:perf_hooks";
import { z } from "zod";
import {
    apiKeyIdHeader,
    gatewayTokenHeader,
    minGatewayTokenLength,
    type GatewaySecret,
} from "../../contract/gateway.ts";
import { errorFields, type Log } from "../common/log.ts";
import { Problem } from "../common/problem.ts";

const gatewaySecret: z.ZodType<GatewaySecret> = z.object({
    tokens: z.array(z.string().min(minGatewayTokenLength)).min(1),
    merchants: z.record(z.string(), z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/)),
});

/** Milliseconds after which the secret is read again, while requests are answered with the one that is there. */
const refreshMs = 240_000;
/** Milliseconds without a read after which a request waits for one: so long a removed key or token may still be accepted. */
const maxAgeMs = 300_000;
/**
 * Milliseconds between two reads for requests of which the secret had the token or the key, and not both. Less than an update of
 * the platform takes from the secret with a new token to the API that sends it, which are three calls of AWS.
 */
const minAgeMs = 1_000;
/** Milliseconds without a read after one that failed: Secrets Manager must not get a call for each request. */
const pauseMs = 5_000;
/**
 * Milliseconds for which the last valid secret is used while no read succeeds: longer than most outages. It only delays the end of a
 * token that was removed: API Gateway itself refuses a removed key.
 */
const lastValidMs = 3_600_000;

/** Recognizes requests of the merchants' API, and their merchants (contract/gateway.ts). */
export class Merchants {
    private readonly readSecret: () => Promise<string>;
    private readonly log: Pick<Log, "error">;
    private readonly now: () => number;
    private current: { readonly secret: GatewaySecret; readonly readAt: number } | undefined;
    private reading: { readonly startedAt: number; readonly done: Promise<void> } | undefined;
    private failure: { readonly failedAt: number; readonly error: string } | undefined;

    /** @param now milliseconds of a clock that nobody can set back: a removed token would stay accepted */
    constructor(readSecret: () => Promise<string>, log: Pick<Log, "error">, now = () => performance.now()) {
        this.readSecret = readSecret;
        this.log = log;
        this.now = now;
    }

    /**
     * Name of the merchant whose API key the merchants' API has checked.
     *
     * @throws Problem `forbidden` if the request does not come from there, or its key belongs to no merchant; `unavailable` if the
     *   secret could not be read for an hour, or since the start
     */
    public async merchantOf(headers: IncomingHttpHeaders): Promise<string> {
        const arrivedAt = this.now();
        const token = single(headers[gatewayTokenHeader]);
        const keyId = single(headers[apiKeyIdHeader]);
        if (token === undefined || keyId === undefined) {
            throw new Problem("forbidden");
        }
        const found = find(await this.recentSecret(arrivedAt), token, keyId);
        const { merchant } = found.isHalfKnown
            ? // Perhaps the other half is newer than what was read. Who knows neither is a stranger, and must cause no call.
              find(await this.secretReadAfter(arrivedAt - minAgeMs), token, keyId)
            : found;
        if (merchant === undefined) {
            throw new Problem("forbidden");
        }
        return merchant;
    }

    /**
     * The secret that is known. Where only its age asks for a new one it is read meanwhile, so that no request waits for a Secrets Manager that hangs;
     * a request waits where none has asked for a long time, and the secret may be much older.
     */
    private async recentSecret(now: number): Promise<GatewaySecret> {
        const readAt = this.current?.readAt ?? -Infinity;
        const triedAt = Math.max(readAt, this.failure?.failedAt ?? -Infinity);
        if (now - readAt >= refreshMs) {
            const read = this.readUnlessPaused();
            if (now - triedAt >= maxAgeMs || now - readAt >= lastValidMs) {
                await read;
            }
        }
        return this.validSecret();
    }

    /** The secret of a read that began after `time`, or the last valid one if such a read failed. */
    private async secretReadAfter(time: number): Promise<GatewaySecret> {
        if (this.reading !== undefined && this.reading.startedAt <= time) {
            await this.reading.done;
        }
        if (this.current === undefined || this.current.readAt <= time) {
            await this.readUnlessPaused();
        }
        return this.validSecret();
    }

    /** @throws Problem `unavailable` without a secret that was read within the hour */
    private validSecret(): GatewaySecret {
        if (this.current === undefined || this.now() - this.current.readAt >= lastValidMs) {
            throw new Problem("unavailable");
        }
        return this.current.secret;
    }

    /** Requests that need a read at the same time share it. */
    private async readUnlessPaused(): Promise<void> {
        if (this.reading === undefined) {
            if (this.failure !== undefined && this.now() - this.failure.failedAt < pauseMs) {
                return;
            }
            const startedAt = this.now();
            const done = this.read(startedAt).finally(() => {
                this.reading = undefined;
            });
            this.reading = { startedAt, done };
        }
        await this.reading.done;
    }

    private async read(readAt: number): Promise<void> {
        try {
            const secret = gatewaySecret.parse(JSON.parse(await this.readSecret()));
            this.current = { secret, readAt };
            this.failure = undefined;
        } catch (cause) {
            const fields = errorFields(cause);
            // Once, and not for each of the reads that fail alike.
            if (this.failure?.error !== fields.error) {
                this.log.error(fields, "the secret of the merchants' API cannot be read");
            }
            this.failure = { failedAt: this.now(), error: fields.error };
        }
    }
}

const single = (value: string | string[] | undefined): string | undefined =>
    typeof value === "string" && value !== "" ? value : undefined;

function find(
    { tokens, merchants }: GatewaySecret,
    token: string,
    keyId: string,
): { merchant?: string | undefined; isHalfKnown: boolean } {
    const given = sha256(token);
    const isToken = tokens.map((one) => timingSafeEqual(sha256(one), given)).includes(true);
    const isKey = Object.hasOwn(merchants, keyId);
    return { merchant: isToken && isKey ? merchants[keyId] : undefined, isHalfKnown: isToken !== isKey };
}

/** Of equal length for texts of any length, as `timingSafeEqual` requires. */
const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();
