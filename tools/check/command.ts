import { suggestName } from "../../lib/settings/problem.ts";
import { controls, rulesForControl } from "../../checks/controls.ts";
import { findingExceptionsOf, readExceptions } from "../../checks/exceptions.ts";
import type { Rule } from "../../checks/rule.ts";
import { rules } from "../../checks/rules.ts";
import { resourceTypesByRule } from "../../checks/resource-types.ts";
import { runRules } from "../../checks/run-rules.ts";
import type { PlannedStack } from "../../plan/planned-stacks.ts";
import { readSettingsOfStack, today } from "../../plan/stack-settings.ts";
import { stackNamesIn } from "../../plan/stack-file.ts";
import { defineCommand, flag, jsonOption, repeatableOption, type ArgumentsOf } from "../frame/command.ts";
import type { CommandContext } from "../frame/context.ts";
import { ExitError } from "../frame/exit.ts";
import { toJsonText } from "../frame/json-output.ts";
import { writeOutputFile } from "../frame/output-file.ts";
import { stackArgument } from "../frame/stack-argument.ts";
import { wrapWidth } from "../frame/table.ts";
import { renderCheckReport } from "./render.ts";
import { buildCheckReport, jsonReport, type CheckReport } from "./report.ts";

const spec = {
    arguments: { stack: stackArgument },
    options: {
        json: jsonOption("write what was found as JSON, see docs/checks.md"),
        rule: repeatableOption("<name>", "check this rule, with its evidence"),
        control: repeatableOption("<id>", "check the rules of this control, such as PCI-1.4.4"),
        evidence: flag("show what each rule can show an auditor"),
        all: flag("list the rules that passed as well"),
    },
};

type Values = ArgumentsOf<typeof spec.arguments, typeof spec.options>;

export const command = defineCommand(spec, async (values, context) => {
    const chosen = selectRules(values);
    const { planned, report } = await checkStack(chosen, values, context);
    // To record what each rule reads takes several times as long: the rules then share nothing.
    const jsonText = () => toJsonText(jsonReport(report, resourceTypesByRule(chosen, [planned])));
    printReport(report, jsonText, values, context);
    if (report.summary.failed + report.exceptionProblems.length > 0) {
        throw new ExitError("failed");
    }
});

const ruleNames = rules.map(({ name }) => name);

/** All rules, or those that are named or show that a control is met. */
function selectRules({ rule: names = [], control: ids = [] }: Values): readonly Rule[] {
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
            .map(({ id, unmetReason = "none names it" }) => `no rule shows ${id}: ${unmetReason}`),
    ];
    if (problems.length > 0) {
        throw new ExitError("usage", problems.join("\n"));
    }
    return names.length + ids.length === 0
        ? rules
        : rules.filter((rule) => names.includes(rule.name) || asked.some(({ evidence }) => evidence.includes(rule)));
}

const unknownNameErrors = (what: string, given: readonly string[], known: readonly string[]): string[] =>
    given.filter((name) => !known.includes(name)).map((name) => `no ${what} "${name}": ${suggestName(name, known)}`);

async function checkStack(
    chosen: readonly Rule[],
    values: Values,
    { root, say, planStack, progress }: CommandContext,
): Promise<{ planned: PlannedStack; report: CheckReport }> {
    const exceptions = readExceptions(root, { rules: ruleNames, stacks: stackNamesIn(root) });
    const { stack } = values;
    const plan = await planStack(root, stack);
    plan.messages.forEach(say);
    const day = today();
    progress.step(`checking the rules on ${stack}`);
    const planned = { plan, settings: readSettingsOfStack(root, stack, day) };
    const { results, exceptionProblems } = runRules(chosen, planned, exceptions, day);
    // Otherwise nobody would hear of such an exception before the next image is recorded.
    const findings = chosen === rules ? findingExceptionsOf(exceptions, stack, day) : [];
    const problems = [...exceptionProblems, ...findings.flatMap(({ problem }) => problem ?? [])];
    const result = { results, exceptionProblems: problems };
    return { planned, report: buildCheckReport(planned, result, showsEvidence(values)) };
}

/** A check of named rules, or with `--evidence`, shows those that passed too. */
const showsEvidence = ({ evidence, rule, control }: Values): boolean =>
    [evidence, rule, control].some((given) => given !== undefined);

function printReport(report: CheckReport, jsonText: () => string, values: Values, context: CommandContext): void {
    const { root, out, style } = context;
    const { json } = values;
    if (json === true) {
        out(jsonText());
        return;
    }
    const showPassed = values.all === true || showsEvidence(values);
    out(renderCheckReport(report, style, { showPassed, width: wrapWidth(context) }));
    if (json !== undefined) {
        writeOutputFile(root, json, jsonText());
        out(`report written to ${json}\n`);
    }
}
