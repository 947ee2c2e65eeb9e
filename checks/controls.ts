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

export interface Control extends Omit<ControlGroup, "ids"> {
    readonly id: string;
    readonly source: "PCI DSS" | "Security Hub" | "Checkov" | "Pulumi";
}

/** Everything that is asked of what this platform deploys, by area. */
export const controlGroups: readonly ControlGroup[] = [
    ...networkControls,
    ...frontDoorControls,
    ...computeControls,
    ...storesControls,
    ...keysAndAccessControls,
    ...auditControls,
];

/** Each by itself: the requirements of PCI DSS, then the checks that serve them. */
export const controls: readonly Control[] = [
    ...Object.entries(requirements).map(([id, title]) => ({
        id,
        title,
        requirements: [id],
        unmetReason: unmetReasonOf(id),
    })),
    ...controlGroups.flatMap(({ ids, ...group }) => ids.map((id) => ({ id, ...group }))),
].map((control) => ({ ...control, source: sourceOf(control.id) }));

/** A requirement that only unmet controls serve is unmet as they are. */
function unmetReasonOf(requirement: string): string | undefined {
    const serving = controlGroups.filter(({ requirements }) => requirements.includes(requirement));
    const reasons = serving.flatMap(({ unmetReason }) => unmetReason ?? []);
    return serving.length > 0 && reasons.length === serving.length ? reasons.join("; ") : undefined;
}

/** Why a check fails and nothing is changed for it; empty where nobody says. */
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

/** Rules that show that a control is met; a requirement of PCI DSS is met by the controls that serve it, too. */
export function rulesForControl(control: Control, rules: readonly Rule[]): Rule[] {
    const ids = new Set(
        controls
            .filter(({ id, requirements }) => id === control.id || requirements.includes(control.id))
            .map(({ id }) => id),
    );
    return rules.filter((rule) => rule.controls.some((id) => ids.has(id)));
}

/** What is wrong between controls and rules, line by line. */
export function findControlGaps(rules: readonly Rule[]): string[] {
    const known = new Set(controls.map(({ id }) => id));
    const ids = controls.map(({ id }) => id);
    return [
        ...ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `${id} is listed twice`),
        ...controls.flatMap((control) =>
            control.requirements
                .filter((id) => !(id in requirements))
                .map((id) => `${control.id} serves ${id}, which checks/controls/requirements.ts does not list`),
        ),
        ...controls.flatMap((control) => {
            const evidence = rulesForControl(control, rules).map(({ name }) => name);
            if (control.unmetReason === undefined) {
                return evidence.length > 0 ? [] : [`${control.id} has neither a rule that names it nor a reason`];
            }
            return evidence.length === 0
                ? []
                : [`${control.id} is said to be unmet, and ${evidence.join(", ")} names it`];
        }),
        ...rules.flatMap(({ name, controls: named }) =>
            named
                .filter((id) => !known.has(id))
                .map((id) => `${name} names ${id}, which checks/controls does not list`),
        ),
    ];
}
