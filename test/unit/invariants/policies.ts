import type { Plan, PlanNode } from "../../../tools/plan/plan.ts";
import { openStrings } from "../../../tools/plan/value.ts";
import { all, arnLike, arnOf, isTree, shown, text, type Invariants, type Tree } from "../../../policies/look.ts";

export interface Statement {
    Effect: string;
    Principal?: string | Record<string, string | string[]>;
    Action?: string | string[];
    Resource?: string | string[];
    Condition?: Record<string, Record<string, string | string[]>>;
    NotAction?: unknown;
    NotResource?: unknown;
    NotPrincipal?: unknown;
}
export interface OwnedStatement extends Statement {
    readonly node: PlanNode;
}

export const many = (value: string | string[] | undefined): string[] =>
    value === undefined ? [] : Array.isArray(value) ? value : [value];

/** Statements of a policy document; nothing where the text is none. */
export function statementsIn(document: string): Statement[] {
    if (!document.includes('"Statement"')) {
        return [];
    }
    const parsed: unknown = JSON.parse(document);
    return isTree(parsed) && Array.isArray(parsed.Statement) ? (parsed.Statement as Statement[]) : [];
}

/** Every statement of every policy document of a plan, whichever input holds it. */
export function statementsOf(plan: Plan): OwnedStatement[] {
    return plan.nodes.flatMap((node) => {
        const found: OwnedStatement[] = [];
        openStrings(node.inputs, (text) => {
            found.push(...statementsIn(text).map((statement) => ({ ...statement, node })));
        });
        return found;
    });
}

const allows = (plan: Plan) => statementsOf(plan).filter(({ Effect }) => Effect === "Allow");
const where = ({ node, Action }: OwnedStatement) => `${node.name} (${node.type}) ${many(Action).join(", ")}`;
const isOf = (kind: string) => (statement: OwnedStatement) => statement.node.type === `aws:${kind}`;
const isKey = isOf("kms/key:Key");
const isEndpoint = isOf("ec2/vpcEndpoint:VpcEndpoint");
const isTrust = isOf("iam/role:Role");

/** Values that a statement demands of a condition key, under any operator that compares for equality or likeness. */
function demanded({ Condition = {} }: Statement, key: string): string[] {
    const operators = ["StringEquals", "ArnLike", "ArnEquals"];
    return operators.flatMap((operator) => many(Condition[operator]?.[key]));
}

/** A service that acts for another account's resources must not get in (the confused deputy). */
const namesAccount = (statement: Statement, account: string) =>
    demanded(statement, "aws:SourceAccount").includes(account) ||
    [...demanded(statement, "aws:SourceArn"), ...demanded(statement, "kms:EncryptionContext:aws:logs:arn")].some(
        (arn) => arn.split(":")[4] === account,
    );

/** Actions for which AWS knows no resource. */
const unowned = [
    "ecr:GetAuthorizationToken",
    "guardduty:SendSecurityTelemetry",
    "logs:DescribeLogGroups",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
];

/**
 * Lambda asks for these before it knows the interface, so AWS takes no resource; they stand only where the same policy keeps
 * them from the function's own code.
 */
const interfaces = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
];

/** Whether Lambda may do something with the role of a function, and the function may not. */
function isForLambdaOnly(plan: Plan, { node, Action }: OwnedStatement): boolean {
    const functions = all(plan, "lambda/function:Function").map(arnOf);
    return (
        many(Action).every((action) => interfaces.includes(action)) &&
        statementsIn(text(node, "policy")).some(
            (other) =>
                other.Effect === "Deny" &&
                many(other.Resource).includes("*") &&
                many(Action).every((action) => many(other.Action).includes(action)) &&
                many(other.Condition?.ArnEquals?.["lambda:SourceFunctionArn"]).some((arn) => functions.includes(arn)),
        )
    );
}

