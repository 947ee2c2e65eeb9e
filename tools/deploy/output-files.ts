import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { manifestSchema, type Manifest } from "../../lib/manifest.ts";
import type { Plan } from "../../plan/plan.ts";
import { ExitError } from "../frame/exit.ts";
import { toJsonText } from "../frame/json-output.ts";
import { createOutputsFolder, outputsFolder } from "../frame/output-file.ts";
import type { State } from "../../plan/state.ts";

/** The manifest among the outputs of a stack. @throws ExitError `failed` when there is none, or one of another form */
export function readManifest({ manifest }: State, stack: string): Manifest {
    const { data, error } = manifestSchema.safeParse(manifest);
    if (data === undefined) {
        const [issue] = error.issues;
        const where = ["manifest", ...(issue?.path ?? [])].map(String).join(".");
        throw new ExitError(
            "failed",
            `Stack ${stack} has no manifest of this version (${where}: ${issue?.message ?? ""}): \`up\` writes it`,
        );
    }
    return data;
}

/** Resources of a manifest that have an ARN in the plan, but not yet in the state. */
export function resourcesWithoutArn({ resources }: Manifest, { nodes }: Plan): string[] {
    const expected = new Set(
        nodes.filter(({ outputs }) => outputs.arn ?? outputs.dashboardArn).map(({ type, name }) => `${type} ${name}`),
    );
    return resources
        .filter(({ type, name, arn }) => arn === null && expected.has(`${type} ${name}`))
        .map(({ type, name }) => `${name} (${type})`);
}

/** What follows the stack's name in the names of the files that describe a deployed stack. */
const outputFileSuffixes = {
    outputs: ".json",
    manifest: ".manifest.json",
    /** The integration tests write these. */
    verified: ".verified.json",
    compliance: ".compliance.json",
} as const;

/** Path of a file that describes a deployed stack. */
export const outputFilePath = (root: string, stack: string, kind: keyof typeof outputFileSuffixes): string =>
    join(root, outputsFolder, `${stack}${outputFileSuffixes[kind]}`);

/** Writes outputs and manifest, where there is one, for their owner's eyes; returns the files. */
export function writeOutputFiles(
    root: string,
    stack: string,
    outputs: object,
    manifest: Manifest | undefined,
): string[] {
    createOutputsFolder(root);
    const contents = [
        ["outputs", outputs],
        ["manifest", manifest],
    ] as const;
    return contents.flatMap(([kind, content]) => {
        const file = outputFilePath(root, stack, kind);
        // The mode is taken of new files only.
        rmSync(file, { force: true });
        if (content === undefined) {
            return [];
        }
        writeFileSync(file, toJsonText(content), { mode: 0o600 });
        return [file];
    });
}

/** Removes every file that describes the stack as it was deployed. */
export function removeOutputFiles(root: string, stack: string): void {
    for (const suffix of Object.values(outputFileSuffixes)) {
        rmSync(join(root, outputsFolder, `${stack}${suffix}`), { force: true });
    }
}
