import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { readStack } from "../../plan/stack-file.ts";
import { withServices } from "./many-services.ts";

const read = (...path: string[]): string => readFileSync(join(...path), "utf8");

function write(text: string, ...path: string[]): void {
    const file = join(...path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
}

/** A folder whose stack prod has as many services, and whose program is the project's own. */
export function planCopy(root: string, folder: string, services: number): string {
    const copy = join(folder, `services-${services}`);
    const program = resolve(root, readStack(root, "prod").main);
    write(read(root, "Pulumi.yaml").replace(/^main: .*$/m, `main: ${program}`), copy, "Pulumi.yaml");
    write(withServices(read(root, "Pulumi.prod.yaml"), services), copy, "Pulumi.prod.yaml");
    // The program bundles the function from the folder it runs in.
    symlinkSync(join(dirname(program), "validator"), join(copy, "validator"), "junction");
    return copy;
}

/** The program as CommonJS, which is all that Pulumi's default loader can compile. */
export function commonJsCopy(root: string, folder: string): string {
    const copy = join(folder, "commonjs");
    const { compilerOptions } = JSON.parse(read(root, "tsconfig.json")) as { compilerOptions: object };
    const commonJs = {
        module: "commonjs",
        moduleResolution: "node10",
        ignoreDeprecations: "6.0",
        verbatimModuleSyntax: false,
        allowImportingTsExtensions: false,
        esModuleInterop: true,
    };
    const { name, version } = JSON.parse(read(root, "package.json")) as { name: string; version: string };
    write(JSON.stringify({ name, version }), copy, "package.json");
    write(JSON.stringify({ compilerOptions: { ...compilerOptions, ...commonJs } }), copy, "tsconfig.json");
    const modules = ["lib", "validator"].flatMap((part) =>
        readdirSync(join(root, part), { recursive: true, encoding: "utf8" })
            .filter((file) => file.endsWith(".ts"))
            .map((file) => join(part, file)),
    );
    for (const file of ["index.ts", ...modules]) {
        // It cannot emit imports that name a `.ts` file, and knows no import attributes.
        const program = read(root, file)
            .replace(/(from "\.[^"]*)\.ts"/g, '$1"')
            .replaceAll(' with { type: "json" }', "");
        write(program, copy, file);
    }
    return copy;
}

/** The arguments of Node in the script of `npm run plan`. */
export function planScript(root: string): string[] {
    const { scripts } = JSON.parse(read(root, "package.json")) as { scripts: { plan: string } };
    const [, ...words] = scripts.plan.split(" ");
    return words.map((word) => (word.startsWith("-") ? word : join(root, word)));
}
