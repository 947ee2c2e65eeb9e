import { z } from "zod";
import { integer, namePattern, nameShape, sortedList } from "./fields.ts";
import { rotation } from "./rotation.ts";

/** A web origin: scheme, host and port, as in the Origin header. */
const origin = z.string().regex(/^(?:\*|https?:\/\/[a-z0-9.-]+(?::\d{1,5})?)$/, {
    error: "must be an origin such as https://shop.example.com, or *",
});

/** Characters of all origins with commas. Lambda allows 4 KB for the environment of the payment validator, which has them. */
const maxOriginsLength = 3000;

const merchant = z.strictObject({
    quotaPerDay: integer(1, 1_000_000_000)
        .default(1_000_000)
        .describe("Requests per day; at least what `ratePerSecond` allows in an hour."),
    ratePerSecond: integer(1, 10_000)
        .default(50)
        .describe("Average requests per second. The web ACL of the API lets each address send as many."),
    burst: integer(1, 5_000).default(100).describe("Burst of requests."),
    key: rotation.prefault({}).describe("Rotation of the API key (docs/rotation.md)."),
});

export const gateway = z.strictObject({
    corsOrigins: sortedList(origin)
        .refine((origins) => origins.join().length <= maxOriginsLength, {
            error: `must have at most ${maxOriginsLength} characters in total: the payment validator has them in its environment, for which Lambda allows 4 KB`,
        })
        .default([])
        .describe(
            "Web origins whose pages may call `POST /validate` (CORS). Empty: none. No page may call the services.",
        ),
    ratePerSecond: integer(1, 10_000)
        .default(1000)
        .describe(
            "Average requests per second, of all merchants together: one limit for payments, and one for all services.",
        ),
    burst: integer(1, 5_000).default(2000).describe("Burst of requests, counted in the same way."),
    token: rotation
        .prefault({})
        .describe("Rotation of the token with which services recognize the API (docs/rotation.md)."),
    merchants: z
        .record(
            z
                .string()
                .min(3)
                .max(32)
                .regex(namePattern, { error: `must be named in ${nameShape}` }),
            merchant,
        )
        .refine((all) => Object.keys(all).length <= 200, { error: "must name at most 200 merchants" })
        .default({})
        .meta({ minProperties: 0, maxProperties: 200 })
        .describe(
            "Merchants by name, which is their `merchantId`. Each has its own API key, stored in Secrets Manager, and its own usage plan.",
        ),
});

interface LimitSettings {
    readonly waf: { readonly requestsPer5Minutes: number };
    readonly gateway: z.infer<typeof gateway>;
}

/** Seconds for which a merchant's daily quota must last at the merchant's rate. */
export const quotaSeconds = 3600;

/**
 * Rate limit of the API's web ACL, in requests of an address in five minutes: what merchants may send from one address by
 * their usage plans, and no less than at the load balancer.
 */
export const requestsPer5MinutesAtApi = ({ waf, gateway: { merchants } }: LimitSettings): number =>
    Math.max(
        waf.requestsPer5Minutes,
        ...Object.values(merchants).map(({ ratePerSecond, burst }) => 300 * ratePerSecond + burst),
    );
