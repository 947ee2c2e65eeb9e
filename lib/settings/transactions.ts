import { z } from "zod";
import { choice } from "./choice.ts";
import { integer } from "./fields.ts";

export const transactions = z.strictObject({
    retentionDays: integer(1, 36_500)
        .default(400)
        .describe("Retention of a transaction in days; its ID can be used again some ten days later."),
    pointInTimeRecovery: z.boolean().describe("Point-in-time recovery: restore to any second of the last 35 days."),
    capacity: choice("mode", [
        z.strictObject({ mode: z.literal("on-demand").describe("Billed per request.") }),
        z.strictObject({
            mode: z.literal("provisioned").describe("Billed per capacity unit, with autoscaling."),
            units: integer(1, 40_000).describe(
                "Minimum read units and write units, of the table and of its index, each.",
            ),
            maxUnits: integer(1, 40_000).describe("Maximum units of autoscaling, each."),
        }),
    ]).describe("Capacity mode of the table."),
});
