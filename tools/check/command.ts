import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { styleText } from "node:util";
import type { Command } from "commander";
import { suggestName } from "../../lib/settings/problem.ts";
import { controls, rulesForControl } from "../../checks/controls.ts";
import { readExceptions } from "../../checks/exceptions.ts";
import type { Rule } from "../../checks/rule.ts";
import { rules } from "../../checks/rules.ts";
import { runRules } from "../../checks/run-rules.ts";
import { createCommand, runForExitCode, failWithoutStack } from "../plan/command-line.ts";
import type { CommandContext } from "../plan/command.ts";
import { planStack } from "../../plan/plan.ts";
import { readSettingsOfStack, today } from "../../plan/stack-settings.ts";
import { stackNamesIn } from "../../plan/stack-file.ts";
import { renderCheckReport, type StyleText } from "./render.ts";
import { buildCheckReport, type CheckReport } from "./report.ts";

interface Options {
    /** A file, or true for the standard output. */
    json?: string | true;
    rule?: string[];
    control?: string[];
    evidence?: true;
}

/** Runs the command and gives its exit code: 0, 1 for a broken rule or a bad exception, 2 for arguments without sense. */
export async function run(argv: string[], context: CommandContext): Promise<number> {
    const command = defineCommand(context);
    return runForExitCode(async () => {
        const { stack, options } = parse(command, argv, context.root);
        const report = await checkStack(stack, selectRules(options, command), options, context);
        printReport(report, options, context);
        return report.summary.failed + report.exceptionProblems.length === 0 ? 0 : 1;
    }, context);
}

const ruleNames = rules.map(({ name }) => name);

const appendValue = (value: string, before: string[] = []): string[] => [...before, value];

const defineCommand = (streams: CommandContext): Command =>
    createCommand("check", streams)
        .description("Tells whether what a stack would build keeps every rule, without an AWS account.")
        .argument("[stack]", "name of the stack, as in Pulumi.<stack>.yaml")
        .option("--json [file]", "write what was found as JSON, see docs/checks.md")
        .option("--rule <name>", "check this rule, with its evidence; may be repeated", appendValue)
        .option("--control <id>", "check the rules of this control, such as PCI-1.4.4; may be repeated", appendValue)
        .option("--evidence", "show what each rule can show an auditor");

function parse(command: Command, argv: string[], root: string): { stack: string; options: Options } {
    command.parse(argv, { from: "user" });
    const options = command.opts<Options>();
    const [stack] = command.args;
    if (stack !== undefined) {
        return { stack, options };
    }
    // `--json dev` names the stack, not the file, where it is the only word.
    if (typeof options.json !== "string") {
        return failWithoutStack(command, root);
    }
    return { stack: options.json, options: { ...options, json: true } };
}

/** All rules, or those that are named or show that a control is met. */
function selectRules({ rule: names = [], control: ids = [] }: Options, command: Command): readonly Rule[] {
    const asked = controls
        .filter(({ id }) => ids.includes(id))
        .map((control) => ({ ...control, evidence: rulesForControl(control, rules) }));
    const problems = [
        ...unknownNameErrors("rule", names, ruleNames),
        ...unknownNameErrors(
            "control",
            ids,
            controls.map(({ id }) => id),
        ),
        ...asked
            .filter(({ evidence }) => evidence.length === 0)
            .map(({ id, unmetReason = "none names it" }) => `error: no rule shows ${id}: ${unmetReason}`),
    ];
    if (problems.length > 0) {
        return command.error(problems.join("\n"));
    }
    return names.length + ids.length === 0
        ? rules
        : rules.filter((rule) => names.includes(rule.name) || asked.some(({ evidence }) => evidence.includes(rule)));
}

const unknownNameErrors = (what: string, given: string[], known: string[]): string[] =>
    given
        .filter((name) => !known.includes(name))
        .map((name) => `error: no ${what} "${name}": ${suggestName(name, known)}`);

async function checkStack(
    stack: string,
    chosen: readonly Rule[],
    { evidence, rule, control }: Options,
    { root, err }: CommandContext,
): Promise<CheckReport> {
    const exceptions = readExceptions(root, { rules: ruleNames, stacks: stackNamesIn(root) });
    const plan = await planStack(root, stack);
    for (const message of plan.messages) {
        err(`${message}\n`);
    }
    const day = today();
    const planned = { plan, settings: readSettingsOfStack(root, stack, day) };
    const withEvidence = [evidence, rule, control].some((asked) => asked !== undefined);
    return buildCheckReport(planned, runRules(chosen, planned, exceptions, day), withEvidence);
}

function printReport(report: CheckReport, { json }: Options, { root, out, styled = false }: CommandContext): void {
    const style: StyleText = (as, text) => (styled ? styleText(as, text, { validateStream: false }) : text);
    const text = `${JSON.stringify(report, null, 2)}\n`;
    if (json === true) {
        out(text);
    } else {
        out(renderCheckReport(report, style));
        if (json !== undefined) {
            writeFileSync(resolve(root, json), text);
            out(`report written to ${json}\n`);
        }
    }
}
