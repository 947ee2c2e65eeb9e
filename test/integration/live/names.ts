import { isObjectOrArray } from "../../../plan/query.ts";
import { findManifest } from "../../../plan/manifest.ts";
import { Secret, type Plan, type PlanNode } from "../../../plan/plan.ts";
import type { Outputs } from "../support/outputs.ts";
import { escapeRegExp } from "../../../plan/text.ts";

/** A text that the plan invents, as only AWS has the real one, and the text in AWS. */
export type Pair = readonly [planned: string, live: string];

/** Replaces AWS's texts with the plan's, and the reverse. */
export interface Names {
    readonly toLive: <T>(value: T) => T;
    readonly toPlanned: <T>(value: T) => T;
}

/** Shorter IDs, or IDs without a digit, are part of other texts by chance. */
const isMadeUp = (text: string): boolean => text.length >= 6 && /\d/.test(text);

/** IDs and names that are parts of ARNs: `vpc-1` and `vpc-2` for `...:vpc/vpc-1` and `...:vpc/vpc-2`. */
function partsOf([planned, live]: Pair): Pair[] {
    const [ours = [], theirs = []] = [planned, live].map((arn) => arn.split(/[:/]/));
    const isAlike = ours.length === theirs.length && [2, 5].every((i) => ours[i] === theirs[i]);
    return isAlike
        ? ours.flatMap((part, i): Pair[] => (i > 5 && isMadeUp(part) ? [[part, theirs[i] ?? part]] : []))
        : [];
}

/** The plan's text for an ID of unknown form; in AWS the ID is the end of the ARN. */
function idOf(node: PlanNode, live: string): Pair[] {
    const id = live.split(/[:/]/).at(-1) ?? "";
    return node.id.endsWith(":id") && isMadeUp(id) ? [[node.id, id]] : [];
}

const leaves = (planned: unknown, live: unknown): Pair[] =>
    typeof planned === "string" && typeof live === "string"
        ? [[planned, live]]
        : isObjectOrArray(planned) && isObjectOrArray(live)
          ? Object.entries(planned).flatMap(([key, value]) => leaves(value, live[key]))
          : [];

/** Pairs from the outputs of a stack and from the ARNs in its manifest. */
export function pairsOf(plan: Plan, { manifest, ...outputs }: Outputs): Pair[] {
    const arns = new Map(manifest.resources.map(({ type, name, arn }) => [`${type} ${name}`, arn]));
    const account = (findManifest(plan.outputs) as { account?: string | null } | undefined)?.account;
    return [
        ...leaves({ ...plan.outputs, manifest: undefined }, outputs).filter(([planned]) => isMadeUp(planned)),
        ...leaves(account, manifest.account),
        ...plan.nodes.flatMap((node): Pair[] => {
            const live = arns.get(`${node.type} ${node.name}`);
            const { arn } = node.outputs;
            return live && typeof arn === "string" ? [[arn, live], ...partsOf([arn, live]), ...idOf(node, live)] : [];
        }),
    ];
}

/** Replaces texts, the longest first, as an ID may be part of an ARN. */
function replacer(pairs: readonly Pair[]): <T>(value: T) => T {
    const known = new Map(pairs.filter(([from, to]) => from !== to && from !== ""));
    const texts = [...known.keys()].toSorted((a, b) => b.length - a.length);
    const pattern = new RegExp(texts.map((text) => escapeRegExp(text)).join("|"), "g");
    const replace = (value: unknown): unknown => {
        if (typeof value === "string") {
            return texts.length === 0 ? value : value.replace(pattern, (found) => known.get(found) ?? found);
        }
        if (Array.isArray(value)) {
            return value.map(replace);
        }
        return isObjectOrArray(value) && !(value instanceof Secret)
            ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, replace(inner)]))
            : value;
    };
    return <T>(value: T) => replace(value) as T;
}

export const namesOf = (pairs: readonly Pair[]): Names => ({
    toLive: replacer(pairs),
    toPlanned: replacer(pairs.map(([planned, live]) => [live, planned])),
});
