import { type Plan } from "../../plan/plan.ts";
import { PlanError } from "../../plan/plan-error.ts";
import { permissionsBoundaryOf } from "./boundary.ts";
import {
    splitIntoDocuments,
    documentLength,
    maxDocumentLength,
    maxDocumentsPerRole,
    policyStatementsOf,
    type PolicyDocument,
} from "./document.ts";
import { placeholderValuesOf, uniqueSorted, type DeployerLocation } from "./placeholder-values.ts";
import type { DeployerGrant } from "../../plan/catalogue/deployer-grant.ts";
import { catalogue } from "../../plan/catalogue/catalogue.ts";
import { deployCommandGrants } from "./command-grants.ts";

export { deployerLocationOfStack, locationWarnings } from "./deployer-location.ts";

/** The policies of who previews and looks for drift, and of who deploys a stack, and the boundary of the roles that the stack makes. */
export interface DeployerPolicies {
    readonly preview: readonly PolicyDocument[];
    readonly deploy: readonly PolicyDocument[];
    readonly boundary: PolicyDocument;
}

/** Planned types of the AWS provider, such as `aws:sqs/queue:Queue`. */
export const plannedTypes = (plan: Plan): string[] =>
    uniqueSorted(plan.nodes.filter(({ type, custom }) => custom && type.startsWith("aws:")).map(({ type }) => type));

/** @throws PlanError for a type without grants */
export function deployerGrantsOf(plan: Plan): DeployerGrant[] {
    const types = plannedTypes(plan);
    const unknown = types.filter((type) => catalogue[type]?.grants === undefined);
    if (unknown.length > 0) {
        throw new PlanError(unknown.map((type) => `no deployer grants for ${type}: add its row to plan/catalogue/`));
    }
    return [...types.flatMap((type) => catalogue[type]?.grants ?? []), ...deployCommandGrants];
}

/**
 * @param drift rights to list what is there that nobody planned
 * @param recovery rights to look for what an interrupted creation has made
 * @throws PlanError as `grantsOf`, and for documents that IAM would not take
 */
export function deployerPolicies(
    plan: Plan,
    place: DeployerLocation,
    { drift, recovery }: Readonly<Record<"drift" | "recovery", readonly DeployerGrant[]>>,
): DeployerPolicies {
    const facts = placeholderValuesOf(plan, place);
    const planned = deployerGrantsOf(plan);
    const policies = {
        preview: splitIntoDocuments(
            policyStatementsOf([...planned.filter(({ access }) => access === "read"), ...drift], facts),
        ),
        deploy: splitIntoDocuments(policyStatementsOf([...planned, ...drift, ...recovery], facts)),
        boundary: permissionsBoundaryOf(plan, facts, planned),
    };
    const problems = Object.entries(policies).flatMap(([name, value]) => sizeProblems(name, [value].flat()));
    if (problems.length > 0) {
        throw new PlanError(problems);
    }
    return policies;
}

const sizeProblems = (name: string, documents: readonly PolicyDocument[]): string[] => [
    ...(documents.length > maxDocumentsPerRole
        ? [`${name} takes ${documents.length} policies: a role holds ${maxDocumentsPerRole}`]
        : []),
    ...documents
        .map(documentLength)
        .filter((length) => length > maxDocumentLength)
        .map((length) => `a policy of ${name} has ${length} characters: IAM takes ${maxDocumentLength}`),
];
