import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { z } from "zod";
import {
    apiKeyIdHeader,
    gatewayTokenHeader,
    minGatewayTokenLength,
    type GatewaySecret,
} from "../../contract/gateway.ts";
import { Problem } from "../common/problem.ts";

const gatewaySecret: z.ZodType<GatewaySecret> = z.object({
    tokens: z.array(z.string().min(minGatewayTokenLength)).min(1),
    merchants: z.record(z.string(), z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/)),
});

/** Milliseconds after which the secret is read again: so long a removed key or token may still be accepted. */
const maxAgeMs = 300_000;
/**
 * Milliseconds between two reads for tokens or keys that the secret did not have: strangers must not cause many calls. Less than
 * an update of the platform takes from the secret with a new token to the API that sends it, which are three calls of AWS.
 */
const minAgeMs = 1_000;

/** Recognizes requests of the merchants' API, and their merchants (contract/gateway.ts). */
export class Merchants {
    private readonly readSecret: () => Promise<string>;
    private readonly now: () => number;
    private current: { readonly secret: GatewaySecret; readonly readAt: number } | undefined;
    private reading: Promise<GatewaySecret> | undefined;

    constructor(readSecret: () => Promise<string>, now: () => number = Date.now) {
        this.readSecret = readSecret;
        this.now = now;
    }

    /**
     * Name of the merchant whose API key the merchants' API has checked.
     *
     * @throws Problem `forbidden` if the request does not come from there, or its key belongs to no merchant
     */
    public async merchantOf(headers: IncomingHttpHeaders): Promise<string> {
        const token = single(headers[gatewayTokenHeader]);
        const keyId = single(headers[apiKeyIdHeader]);
        if (token === undefined || keyId === undefined) {
            throw new Problem("forbidden");
        }
        const merchant =
            merchantIn(await this.secret(maxAgeMs), token, keyId) ??
            // Perhaps of a token or key that is newer than what was read.
            merchantIn(await this.secret(minAgeMs), token, keyId);
        if (merchant === undefined) {
            throw new Problem("forbidden");
        }
        return merchant;
    }

    private async secret(olderThanMs: number): Promise<GatewaySecret> {
        if (this.current !== undefined && this.now() - this.current.readAt < olderThanMs) {
            return this.current.secret;
        }
        this.reading ??= this.read().finally(() => {
            this.reading = undefined;
        });
        return this.reading;
    }

    private async read(): Promise<GatewaySecret> {
        const readAt = this.now();
        let text: string;
        try {
            text = await this.readSecret();
        } catch {
            throw new Problem("unavailable");
        }
        const secret = gatewaySecret.parse(JSON.parse(text));
        this.current = { secret, readAt };
        return secret;
    }
}

const single = (value: string | string[] | undefined): string | undefined =>
    typeof value === "string" && value !== "" ? value : undefined;

function merchantIn({ tokens, merchants }: GatewaySecret, token: string, keyId: string): string | undefined {
    const given = sha256(token);
    const isAccepted = tokens.map((one) => timingSafeEqual(sha256(one), given)).includes(true);
    return isAccepted && Object.hasOwn(merchants, keyId) ? merchants[keyId] : undefined;
}

/** Of equal length for texts of any length, as `timingSafeEqual` requires. */
const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();
