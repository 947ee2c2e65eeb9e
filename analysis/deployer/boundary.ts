import { managedPolicyOf } from "../iam/managed-policies.ts";
import { resourcesOfType, inputText } from "../../plan/query.ts";
import { accountOfPlan, toArray, parseStatements } from "../iam/statements.ts";
import { PlanError } from "../../plan/plan-error.ts";
import type { Plan } from "../../plan/plan.ts";
import { policyDocumentOf, singleOrList, type PolicyDocument } from "./document.ts";
import { uniqueSorted, type PlaceholderValues } from "./placeholder-values.ts";
import type { DeployerGrant } from "../../plan/catalogue/deployer-grant.ts";

/**
 * The most that any role of the stack can ever do: what its planned roles do, in its own account and region, and nothing
 * with IAM. What a role may do is what both its own policy and this one allow.
 *
 * @throws PlanError for an attached policy of AWS that `analysis/iam/managed-policies.ts` does not know
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
    // Such as the one that holds GuardDuty's agent.
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
                // Not every request says whose the resource is.
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
            `analysis/deployer/boundary.ts does not know what ${policyArn} allows: add it to analysis/iam/managed-policies.ts`,
        ]);
    }
    // It looks at everything of every service: more than a policy holds. Here it sees what the platform is made of.
    return name === "service-role/AWS_ConfigRole"
        ? readActionsOf(grants)
        : policy.statements("aws").flatMap(({ Action }) => toArray(Action));
}

/** Descriptions and lists hold no content, so whole verbs stand for them; of the rest just what the provider reads, too. */
const readActionsOf = (grants: readonly DeployerGrant[]): string[] =>
    grants
        .filter(({ access }) => access === "read")
        .flatMap(({ actions }) => actions)
        .filter((action) => !contentActions.includes(action))
        .map((action) => action.replace(/:(Describe|List)[A-Za-z]*$/, ":$1*"));

const contentActions = ["kms:Decrypt", "secretsmanager:GetSecretValue"];
