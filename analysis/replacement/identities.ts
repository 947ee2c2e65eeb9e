import type { Plan, PlanNode } from "../../plan/plan.ts";
import { Secret, type Value } from "../../plan/value.ts";
import { typeNameOf } from "../../plan/query.ts";
import { catalogue } from "../../plan/catalogue/catalogue.ts";
import { forceNewInputsOf, isConditional } from "./force-new.ts";
import { accountIdInText, escapeRegExp, minIdentifyingLength } from "../../plan/text.ts";

/** Inputs whose change replaces this resource, with their values. */
export interface ReplacementInputs {
    /** By input. Inputs with a condition are left out: whether their change replaces the resource depends on both values. */
    readonly replacedBy: Readonly<Record<string, Value>>;
    /** Pulumi refuses to delete it. */
    readonly protect?: true;
}

/** How a reference to another resource is written in place of its ID or ARN. */
export type LabelOf = (node: PlanNode) => string;

/** Whether `ignoreChanges` names the input or any path inside it. */
export const hasIgnoredPart = ({ options }: PlanNode, input: string): boolean =>
    options.ignoreChanges.some((path) => path === "*" || path.split(/[.[]/)[0] === input);

/** Undefined if a replacement loses nothing (no `loss` in the catalogue). */
export function replacementInputsOf(plan: Plan, node: PlanNode, labelOf: LabelOf): ReplacementInputs | undefined {
    if (catalogue[node.type]?.loss === undefined) {
        return undefined;
    }
    const always = forceNewInputsOf(node.type).filter((input) => !isConditional(node.type, input));
    const inputs = new Set([...always, ...node.options.replaceOnChanges]);
    const replacedBy = [...inputs].toSorted().flatMap((input): [string, Value][] => {
        const value = node.inputs[input];
        return value === undefined || hasIgnoredPart(node, input)
            ? []
            : [[input, stableValue(value, referencesOf(plan, node, input, labelOf))]];
    });
    return {
        replacedBy: Object.fromEntries(replacedBy),
        ...(node.options.protect ? { protect: true } : {}),
    };
}

/** Outputs of other resources, each with a reference to its resource. */
type References = ReadonlyMap<string, string>;

/** What the input's value may be made of: the plan generates IDs and names, and AWS generates others. */
function referencesOf(plan: Plan, node: PlanNode, input: string, labelOf: LabelOf): References {
    const urns = new Set(node.propertyDependencies[input] ?? []);
    const found = new Map<string, string>();
    for (const other of plan.nodes) {
        if (urns.has(other.urn) && other.custom) {
            const kind = typeNameOf(other);
            // An input is an output, too: a cluster publishes its subnet group.
            for (const [output, text] of Object.entries({ id: other.id, ...other.outputs, ...other.inputs })) {
                if (typeof text === "string" && text.length >= minIdentifyingLength && !found.has(text)) {
                    found.set(text, `<${output} of ${kind} ${labelOf(other)}>`);
                }
            }
        }
    }
    return found;
}

/** The value without what differs from account to account, or is a secret. */
function stableValue(value: Value, references: References): Value {
    if (typeof value === "string") {
        // The longest first, as an ARN may contain an ID.
        const texts = [...references.keys()].toSorted((a, b) => b.length - a.length).map(escapeRegExp);
        return value.replace(
            new RegExp([...texts, accountIdInText.source].join("|"), "g"),
            (found) => references.get(found) ?? "<account>",
        );
    }
    if (value instanceof Secret) {
        return "<secret>";
    }
    if (Array.isArray(value)) {
        return value.map((item) => stableValue(item, references));
    }
    return typeof value === "object" && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, stableValue(inner, references)]))
        : value;
}
