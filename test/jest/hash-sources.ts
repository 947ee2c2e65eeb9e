import { sourceHash } from "../source-hash.ts";

/** Jest calls it before each run: most test files read plans from the cache, and reading all sources takes longer. */
export default function hashSources(): void {
    if (process.env.PLAN_CACHE !== "off") {
        process.env.PLAN_SOURCES_HASH = sourceHash(process.cwd());
    }
}
