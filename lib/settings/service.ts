import { z } from "zod";
import { uniqueList, fargateSizes, oneOf, integer } from "./fields.ts";

/** A name on the `PATH` of the image: ECS ignores the `HEALTHCHECK` of a Dockerfile. */
export const defaultHealthCommand: readonly string[] = ["healthcheck"];
export const storeNames = ["database", "cache"] as const;

/** One entry of the map of services: all that a service differs by. */
export const service = z.strictObject({
    path: z
        .string()
        .max(128)
        .regex(/^\/[a-z0-9-]+\/\*$/, { error: "must look like /api/*" })
        .optional()
        .describe("Requests that the load balancer sends to the service. A service without a path is a worker."),
    priority: integer(1, 50_000)
        .optional()
        .describe("Order of the listener rule, unique among services; with `path` only."),
    healthCommand: z
        .array(z.string().min(1).max(256))
        .min(1)
        .max(20)
        .optional()
        .describe(
            `Command in a worker's container that ends with 0 while it works, without a shell; \`${defaultHealthCommand.join(" ")}\` by default. With a path the load balancer checks.`,
        ),
    imageDigest: z
        .string()
        .regex(/^sha256:[0-9a-f]{64}$/, {
            error: "must be sha256: and 64 hexadecimal digits, as `docker push` prints it",
        })
        .optional()
        .describe("Image in the service's own repository. Until it is set the service runs no tasks."),
    cpuUnits: oneOf([...fargateSizes.keys()]).describe("1024 units are one vCPU."),
    memoryMib: integer(512, 122_880).describe("Memory of a task; Fargate offers certain sizes for each CPU value."),
    minTasks: integer(0, 1000).describe("Tasks at rest."),
    maxTasks: integer(1, 5000).describe("Tasks at the peak; ten times the minimum carries a tenfold spike."),
    requestsPerTaskPerMinute: integer(1, 1_000_000)
        .optional()
        .describe("Requests that scaling aims at for each task and minute. Without it CPU alone tells of a spike."),
    stores: uniqueList(z.enum(storeNames)).default([]).describe("Stores that the service connects to."),
    consumes: z.string().optional().describe("Queue that the service reads; its backlog scales it."),
    backlogPerTask: integer(1, 100_000).default(100).describe("Waiting messages per task that scaling aims at."),
    sends: uniqueList(z.string()).default([]).describe("Queues that the service writes to."),
    publishes: uniqueList(z.string()).default([]).describe("Topics that the service publishes to."),
});
