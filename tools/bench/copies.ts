import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
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

/** The program as CommonJS, which is all that Pulumi's default loader can compile. */
export function createCommonJsCopy(root: string, folder: string): string {
    const copy = join(folder, "commonjs");
    const { compilerOptions } = JSON.parse(readText(root, "tsconfig.json")) as { compilerOptions: object };
    const commonJs = {
        module: "commonjs",
        moduleResolution: "node10",
        ignoreDeprecations: "6.0",
        verbatimModuleSyntax: false,
        allowImportingTsExtensions: false,
        esModuleInterop: true,
    };
    const { name, version } = JSON.parse(readText(root, "package.json")) as { name: string; version: string };
    writeText(JSON.stringify({ name, version }), copy, "package.json");
    writeText(JSON.stringify({ compilerOptions: { ...compilerOptions, ...commonJs } }), copy, "tsconfig.json");
    const modules = ["lib", "validator"].flatMap((part) =>
        readdirSync(join(root, part), { recursive: true, encoding: "utf8" })
            .filter((file) => file.endsWith(".ts"))
            .map((file) => join(part, file)),
    );
    for (const file of ["index.ts", ...modules]) {
        // It cannot emit imports that name a `.ts` file, and knows no import attributes.
        const program = readText(root, file)
            .replace(/(from "\.[^"]*)\.ts"/g, '$1"')
            .replaceAll(' with { type: "json" }', "");
        writeText(program, copy, file);
    }
    return copy;
}

/** The arguments of Node in the script of `npm run plan`. */
export function planScriptArguments(root: string): string[] {
    const { scripts } = JSON.parse(readText(root, "package.json")) as { scripts: { plan: string } };
    const [, ...words] = scripts.plan.split(" ");
    return words.map((word) => (word.startsWith("-") ? word : join(root, word)));
}
