import { globSync, readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { parse } from "yaml";
import { getPath, itemsOf, toText } from "../../../plan/query.ts";

/** What runs under the role that verifies a deployment: the suites that change nothing, and what they read with. */
const files = [
    ...["compliance-audit", "deployed-shape", "payment-workflow", "promotion"].map(
        (suite) => `test/integration/${suite}.test.ts`,
    ),
    ...globSync("test/integration/{live,support}/*.ts"),
    "tools/rollback/history.ts",
    ...["identity", "routes", "security-groups"].map((part) => `tools/drift/child-listers/${part}.ts`),
];

const prefixes: Readonly<Record<string, string>> = {
    "api-gateway": "apigateway",
    apigatewayv2: "apigateway",
    "application-auto-scaling": "application-autoscaling",
    "cloudwatch-logs": "logs",
    "elastic-load-balancing-v2": "elasticloadbalancing",
    eventbridge: "events",
    "secrets-manager": "secretsmanager",
};

/** Calls whose right has another name: https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html */
const otherNames: Readonly<Record<string, string>> = {
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "s3:GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:ListObjectsV2": "s3:ListBucket",
    "cloudwatch:ListAlarmTags": "cloudwatch:ListTagsForResource",
    "apigateway:GetRestApi": "apigateway:GET /restapis/*",
    "apigateway:GetStage": "apigateway:GET /restapis/*/stages/*",
    "apigateway:GetUsagePlan": "apigateway:GET /usageplans/*",
    "apigateway:GetVpcLink": "apigateway:GET /vpclinks/*",
};

/** Rights of the calls in a file, by the imports of AWS's clients: `DescribeTagsCommand` and `paginateDescribeTags`. */
const rightsIn = (source: string): string[] =>
    [...source.matchAll(/import \{([^}]*)\} from "@aws-sdk\/client-([a-z0-9-]+)"/g)].flatMap(
        ([, names = "", client = ""]) =>
            [...names.matchAll(/(?:(\w+)Command|paginate(\w+))\b/g)].map(([, command, pages]) => {
                const right = `${prefixes[client] ?? client}:${command ?? pages}`;
                return otherNames[right] ?? right;
            }),
    );

/** What the managed policy `SecurityAudit` (its version 85) allows of the services that the tests read. */
const securityAudit = [
    ...["apigateway:GET /restapis/*/stages/*", "application-autoscaling:Describe*"],
    ...[
        "cloudtrail:DescribeTrails",
        "cloudtrail:GetEventSelectors",
        "cloudtrail:GetTrailStatus",
        "cloudtrail:ListTags",
    ],
    ...["cloudwatch:Describe*", "cloudwatch:ListTagsForResource"],
    ...["dynamodb:DescribeContinuousBackups", "dynamodb:DescribeTable", "dynamodb:DescribeTimeToLive"],
    ...["dynamodb:ListTagsOfResource", "ec2:Describe*", "ecr:DescribeRepositories", "ecr:ListTagsForResource"],
    ...["ecs:Describe*", "ecs:List*", "elasticache:Describe*", "elasticloadbalancing:Describe*", "events:Describe*"],
    ...["events:List*", "iam:Get*", "iam:List*", "kms:Describe*", "kms:Get*", "kms:List*"],
    ...["lambda:GetFunctionConfiguration", "lambda:List*", "logs:Describe*", "logs:ListTagsForResource"],
    ...["rds:Describe*", "s3:GetBucket*", "s3:GetEncryptionConfiguration", "s3:GetLifecycleConfiguration"],
    ...["s3:ListBucket", "secretsmanager:DescribeSecret", "sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic"],
    ...["sns:ListTagsForResource", "sqs:GetQueueAttributes", "sqs:ListQueueTags", "wafv2:GetLoggingConfiguration"],
    ...["wafv2:GetWebACL", "wafv2:GetWebACLForResource", "wafv2:ListTagsForResource"],
];

/** Of calls that need a merchant's key or follow a payment: rights of the role only where the stack's tests make payments. */
const ofPayments = [
    ...["dynamodb:Query", "logs:FilterLogEvents", "s3:GetObject", "secretsmanager:GetSecretValue"],
    "sqs:GetQueueUrl",
];

interface Statement {
    readonly Effect: string;
    readonly Action: string | readonly string[];
    readonly Resource: unknown;
}

const template: unknown = parse(readFileSync("bootstrap/github.yaml", "utf8"));

/** The statements of an inline policy; a right of API Gateway is the method with a path. */
const rightsOf = (policy: string, effect: string): string[] =>
    (getPath(template, `Resources.${policy}.Properties.PolicyDocument.Statement`) as Statement[])
        .filter(({ Effect }) => Effect === effect)
        .flatMap(({ Action, Resource }) =>
            [Action].flat().flatMap((action) => {
                const arns = itemsOf([Resource].flat()).map((one) => toText(getPath(one, "Fn::Sub") ?? one));
                return action === "apigateway:GET"
                    ? arns.map((arn) => `${action} ${arn.split("::").at(-1)}`)
                    : [action];
            }),
        );

const matches = (pattern: string, right: string): boolean =>
    pattern.endsWith("*") && !pattern.includes(" ") ? right.startsWith(pattern.slice(0, -1)) : pattern === right;

test("the role that verifies a deployment may make each call of the tests, and has no other rights for it", () => {
    const needed = new Set(files.flatMap((file) => rightsIn(readFileSync(file, "utf8"))));
    const further = [...needed].filter((right) => !securityAudit.some((pattern) => matches(pattern, right)));
    expect(further.filter((right) => !ofPayments.includes(right)).toSorted()).toEqual(
        rightsOf("VerifyAccess", "Allow").toSorted(),
    );
    expect(rightsOf("TestAccess", "Allow")).toEqual(expect.arrayContaining(ofPayments));
    expect([...needed]).toEqual(expect.arrayContaining(ofPayments));
});

test("it cannot read the merchants' keys, which API Gateway returns with a usage plan's keys", () => {
    expect(rightsOf("VerifyAccess", "Deny")).toEqual([
        "apigateway:GET /usageplans/*/keys",
        "apigateway:GET /usageplans/*/keys/*",
    ]);
});
