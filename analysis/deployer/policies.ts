import { type Plan } from "../../plan/plan.ts";
import { resourcesOfType } from "../../plan/query.ts";
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
import { missingDependentActions } from "./dependent-actions.ts";

export { deployerLocationOfStack, locationWarnings, requireBoundedRoles } from "./deployer-location.ts";

/** Policies for previews and drift detection, policies for deployments, and the permissions boundary of the stack's roles. */
export interface DeployerPolicies {
    readonly preview: readonly PolicyDocument[];
    readonly deploy: readonly PolicyDocument[];
    readonly boundary: PolicyDocument;
}

/** Planned types of the AWS provider, such as `aws:sqs/queue:Queue`. */
export const plannedTypes = (plan: Plan): string[] =>
    uniqueSorted(plan.nodes.filter(({ type, custom }) => custom && type.startsWith("aws:")).map(({ type }) => type));

/** Whether the plan has a resource of the type with the inputs that the grant is for. */
const isNeededFor =
    (plan: Plan, type: string) =>
    ({ onlyWith }: DeployerGrant): boolean =>
        onlyWith === undefined ||
        resourcesOfType(plan, type).some(({ inputs }) =>
            Object.entries(onlyWith).every(([input, value]) => inputs[input] === value),
        );

/** @throws PlanError for a type without grants */
export function deployerGrantsOf(plan: Plan): DeployerGrant[] {
    const types = plannedTypes(plan);
    const unknown = types.filter((type) => catalogue[type]?.grants === undefined);
    if (unknown.length > 0) {
        throw new PlanError(unknown.map((type) => `no deployer grants for ${type}: add its row to plan/catalogue/`));
    }
    const planned = types.flatMap((type) => (catalogue[type]?.grants ?? []).filter(isNeededFor(plan, type)));
    return [...planned, ...deployCommandGrants];
}

export const allowedActions = (grants: readonly DeployerGrant[]): Set<string> =>
    new Set(grants.filter(({ access }) => access !== "deny").flatMap(({ actions }) => actions));

/**
 * @param drift permissions to list resources that are not planned
 * @param recovery permissions to find resources that an interrupted creation has left
 * @throws PlanError as `deployerGrantsOf`, for a call whose dependent actions are not granted, and for documents that exceed the
 * limits of IAM
 */
export function deployerPolicies(
    plan: Plan,
    place: DeployerLocation,
    { drift, recovery }: Readonly<Record<"drift" | "recovery", readonly DeployerGrant[]>>,
): DeployerPolicies {
    const placeholders = placeholderValuesOf(plan, place);
    const planned = deployerGrantsOf(plan);
    const policies = {
        preview: splitIntoDocuments(
            policyStatementsOf([...planned.filter(({ access }) => access !== "write"), ...drift], placeholders),
        ),
        deploy: splitIntoDocuments(policyStatementsOf([...planned, ...drift, ...recovery], placeholders)),
        boundary: permissionsBoundaryOf(plan, placeholders, planned),
    };
    const problems = [
        ...missingDependentActions(allowedActions([...planned, ...drift, ...recovery])).map(
            ({ call, action, source }) =>
                `${call} needs ${action} (${source}): grant it in the row of the type in plan/catalogue/`,
        ),
        ...Object.entries(policies).flatMap(([name, value]) => sizeProblems(name, [value].flat())),
    ];
    if (problems.length > 0) {
        throw new PlanError(problems);
    }
    return policies;
}

const sizeProblems = (name: string, documents: readonly PolicyDocument[]): string[] => [
    ...(documents.length > maxDocumentsPerRole
        ? [`${name} needs ${documents.length} policies: a role can have ${maxDocumentsPerRole}`]
        : []),
    ...documents
        .map(documentLength)
        .filter((length) => length > maxDocumentLength)
        .map(
            (length) =>
                `a policy of ${name} has ${length} characters: IAM allows ${maxDocumentLength}${name === "boundary" ? shorterBoundary : ""}`,
        ),
];

const shorterBoundary =
    '. It is shorter with accountServices.config "adopt" instead of "create", where the account\'s owner makes the recorder, and with a shorter environmentSuffix, in a stack that is not deployed yet';
