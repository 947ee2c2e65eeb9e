import { z } from "zod";
import { uniqueList, integer } from "./fields.ts";

/** A web origin: scheme, host and port, as browsers send it. */
const origin = z.string().regex(/^(?:\*|https?:\/\/[a-z0-9.-]+(?::\d{1,5})?)$/, {
    error: "must be an origin such as https://shop.example.com, or *",
});

const merchant = z.strictObject({
    quotaPerDay: integer(1, 1_000_000_000).default(10_000).describe("Requests a day."),
    ratePerSecond: integer(1, 10_000).default(50).describe("Requests a second, on average."),
    burst: integer(1, 5_000).default(100).describe("Requests at once."),
});

export const gateway = z.strictObject({
    corsOrigins: uniqueList(origin)
        .default([])
        .describe("Web origins whose pages may call the API. None: browsers may not."),
    ratePerSecond: integer(1, 10_000)
        .default(1000)
        .describe("Requests a second to each method, of all merchants together."),
    burst: integer(1, 5_000).default(2000).describe("Requests at once to each method."),
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
        .describe("Merchants by name; each gets an API key of its own, kept in Secrets Manager, and its own limits."),
});

export const validation = z.strictObject({
    runtime: z
        .enum(["nodejs24.x", "nodejs22.x"])
        .default("nodejs24.x")
        .describe(
            "Runtime of the function. `nodejs22.x` is there for accounts and tools that do not know the newer one yet.",
        ),
    memoryMib: integer(128, 10_240).describe("Memory of the function; CPU grows with it."),
    timeoutSeconds: integer(5, 30).default(30).describe("Longest time for a payment; API Gateway waits 29."),
    reservedConcurrency: integer(1, 1000)
        .optional()
        .describe("Executions at once, kept from and for this function. A new account has ten for all."),
    maxAmountMinor: integer(1, 999_999_999_999)
        .default(100_000_000)
        .describe("Largest amount, in minor units of its currency."),
    albPriority: integer(1, 50_000)
        .optional()
        .describe("Priority of a listener rule that sends POST /validate of the load balancer to the function, too."),
});

export const transactions = z.strictObject({
    retentionDays: integer(1, 36_500)
        .default(400)
        .describe("Days that a transaction is kept; then its id may be used again."),
    pointInTimeRecovery: z.boolean().describe("Restore to any second of the last 35 days."),
    capacity: z
        .discriminatedUnion("mode", [
            z.strictObject({ mode: z.literal("on-demand").describe("Paid by request.") }),
            z.strictObject({
                mode: z.literal("provisioned").describe("Paid by unit, and scaled between two bounds."),
                units: integer(1, 40_000).describe(
                    "Read units and write units at rest, of the table and of its index, each.",
                ),
                maxUnits: integer(1, 40_000).describe("Units that autoscaling may reach, each."),
            }),
        ])
        .describe("How the table takes its load."),
});

const accountServiceChoice = z.enum(["create", "adopt", "skip"]).default("skip");

/** AWS has one of each in an account and region: two stacks that both make it would fight. */
export const accountServices = z.strictObject({
    apiGatewayRole: accountServiceChoice.describe(
        "Role with which API Gateway writes logs. `skip`: the API writes none.",
    ),
    guardDuty: accountServiceChoice.describe(
        "Threat detection with the plans that PCI DSS asks for. Unless `skip`, tasks may pull the image of its agent, which reports through an endpoint more.",
    ),
    config: accountServiceChoice.describe("Recorder of configuration and the rules for our resources."),
    securityHub: accountServiceChoice.describe("Findings, with the PCI DSS standard."),
});
