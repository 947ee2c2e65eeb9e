import { spawnSync } from "node:child_process";
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { parse, parseDocument } from "yaml";
import packageJson from "../../../package.json" with { type: "json" };
import type { planStack } from "../../../plan/plan.ts";
import { commands } from "../../../tools/commands.ts";
import { parseArguments } from "../../../tools/frame/command-line.ts";
import { copyProject, testStacks } from "../../project.ts";
import { planOfConfig, planProjectStack, planTestStack } from "../../stacks.ts";
import { readStackConfig, withSettings } from "../settings/stack-config.ts";
import { runTool, toolContext } from "../tools/run-tool.ts";
import { awsCliProblem, awsQueryProblem } from "./aws-cli.ts";
import { commandTable, stackWithSettings, type Shown } from "./command-table.ts";
import { pageFiles, readPage } from "./pages.ts";
import { commandLinesOf, fillPlaceholders, type CommandLine } from "./command-lines.ts";

const pages = pageFiles.map((file) => readPage(file));
const lines = pages.flatMap((page) => commandLinesOf(page));

const shellBlocks = pages.flatMap(({ code }) => code).filter(({ language }) => language === "sh");

/** A page may define functions of the shell for its own commands. */
const definesFunction = (page: string, name: string): boolean =>
    shellBlocks.some(({ place, text }) => place.startsWith(`${page}:`) && text.includes(`${name}() {`));

/** The entry of the table with the longest key that the command begins with. */
function rowOf({ key }: CommandLine): [key: string, shown: Shown] | undefined {
    return Object.entries(commandTable)
        .filter(([begin]) => `${key} `.startsWith(`${begin} `))
        .toSorted(([one], [other]) => other.length - one.length)[0];
}

const linesShownBy = (by: Shown["by"]) => lines.filter((line) => rowOf(line)?.[1].by === by);

test("the pages have commands in blocks and in lines", () => {
    expect(lines.filter(({ isBlock }) => isBlock).length).toBeGreaterThan(100);
    expect(lines.filter(({ isBlock }) => !isBlock).length).toBeGreaterThan(100);
});

test("every command has a row that says how it is shown, and every row a command", () => {
    const unknown = lines.filter(
        (line) => rowOf(line) === undefined && !definesFunction(line.page, line.words[0] ?? ""),
    );
    expect(unknown.map(({ place, key }) => `${place}: ${key}`)).toEqual([]);
    const used = new Set(lines.map((line) => rowOf(line)?.[0]));
    expect(Object.keys(commandTable).filter((key) => !used.has(key))).toEqual([]);
});

test("every block of code names its language, and commands are in blocks of the shell", () => {
    const blocks = pages.flatMap(({ code }) => code).filter(({ language }) => language !== undefined);
    const wrong = blocks.filter(
        ({ language, text }) =>
            language === "" || (language !== "sh" && /^\s*(?:\$ )?(?:npm|npx|aws|pulumi) /m.test(text)),
    );
    expect(wrong.map(({ place }) => place)).toEqual([]);
});

/** One shell for all blocks, each in a subshell that reads it and executes nothing: prints the places of those with an error. */
const readBlocks = String.raw`
    while [ $# -gt 0 ]; do
        (eval "set -n"$'\n'"$2") || echo "$1"
        shift 2
    done`;

test("the shell can read every block", () => {
    const blocks = shellBlocks.flatMap(({ place, text }) => [place, fillPlaceholders(text)]);
    const { stdout, stderr } = spawnSync("bash", ["-c", readBlocks, "bash", ...blocks], { encoding: "utf8" });
    expect(shellBlocks.length).toBeGreaterThan(30);
    expect({ stdout, stderr }).toEqual({ stdout: "", stderr: "" });
});

/** A folder with the stacks of the tests, to which the commands of a page may write. */
const folders = new Map(
    pageFiles.map((file) => {
        const folder = mkdtempSync(join(tmpdir(), "docs-"));
        copyProject(folder, testStacks);
        // A command writes into it.
        cpSync("docs/cost.md", join(folder, "docs/cost.md"));
        const stack = stackWithSettings[file];
        if (stack !== undefined) {
            addSettings(join(folder, `Pulumi.${stack}.yaml`), file);
        }
        return [file, folder];
    }),
);

/** Adds the settings in the YAML blocks of a page to a stack file. */
function addSettings(stackFile: string, page: string): void {
    const document = parseDocument(readFileSync(stackFile, "utf8"));
    const blocks = readPage(page).code.filter(({ language }) => language === "yaml");
    for (const [key, value] of blocks.flatMap(({ text }) => Object.entries(parse(text) as object))) {
        document.setIn(["config", key], value);
    }
    writeFileSync(stackFile, document.toString());
}

afterAll(() => {
    folders.forEach((folder) => {
        rmSync(folder, { recursive: true });
    });
});

