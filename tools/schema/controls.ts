import { controlGroups, acceptedReasonFor } from "../../checks/controls.ts";
import { checkovFindings, type CheckovFinding } from "../../checks/controls/checkov.ts";
import { checkovRun } from "../../checks/controls/checkov-run.ts";
import type { ControlGroup } from "../../checks/controls/control-group.ts";
import { requirements } from "../../checks/controls/requirements.ts";
import type { TypesByRule } from "../../checks/resource-types.ts";
import type { Rule } from "../../checks/rule.ts";
import { inlineCode, markdownTable } from "./markdown.ts";

/** For each PCI DSS requirement, the checks that support it with their rules, or the reason why they are not met. */
export function controlTables(rules: readonly Rule[], types: TypesByRule): string {
    const sections = Object.keys(requirements).map((id) => requirementSection(id, rules, types));
    // Prettier wants a blank line around headings.
    return `\n${sections.join("\n\n")}\n`;
}

function requirementSection(id: string, rules: readonly Rule[], types: TypesByRule): string {
    const { title = "", rules: named = [], unmetReason } = requirements[id] ?? {};
    const direct = rules.filter(({ name }) => named.includes(name));
    const rows = controlGroups
        .filter(({ requirements: supported }) => supported.includes(id))
        .map((group) => [group.ids.join(", "), group.title, ...controlState(group, types)]);
    return [
        `## ${id.replace("PCI-", "")} ${title}`,
        "",
        markdownTable(
            ["Controls", "What is asked", "Rules", "Resources", "State"],
            [
                ...(unmetReason === undefined ? [] : [[id, title, ...unmetState(unmetReason)]]),
                ...direct.map((rule) => [id, rule.description, ...ruleCells([rule.name], types)]),
                ...rows,
            ],
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

/** Rules, resource types and state of a group of checks. */
const controlState = ({ rules = [], unmetReason }: ControlGroup, types: TypesByRule): string[] =>
    unmetReason === undefined ? ruleCells(rules, types) : unmetState(unmetReason);

/** In place of rules, resource types and state. */
const unmetState = (reason: string): string[] => ["", "", `not met: ${reason}`];

function ruleCells(names: readonly string[], types: TypesByRule): string[] {
    const read = new Set(names.flatMap((name) => types.get(name) ?? []));
    return [names.map(inlineCode).join(", "), read.has("*") ? "all" : [...read].map(typeText).join(", "), "met"];
}

/** `rds.Cluster`: RDS and ECS both have a `Cluster`. */
const typeText = (type: string): string => type.replace(/\/\w+:/, ".");
