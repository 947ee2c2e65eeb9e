import type { Plan, PlanNode } from "../../../plan/plan.ts";
import { all, arnOf, isTree, look, shown, text } from "../../../plan/query.ts";
import type { Access } from "../policies.ts";
import { needs, throughKey, type Need } from "./permission.ts";

/** Where the validator files its records in the bucket (validator/audit.ts). */
const records = "audit/";

/** What DynamoDB does with a table's key in the caller's name (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html). */
const ofTableKey = [
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:DescribeKey",
];
/** Covered by the pattern that AWS gives for them, and never asked for a table. */
const alsoOfTableKey = ["kms:GenerateDataKeyPair", "kms:GenerateDataKeyPairWithoutPlaintext"];

function recordTransactions(
    plan: Plan,
    { region }: Access,
    lambda: PlanNode,
    role: string,
    code: Need["context"],
): Need[] {
    const name = text(lambda, "environment.variables.TABLE_NAME");
    const via = `dynamodb.${region}.amazonaws.com`;
    return all(plan, "dynamodb/table:Table")
        .filter((table) => text(table, "name") === name)
        .flatMap((table) => {
            const key = text(table, "serverSideEncryption.kmsKeyArn");
            return [
                ...needs(lambda, role, ["dynamodb:GetItem", "dynamodb:PutItem"], {
                    resource: arnOf(table),
                    context: code,
                    endpoint: "dynamodb",
                }),
                ...throughKey(lambda, role, ofTableKey, key, via),
                ...throughKey(lambda, role, alsoOfTableKey, key, via).map((need): Need => ({
                    ...need,
                    optional: true,
                })),
            ];
        });
}

function keepRecords(
    plan: Plan,
    { region, partition }: Access,
    lambda: PlanNode,
    role: string,
    code: Need["context"],
): Need[] {
    const name = text(lambda, "environment.variables.AUDIT_BUCKET");
    const encryption = all(plan, "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration");
    const key = text(
        encryption.find((node) => text(node, "bucket") === name),
        "rules.0.applyServerSideEncryptionByDefault.kmsMasterKeyId",
    );
    return name === ""
        ? []
        : [
              ...needs(lambda, role, ["s3:PutObject"], {
                  resource: `arn:${partition}:s3:::${name}/${records}*`,
                  context: code,
                  endpoint: "s3",
              }),
              ...throughKey(lambda, role, ["kms:GenerateDataKey"], key, `s3.${region}.amazonaws.com`),
          ];
}

/** What Lambda itself does with a function's role, which does not go through the function's network. */
function serve(plan: Plan, { region }: Access, lambda: PlanNode, role: string): Need[] {
    const group = text(lambda, "loggingConfig.logGroup");
    const logs = all(plan, "cloudwatch/logGroup:LogGroup").filter((node) => text(node, "name") === group);
    const target = text(lambda, "deadLetterConfig.targetArn");
    const queues = all(plan, "sqs/queue:Queue").filter((node) => arnOf(node) === target);
    const interfaces = [
        "AssignPrivateIpAddresses",
        "CreateNetworkInterface",
        "DeleteNetworkInterface",
        "DescribeNetworkInterfaces",
        "DescribeSubnets",
        "UnassignPrivateIpAddresses",
    ];
    return [
        ...logs.flatMap((node) =>
            needs(lambda, role, ["logs:CreateLogStream", "logs:PutLogEvents"], {
                resource: `${arnOf(node)}:log-stream:*`,
            }),
        ),
        ...queues.flatMap((queue) => [
            ...needs(lambda, role, ["sqs:SendMessage"], { resource: arnOf(queue) }),
            ...throughKey(
                lambda,
                role,
                ["kms:GenerateDataKey", "kms:Decrypt"],
                text(queue, "kmsMasterKeyId"),
                `sqs.${region}.amazonaws.com`,
            ),
        ]),
        ...(text(lambda, "tracingConfig.mode") === "Active"
            ? needs(lambda, role, ["xray:PutTelemetryRecords", "xray:PutTraceSegments"], { resource: "*" })
            : []),
        ...(isTree(look(lambda.inputs, "vpcConfig"))
            ? needs(
                  lambda,
                  role,
                  interfaces.map((action) => `ec2:${action}`),
                  // The function's own code would bear its ARN.
                  { resource: "*", context: { "lambda:SourceFunctionArn": undefined } },
              )
            : []),
    ];
}

/** What Lambda and the code of a function must be able to do, as the function's variables and settings say. */
export const functionNeeds = (plan: Plan, access: Access): Need[] =>
    all(plan, "lambda/function:Function").flatMap((lambda) => {
        const role = text(lambda, "role");
        const code = { "lambda:SourceFunctionArn": shown(lambda.outputs.arn) };
        return [
            ...recordTransactions(plan, access, lambda, role, code),
            ...keepRecords(plan, access, lambda, role, code),
            ...serve(plan, access, lambda, role),
        ];
    });