/** Plans the stacks of the tests once for all pages, whichever stacks a page adds; another where its settings change. */
const planStackOf =
    (page: string): typeof planStack =>
    (folder, stack) =>
        stack !== stackWithSettings[page] && testStacks.some((name) => name === stack)
            ? planTestStack(stack)
            : planProjectStack(folder, stack);

/** Commands that have run already: many pages name the same ones. */
const hasRun = new Set<string>();

/** Runs a command of the project; nothing where it ends as its row says. */
async function runProblem({ page, script, argv, text }: CommandLine, code = 0): Promise<string | undefined> {
    const isRepeated = hasRun.has(text) && stackWithSettings[page] === undefined && script !== "new";
    hasRun.add(text);
    if (isRepeated) {
        return undefined;
    }
    const result = await runTool(script, argv, { root: folders.get(page) ?? "", planStack: planStackOf(page) });
    return result.code === code ? undefined : `ended with ${result.code}: ${result.err}`;
}

/** Parses a command of the project as it does itself; nothing where it accepts its arguments. */
async function parserProblem({ page, script, argv }: CommandLine): Promise<string | undefined> {
    const { command } = (await commands[script]?.load()) ?? {};
    if (command === undefined) {
        return "no such command";
    }
    try {
        parseArguments(command.spec, script, "", argv, toolContext({ root: folders.get(page) }).context);
        return undefined;
    } catch (error) {
        return String(error);
    }
}

/** The commands of the project whose arguments a page has. */
const ownLines = [...linesShownBy("run"), ...linesShownBy("parser")].filter(({ argv }) => argv.length > 0);

test.each(pageFiles.filter((file) => ownLines.some(({ page }) => page === file)))(
    "the commands of %s are accepted by their own parsers, and end as they should where they need no AWS account",
    async (file) => {
        const problems: string[] = [];
        // In their order: one may write the file of the stack that the next one names.
        for (const line of lines.filter((each) => each.page === file && ownLines.includes(each))) {
            const shown = rowOf(line)?.[1];
            const problem = shown?.by === "run" ? await runProblem(line, shown.code) : await parserProblem(line);
            problems.push(...(problem === undefined ? [] : [`${line.place}: ${line.text}: ${problem}`]));
        }
        expect(problems).toEqual([]);
    },
);

test("the test that a row names exists, and has the command or its subcommand", () => {
    const missing = Object.entries(commandTable).filter(([key, shown]) => {
        const name = key.split(" ").at(-1) ?? "";
        return shown.by === "parser" && !new RegExp(`\\b${name}\\b`).test(readFileSync(shown.runIn, "utf8"));
    });
    expect(missing.map(([key]) => key)).toEqual([]);
});

test("every npm script exists, and so do the test files that are its arguments", () => {
    const problems = lines.flatMap((line) => {
        const { place, script, argv, text } = line;
        const shown = rowOf(line)?.[1];
        if (script !== "" && !Object.hasOwn(packageJson.scripts, script)) {
            return [`${place}: ${text}: no script ${script}`];
        }
        if (shown?.by !== "script" || shown.argumentFiles === undefined) {
            return [];
        }
        const files = globSync(shown.argumentFiles);
        // What follows `-t` is the title of a test.
        const names = argv.includes("-t") ? argv.slice(0, argv.indexOf("-t")) : argv;
        return names
            .filter((name) => !files.some((file) => file.includes(name)))
            .map((name) => `${place}: ${text}: no file for ${name}`);
    });
    expect(problems).toEqual([]);
});

test("every command of the AWS CLI is a call of the service, with options that it has", () => {
    const problems = linesShownBy("sdk").flatMap(({ place, words }) => {
        const problem = awsCliProblem(words);
        return problem === undefined ? [] : [`${place}: ${words.slice(0, 3).join(" ")}: ${problem}`];
    });
    expect(problems).toEqual([]);
});

test("the AWS CLI accepts every --query", () => {
    const queried = lines.filter(({ words }) => words[0] === "aws" && words.includes("--query"));
    expect(queried.length).toBeGreaterThan(40);
    const problems = queried.flatMap(({ place, words }) => {
        const problem = awsQueryProblem(words);
        return problem === undefined ? [] : [`${place}: ${problem}`];
    });
    expect(problems).toEqual([]);
});

/** As an operator of prod makes it, where its payments go to an acquirer. */
const prodWithAcquirer = withSettings(readStackConfig("prod"), {
    "network.egress": "nat",
    "network.natGateways": "per-az",
    "services.payment.acquirer": { url: "https://api.acquirer.example" },
});

test("every name of a resource in a command is one of prod's plan", async () => {
    const planned = JSON.stringify([await planTestStack("prod"), await planOfConfig(prodWithAcquirer, "prod")]);
    const names = lines.flatMap(({ place, words }) =>
        [...words.join(" ").matchAll(/(?:\/[\w/-]+\/|\b)payment-[\w-]*-prod(?![\w-])/g)].map(([name]) => ({
            place,
            name,
        })),
    );
    expect(names.length).toBeGreaterThan(40);
    expect(names.filter(({ name }) => !planned.includes(name))).toEqual([]);
});
