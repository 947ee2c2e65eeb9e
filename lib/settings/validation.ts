import { z } from "zod";
import { integer } from "./fields.ts";
import { maxPriority } from "./service-path.ts";

export const validation = z.strictObject({
    runtime: z
        .enum(["nodejs24.x", "nodejs22.x"])
        .default("nodejs24.x")
        .describe(
            "Runtime of the function. `nodejs22.x` is for accounts and tools that do not support the newer one yet.",
        ),
    memoryMib: integer(128, 10_240).describe("Memory of the function; its CPU is proportional."),
    timeoutSeconds: integer(5, 30).default(30).describe("Timeout of the function; API Gateway waits 29 s."),
    reservedConcurrency: integer(1, 1000)
        .optional()
        .describe("Reserved concurrency. A new account has ten concurrent executions for all functions."),
    maxAmountMinor: integer(1, 999_999_999_999)
        .default(100_000_000)
        .describe(
            "Maximum amount of a payment, in minor units of its currency. The function has it, and each service with a path.",
        ),
    albPriority: integer(1, maxPriority)
        .optional()
        .describe(
            "Priority of a listener rule with which the load balancer also forwards POST /validate to the function. It asks for no API key: whoever reaches it can record payments, and audit records, of every merchant.",
        ),
});
