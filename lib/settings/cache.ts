import { z } from "zod";
import { integer } from "./fields.ts";

export const cache = z.strictObject({
    engine: z
        .enum(["redis", "valkey"])
        .default("redis")
        .describe("Redis OSS 7.1 or Valkey 8. From `redis` to `valkey` the cache stays; back, it is replaced."),
    nodeType: z
        .string()
        .regex(/^cache\.[a-z0-9]+\.[a-z0-9]+$/, { error: "must be a node type such as cache.r7g.large" })
        .describe("Size of each node."),
    nodes: integer(1, 6).describe("Primary and replicas. Two or more: failover, in other zones."),
    snapshotRetentionDays: integer(1, 35).default(7).describe("Days that daily snapshots are kept."),
});
