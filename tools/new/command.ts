import { existsSync, writeFileSync } from "node:fs";
import type { Document } from "yaml";
import { hasSettings } from "../../lib/settings/no-settings.ts";
import { namespace, problemLine } from "../../lib/settings/problem.ts";
import { settingsSchema } from "../../lib/settings/schema.ts";
import { readSettings } from "../../lib/settings.ts";
import { PlanError } from "../../plan/plan-error.ts";
import { yamlMapOf, readPulumiYaml, yamlTextAt, stringifyPulumiYaml } from "../../plan/pulumi-yaml.ts";
import { today } from "../../plan/stack-settings.ts";
import { exclusiveSettingsOf, exclusiveSettingsOfOthers, conflictsWithOthers } from "../../plan/stack-conflicts.ts";
import { settingPath, stackFilePath, stackFilesFrom, stackNamesIn } from "../../plan/stack-file.ts";
import { argument, defineCommand, option, requiredOption, type ArgumentsOf } from "../frame/command.ts";
import { ExitError } from "../frame/exit.ts";
import { copiedStackProblem } from "../frame/stack-argument.ts";
import { formatColumns, wrapWidth } from "../frame/table.ts";
import { convertToNewStack, type SettingChange, type CopyResult, type NewStack } from "./copy.ts";

const spec = {
    arguments: { name: argument("<name>", "name of the new stack") },
    options: {
        from: requiredOption("<stack>", "stack that is copied", { problem: copiedStackProblem }),
        suffix: option("<suffix>", "environmentSuffix; the name of the stack by default"),
        domain: option("<name>", "domain of the copy, where the original has one"),
        zone: option("<name>", "Route 53 zone of the domain; the original's by default"),
    },
};

type Values = ArgumentsOf<typeof spec.arguments, typeof spec.options>;

export const command = defineCommand(spec, (values, context) => {
    const { root, out } = context;
    const { name, from } = values;
    const { text, copy } = copyStack(root, values);
    writeFileSync(stackFilePath(root, name), text);
    out(reportText(name, from, copy, wrapWidth(context)));
});

/**
 * @throws ExitError `usage` with all problems where the name or the suffix is one of them
 * @throws PlanError with everything else that keeps the stack from being made
 */
function copyStack(
    root: string,
    { name, from, suffix = name, domain, zone }: Values,
): { text: string; copy: CopyResult } {
    const problems = [...nameProblems(root, name), ...suffixProblems(suffix)];
    const unused = [...(suffix === name ? [suffixHint] : []), ...(zone === undefined ? [zoneHint] : [])];
    const refused = (all: string[]) => {
        const lines = [...all, ...hintsFor(all, unused)];
        return problems.length > 0 ? new ExitError("usage", lines.join("\n")) : new PlanError(lines);
    };
    const document = readPulumiYaml(stackFilePath(root, from));
    if (!hasSettings(stackFilesFrom(root, from, yamlMapOf(document)).config)) {
        const all = stackNamesIn(root).join(", ");
        throw refused([...problems, `--from must name a stack that has settings, one of ${all}, got "${from}"`]);
    }
    const wanted: NewStack = {
        ...{ name, from, suffix, domain, zone },
        networks: networksInUse(root),
        encryption: existsSync(stackFilePath(root, name)) ? yamlMapOf(readPulumiYaml(stackFilePath(root, name))) : {},
        findProblems: (changed) => problemsOf(root, name, changed),
    };
    const copy = convertToNewStack(document, wanted);
    const all = new Set([...problems, ...copy.problems, ...problemsOf(root, name, document)]);
    if (all.size > 0) {
        throw refused([...all]);
    }
    return { text: stringifyPulumiYaml(document), copy };
}

/** The option that helps where a problem begins so. */
interface Hint {
    readonly problem: string;
    readonly text: string;
}

const suffixHint: Hint = {
    problem: `${namespace}environmentSuffix `,
    text: "--suffix can give an environmentSuffix that is not the name of the stack",
};

const zoneHint: Hint = {
    problem: `${namespace}certificate.domainName must be in zoneName `,
    text: "--zone can give another Route 53 zone than the original's, in which the domain is",
};

const hintsFor = (problems: readonly string[], hints: readonly Hint[]): string[] =>
    hints.filter((hint) => problems.some((each) => each.startsWith(hint.problem))).map(({ text }) => text);

/** Pulumi's rule for names of stacks (https://www.pulumi.com/docs/iac/concepts/stacks/#create-stack). */
const stackNamePattern = /^[A-Za-z0-9_.-]{1,100}$/;

function nameProblems(root: string, name: string): string[] {
    const file = stackFilePath(root, name);
    return stackNamePattern.test(name)
        ? existsSync(file) && yamlMapOf(readPulumiYaml(file)).config !== undefined
            ? [`Pulumi.${name}.yaml exists and has a configuration: take another name, or remove \`config\` from it`]
            : []
        : [`the name of a stack must be 1 to 100 letters, digits, hyphens, underscores or periods, got "${name}"`];
}

function suffixProblems(suffix: string): string[] {
    const { error } = settingsSchema.shape.environmentSuffix.safeParse(suffix);
    return (error?.issues ?? []).map(({ message }) =>
        problemLine({ path: ["environmentSuffix"], message, got: suffix }),
    );
}

/** What keeps a document from being the stack of that name. */
function problemsOf(root: string, name: string, document: Document): readonly string[] {
    const { config, secretKeys } = stackFilesFrom(root, name, yamlMapOf(document));
    return [
        ...(readSettings(config, secretKeys, today()).problems ?? []),
        ...conflictsWithOthers(exclusiveSettingsOf(name, config), exclusiveSettingsOfOthers(root, name)),
    ];
}

const networksInUse = (root: string): string[] =>
    stackNamesIn(root).flatMap((stack) => {
        const document = readPulumiYaml(stackFilePath(root, stack));
        return yamlTextAt(document, settingPath(document, "network.cidr")) ?? [];
    });

function reportText(name: string, from: string, { changes, secrets }: CopyResult, width: number): string {
    const deploy = `npm run deploy -- ${name}`;
    return [
        `Pulumi.${name}.yaml is written, a copy of Pulumi.${from}.yaml. What differs, and why:`,
        ...formatChanges(changes, width),
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

function formatChanges(changes: readonly SettingChange[], width: number): string[] {
    const rows = changes.map(({ setting, change, why }) => [`${setting}: ${change}`, why]);
    return formatColumns(rows, [], width - 2).map((line) => `  ${line}`);
}
