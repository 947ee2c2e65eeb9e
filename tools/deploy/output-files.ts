import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { manifestSchema, type Manifest } from "../../lib/manifest.ts";
import type { Plan } from "../../plan/plan.ts";
import { ExitError } from "../frame/exit.ts";
import { toJsonText } from "../frame/json-output.ts";
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

const outputsFolder = "outputs";

const outputFilePaths = (root: string, stack: string) => ({
    outputs: join(root, outputsFolder, `${stack}.json`),
    manifest: join(root, outputsFolder, `${stack}.manifest.json`),
});

/** Writes outputs and manifest, where there is one, for their owner's eyes; returns the files. */
export function writeOutputFiles(
    root: string,
    stack: string,
    outputs: object,
    manifest: Manifest | undefined,
): string[] {
    const files = outputFilePaths(root, stack);
    mkdirSync(join(root, outputsFolder), { recursive: true, mode: 0o700 });
    const contents = [
        [files.outputs, outputs],
        [files.manifest, manifest],
    ] as const;
    return contents.flatMap(([file, content]) => {
        // The mode is taken of new files only.
        rmSync(file, { force: true });
        if (content === undefined) {
            return [];
        }
        writeFileSync(file, toJsonText(content), { mode: 0o600 });
        return [file];
    });
}

export function removeOutputFiles(root: string, stack: string): void {
    Object.values(outputFilePaths(root, stack)).forEach((file) => {
        rmSync(file, { force: true });
    });
}
