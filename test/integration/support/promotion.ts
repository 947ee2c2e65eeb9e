import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import { outputFilePath } from "../../../tools/deploy/output-files.ts";

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

/** What a stack ran when all its integration tests passed (`outputs/<stack>.verified.json`). */
const verifiedSchema = z.strictObject({
    stack: z.string().min(1),
    environment: z.string().min(1),
    /** By service; one without running tasks has none. */
    digests: z.record(z.string(), digest),
    /** ISO 8601, UTC. */
    at: z.iso.datetime(),
    /** Of this repository; empty outside of one. */
    commit: z.string(),
});
export type Verified = z.infer<typeof verifiedSchema>;

export const verifiedFile = (stack: string): string => outputFilePath("", stack, "verified");

/**
 * What passed in the previous stack.
 *
 * @throws Error without a record: nothing is promoted unproven
 */
export function readVerified(stack: string): Verified {
    const file = verifiedFile(stack);
    if (!existsSync(file)) {
        throw new Error(
            `${file} does not exist: run all integration tests against ${stack}, and bring what they wrote`,
        );
    }
    const parsed = verifiedSchema.safeParse(JSON.parse(readFileSync(file, "utf8")));
    if (!parsed.success) {
        const problems = parsed.error.issues.map(({ path, message }) => `  ${path.join(".")}: ${message}`);
        throw new Error(`${file} is no record of a verified stack:\n${problems.join("\n")}`);
    }
    return parsed.data;
}

/** What a stack runs now. */
export type Running = Pick<Verified, "stack" | "digests">;

/** Why what runs in a stack may not run there; empty when all of it passed in the previous stack. */
export function promotable(previous: Verified, current: Running): string[] {
    const services = [...new Set([...Object.keys(previous.digests), ...Object.keys(current.digests)])];
    return [
        ...(previous.stack === current.stack ? [`${current.stack} cannot be promoted from itself`] : []),
        ...(Object.keys(previous.digests).length > 0 ? [] : [`nothing ran in ${previous.stack} when its tests passed`]),
        ...services.flatMap((service) => {
            const [passed, runs] = [previous.digests[service], current.digests[service]];
            if (passed === runs) {
                return [];
            }
            if (runs === undefined) {
                return [`${service} passed in ${previous.stack} and does not run in ${current.stack}`];
            }
            return [
                `${service} runs ${runs} in ${current.stack}; what passed in ${previous.stack} is ${passed ?? "nothing"}`,
            ];
        }),
    ];
}
