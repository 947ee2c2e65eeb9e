import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { readStack } from "../../plan/stack-file.ts";
import { multiplyServices } from "./many-services.ts";

const readText = (...path: string[]): string => readFileSync(join(...path), "utf8");

function writeText(text: string, ...path: string[]): void {
    const file = join(...path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
}

/** A folder whose stack prod has as many services, and whose program is the project's own. */
export function createPlanCopy(root: string, folder: string, services: number): string {
    const copy = join(folder, `services-${services}`);
    const program = resolve(root, readStack(root, "prod").main);
    writeText(readText(root, "Pulumi.yaml").replace(/^main: .*$/m, `main: ${program}`), copy, "Pulumi.yaml");
    writeText(multiplyServices(readText(root, "Pulumi.prod.yaml"), services), copy, "Pulumi.prod.yaml");
    // The program bundles the function from the folder it runs in.
    symlinkSync(join(dirname(program), "validator"), join(copy, "validator"), "junction");
    return copy;
}
