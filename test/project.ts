import { cpSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** The stacks that the tests plan. An operator may edit those at the root, so no test reads them. */
export const testProjectFolder = resolve("test/project");

/** Every stack that the tests have. */
export const testStacks = ["dev", "staging", "prod"] as const;

/**
 * Puts the project and some of its stack files into a folder, where a test may change them.
 *
 * @param main the program, by default the one of this checkout
 */
export function copyProject(
    folder: string,
    names: readonly (typeof testStacks)[number][],
    main: string = resolve("index.ts"),
): void {
    const project = readFileSync(join(testProjectFolder, "Pulumi.yaml"), "utf8");
    writeFileSync(join(folder, "Pulumi.yaml"), project.replace(/^main: .*$/m, `main: ${main}`));
    for (const stack of names) {
        cpSync(join(testProjectFolder, `Pulumi.${stack}.yaml`), join(folder, `Pulumi.${stack}.yaml`));
    }
}

const checkoutPaths = [
    "analysis",
    "checks",
    "contract",
    "index.ts",
    "lib",
    "package.json",
    "plan",
    "tools",
    "validator",
];

/**
 * Copies the program and its commands into a folder, with the stacks of the tests, for a command that runs as a process
 * and reads the stack files next to its sources.
 */
export function copyCheckout(folder: string): void {
    for (const source of checkoutPaths) {
        cpSync(source, join(folder, source), { recursive: true });
    }
    symlinkSync(resolve("node_modules"), join(folder, "node_modules"), "junction");
    copyProject(folder, testStacks, "index.ts");
}

/**
 * As `copyCheckout`, with links to the sources, of which Node keeps what it has compiled. Only the entry of the policy pack
 * is a copy: the pack judges the stacks of the project that its entry lies in.
 */
export function linkCheckout(folder: string): void {
    const entry = "checks/index.js";
    const checks = readdirSync("checks").map((name) => `checks/${name}`);
    const sources = [...checkoutPaths.filter((path) => path !== "checks"), ...checks, "node_modules"];
    mkdirSync(join(folder, "checks"));
    for (const source of sources.filter((path) => path !== entry)) {
        symlinkSync(resolve(source), join(folder, source));
    }
    cpSync(entry, join(folder, entry));
    copyProject(folder, testStacks, "index.ts");
}
