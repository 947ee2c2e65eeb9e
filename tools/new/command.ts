import { existsSync, writeFileSync } from "node:fs";
import { Document } from "yaml";
import { hasSettings } from "../../lib/settings/no-settings.ts";
import { lineOf } from "../../lib/settings/problem.ts";
import { settingsSchema } from "../../lib/settings/schema.ts";
import { readSettings } from "../../lib/settings.ts";
import { commandNamed, exitCodeOf, type Streams } from "../plan/command-line.ts";
import { PlanError } from "../../plan/plan-error.ts";
import { contentOf, readPulumiYaml, textAt, textOf } from "../../plan/pulumi-yaml.ts";
import { today } from "../../plan/settings.ts";
import { claimsOf, claimsOfOthers, conflictsOf } from "../../plan/stack-conflicts.ts";
import { settingPath, stackFileOf, stackFilesFrom, stacksOf } from "../../plan/stack-file.ts";
import { turnInto, type Change, type Copy, type NewStack } from "./copy.ts";

export interface Surroundings extends Streams {
    /** Folder of the project. */
    root: string;
}

interface Options {
    from: string;
    suffix?: string;
    domain?: string;
    zone?: string;
}

/** Runs the command and gives its exit code: 0, 1 for a stack that cannot be made, 2 for arguments that make no sense. */
export async function run(argv: string[], surroundings: Surroundings): Promise<number> {
    const { root, out } = surroundings;
    const command = commandNamed("new", surroundings)
        .description("Writes the file of a new stack: a copy of another one that works beside it, in the same account.")
        .argument("<name>", "name of the new stack")
        .requiredOption("--from <stack>", "stack that is copied")
        .option("--suffix <suffix>", "environmentSuffix; the name of the stack, unless given")
        .option("--domain <name>", "domain of the copy, where the original has one")
        .option("--zone <name>", "Route 53 zone of the domain; the original's, unless given");
    return exitCodeOf(() => {
        command.parse(argv, { from: "user" });
        const [name = ""] = command.args;
        const options = command.opts<Options>();
        const { text, copy } = copyOf(root, name, options);
        writeFileSync(stackFileOf(root, name), text);
        out(report(name, options.from, copy));
        return Promise.resolve(0);
    }, surroundings);
}

/** @throws PlanError with everything that keeps the stack from being made */
function copyOf(root: string, name: string, { from, suffix = name, ...rest }: Options): { text: string; copy: Copy } {
    const problems = [...nameProblems(root, name), ...suffixProblems(suffix)];
    const document = stacksOf(root).includes(from) ? readPulumiYaml(stackFileOf(root, from)) : new Document({});
    if (!hasSettings(stackFilesFrom(root, from, contentOf(document)).config)) {
        const all = stacksOf(root).join(", ");
        throw new PlanError([...problems, `--from must name a stack that has settings, one of ${all}, got "${from}"`]);
    }
    const wanted: NewStack = {
        ...{ name, from, suffix, ...rest },
        networks: networksOf(root),
        encryption: existsSync(stackFileOf(root, name)) ? contentOf(readPulumiYaml(stackFileOf(root, name))) : {},
        problemsOf: (changed) => problemsOf(root, name, changed),
    };
    const copy = turnInto(document, wanted);
    const all = new Set([...problems, ...copy.problems, ...problemsOf(root, name, document)]);
    if (all.size > 0) {
        throw new PlanError([...all]);
    }
    return { text: textOf(document), copy };
}

/** Pulumi's rule for names of stacks (https://www.pulumi.com/docs/iac/concepts/stacks/#create-stack). */
const stackName = /^[A-Za-z0-9_.-]{1,100}$/;

function nameProblems(root: string, name: string): string[] {
    const file = stackFileOf(root, name);
    return stackName.test(name)
        ? existsSync(file) && contentOf(readPulumiYaml(file)).config !== undefined
            ? [`Pulumi.${name}.yaml exists and has a configuration: take another name, or remove \`config\` from it`]
            : []
        : [`the name of a stack must be 1 to 100 letters, digits, hyphens, underscores or periods, got "${name}"`];
}

function suffixProblems(suffix: string): string[] {
    const { error } = settingsSchema.shape.environmentSuffix.safeParse(suffix);
    return (error?.issues ?? []).map(({ message }) => lineOf({ path: ["environmentSuffix"], message, got: suffix }));
}

/** What keeps a document from being the stack of that name. */
function problemsOf(root: string, name: string, document: Document): readonly string[] {
    const { config, secretKeys } = stackFilesFrom(root, name, contentOf(document));
    return [
        ...(readSettings(config, secretKeys, today()).problems ?? []),
        ...conflictsOf(claimsOf(name, config), claimsOfOthers(root, name)),
    ];
}

const networksOf = (root: string): string[] =>
    stacksOf(root).flatMap((stack) => {
        const document = readPulumiYaml(stackFileOf(root, stack));
        return textAt(document, settingPath(document, "network.cidr")) ?? [];
    });

function report(name: string, from: string, { changes, secrets }: Copy): string {
    const deploy = `npm run deploy -- ${name}`;
    return [
        `Pulumi.${name}.yaml is written, a copy of Pulumi.${from}.yaml. What differs, and why:`,
        ...columns(changes),
        "",
        "Next:",
        `  npm run plan -- ${name}`,
        `  npm run check -- ${name}`,
        ...(secrets.length > 0 ? [`  ${deploy} preview    # makes the stack; then set its secrets anew:`] : []),
        ...secrets.map((key) => `  ${deploy} pulumi config set --secret --path '${key}'`),
        `  ${deploy} up`,
        "",
    ].join("\n");
}

function columns(changes: readonly Change[]): string[] {
    const rows = changes.map(({ setting, change, why }) => ({ what: `${setting}: ${change}`, why }));
    const width = Math.max(...rows.map(({ what }) => what.length));
    return rows.map(({ what, why }) => `  ${what.padEnd(width)}  ${why}`);
}
