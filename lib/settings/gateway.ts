import { z } from "zod";
import { integer, uniqueList } from "./fields.ts";

/** A web origin: scheme, host and port, as in the Origin header. */
const origin = z.string().regex(/^(?:\*|https?:\/\/[a-z0-9.-]+(?::\d{1,5})?)$/, {
    error: "must be an origin such as https://shop.example.com, or *",
});

const merchant = z.strictObject({
    quotaPerDay: integer(1, 1_000_000_000).default(10_000).describe("Requests per day."),
    ratePerSecond: integer(1, 10_000).default(50).describe("Average requests per second."),
    burst: integer(1, 5_000).default(100).describe("Burst of requests."),
});

export const gateway = z.strictObject({
    corsOrigins: uniqueList(origin)
        .default([])
        .describe("Web origins whose pages may call the API (CORS). Empty: none."),
    ratePerSecond: integer(1, 10_000)
        .default(1000)
        .describe("Average requests per second to each method, of all merchants together."),
    burst: integer(1, 5_000).default(2000).describe("Burst of requests to each method."),
    merchants: z
        .record(
            z.string().regex(/^(?=.{1,32}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/, {
                error: "must be named in at most 32 lower-case letters, digits and single hyphens",
            }),
            merchant,
        )
        .refine((all) => Object.keys(all).length <= 200, { error: "must name at most 200 merchants" })
        .default({})
        .meta({ minProperties: 0, maxProperties: 200 })
        .describe("Merchants by name. Each has its own API key, stored in Secrets Manager, and its own usage plan."),
});