/** Services that take no role whose trust compares more; nobody lends it without `iam:PassRole` in the account. */
const trustless: Readonly<Record<string, { account?: true; why: string }>> = {
    "lambda.amazonaws.com": { why: "Lambda assumes the role before the function exists" },
    "apigateway.amazonaws.com": { why: "AWS documents no source for the role of an account, and tries it out" },
    "config.amazonaws.com": { account: true, why: "AWS documents no ARN of the recorder to compare" },
};

const trustedService = ({ Principal }: Statement): string =>
    isTree(Principal) && typeof Principal.Service === "string" ? Principal.Service : "";

const accountOf = (plan: Plan) => all(plan, "kms/key:Key").map((key) => arnOf(key).split(":")[4] ?? "")[0] ?? "none";

const denies = (statement: Statement, resources: string[]) =>
    statement.Effect === "Deny" &&
    isTree(statement.Principal) &&
    statement.Principal.AWS === "*" &&
    statement.Condition?.Bool?.["aws:SecureTransport"] === "false" &&
    resources.every((resource) => many(statement.Resource).includes(resource));

/** What may be reached over the network by name: type of the resource and of its policy, and how the policy names it. */
const tlsOnly: readonly {
    type: string;
    policy: string;
    target: (policy: PlanNode) => string;
    own: (node: PlanNode) => string;
    resources: (arn: string) => string[];
}[] = [
    {
        type: "s3/bucket:Bucket",
        policy: "s3/bucketPolicy:BucketPolicy",
        target: (policy) => text(policy, "bucket"),
        own: (node) => text(node, "bucket"),
        resources: (arn) => [arn, `${arn}/*`],
    },
    {
        type: "sqs/queue:Queue",
        policy: "sqs/queuePolicy:QueuePolicy",
        target: (policy) => text(policy, "queueUrl"),
        own: (node) => shown(node.outputs.url),
        resources: (arn) => [arn],
    },
    {
        type: "sns/topic:Topic",
        policy: "sns/topicPolicy:TopicPolicy",
        target: (policy) => text(policy, "arn"),
        own: arnOf,
        resources: (arn) => [arn],
    },
];

/** Resources whose ARN a statement compares, with the service that acts for them. */
export function mayAct(statements: readonly Statement[], service: string, action: string, sourceArn: string): boolean {
    return statements.some((statement) => {
        const sources = demanded(statement, "aws:SourceArn");
        return (
            statement.Effect === "Allow" &&
            isTree(statement.Principal) &&
            many((statement.Principal as Tree & { Service?: string }).Service).includes(service) &&
            many(statement.Action).some(
                (each) => each === action || (each.endsWith("*") && action.startsWith(each.slice(0, -1))),
            ) &&
            (sources.length === 0 || sources.some((pattern) => arnLike(sourceArn, pattern)))
        );
    });
}

