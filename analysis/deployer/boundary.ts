import { managedPolicyOf } from "../iam/managed-policies.ts";
import { resourcesOfType, inputText } from "../../plan/query.ts";
import { accountOfPlan, toArray, parseStatements } from "../iam/statements.ts";
import { PlanError } from "../../plan/plan-error.ts";
import type { Plan } from "../../plan/plan.ts";
import { policyDocumentOf, singleOrList, type PolicyDocument } from "./document.ts";
import { uniqueSorted, type PlaceholderValues } from "./placeholder-values.ts";
import type { DeployerGrant } from "../../plan/catalogue/deployer-grant.ts";

/**
 * The permissions boundary of all roles of the stack: the actions of its planned roles, in its own account and Region, and no
 * action of IAM. A role may do only what its own policies and the boundary allow.
 *
 * @throws PlanError for an attached managed policy of AWS that `analysis/iam/managed-policies.ts` does not contain
 */
export function permissionsBoundaryOf(
    plan: Plan,
    { texts }: PlaceholderValues,
    grants: readonly DeployerGrant[],
): PolicyDocument {
    const statements = resourcesOfType(plan, "iam/rolePolicy:RolePolicy").flatMap((node) =>
        parseStatements(inputText(node, "policy")),
    );
    const attached = resourcesOfType(plan, "iam/rolePolicyAttachment:RolePolicyAttachment").flatMap((node) =>
        actionsOfManagedPolicy(inputText(node, "policyArn"), grants),
    );
    const actions = [...statements.flatMap(({ Action }) => toArray(Action)), ...attached];
    // Other accounts in ARNs, such as the one with the image of GuardDuty's agent.
    const accounts = statements
        .flatMap(({ Resource }) => toArray(Resource))
        .flatMap((arn) => /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(arn)?.[1] ?? [])
        .filter((account) => account !== accountOfPlan(plan));
    return policyDocumentOf([
        {
            Effect: "Allow",
            Action: singleOrList(uniqueSorted(actions).filter((action) => !action.startsWith("iam:"))),
            Resource: "*",
            Condition: {
                StringEquals: { "aws:RequestedRegion": texts.region },
                // Not every request has the key `aws:ResourceAccount`.
                ...(texts.account !== "*" && {
                    StringEqualsIfExists: {
                        "aws:ResourceAccount": singleOrList([texts.account, ...uniqueSorted(accounts)]),
                    },
                }),
            },
        },
        { Effect: "Deny", Action: "iam:*", Resource: "*" },
    ]);
}

function actionsOfManagedPolicy(policyArn: string, grants: readonly DeployerGrant[]): readonly string[] {
    const [name, policy] = managedPolicyOf(policyArn);
    if (policy === undefined) {
        throw new PlanError([
            `analysis/deployer/boundary.ts does not have the statements of ${policyArn}: add them to analysis/iam/managed-policies.ts`,
        ]);
    }
    // It reads every service, which exceeds the size of a policy. The boundary covers the types that the platform creates.
    return name === "service-role/AWS_ConfigRole"
        ? readActionsOf(grants)
        : policy.statements("aws").flatMap(({ Action }) => toArray(Action));
}

/** Read actions of the provider; `Describe*` and `List*` of a service as a whole, because they return no stored data. */
const readActionsOf = (grants: readonly DeployerGrant[]): string[] =>
    grants
        .filter(({ access }) => access === "read")
        .flatMap(({ actions }) => actions)
        .filter((action) => !contentActions.includes(action))
        .map((action) => action.replace(/:(Describe|List)[A-Za-z]*$/, ":$1*"));

const contentActions = ["kms:Decrypt", "secretsmanager:GetSecretValue"];
