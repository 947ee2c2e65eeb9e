import { z } from "zod";
import { domainName } from "./fields.ts";

const certificateDomain = domainName.describe("Domain that merchants call; the certificate must cover it.");
const certificateZone = domainName.describe(
    "Public Route 53 zone, looked up by name, that gets the alias record and, with `dns`, the validation record.",
);
/** Where the certificate of the load balancer comes from. */
export const certificate = z.discriminatedUnion("source", [
    z.strictObject({
        source: z
            .literal("self-signed")
            .describe("Made and imported by the program, for dev: clients do not trust it."),
    }),
    z.strictObject({
        source: z.literal("dns").describe("Issued by ACM, validated by a record in `zoneName`."),
        domainName: certificateDomain,
        zoneName: certificateZone,
    }),
    z.strictObject({
        source: z.literal("arn").describe("An existing certificate; with `zoneName` the domain gets its alias record."),
        arn: z
            .string()
            .regex(/^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[a-f0-9-]{36}$/, {
                error: "must be the ARN of an ACM certificate",
            })
            .describe("An issued certificate in the stack's own region."),
        domainName: certificateDomain,
        zoneName: certificateZone.optional(),
    }),
]);
