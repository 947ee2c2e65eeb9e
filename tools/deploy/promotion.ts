import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { digestPattern } from "../../lib/settings/fields.ts";
import { migrationNoun } from "../../lib/settings/migration.ts";
import type { PlatformSettings } from "../../lib/settings.ts";
import { jsonIn } from "../../plan/value.ts";
import type { AwsClients } from "../frame/aws-clients.ts";
import { digestOf, latestTaskDefinitions } from "../rollback/history.ts";
import { outputFilePath } from "./output-files.ts";

/** What a stack ran when all its integration tests passed (`outputs/<stack>.verified.json`). */
const verifiedSchema = z.strictObject({
    stack: z.string().min(1),
    environment: z.string().min(1),
    /** By service, and for `migration`; what has no image yet has none. */
    digests: z.record(z.string(), z.string().regex(digestPattern)),
    /** ISO 8601, UTC. */
    at: z.iso.datetime(),
    /** Of this repository; empty outside of one. */
    commit: z.string(),
});
export type Verified = z.infer<typeof verifiedSchema>;

/** What passed in another stack, or why nothing says it: nothing is promoted unproven. */
function readVerified(root: string, stack: string): Verified | { readonly problem: string } {
    const file = outputFilePath("", stack, "verified");
    const path = resolve(root, file);
    if (!existsSync(path)) {
        return {
            problem: `${file} does not exist: run all integration tests against ${stack}, and bring what they wrote`,
        };
    }
    const { data, error } = verifiedSchema.safeParse(jsonIn(readFileSync(path, "utf8")));
    if (error !== undefined) {
        const problems = error.issues.map((issue) => [...issue.path, issue.message].join(": "));
        return { problem: `${file} is no record of a verified stack: ${problems.join("; ")}` };
    }
    return data.stack === stack ? data : { problem: `${file} is the record of ${data.stack}, and not of ${stack}` };
}

/** The images in a stack file: by service, and of the migration. The reconciliation of a service runs the service's image. */
const recordedImages = ({ services, migration }: PlatformSettings): [owner: string, digest: string][] =>
    Object.entries({ ...services, [migrationNoun]: migration }).flatMap(([owner, { imageDigest }]) =>
        imageDigest === undefined ? [] : [[owner, imageDigest]],
    );

/**
 * Why the images of a stack file may not be deployed; empty when each passed in the previous stack, or was in this stack before. The
 * second is true of what an update does not change, and of a rollback, which goes back to what the previous stack no longer runs.
 */
export async function promotionProblems(
    { ecs }: Pick<AwsClients, "ecs">,
    settings: PlatformSettings,
    { root, stack }: { readonly root: string; readonly stack: string },
    previous: string,
): Promise<string[]> {
    if (previous === stack) {
        return [`${stack} cannot be promoted from itself`];
    }
    const verified = readVerified(root, previous);
    if ("problem" in verified) {
        return [verified.problem];
    }
    const problems: string[] = [];
    for (const [owner, digest] of recordedImages(settings)) {
        const passed = verified.digests[owner];
        if (digest === passed) {
            continue;
        }
        const before = await latestTaskDefinitions({ ecs, suffix: settings.environmentSuffix, service: owner });
        if (!before.some((definition) => digestOf(definition, owner) === digest)) {
            problems.push(
                `${owner} is to run ${digest}, which ${stack} never ran; what passed in ${previous} is ${passed ?? "nothing, or no task of it ran there"}: ` +
                    `record that one, or deploy the image to ${previous} first (docs/images.md, "Promotion")`,
            );
        }
    }
    return problems;
}
