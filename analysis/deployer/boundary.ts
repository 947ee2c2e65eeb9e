import { managedOf } from "../iam/managed-policies.ts";
import { all, text } from "../../plan/query.ts";
import { accountOf, many, statementsIn } from "../iam/statements.ts";
import { PlanError } from "../../plan/plan-error.ts";
import type { Plan } from "../../plan/plan.ts";
import { documentOf, oneOrMore, type PolicyDocument } from "./document.ts";
import { unique, type Facts } from "./facts.ts";
import type { Grant } from "./grant.ts";

/**
 * The most that any role of the stack can ever do: what its planned roles do, in its own account and region, and nothing
 * with IAM. What a role may do is what both its own policy and this one allow.
 *
 * @throws PlanError for an attached policy of AWS that `analysis/iam/managed-policies.ts` does not know
 */
export function boundaryOf(plan: Plan, { words }: Facts, grants: readonly Grant[]): PolicyDocument {
    const statements = all(plan, "iam/rolePolicy:RolePolicy").flatMap((node) => statementsIn(text(node, "policy")));
    const attached = all(plan, "iam/rolePolicyAttachment:RolePolicyAttachment").flatMap((node) =>
        attachedActions(text(node, "policyArn"), grants),
    );
    const actions = [...statements.flatMap(({ Action }) => many(Action)), ...attached];
    // Such as the one that holds GuardDuty's agent.
    const accounts = statements
        .flatMap(({ Resource }) => many(Resource))
        .flatMap((arn) => /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(arn)?.[1] ?? [])
        .filter((account) => account !== accountOf(plan));
    return documentOf([
        {
            Effect: "Allow",
            Action: oneOrMore(unique(actions).filter((action) => !action.startsWith("iam:"))),
            Resource: "*",
            Condition: {
                StringEquals: { "aws:RequestedRegion": words.region },
                // Not every request says whose the resource is.
                ...(words.account !== "*" && {
                    StringEqualsIfExists: { "aws:ResourceAccount": oneOrMore([words.account, ...unique(accounts)]) },
                }),
            },
        },
        { Effect: "Deny", Action: "iam:*", Resource: "*" },
    ]);
}

function attachedActions(policyArn: string, grants: readonly Grant[]): readonly string[] {
    const [name, policy] = managedOf(policyArn);
    if (policy === undefined) {
        throw new PlanError([
            `analysis/deployer/boundary.ts does not know what ${policyArn} allows: add it to analysis/iam/managed-policies.ts`,
        ]);
    }
    // It looks at everything of every service: more than a policy holds. Here it sees what the platform is made of.
    return name === "service-role/AWS_ConfigRole"
        ? lookingAt(grants)
        : policy.statements("aws").flatMap(({ Action }) => many(Action));
}

/** Descriptions and lists hold no content, so whole verbs stand for them; of the rest just what the provider reads, too. */
const lookingAt = (grants: readonly Grant[]): string[] =>
    grants
        .filter(({ access }) => access === "read")
        .flatMap(({ actions }) => actions)
        .filter((action) => !content.includes(action))
        .map((action) => action.replace(/:(Describe|List)[A-Za-z]*$/, ":$1*"));

const content = ["kms:Decrypt", "secretsmanager:GetSecretValue"];
