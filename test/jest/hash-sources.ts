import { sourceHash } from "../source-hash.ts";

/**
 * Jest's globalSetup: hashes the sources once for all workers (`PLAN_SOURCES_HASH`), as hashing takes longer than reading a
 * plan.
 */
export default function hashSources(): void {
    if (process.env.PLAN_CACHE !== "off") {
        process.env.PLAN_SOURCES_HASH = sourceHash(process.cwd());
    }
}
