import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** The stacks that the tests plan. Those at the root belong to whoever deploys the platform: no test reads them. */
export const projectFolder = resolve("test/project");

const program = resolve("index.ts");

/** Puts the project and some of its stack files into a folder, where a test may change them; the program is the real one. */
export function copyProject(folder: string, stacks: readonly string[]): void {
    const project = readFileSync(join(projectFolder, "Pulumi.yaml"), "utf8");
    writeFileSync(join(folder, "Pulumi.yaml"), project.replace(/^main: .*$/m, `main: ${program}`));
    for (const stack of stacks) {
        cpSync(join(projectFolder, `Pulumi.${stack}.yaml`), join(folder, `Pulumi.${stack}.yaml`));
    }
}
