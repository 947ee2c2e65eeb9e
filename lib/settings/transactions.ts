import { z } from "zod";
import { integer } from "./fields.ts";

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
