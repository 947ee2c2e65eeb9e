import { type Plan } from "../../plan/plan.ts";
import { PlanError } from "../../plan/plan-error.ts";
import { boundaryOf } from "./boundary.ts";
import {
    documentsOf,
    lengthOf,
    longestDocument,
    mostDocuments,
    statementsOf,
    type PolicyDocument,
} from "./document.ts";
import { factsOf, unique, type Place } from "./facts.ts";
import type { Grant } from "./grant.ts";
import { grants } from "./grants.ts";
import { command } from "./grants/command.ts";

export { placeOfStack, warningsOf } from "./place.ts";

/** The policies of who previews and looks for drift, and of who deploys a stack, and the boundary of the roles that the stack makes. */
export interface DeployerPolicies {
    readonly preview: readonly PolicyDocument[];
    readonly deploy: readonly PolicyDocument[];
    readonly boundary: PolicyDocument;
}

/** Planned types of AWS's provider, such as `sqs/queue:Queue`. */
export const plannedTypes = (plan: Plan): string[] =>
    unique(
        plan.nodes.flatMap(({ type, custom }) =>
            custom && type.startsWith("aws:") ? [type.slice("aws:".length)] : [],
        ),
    );

/** @throws PlanError for a type without grants */
export function grantsOf(plan: Plan): Grant[] {
    const types = plannedTypes(plan);
    const unknown = types.filter((type) => !(type in grants));
    if (unknown.length > 0) {
        throw new PlanError(unknown.map((type) => `no grants for ${type}: add them to analysis/deployer/grants/`));
    }
    return [...types.flatMap((type) => grants[type] ?? []), ...command];
}

/**
 * @param drift rights to list what is there that nobody planned
 * @param recovery rights to look for what an interrupted creation has made
 * @throws PlanError as `grantsOf`, and for documents that IAM would not take
 */
export function deployerPolicies(
    plan: Plan,
    place: Place,
    { drift, recovery }: Readonly<Record<"drift" | "recovery", readonly Grant[]>>,
): DeployerPolicies {
    const facts = factsOf(plan, place);
    const planned = grantsOf(plan);
    const policies = {
        preview: documentsOf(statementsOf([...planned.filter(({ access }) => access === "read"), ...drift], facts)),
        deploy: documentsOf(statementsOf([...planned, ...drift, ...recovery], facts)),
        boundary: boundaryOf(plan, facts, planned),
    };
    const problems = Object.entries(policies).flatMap(([name, value]) => tooLarge(name, [value].flat()));
    if (problems.length > 0) {
        throw new PlanError(problems);
    }
    return policies;
}

const tooLarge = (name: string, documents: readonly PolicyDocument[]): string[] => [
    ...(documents.length > mostDocuments
        ? [`${name} takes ${documents.length} policies: a role holds ${mostDocuments}`]
        : []),
    ...documents
        .map(lengthOf)
        .filter((length) => length > longestDocument)
        .map((length) => `a policy of ${name} has ${length} characters: IAM takes ${longestDocument}`),
];
