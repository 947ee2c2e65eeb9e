import { all, arnOf, parsed, text } from "../../policies/look.ts";
import { PlanError } from "../plan/plan-error.ts";
import type { Plan } from "../plan/plan.ts";
import { documentOf, oneOrMore, type PolicyDocument } from "./document.ts";
import { unique, type Facts } from "./facts.ts";
import type { Grant } from "./grant.ts";

/** What AWS's own policies allow that the program attaches, by name (https://docs.aws.amazon.com/aws-managed-policy/latest/reference/). */
const managed: Readonly<Record<string, readonly string[] | "configuration">> = {
    AmazonRDSEnhancedMonitoringRole: [
        "logs:CreateLogGroup",
        "logs:CreateLogStream",
        "logs:DescribeLogStreams",
        "logs:GetLogEvents",
        "logs:PutLogEvents",
        "logs:PutRetentionPolicy",
    ],
    AmazonAPIGatewayPushToCloudWatchLogs: [
        "logs:CreateLogGroup",
        "logs:CreateLogStream",
        "logs:DescribeLogGroups",
        "logs:DescribeLogStreams",
        "logs:FilterLogEvents",
        "logs:GetLogEvents",
        "logs:PutLogEvents",
    ],
    // It looks at everything of every service: more than a policy holds. Here it sees what the platform is made of.
    AWS_ConfigRole: "configuration",
};

interface RoleStatement {
    readonly Effect: string;
    readonly Action: string | readonly string[];
    readonly Resource: string | readonly string[];
}

const listed = (value: string | readonly string[]): readonly string[] => (typeof value === "string" ? [value] : value);

/**
 * The most that any role of the stack can ever do: what its planned roles do, in its own account and region, and nothing
 * with IAM. What a role may do is what both its own policy and this one allow.
 *
 * @throws PlanError for an attached policy of AWS that this table does not know
 */
export function boundaryOf(plan: Plan, { words }: Facts, grants: readonly Grant[]): PolicyDocument {
    const statements = all(plan, "iam/rolePolicy:RolePolicy").flatMap(
        (node) => (parsed(node, "policy") as { Statement: RoleStatement[] }).Statement,
    );
    const attached = all(plan, "iam/rolePolicyAttachment:RolePolicyAttachment").flatMap((node) =>
        attachedActions(text(node, "policyArn"), grants),
    );
    const actions = [...statements.flatMap(({ Action }) => listed(Action)), ...attached];
    // Such as the one that holds GuardDuty's agent.
    const accounts = statements
        .flatMap(({ Resource }) => listed(Resource))
        .flatMap((arn) => /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(arn)?.[1] ?? [])
        .filter((account) => account !== plannedAccount(plan));
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

const plannedAccount = (plan: Plan): string | undefined =>
    all(plan, "iam/role:Role")
        .map((role) => arnOf(role).split(":")[4])
        .at(0);

function attachedActions(policyArn: string, grants: readonly Grant[]): readonly string[] {
    const name = policyArn.slice(policyArn.lastIndexOf("/") + 1);
    const actions = managed[name];
    if (actions === undefined) {
        throw new PlanError([`tools/deployer/boundary.ts does not know what ${policyArn} allows: add its actions`]);
    }
    return actions === "configuration" ? lookingAt(grants) : actions;
}

/** Descriptions and lists hold no content, so whole verbs stand for them; of the rest just what the provider reads, too. */
const lookingAt = (grants: readonly Grant[]): string[] =>
    grants
        .filter(({ access }) => access === "read")
        .flatMap(({ actions }) => actions)
        .filter((action) => !content.includes(action))
        .map((action) => action.replace(/:(Describe|List)[A-Za-z]*$/, ":$1*"));

const content = ["kms:Decrypt", "secretsmanager:GetSecretValue"];
