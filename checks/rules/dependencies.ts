import type { Plan, PlanNode } from "../../plan/plan.ts";
import { resourcesOfType, transitiveDependencies, typeNameOf, findingsUnless } from "../../plan/query.ts";
import { requiredDependencies } from "../dependencies/required-dependencies.ts";
import type { Rule } from "../rule.ts";
import type { Finding } from "../../plan/finding.ts";

/** Violations of `requiredDependencies`. */
const findMissingDependencies = (plan: Plan): Finding[] => {
    const dependenciesByUrn = new Map<string, Set<string>>();
    const dependenciesOf = (node: PlanNode) => {
        const found = dependenciesByUrn.get(node.urn) ?? transitiveDependencies(plan, node);
        dependenciesByUrn.set(node.urn, found);
        return found;
    };
    return requiredDependencies.flatMap(({ type, needs, atLeast = 1, why }) =>
        resourcesOfType(plan, type).flatMap((node) => {
            const needed = needs(plan, node);
            return [
                ...findingsUnless(
                    [node],
                    () => needed.length >= (typeof atLeast === "number" ? atLeast : atLeast(node)),
                    `have its dependency in the plan: ${why}`,
                ),
                ...needed
                    .filter(({ urn }) => !dependenciesOf(node).has(urn))
                    .map((other) => ({ node, reason: `must depend on ${other.name} (${typeNameOf(other)}): ${why}` })),
            ];
        }),
    );
};

export const dependencyRules: readonly Rule[] = [
    {
        name: "created-after-dependencies",
        description: "A resource is created after everything it needs",
        fix: "Pass an output of the other resource, or list it in `dependsOn`.",
        check: findMissingDependencies,
    },
];
