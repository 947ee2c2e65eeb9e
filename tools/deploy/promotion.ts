import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { digestPattern } from "../../lib/settings/fields.ts";
import { migrationNoun } from "../../lib/settings/migration.ts";
import type { PlatformSettings } from "../../lib/settings.ts";
import type { AwsClients } from "../frame/aws-clients.ts";
import { ExitError } from "../frame/exit.ts";
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

/**
 * What passed in another stack.
 *
 * @throws ExitError `refused` without a record: nothing is promoted unproven
 */
export function readVerified(root: string, stack: string): Verified {
    const file = outputFilePath("", stack, "verified");
    const path = resolve(root, file);
    if (!existsSync(path)) {
        throw new ExitError(
            "refused",
            `${file} does not exist: run all integration tests against ${stack}, and bring what they wrote`,
        );
    }
    const parsed = verifiedSchema.safeParse(JSON.parse(readFileSync(path, "utf8")));
    if (!parsed.success) {
        const problems = parsed.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`);
        throw new ExitError("refused", `${file} is no record of a verified stack:\n${problems.join("\n")}`);
    }
    return parsed.data;
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
    stack: string,
    { stack: previous, digests }: Verified,
): Promise<string[]> {
    if (previous === stack) {
        return [`${stack} cannot be promoted from itself`];
    }
    const problems: string[] = [];
    for (const [owner, digest] of recordedImages(settings)) {
        const passed = digests[owner];
        if (digest === passed) {
            continue;
        }
        const before = await latestTaskDefinitions({ ecs, suffix: settings.environmentSuffix, service: owner });
        if (!before.some((definition) => digestOf(definition, owner) === digest)) {
            problems.push(
                `${owner} is to run ${digest}, which ${stack} never ran; what passed in ${previous} is ${passed ?? "nothing"}: ` +
                    `record that one, or deploy the image to ${previous} first (docs/images.md, "Promotion")`,
            );
        }
    }
    return problems;
}
