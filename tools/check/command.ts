import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { styleText } from "node:util";
import type { Command } from "commander";
import { hint } from "../../lib/settings/problem.ts";
import { controls, evidenceOf } from "../../checks/controls.ts";
import { readExceptions } from "../../checks/exceptions.ts";
import type { Rule } from "../../checks/rule.ts";
import { rules } from "../../checks/rules.ts";
import { judge } from "../../checks/run-rules.ts";
import { commandNamed, exitCodeOf, whichStack } from "../plan/command-line.ts";
import type { Surroundings } from "../plan/command.ts";
import { planStack } from "../../plan/plan.ts";
import { settingsOf, today } from "../../plan/settings.ts";
import { stacksOf } from "../../plan/stack-file.ts";
import { render, type Style } from "./render.ts";
import { reportOf, type Report } from "./report.ts";

interface Options {
    /** A file, or true for the standard output. */
    json?: string | true;
    rule?: string[];
    control?: string[];
    evidence?: true;
}

/** Runs the command and gives its exit code: 0, 1 for a broken rule or a bad exception, 2 for arguments without sense. */
export async function run(argv: string[], surroundings: Surroundings): Promise<number> {
    const command = commandOf(surroundings);
    return exitCodeOf(async () => {
        const { stack, options } = parse(command, argv, surroundings.root);
        const report = await check(stack, chosenBy(options, command), options, surroundings);
        print(report, options, surroundings);
        return report.summary.failed + report.exceptionProblems.length === 0 ? 0 : 1;
    }, surroundings);
}

const ruleNames = rules.map(({ name }) => name);

const each = (value: string, before: string[] = []): string[] => [...before, value];

const commandOf = (streams: Surroundings): Command =>
    commandNamed("check", streams)
        .description("Tells whether what a stack would build keeps every rule, without an AWS account.")
        .argument("[stack]", "name of the stack, as in Pulumi.<stack>.yaml")
        .option("--json [file]", "write what was found as JSON, see docs/checks.md")
        .option("--rule <name>", "check this rule, with its evidence; may be repeated", each)
        .option("--control <id>", "check the rules of this control, such as PCI-1.4.4; may be repeated", each)
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
        return whichStack(command, root);
    }
    return { stack: options.json, options: { ...options, json: true } };
}

/** All rules, or those that are named or show that a control is met. */
function chosenBy({ rule: names = [], control: ids = [] }: Options, command: Command): readonly Rule[] {
    const asked = controls
        .filter(({ id }) => ids.includes(id))
        .map((control) => ({ ...control, evidence: evidenceOf(control, rules) }));
    const problems = [
        ...unknown("rule", names, ruleNames),
        ...unknown(
            "control",
            ids,
            controls.map(({ id }) => id),
        ),
        ...asked
            .filter(({ evidence }) => evidence.length === 0)
            .map(({ id, unmet = "none names it" }) => `error: no rule shows ${id}: ${unmet}`),
    ];
    if (problems.length > 0) {
        return command.error(problems.join("\n"));
    }
    return names.length + ids.length === 0
        ? rules
        : rules.filter((rule) => names.includes(rule.name) || asked.some(({ evidence }) => evidence.includes(rule)));
}

const unknown = (what: string, given: string[], known: string[]): string[] =>
    given.filter((name) => !known.includes(name)).map((name) => `error: no ${what} "${name}": ${hint(name, known)}`);

async function check(
    stack: string,
    chosen: readonly Rule[],
    { evidence, rule, control }: Options,
    { root, err }: Surroundings,
): Promise<Report> {
    const exceptions = readExceptions(root, { rules: ruleNames, stacks: stacksOf(root) });
    const plan = await planStack(root, stack);
    for (const message of plan.messages) {
        err(`${message}\n`);
    }
    const day = today();
    const planned = { plan, settings: settingsOf(root, stack, day) };
    const withEvidence = [evidence, rule, control].some((asked) => asked !== undefined);
    return reportOf(planned, judge(chosen, planned, exceptions, day), withEvidence);
}

function print(report: Report, { json }: Options, { root, out, styled = false }: Surroundings): void {
    const style: Style = (as, text) => (styled ? styleText(as, text, { validateStream: false }) : text);
    const text = `${JSON.stringify(report, null, 2)}\n`;
    if (json === true) {
        out(text);
    } else {
        out(render(report, style));
        if (json !== undefined) {
            writeFileSync(resolve(root, json), text);
            out(`report written to ${json}\n`);
        }
    }
}
