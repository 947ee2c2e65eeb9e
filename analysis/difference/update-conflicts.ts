import { shortTypeName } from "../../plan/fake-provider/outputs.ts";
import { catalogue } from "../../plan/catalogue/catalogue.ts";
import { exclusiveValuesOf, type ExclusiveValues } from "../../plan/exclusive-values.ts";
import type { Plan, PlanNode } from "../../plan/plan.ts";
import { providerRegion, toText } from "../../plan/query.ts";
import { visitNonSecretStrings } from "../../plan/value.ts";
import { pairNodes } from "./pairs.ts";
import { changedPairs, isReplaced, type ChangedPair } from "./replacements.ts";
import { subnetConflicts } from "./subnet-conflicts.ts";

/** Why an update would fail or lose something half-way, although AWS accepts each of the two plans alone. */
export interface UpdateConflict {
    /** Logical name. */
    readonly resource: string;
    readonly text: string;
    /** What to do instead. */
    readonly steps: string;
}

/** The text of a conflict and its steps, in one line. */
export const conflictLine = ({ resource, text, steps }: UpdateConflict): string => `${resource} ${text}. ${steps}`;

/**
 * Changes that AWS refuses, and conflicts between what an update creates and what it has not deleted yet: Pulumi creates and updates
 * all resources before it deletes the former ones. Of a change of the region nothing else is said, as it changes every resource.
 */
export function updateConflicts(before: Plan, after: Plan): UpdateConflict[] {
    const moved = regionConflicts(before, after);
    if (moved.length > 0) {
        return moved;
    }
    const pairs = changedPairs(pairNodes(before, after));
    return [
        ...takenValues(before, after, pairs),
        ...earlyDeletions(before, pairs),
        ...subnetConflicts(before, after, pairs),
        ...pairs.flatMap(refusedChanges),
    ];
}

function regionConflicts(before: Plan, after: Plan): UpdateConflict[] {
    const [former, region] = [providerRegion(before), providerRegion(after)];
    return former === "" || region === "" || former === region
        ? []
        : [
              {
                  resource: "aws:region",
                  text: `changes from ${former} to ${region}, and a stack stays in its region`,
                  steps: "Set it back, or make a new stack",
              },
          ];
}

/** Changes for which the provider does not replace the resource, and which AWS refuses. */
function refusedChanges(pair: ChangedPair): UpdateConflict[] {
    const { before, after, changes } = pair;
    return (catalogue[after.type]?.refusedChanges ?? [])
        .filter(
            ({ input, isRefused }) =>
                !isReplaced(pair) &&
                changes.some(({ path }) => path === input) &&
                isRefused(before.inputs[input], after.inputs[input]),
        )
        .map(({ input, text, steps }) => ({
            resource: after.name,
            text: `changes ${input} from ${toText(before.inputs[input])} to ${toText(after.inputs[input])}: ${text}`,
            steps,
        }));
}

/** Values that a resource gets while another one, or its own predecessor, still has them. */
function takenValues(before: Plan, after: Plan, pairs: readonly ChangedPair[]): UpdateConflict[] {
    const former = new Map(
        before.nodes
            .filter(isManaged)
            .flatMap((node) => exclusiveValuesOf(node).map(({ key }) => [key, node] as const)),
    );
    const pairOf = new Map(pairs.map((pair) => [pair.after.urn, pair]));
    const kept = new Set(pairs.map((pair) => pair.before.urn));
    const replaced = new Set(pairs.filter(isReplaced).map((pair) => pair.after.urn));
    return after.nodes.filter(isManaged).flatMap((node) => {
        const pair = pairOf.get(node.urn);
        return exclusiveValuesOf(node)
            .filter(({ row }) => !refersTo(node, row.inputs, replaced))
            .flatMap((values): UpdateConflict[] => {
                const owner = former.get(values.key);
                if (owner === undefined) {
                    return [];
                }
                if (pair !== undefined && hadValues(pair, values)) {
                    return isCreatedFirst(pair, values) ? [replacementConflict(node, values)] : [];
                }
                return "mergedBy" in values.row.second && owner.options.retainOnDelete
                    ? []
                    : [transferConflict(node, values, owner, kept.has(owner.urn))];
            });
    });
}

