import type { PlatformSettings } from "../../../lib/settings.ts";
import { controls, rulesForControl, type Control } from "../../../checks/controls.ts";
import type { Exception } from "../../../checks/exceptions.ts";
import type { Rule } from "../../../checks/rule.ts";
import { runRules, type RuleResult } from "../../../checks/run-rules.ts";
import type { Plan, PlanNode, Values } from "../../../plan/plan.ts";
import type { View } from "./view.ts";

/**
 * `met`: every rule of the control passes for what AWS has, and at least one of them read a property from AWS. `not seen`: they
 * pass for the plan, and read no property from AWS. `not applied`: the platform does not meet the control, and says why.
 */
export type Outcome = "met" | "broken" | "not seen" | "not applied";

/** The result of a rule for what AWS has. */
export interface Audited {
    readonly rule: string;
    readonly outcome: RuleResult["outcome"];
    /** Properties that the rule read, and how many of them came from AWS. */
    readonly properties: number;
    readonly live: number;
    readonly violations: readonly string[];
}

/** What an auditor reads: `outputs/<stack>.compliance.json`. */
export interface Compliance {
    readonly stack: string;
    /** The answers of an emulator are no evidence. */
    readonly answeredBy: "AWS" | "an emulator";
    readonly summary: Readonly<Record<Outcome, number>>;
    readonly controls: readonly (Pick<Control, "id" | "title" | "source"> & {
        readonly outcome: Outcome;
        readonly reason?: string;
        readonly rules: readonly string[];
    })[];
    readonly rules: readonly Audited[];
}

/** Names of the properties of a resource, by its URN. */
type Properties = Map<string, Set<PropertyKey>>;

/** Records which properties are read. It copies the plan, as what rules memoize for another plan would read no property. */
function traced(plan: Plan, looked: Properties): Plan {
    const watch = (values: Values, names: Set<PropertyKey>): Values =>
        new Proxy(values, {
            get(target, property) {
                names.add(property);
                return Reflect.get(target, property) as unknown;
            },
        });
    const nodes = plan.nodes.map((node): PlanNode => {
        const names = new Set<PropertyKey>();
        looked.set(node.urn, names);
        return { ...node, inputs: watch(node.inputs, names), outputs: watch(node.outputs, names) };
    });
    return { ...plan, nodes };
}

/** What a stack must comply with, and whether AWS or an emulator answered. */
export interface AuditedBy {
    readonly settings: PlatformSettings;
    readonly exceptions: readonly Exception[];
    /** As `2027-03-31`: exceptions expire. */
    readonly today: string;
    readonly isEmulated: boolean;
}

function audit(rule: Rule, { plan, seen }: View, { settings, exceptions, today }: AuditedBy): Audited {
    const looked: Properties = new Map();
    const { results } = runRules([rule], { plan: traced(plan, looked), settings }, exceptions, today);
    const read = [...looked].flatMap(([urn, names]) => Array.from(names, (name) => ({ urn, name: String(name) })));
    return {
        rule: rule.name,
        outcome: results[0]?.outcome ?? "failed",
        properties: read.length,
        live: read.filter(({ urn, name }) => seen.get(urn)?.has(name)).length,
        violations: (results[0]?.violations ?? [])
            .filter(({ exception }) => exception === undefined)
            .map(({ resource, type, reason }) => `${type === "" ? `${resource}:` : `${resource} (${type})`} ${reason}`),
    };
}

const outcomeOf = ({ unmetReason }: Control, evidence: readonly Audited[]): Outcome => {
    if (unmetReason !== undefined) {
        return "not applied";
    }
    if (evidence.some(({ outcome }) => outcome === "failed")) {
        return "broken";
    }
    return evidence.some(({ live }) => live > 0) ? "met" : "not seen";
};

/** The result of every control, by its rules and what AWS has. */
export function complianceOf(rules: readonly Rule[], view: View, by: AuditedBy): Compliance {
    const audited = new Map(rules.map((rule) => [rule.name, audit(rule, view, by)]));
    const judged = controls.map((control) => {
        const evidence = rulesForControl(control, rules).flatMap(({ name }) => audited.get(name) ?? []);
        const { id, title, source, unmetReason: reason } = control;
        const outcome = outcomeOf(control, evidence);
        return {
            id,
            title,
            source,
            outcome,
            ...(reason !== undefined && { reason }),
            rules: evidence.map(({ rule }) => rule),
        };
    });
    const count = (outcome: Outcome) => judged.filter((control) => control.outcome === outcome).length;
    return {
        stack: view.plan.stack,
        answeredBy: by.isEmulated ? "an emulator" : "AWS",
        summary: {
            met: count("met"),
            broken: count("broken"),
            "not seen": count("not seen"),
            "not applied": count("not applied"),
        },
        controls: judged,
        rules: [...audited.values()],
    };
}

/** The counts by source of the controls, then each broken rule. */
export function render({ stack, controls: judged, rules }: Compliance): string {
    const outcomes: readonly Outcome[] = ["met", "broken", "not seen", "not applied"];
    const sources = [...new Set(judged.map(({ source }) => source))];
    const row = (cells: readonly (string | number)[]) =>
        cells.map((cell, i) => (i === 0 ? String(cell).padEnd(14) : String(cell).padStart(12))).join("");
    return [
        row([`Controls, ${stack}`, ...outcomes]),
        ...sources.map((source) =>
            row([
                source,
                ...outcomes.map(
                    (outcome) => judged.filter((one) => one.source === source && one.outcome === outcome).length,
                ),
            ]),
        ),
        ...rules.flatMap(({ rule, outcome, violations }) =>
            outcome === "failed" ? [`broken: ${rule}`, ...violations.slice(0, 5).map((line) => `    ${line}`)] : [],
        ),
        "",
    ].join("\n");
}
