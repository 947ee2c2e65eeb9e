import { platformType } from "../../lib/scope.ts";
import { catalogue } from "../../plan/catalogue/catalogue.ts";
import { changedFrom, changedTo, lowered, type ProtectionCheck } from "../../plan/catalogue/protection-checks.ts";
import type { DeletionInput } from "../../plan/catalogue/row.ts";
import { providerRegion, typeNameOf } from "../../plan/query.ts";
import { parseStatements } from "../iam/statements.ts";
import type { Plan, PlanNode } from "../../plan/plan.ts";
import { visitNonSecretStrings } from "../../plan/value.ts";
import { pairNodes, type NodePair } from "./pairs.ts";

/** A protection that an update weakens. */
export interface LostProtection {
    readonly node: PlanNode;
    /** What changes, and what can happen afterwards. */
    readonly text: string;
}

/** Protections that an update weakens: settings of resources, Deny statements, and resources that protect others. */
export function lostProtections(before: Plan, after: Plan): LostProtection[] {
    const pairs = pairNodes(before, after);
    const [former, region] = [providerRegion(before), providerRegion(after)];
    return [
        ...deletionProtections(pairs, after),
        ...pairs.flatMap((pair) => weakenedInputs(pair, former, region)),
        ...lostProtectors(before, pairs),
    ];
}

/**
 * Resources that can be deleted after the update. One setting of the stack controls them all, so one line covers them where it
 * is switched off.
 */
function deletionProtections(pairs: readonly NodePair[], plan: Plan): LostProtection[] {
    const lost = pairs.flatMap(({ before, after }) => {
        const checks = (catalogue[after.type]?.deletion?.inputs ?? []).flatMap(deletionCheck);
        const changes = [
            ...(before.options.protect && !after.options.protect ? ["protect: true -> false"] : []),
            ...checks.map((check) => check(before.inputs, after.inputs)).filter((change) => change !== undefined),
        ];
        return changes.length === 0 ? [] : [{ node: after, changes }];
    });
    const [platform] = plan.nodes.filter(({ type }) => type === platformType);
    const isTurnedOff =
        pairs.every(({ after }) => !after.options.protect) && pairs.some((pair) => pair.before.options.protect);
    if (isTurnedOff && platform !== undefined && lost.length > 1) {
        const names = [...new Set(lost.map(({ node }) => node.name))];
        return [
            {
                node: platform,
                text: `no resource of the stack is protected against deletion any more: ${names.join(", ")}`,
            },
        ];
    }
    return lost.map(({ node, changes }) => ({
        node,
        text: `the ${typeNameOf(node)} is less protected against deletion: ${changes.join(", ")}`,
    }));
}

/** Nothing for an input that has one value in all stacks. */
function deletionCheck({ input, unprotected, protected: kept }: DeletionInput): ProtectionCheck[] {
    if (unprotected === kept) {
        return [];
    }
    if (typeof kept === "number") {
        return [lowered(input, kept)];
    }
    return [kept ? changedFrom(input, true) : changedTo(input, true)];
}

function weakenedInputs({ before, after }: NodePair, former: string, region: string): LostProtection[] {
    const inputs = (catalogue[after.type]?.weakerInputs ?? []).flatMap(({ check, risk }) => {
        const change = check(before.inputs, after.inputs);
        return change === undefined ? [] : [`${change}; ${risk}`];
    });
    const kept = new Set(denyStatementsOf(after, region).map(({ key }) => key));
    const denials = denyStatementsOf(before, former)
        .filter(({ key }) => !kept.has(key))
        .map(({ words }) => `its policy no longer denies ${words}`);
    return [...inputs, ...denials].map((text) => ({
        node: after,
        text: `the protection of the ${typeNameOf(after)} is weaker: ${text}`,
    }));
}

/** Deny statements of a resource's policies. The region of the stack counts as the same one in both plans: its ARNs move with it. */
function denyStatementsOf({ inputs }: PlanNode, region: string): { key: string; words: string }[] {
    const found: { key: string; words: string }[] = [];
    visitNonSecretStrings(inputs, (text) => {
        for (const statement of parseStatements(text)) {
            if (statement.Effect === "Deny") {
                const conditions = Object.values(statement.Condition ?? {}).flatMap((keys) => Object.keys(keys));
                const words = [statement.Action ?? "actions"].flat().join(", ");
                found.push({
                    key: JSON.stringify(statement).replaceAll(`:${region}:`, "::"),
                    words: conditions.length === 0 ? words : `${words} by ${conditions.join(", ")}`,
                });
            }
        }
    });
    return found;
}

/** Resources that protect or record others, and that the update deletes while the others remain. */
function lostProtectors(before: Plan, pairs: readonly NodePair[]): LostProtection[] {
    const kept = new Set(pairs.map((pair) => pair.before.urn));
    const types = new Map(before.nodes.map(({ urn, type }) => [urn, type]));
    return before.nodes
        .filter(({ urn }) => !kept.has(urn))
        .flatMap((node) => {
            const protector = catalogue[node.type]?.protector;
            if (protector === undefined) {
                return [];
            }
            const owners = Object.values(node.propertyDependencies)
                .flat()
                .filter((urn) => types.get(urn) === protector.protects);
            const isOwnerDeleted = owners.length > 0 && owners.every((urn) => !kept.has(urn));
            return isOwnerDeleted ? [] : [{ node, text: `the ${typeNameOf(node)} is deleted: ${protector.risk}` }];
        });
}
