import { z } from "zod";
import { integer } from "./fields.ts";

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
