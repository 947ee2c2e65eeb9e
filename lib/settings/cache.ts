import { z } from "zod";
import { integer } from "./fields.ts";
import { rotation } from "./rotation.ts";

export const cache = z.strictObject({
    engine: z
        .enum(["redis", "valkey"])
        .default("redis")
        .describe(
            "Redis OSS 7.1 or Valkey 8. A change from `redis` to `valkey` upgrades the cache in place; back, it replaces the cache.",
        ),
    nodeType: z
        .string()
        .regex(/^cache\.[a-z0-9]+\.[a-z0-9]+$/, { error: "must be a node type such as cache.r7g.large" })
        .describe("Node type."),
    nodes: integer(1, 6).describe("Primary and replicas. With two or more the cache fails over to another zone."),
    snapshotRetentionDays: integer(1, 35).default(7).describe("Retention of the daily snapshots, in days."),
    token: rotation.prefault({}).describe("Rotation of the AUTH token (docs/rotation.md)."),
});
