import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { expect, test } from "@jest/globals";
import { parse } from "yaml";

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

/** Loads the file in a Node that says that it has this version. */
function loadWith(version: string) {
    const program = `
        Object.defineProperty(process.versions, "node", { value: ${JSON.stringify(version)} });
        require(${JSON.stringify(guard)});
        console.log("the program runs");
    `;
    const { status, stdout, stderr } = spawnSync(process.execPath, ["--eval", program], { encoding: "utf8" });
    return { status, stdout, stderr };
}

test("a program that Pulumi starts with an old Node ends before it runs, with a code to which Pulumi adds no trace", () => {
    expect(loadWith("20.20.2")).toEqual({
        status: 32,
        stdout: "",
        stderr: `${String(nodeVersionProblem("20.20.2"))}\n`,
    });
    expect(loadWith("24.21.0")).toEqual({ status: 0, stdout: "the program runs\n", stderr: "" });
});

test("Pulumi's Node loads the file before the program", () => {
    const { runtime } = parse(readFileSync("Pulumi.yaml", "utf8")) as { runtime: { options: { nodeargs: string } } };
    expect(runtime.options.nodeargs).toBe(`--require ${guard}`);
});
