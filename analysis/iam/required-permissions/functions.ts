import { regionalHost } from "../../../lib/partitions.ts";
import type { Plan, PlanNode } from "../../../plan/plan.ts";
import { resourcesOfType, arnOf, isObjectOrArray, getPath, toText, inputText } from "../../../plan/query.ts";
import type { AccountPolicies } from "../policies.ts";
import { requirePermissions, requireKeyPermissions, type RequiredPermission } from "./permission.ts";

/** What the validator writes into the bucket: keys by year, each with a header that refuses to overwrite (validator/audit.ts). */
const auditRecords = { keys: "audit/????/*", context: { "s3:if-none-match": "*" } } as const;

/** What DynamoDB does with the key of a table on behalf of the caller (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html). */
const tableKeyActions = [
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:DescribeKey",
];
/** The patterns of AWS's example policy include these, but DynamoDB does not use them for a table. */
const unusedTableKeyActions = ["kms:GenerateDataKeyPair", "kms:GenerateDataKeyPairWithoutPlaintext"];

function writeTransactionPermissions(
    plan: Plan,
    { region }: AccountPolicies,
    lambda: PlanNode,
    role: string,
    code: RequiredPermission["context"],
): RequiredPermission[] {
    const name = inputText(lambda, "environment.variables.TABLE_NAME");
    const via = regionalHost("dynamodb", region);
    return resourcesOfType(plan, "dynamodb/table:Table")
        .filter((table) => inputText(table, "name") === name)
        .flatMap((table) => {
            const key = inputText(table, "serverSideEncryption.kmsKeyArn");
            return [
                ...requirePermissions(lambda, role, ["dynamodb:GetItem", "dynamodb:PutItem"], {
                    resource: arnOf(table),
                    context: code,
                    endpoint: "dynamodb",
                }),
                ...requireKeyPermissions(lambda, role, tableKeyActions, key, via),
                ...requireKeyPermissions(lambda, role, unusedTableKeyActions, key, via).map(
                    (permission): RequiredPermission => ({
                        ...permission,
                        optional: true,
                    }),
                ),
            ];
        });
}

function writeAuditRecordPermissions(
    plan: Plan,
    { region, partition }: AccountPolicies,
    lambda: PlanNode,
    role: string,
    code: RequiredPermission["context"],
): RequiredPermission[] {
    const name = inputText(lambda, "environment.variables.AUDIT_BUCKET");
    const encryption = resourcesOfType(
        plan,
        "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    );
    const key = inputText(
        encryption.find((node) => inputText(node, "bucket") === name),
        "rules.0.applyServerSideEncryptionByDefault.kmsMasterKeyId",
    );
    return name === ""
        ? []
        : [
              ...requirePermissions(lambda, role, ["s3:PutObject"], {
                  resource: `arn:${partition}:s3:::${name}/${auditRecords.keys}`,
                  context: { ...code, ...auditRecords.context },
                  endpoint: "s3",
              }),
              ...requireKeyPermissions(lambda, role, ["kms:GenerateDataKey"], key, regionalHost("s3", region)),
          ];
}

/** What Lambda itself does with a function's role; these calls do not pass the function's network. */
function lambdaServicePermissions(
    plan: Plan,
    { region }: AccountPolicies,
    lambda: PlanNode,
    role: string,
): RequiredPermission[] {
    const group = inputText(lambda, "loggingConfig.logGroup");
    const logs = resourcesOfType(plan, "cloudwatch/logGroup:LogGroup").filter(
        (node) => inputText(node, "name") === group,
    );
    const target = inputText(lambda, "deadLetterConfig.targetArn");
    const queues = resourcesOfType(plan, "sqs/queue:Queue").filter((node) => arnOf(node) === target);
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
            requirePermissions(lambda, role, ["logs:CreateLogStream", "logs:PutLogEvents"], {
                resource: `${arnOf(node)}:log-stream:*`,
            }),
        ),
        ...queues.flatMap((queue) => [
            ...requirePermissions(lambda, role, ["sqs:SendMessage"], { resource: arnOf(queue) }),
            ...requireKeyPermissions(
                lambda,
                role,
                ["kms:GenerateDataKey", "kms:Decrypt"],
                inputText(queue, "kmsMasterKeyId"),
                regionalHost("sqs", region),
            ),
        ]),
        ...(inputText(lambda, "tracingConfig.mode") === "Active"
            ? requirePermissions(lambda, role, ["xray:PutTelemetryRecords", "xray:PutTraceSegments"], { resource: "*" })
            : []),
        ...(isObjectOrArray(getPath(lambda.inputs, "vpcConfig"))
            ? requirePermissions(
                  lambda,
                  role,
                  interfaces.map((action) => `ec2:${action}`),
                  // Calls of the function's own code have this key.
                  { resource: "*", context: { "lambda:SourceFunctionArn": undefined } },
              )
            : []),
    ];
}

/** Permissions that each function's code, and Lambda on its behalf, needs for its variables and settings. */
export const lambdaFunctionPermissions = (plan: Plan, access: AccountPolicies): RequiredPermission[] =>
    resourcesOfType(plan, "lambda/function:Function").flatMap((lambda) => {
        const role = inputText(lambda, "role");
        const code = { "lambda:SourceFunctionArn": toText(lambda.outputs.arn) };
        return [
            ...writeTransactionPermissions(plan, access, lambda, role, code),
            ...writeAuditRecordPermissions(plan, access, lambda, role, code),
            ...lambdaServicePermissions(plan, access, lambda, role),
        ];
    });
