import { auditControls } from "./controls/audit.ts";
import type { CheckovFinding } from "./controls/checkov.ts";
import { computeControls } from "./controls/compute.ts";
import type { ControlGroup } from "./controls/control-group.ts";
import { frontDoorControls } from "./controls/front-door.ts";
import { keysAndAccessControls } from "./controls/keys-and-access.ts";
import { networkControls } from "./controls/network.ts";
import { requirements } from "./controls/requirements.ts";
import { storesControls } from "./controls/stores.ts";
import type { Rule } from "./rule.ts";

export interface Control extends Omit<ControlGroup, "ids" | "rules"> {
    readonly id: string;
    readonly source: "PCI DSS" | "Security Hub" | "Checkov" | "Pulumi";
    /** Names of the rules that show that it is met: for a PCI DSS requirement also those of the checks that support it. */
    readonly rules: readonly string[];
}

/** The checks that apply to the resources of this platform, by area. */
export const controlGroups: readonly ControlGroup[] = [
    ...networkControls,
    ...frontDoorControls,
    ...computeControls,
    ...storesControls,
    ...keysAndAccessControls,
    ...auditControls,
];

/** The PCI DSS requirements, then each check. */
export const controls: readonly Control[] = [
    ...Object.entries(requirements).map(([id, { title, rules = [], unmetReason }]) => ({
        id,
        title,
        requirements: [id],
        rules: [
            ...new Set([
                ...rules,
                // Where they help only, they are no evidence.
                ...(unmetReason === undefined ? supportingGroups(id).flatMap((group) => group.rules ?? []) : []),
            ]),
        ],
        unmetReason: unmetReason ?? unmetReasonOf(id),
    })),
    ...controlGroups.flatMap(({ ids, rules = [], ...group }) => ids.map((id) => ({ id, rules, ...group }))),
].map((control) => ({ ...control, source: sourceOf(control.id) }));

function supportingGroups(requirement: string): ControlGroup[] {
    return controlGroups.filter(({ requirements: supported }) => supported.includes(requirement));
}

/** A requirement without a reason of its own is not met where none of the checks that support it is. */
function unmetReasonOf(requirement: string): string | undefined {
    const groups = supportingGroups(requirement);
    const reasons = groups.flatMap(({ unmetReason }) => unmetReason ?? []);
    return groups.length > 0 && reasons.length === groups.length ? reasons.join("; ") : undefined;
}

/** Why a failed check is accepted; empty where neither the finding nor its control has a reason. */
export const acceptedReasonFor = ({ id, reason }: CheckovFinding): string =>
    reason ?? controls.find((control) => control.id === id)?.unmetReason ?? "";

function sourceOf(id: string): Control["source"] {
    if (id.startsWith("PCI-")) {
        return "PCI DSS";
    }
    if (id.startsWith("aws-")) {
        return "Pulumi";
    }
    return id.startsWith("CKV") ? "Checkov" : "Security Hub";
}

/** The rules that show that a control is met. */
export const rulesForControl = (control: Control, rules: readonly Rule[]): Rule[] =>
    rules.filter(({ name }) => control.rules.includes(name));

/** Ids of the PCI DSS requirements and checks whose own list names a rule. */
export const controlsOfRule = ({ name }: Rule): string[] => [
    ...Object.entries(requirements).flatMap(([id, { rules = [] }]) => (rules.includes(name) ? [id] : [])),
    ...controlGroups.flatMap(({ ids, rules = [] }) => (rules.includes(name) ? ids : [])),
];

/** Contradictions in a list of controls, one line each. */
export function findControlGaps(rules: readonly Rule[], listed: readonly Control[] = controls): string[] {
    const ids = listed.map(({ id }) => id);
    const ruleNames = rules.map(({ name }) => name);
    return [
        ...ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `${id} is listed twice`),
        ...listed.flatMap((control) => [
            ...control.requirements
                .filter((id) => !(id in requirements))
                .map((id) => `${control.id} supports ${id}, which checks/controls/requirements.ts does not list`),
            ...control.rules
                .filter((name) => !ruleNames.includes(name))
                .map((name) => `${control.id} has the rule ${name}, which checks/rules.ts does not list`),
            ...ruleOrReasonProblems(control),
        ]),
    ];
}

function ruleOrReasonProblems({ id, rules, unmetReason }: Control): string[] {
    if (unmetReason === undefined) {
        return rules.length > 0 ? [] : [`${id} has neither a rule nor a reason why it is not met`];
    }
    return rules.length === 0 ? [] : [`${id} has a reason why it is not met, and the rule ${rules.join(", ")}`];
}