const isManaged = ({ custom, external }: PlanNode): boolean => custom && !external;

/** Whether one of the inputs is an ID or ARN that the update replaces: nothing has it yet. */
const refersTo = (node: PlanNode, inputs: readonly string[], urns: ReadonlySet<string>): boolean =>
    inputs.some((input) => node.propertyDependencies[input]?.some((urn) => urns.has(urn)));

const hadValues = ({ before }: ChangedPair, { key }: ExclusiveValues): boolean =>
    exclusiveValuesOf(before).some((values) => values.key === key);

/**
 * Whether the replacement of a resource exists together with the resource, and with the same values. A name is never the same: the
 * provider deletes first where the program gives the name (`nameRequiresDeleteBeforeReplace` in
 * https://github.com/pulumi/pulumi-terraform-bridge/blob/main/pkg/tfbridge/schema.go). In another region or account the values
 * are free.
 */
const isCreatedFirst = (pair: ChangedPair, { isName }: ExclusiveValues): boolean =>
    isReplaced(pair) &&
    !isName &&
    !pair.after.options.deleteBeforeReplace &&
    !pair.changes.some(({ path }) => path === "provider" || path === "region");

const replacementConflict = (node: PlanNode, values: ExclusiveValues): UpdateConflict => ({
    resource: node.name,
    text: `is replaced and keeps ${values.text}, and Pulumi creates the new ${shortTypeName(node.type)} first: ${effectText(values)}`,
    steps: `Update twice: first without this ${shortTypeName(node.type)}, then as now`,
});

const transferConflict = (
    node: PlanNode,
    values: ExclusiveValues,
    owner: PlanNode,
    isOwnerKept: boolean,
): UpdateConflict => ({
    resource: node.name,
    text: `gets ${values.text} of the ${shortTypeName(node.type)} ${owner.name}, which this update ${isOwnerKept ? "changes" : "deletes later"}: ${effectText(values)}`,
    steps: `Update twice: in the first update neither of the two may have ${values.text} (set other values, or leave out what they belong to); the second one is this`,
});

const effectText = ({ row: { second } }: ExclusiveValues): string =>
    "refusedWith" in second
        ? `AWS refuses it with ${second.refusedWith}`
        : `${second.mergedBy} returns or overwrites what is there, and the deletion of the former then removes it`;

/** Resources that an update deletes while another one uses them until its maintenance window. */
function earlyDeletions(before: Plan, pairs: readonly ChangedPair[]): UpdateConflict[] {
    const kept = new Set(pairs.filter((pair) => !isReplaced(pair)).map((pair) => pair.before.urn));
    const deleted = before.nodes.filter(
        (node) => isManaged(node) && !kept.has(node.urn) && !node.options.retainOnDelete,
    );
    return pairs.flatMap((pair) => {
        const wait = catalogue[pair.after.type]?.waitsForMaintenance;
        if (wait === undefined || isReplaced(pair) || pair.after.inputs[wait.unless] === true) {
            return [];
        }
        return wait.references
            .filter((input) => pair.changes.some(({ path }) => path === input))
            .flatMap((input) => deleted.filter((node) => hasText(node, pair.before.inputs[input])))
            .map((node) => ({
                resource: pair.after.name,
                text: `uses the ${shortTypeName(node.type)} ${node.name} until its maintenance window, and this update deletes it: AWS refuses that with ${wait.refusedWith}`,
                steps: `Set ${wait.unless}: true for this update and run it when there is little traffic; a stack with compliance PCI-DSS needs a waiver of the guardrail maintenance-window for that day`,
            }));
    });
}

/** Whether a text is the ID, an input or an output of a resource. */
function hasText({ id, inputs, outputs }: PlanNode, text: unknown): boolean {
    const texts = new Set<unknown>();
    visitNonSecretStrings({ id, ...outputs, ...inputs }, (each) => texts.add(each));
    return texts.has(text);
}
