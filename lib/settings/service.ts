import { z } from "zod";
import { acquirer } from "./acquirer.ts";
import { chosenGroupNames } from "./metric-groups.ts";
import { suggestName } from "./problem.ts";
import { maxPriority } from "./service-path.ts";
import { imageDigest, sortedList, fargateSizes, oneOf, integer } from "./fields.ts";

/** A command on the image's `PATH`. ECS ignores the `HEALTHCHECK` of a Dockerfile. */
export const defaultHealthCommand: readonly string[] = ["healthcheck"];
export const storeNames = ["database", "cache"] as const;

const metricsMessage = ({ input }: { readonly input: unknown }): string =>
    `must name groups of metrics (${suggestName(typeof input === "string" ? input : "", chosenGroupNames)})`;

/** One entry of the map of services. */
export const service = z.strictObject({
    path: z
        .string()
        .max(128)
        .regex(/^\/[a-z0-9-]+\/\*$/, { error: "must look like /api/*" })
        .optional()
        .describe("Path pattern of the service at the load balancer. A service without a path is a worker."),
    priority: integer(1, maxPriority)
        .optional()
        .describe(
            "Priority of the listener rule, unique among services. Left out, it follows from the service's name: nothing depends on it, as no two paths overlap.",
        ),
    healthCommand: z
        .array(z.string().min(1).max(256))
        .min(1)
        .max(20)
        .optional()
        .describe(
            `Health check of a worker: a command in its container, run without a shell, that exits with 0; \`${defaultHealthCommand.join(" ")}\` by default. With a path the load balancer checks.`,
        ),
    imageDigest: imageDigest.describe(
        "Digest of the image in the service's repository. Until it is set the service runs no tasks.",
    ),
    cpuUnits: oneOf([...fargateSizes.keys()]).describe("1024 units are one vCPU."),
    memoryMib: integer(512, 122_880).describe("Memory of a task; Fargate offers certain sizes for each CPU value."),
    minTasks: integer(0, 1000).describe("Minimum number of tasks, without the reserve."),
    maxTasks: integer(1, 5000).describe(
        "Maximum number of tasks; ten times the minimum is enough for a tenfold spike.",
    ),
    requestsPerTaskPerMinute: integer(1, 1_000_000)
        .optional()
        .describe(
            "Target requests per task and minute for scaling. Without it a spike is visible only in CPU and memory.",
        ),
    reservePercent: integer(0, 1000)
        .default(0)
        .describe(
            "Additional tasks that always run for spikes, in percent of those that the load needs; with `requestsPerTaskPerMinute` only. `npm run cost` shows their price.",
        ),
    stores: sortedList(z.enum(storeNames)).default([]).describe("Stores that the service connects to."),
    consumes: z.string().optional().describe("Queue that the service consumes; its backlog scales the service."),
    backlogPerTask: integer(1, 100_000).default(100).describe("Target of waiting messages per task for scaling."),
    sends: sortedList(z.string()).default([]).describe("Queues that the service sends to."),
    publishes: sortedList(z.string()).default([]).describe("Topics that the service publishes to."),
    acquirer: acquirer
        .optional()
        .describe("The acquirer that the service calls over the internet. Left out: the service calls none."),
    metrics: sortedList(z.enum(chosenGroupNames, { error: metricsMessage }))
        .default([])
        .describe(
            "Groups of metrics that the service sends, as the container contract describes them (docs/containers.md); some have alarms and graphs.",
        ),
});
