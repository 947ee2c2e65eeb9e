import { z } from "zod";
import { choice } from "./choice.ts";
import { domainName, domainNameUpTo } from "./fields.ts";
import { maxNameLengths } from "./names.ts";

const domainDescription = "Domain name of the load balancer; the certificate must cover it.";
const certificateZone = domainName.describe(
    "Name of the public Route 53 hosted zone for the alias record and, with `dns`, the validation record.",
);
/** The source of the load balancer's certificate. */
export const certificate = choice("source", [
    z.strictObject({
        source: z
            .literal("self-signed")
            .describe("Created and imported by the program, for dev: clients do not trust it."),
    }),
    z.strictObject({
        source: z.literal("dns").describe("Issued by ACM, validated by a record in `zoneName`."),
        // It is the common name of the certificate that ACM issues.
        domainName: domainNameUpTo(maxNameLengths.commonName).describe(domainDescription),
        zoneName: certificateZone,
    }),
    z.strictObject({
        source: z
            .literal("arn")
            .describe("An existing certificate; with `zoneName` the program creates the alias record."),
        arn: z
            .string()
            .regex(/^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[a-f0-9-]{36}$/, {
                error: "must be the ARN of an ACM certificate",
            })
            .describe("ARN of an issued certificate in the region of the stack."),
        domainName: domainName.describe(domainDescription),
        zoneName: certificateZone.optional(),
    }),
]);