export const policyInvariants: Invariants = {
    "no policy allows all actions of a service": (plan) => {
        const wide = allows(plan).filter(({ Action }) => many(Action).some((action) => /^\*$|:\*$/.test(action)));
        const root = `arn:aws:iam::${accountOf(plan)}:root`;
        const delegates = (statement: OwnedStatement) =>
            isKey(statement) &&
            many(statement.Action).join() === "kms:*" &&
            isTree(statement.Principal) &&
            String(statement.Principal.AWS).replace(/^arn:[^:]+:/, "arn:aws:") === root;
        return [
            ...(allows(plan).length > 0 ? [] : ["there are no policies"]),
            ...wide.filter((statement) => !delegates(statement)).map((statement) => `too wide: ${where(statement)}`),
        ];
    },
    "no policy allows by exception": (plan) =>
        allows(plan)
            .filter(
                (statement) => "NotAction" in statement || "NotResource" in statement || "NotPrincipal" in statement,
            )
            .map((statement) => `allows all but something: ${where(statement)}`),
    "nobody outside the account is let in": (plan) => {
        const account = accountOf(plan);
        const isPublic = ({ Principal }: Statement) =>
            Principal === "*" || (isTree(Principal) && Principal.AWS === "*");
        const isLayers = ({ Action, Resource }: Statement) =>
            many(Action).join() === "s3:GetObject" &&
            /^arn:[^:]+:s3:::prod-[a-z0-9-]+-starport-layer-bucket\/\*$/.test(many(Resource).join());
        const isOwn = (statement: Statement) => demanded(statement, "aws:PrincipalAccount").join() === account;
        return allows(plan)
            .filter(
                (statement) =>
                    isPublic(statement) && !(isEndpoint(statement) && (isOwn(statement) || isLayers(statement))),
            )
            .map((statement) => `anybody may: ${where(statement)}`);
    },
    "a wildcard for resources stands only where AWS offers no other": (plan) =>
        allows(plan)
            .filter((statement) => many(statement.Resource).includes("*"))
            .filter((statement) => {
                const onlyUnowned = many(statement.Action).every((action) => unowned.includes(action));
                const byLambda = isOf("iam/rolePolicy:RolePolicy")(statement) && isForLambdaOnly(plan, statement);
                const ownOnly =
                    isEndpoint(statement) && demanded(statement, "aws:ResourceAccount").join() === accountOf(plan);
                return !(isKey(statement) || onlyUnowned || byLambda || ownOnly);
            })
            .map((statement) => `on all resources: ${where(statement)}`),
    "services act for this account only": (plan) => {
        const takesNoSource = (statement: OwnedStatement) => {
            const exception = isTrust(statement) ? trustless[trustedService(statement)] : undefined;
            return exception !== undefined && !exception.account;
        };
        const byService = allows(plan).filter(({ Principal }) => isTree(Principal) && "Service" in Principal);
        return [
            ...(byService.length > 0 ? [] : ["no service is let in"]),
            ...byService
                .filter((statement) => !namesAccount(statement, accountOf(plan)) && !takesNoSource(statement))
                .map((statement) => `for any account: ${where(statement)}`),
        ];
    },
    "roles are taken by one service, for this account": (plan) => {
        const trusts = statementsOf(plan).filter(isTrust);
        const roles = all(plan, "iam/role:Role");
        const isNarrow = (statement: OwnedStatement) =>
            isTree(statement.Principal) &&
            Object.keys(statement.Principal).join() === "Service" &&
            typeof statement.Principal.Service === "string" &&
            many(statement.Action).join() === "sts:AssumeRole" &&
            namesSource(statement, trustless[statement.Principal.Service]);
        const namesSource = (statement: OwnedStatement, exception: (typeof trustless)[string] | undefined) =>
            (demanded(statement, "aws:SourceAccount").join() === accountOf(plan) ||
                (exception !== undefined && !exception.account)) &&
            (demanded(statement, "aws:SourceArn").length === 1 || exception !== undefined);
        return [
            ...(roles.length > 0 && trusts.length === roles.length
                ? []
                : [`${trusts.length} trusts for ${roles.length} roles`]),
            ...trusts
                .filter((statement) => !isNarrow(statement))
                .map((statement) => `trust is wide: ${where(statement)}`),
        ];
    },
    "buckets, queues and topics refuse what does not come over TLS": (plan) =>
        tlsOnly.flatMap(({ type, policy, target, own, resources }) => {
            const nodes = all(plan, type);
            const open = nodes.filter((node) => {
                const policies = all(plan, policy).filter((each) => target(each) === own(node));
                const [document] = policies.map((each) => statementsIn(text(each, "policy")));
                return (
                    policies.length !== 1 || !document?.some((statement) => denies(statement, resources(arnOf(node))))
                );
            });
            return [
                ...(nodes.length > 0 ? [] : [`there is no ${type}`]),
                ...open.map(({ name }) => `${name} takes plain HTTP`),
            ];
        }),
};
