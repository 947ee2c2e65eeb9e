import * as pulumi from "@pulumi/pulumi";
import { forceNewInputsOf, isForced } from "../replacement/force-new.ts";
import { hasIgnoredPart } from "../replacement/identities.ts";
import { catalogue } from "../../plan/catalogue/catalogue.ts";
import { compareText, getPath, nameInUrn } from "../../plan/query.ts";
import type { PlanNode } from "../../plan/plan.ts";
import { visitNonSecretStrings, Secret, type Value } from "../../plan/value.ts";
import type { NodePair } from "./pairs.ts";
import { valueChanges, withoutIndexes, type PropertyChange, type ValueChange } from "./property-changes.ts";
import { minIdentifyingLength } from "../../plan/text.ts";

/** A resource in both plans, with its changes. */
export interface ChangedPair extends NodePair {
    readonly changes: readonly PropertyChange[];
}

export const isReplaced = ({ changes }: ChangedPair): boolean =>
    changes.some(({ forcesReplacement }) => forcesReplacement);

/**
 * Changes of each resource, including those that follow from replacements: a replacement has a new ID, which changes the
 * inputs that refer to it, and may replace those resources in turn.
 */
export function changedPairs(pairs: readonly NodePair[]): ChangedPair[] {
    const owners = generatedTextsByUrn(pairs.map(({ after }) => after));
    let found = pairs.map((pair): ChangedPair => ({ ...pair, changes: inputChanges(pair) }));
    const known = new Set<string>();
    for (;;) {
        const fresh = found.filter((pair) => isReplaced(pair) && !known.has(pair.after.urn));
        if (fresh.length === 0) {
            return found;
        }
        fresh.forEach(({ after }) => known.add(after.urn));
        const replaced = new Map(fresh.map(({ after }) => [after.urn, owners.get(after.urn) ?? []]));
        found = found.map((pair) => ({ ...pair, changes: withDependentChanges(pair, replaced) }));
    }
}

function inputChanges(pair: NodePair): PropertyChange[] {
    const { before, after } = pair;
    const inputs = [...new Set([...Object.keys(before.inputs), ...Object.keys(after.inputs)])].toSorted(compareText);
    const own = inputs
        .filter((input) => !hasIgnoredPart(after, input))
        .flatMap((input) => valueChanges(input, before.inputs[input], after.inputs[input]));
    const changedPaths = new Set(own.map(({ path }) => path));
    // `tagsAll` contains the provider's default tags and the resource's own.
    const byProvider = valueChanges("tagsAll", before.outputs.tagsAll, after.outputs.tagsAll).filter(
        ({ path }) => !changedPaths.has(path.replace(/^tagsAll/, "tags")) && !hasIgnoredPart(after, "tagsAll"),
    );
    return [
        ...[...own, ...byProvider].map((change) => ({
            ...change,
            forcesReplacement: causesReplacement(pair, change.path),
        })),
        ...triggerChanges(pair),
    ];
}

/** A trigger that is added or removed replaces nothing (`shouldTriggerReplace` in Pulumi's step_generator.go). */
function triggerChanges({ before, after }: NodePair): PropertyChange[] {
    const [former, trigger] = [before.options.replacementTrigger, after.options.replacementTrigger];
    return former === undefined || trigger === undefined
        ? []
        : valueChanges("replacementTrigger", former, trigger).map((change) => ({ ...change, forcesReplacement: true }));
}

/** Whether a change of this input replaces the resource, by the provider's schema or by `replaceOnChanges`. */
function causesReplacement({ before, after }: NodePair, path: string): boolean {
    const { type, options } = after;
    const plain = withoutIndexes(path);
    const [input = plain] = plain.split(".");
    return (
        options.replaceOnChanges.some((each) => each === "*" || touches(plain, each)) ||
        (forceNewInputsOf(type).some((each) => touches(plain, each)) &&
            isForced(type, input, before.inputs, after.inputs))
    );
}

/** Whether a path is equal to the other path, or inside it. */
function touches(path: string, named: string): boolean {
    const plain = withoutIndexes(named);
    return `${path}.`.startsWith(`${plain}.`) || plain.startsWith(`${path}.`);
}

/** Unique texts that AWS or Pulumi generates for a resource, by URN. */
function generatedTextsByUrn(nodes: readonly PlanNode[]): Map<string, string[]> {
    const found = nodes
        .filter(({ custom }) => custom)
        .flatMap(({ urn, id, inputs, outputs: { tagsAll, ...outputs } }) => {
            const texts = new Set<string>();
            visitNonSecretStrings({ id, ...outputs }, (text) => texts.add(text));
            visitNonSecretStrings({ inputs, tagsAll: tagsAll ?? null }, (text) => texts.delete(text));
            return [...texts].filter((text) => text.length >= minIdentifyingLength).map((text) => ({ urn, text }));
        });
    const ofOne = [...Map.groupBy(found, ({ text }) => text).values()].filter((owners) => owners.length === 1).flat();
    return new Map(
        [...Map.groupBy(ofOne, ({ urn }) => urn)].map(([urn, owned]) => [urn, owned.map(({ text }) => text)]),
    );
}

/** The changes, with those of inputs that refer to a replaced resource. */
function withDependentChanges(
    pair: ChangedPair,
    replaced: ReadonlyMap<string, readonly string[]>,
): readonly PropertyChange[] {
    const { after, changes } = pair;
    const changedPaths = new Set(changes.map(({ path }) => path));
    const following = Object.entries(after.propertyDependencies).flatMap(([input, urns]) => {
        const texts = urns.flatMap((urn) => replaced.get(urn) ?? []);
        const value = after.inputs[input];
        return value === undefined || texts.length === 0 || hasIgnoredPart(after, input)
            ? []
            : valueChanges(input, value, withUnknownTexts(value, texts));
    });
    return [
        ...changes,
        ...[...following, ...hashChanges(after, replaced)]
            .filter(({ path }) => !changedPaths.has(path))
            .map((change) => ({ ...change, forcesReplacement: causesReplacement(pair, change.path) })),
        // https://github.com/pulumi/pulumi/blob/master/pkg/resource/deploy/step_generator.go: another provider replaces.
        ...(after.provider !== undefined && replaced.has(after.provider) && !changedPaths.has("provider")
            ? [
                  {
                      path: "provider",
                      before: nameInUrn(after.provider),
                      after: pulumi.runtime.unknownValue,
                      forcesReplacement: true,
                  },
              ]
            : []),
    ];
}

/** The change of the hash in a copy of resources that refer to a replaced one: no ID can be found in a hash. */
function hashChanges(
    { type, inputs, propertyDependencies }: PlanNode,
    replaced: ReadonlyMap<string, readonly string[]>,
): ValueChange[] {
    const path = catalogue[type]?.copyOf?.hash;
    const [input = ""] = path?.split(".") ?? [];
    return path !== undefined && propertyDependencies[input]?.some((urn) => replaced.has(urn)) === true
        ? valueChanges(path, getPath(inputs, path), pulumi.runtime.unknownValue)
        : [];
}

/** The value with these texts unknown, as in a preview. */
function withUnknownTexts(value: Value, texts: readonly string[]): Value {
    if (typeof value === "string") {
        return texts.reduce((whole, text) => whole.replaceAll(text, pulumi.runtime.unknownValue), value);
    }
    if (value instanceof Secret) {
        return new Secret(withUnknownTexts(value.value, texts));
    }
    if (Array.isArray(value)) {
        return value.map((item) => withUnknownTexts(item, texts));
    }
    return typeof value === "object" && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withUnknownTexts(inner, texts)]))
        : value;
}
