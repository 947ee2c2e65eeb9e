import { controlGroups, acceptedReasonFor } from "../../checks/controls.ts";
import { checkovFindings, checkovRun, type CheckovFinding } from "../../checks/controls/checkov.ts";
import type { ControlGroup } from "../../checks/controls/control-group.ts";
import { requirements } from "../../checks/controls/requirements.ts";
import type { Rule } from "../../checks/rule.ts";
import { inlineCode, markdownTable } from "./markdown.ts";

/** For each requirement the controls that serve it, with the rules that show them, or why they are not met. */
export function controlTables(rules: readonly Rule[]): string {
    const sections = Object.entries(requirements).map(([id, title]) => requirementSection(id, title, rules));
    // Prettier wants a blank line around headings.
    return `\n${sections.join("\n\n")}\n`;
}

function requirementSection(id: string, title: string, rules: readonly Rule[]): string {
    const direct = rules.filter((rule) => rule.controls.includes(id));
    const rows = controlGroups
        .filter(({ requirements: served }) => served.includes(id))
        .map((group) => [group.ids.join(", "), group.title, ...controlState(group, rules)]);
    return [
        `## ${id.replace("PCI-", "")} ${title}`,
        "",
        markdownTable(
            ["Controls", "What is asked", "Rules", "Resources", "State"],
            [...direct.map((rule) => [id, rule.description, ...ruleCells([rule])]), ...rows],
        ),
    ].join("\n");
}

/** What a run of Checkov counted, and why each check that fails stays so. */
export function checkovTables(): string {
    const { version, date, results } = checkovRun;
    const count = ({ passed, failed }: { passed: number; failed: number }) => `${passed} passed, ${failed} failed`;
    return [
        "",
        `Checkov ${version} on the committed stacks as planned on ${date}:`,
        "",
        markdownTable(
            ["Stack", "Plan", "Configuration"],
            Object.entries(results).map(([stack, { plan, configuration }]) => [
                stack,
                count(plan),
                count(configuration),
            ]),
        ),
        "",
        markdownTable(["Check", "Fails on", "Decision"], checkovFindings.map(checkovCells)),
        "",
    ].join("\n");
}

const checkovCells = (finding: CheckovFinding): string[] => [
    finding.id,
    finding.failures
        .map(({ names, stacks, scans }) => {
            const only = scans.length === 1 ? `, ${scans.join()} only` : "";
            return `${typeText(finding.type)} ${names.map(inlineCode).join(", ")} (${stacks.join(", ")}${only})`;
        })
        .join("; "),
    acceptedReasonFor(finding),
];

/** Rules, resource types and state of what several checks ask for alike. */
function controlState({ ids, unmetReason }: ControlGroup, rules: readonly Rule[]): string[] {
    if (unmetReason !== undefined) {
        return ["", "", `not met: ${unmetReason}`];
    }
    return ruleCells(rules.filter((rule) => rule.controls.some((id) => ids.includes(id))));
}

const ruleCells = (rules: readonly Rule[]): string[] => [
    rules.map(({ name }) => inlineCode(name)).join(", "),
    [...new Set(rules.flatMap(({ resourceTypes }) => resourceTypes.map(typeText)))].join(", "),
    "met",
];

/** `Cluster` of RDS and of ECS differ: `rds.Cluster`. */
const typeText = (type: string): string => (type === "*" ? "all" : type.replace(/\/\w+:/, "."));
