import { expect, test } from "@jest/globals";
import { Audit } from "../../lib/audit.ts";
import { settingsSchema, type Settings } from "../../lib/settings/schema.ts";
import { Transactions } from "../../lib/transactions.ts";
import { Validation } from "../../lib/validation.ts";
import { bundle } from "../../validator/bundle.ts";
import { readConfig } from "../../validator/config.ts";
import type { PlanNode } from "../../plan/plan.ts";
import { findNode, nodesOf, componentPlanner } from "../recorder.ts";
import { accountId, keyArns, logs, onlyNode, testScope, policyStatements, typeTokens } from "./fixtures.ts";

const name = "payment-validator-test";
const lambda = "aws:lambda/function:Function";
const arnOf = (service: string, resource: string) => `arn:aws:${service}:us-east-1:${accountId}:${resource}`;
const here = { "aws:RequestedRegion": "eu-west-1", "aws:ResourceAccount": accountId };

function settingsOf(
    validation: object,
    corsOrigins: string[],
): Pick<Settings, "validation" | "transactions" | "gateway"> {
    const { shape } = settingsSchema;
    return {
        validation: shape.validation.parse({ memoryMib: 512, ...validation }),
        transactions: shape.transactions.parse({
            pointInTimeRecovery: true,
            capacity: { mode: "on-demand" },
            retentionDays: 400,
        }),
        gateway: shape.gateway.parse({ corsOrigins }),
    };
}

const planned = componentPlanner((validation: object = {}, corsOrigins: string[] = []) => {
    const scope = testScope();
    const settings = settingsOf(validation, corsOrigins);
    new Validation(name, {
        scope,
        settings,
        subnetIds: ["subnet-1", "subnet-2"],
        securityGroupId: "sg-validator",
        replacementSecurityGroupId: "sg-default",
        dataKeyArn: keyArns.data,
        messagingKeyArn: keyArns.messaging,
        logsKeyArn: keyArns.logs,
        logs,
        transactions: new Transactions("payment-transactions-test", {
            scope,
            settings: settings.transactions,
            keyArn: keyArns.data,
        }),
        audit: new Audit("payment-records-test", {
            scope,
            settings: { cloudTrail: false, objectLock: false },
            retentionDays: 365,
            keyArn: keyArns.logs,
        }),
        keyIds: { "shop-two": ["d4e5f6"], "shop-one": ["k1l2m3", "a1b2c3"] },
        listenerArn: arnOf("elasticloadbalancing", "listener/app/payment-test/1/2"),
    });
});

const variablesOf = ({ inputs }: PlanNode): Record<string, string> =>
    (inputs.environment as { variables: Record<string, string> }).variables;

test("the function runs the bundle of the validator, with the merchants' names, on Node 24 and Graviton", async () => {
    const { inputs } = onlyNode(await planned(), lambda);
    expect(inputs).toMatchObject({ runtime: "nodejs24.x", architectures: ["arm64"], handler: "handler.handler" });
    const { archive } = inputs.code as { archive: { assets: Record<string, { asset: { text: string } }> } };
    expect(Object.keys(archive.assets)).toEqual(["handler.mjs", "merchants.json"]);
    expect(archive.assets["handler.mjs"]?.asset.text).toBe(bundle(process.cwd()).code);
    expect(archive.assets["merchants.json"]?.asset.text).toBe('{"shop-one":["k1l2m3","a1b2c3"],"shop-two":["d4e5f6"]}');
});

test("the function is in private subnets, and its network interfaces are detached at once when it is deleted", async () => {
    const { inputs } = onlyNode(await planned(), lambda);
    expect(inputs).toMatchObject({
        vpcConfig: { subnetIds: ["subnet-1", "subnet-2"], securityGroupIds: ["sg-validator"] },
        replaceSecurityGroupsOnDestroy: true,
        replacementSecurityGroupIds: ["sg-default"],
    });
});

test("memory, timeout and reserved concurrency are as the stack sets them", async () => {
    const plain = onlyNode(await planned({ memoryMib: 1024, timeoutSeconds: 20 }), lambda);
    expect(plain.inputs).toMatchObject({ memorySize: 1024, timeout: 20 });
    expect(plain.inputs).not.toHaveProperty("reservedConcurrentExecutions");
    const reserved = onlyNode(await planned({ reservedConcurrency: 50 }), lambda);
    expect(reserved.inputs.reservedConcurrentExecutions).toBe(50);
});

test("calls are traced, and logged as JSON to an encrypted group with a retention", async () => {
    const plan = await planned();
    const { inputs } = onlyNode(plan, lambda);
    expect(inputs.tracingConfig).toEqual({ mode: "Active" });
    expect(inputs.loggingConfig).toEqual({ logFormat: "JSON", logGroup: `/aws/lambda/${name}` });
    expect(findNode(plan, name, typeTokens.logGroup).inputs).toEqual({ name: `/aws/lambda/${name}`, ...logs });
});

test("the function gets its environment", async () => {
    const node = onlyNode(
        await planned({ maxAmountMinor: 5000 }, ["https://a.example.com", "https://b.example.com"]),
        lambda,
    );
    expect(readConfig(variablesOf(node))).toEqual({
        tableName: "payment-transactions-test",
        auditBucket: `payment-audit-test-${accountId}`,
        auditKeyArn: keyArns.logs,
        maxAmountMinor: 5000,
        recordTtlDays: 400,
        metricsNamespace: "PaymentPlatform",
        service: "validator",
        environment: "test",
        corsOrigins: ["https://a.example.com", "https://b.example.com"],
    });
    expect(node.inputs.kmsKeyArn).toBe(keyArns.data);
});

test("a failed asynchronous event is kept in an encrypted dead-letter queue, over TLS only", async () => {
    const plan = await planned();
    const queue = onlyNode(plan, typeTokens.queue);
    expect(queue.inputs).toEqual({
        name: "payment-validator-dlq-test",
        kmsMasterKeyId: keyArns.messaging,
        messageRetentionSeconds: 1_209_600,
    });
    expect(onlyNode(plan, lambda).inputs.deadLetterConfig).toEqual({ targetArn: queue.outputs.arn });
    const [deny] = policyStatements(onlyNode(plan, "aws:sqs/queuePolicy:QueuePolicy"));
    expect(deny).toMatchObject({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } });
});

test("only Lambda may assume the role", async () => {
    const role = findNode(await planned(), name, typeTokens.role);
    expect(policyStatements(role, "assumeRolePolicy")).toEqual([
        { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
    ]);
});

test("the function may record a payment and write its audit record, and Lambda do its own work, no more", async () => {
    const network = [
        "ec2:AssignPrivateIpAddresses",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:UnassignPrivateIpAddresses",
    ];
    expect(policyStatements(findNode(await planned(), name, typeTokens.policy))).toEqual([
        {
            Effect: "Allow",
            Action: ["dynamodb:GetItem", "dynamodb:PutItem"],
            Resource: arnOf("dynamodb", "table/payment-transactions-test"),
            Condition: { StringEquals: here },
        },
        {
            Effect: "Allow",
            Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
            Resource: keyArns.data,
            Condition: { StringEquals: { ...here, "kms:ViaService": "dynamodb.eu-west-1.amazonaws.com" } },
        },
        {
            Effect: "Allow",
            Action: "s3:PutObject",
            Resource: `arn:aws:s3:::payment-audit-test-${accountId}/audit/????/*`,
            Condition: { StringEquals: here },
        },
        {
            Effect: "Allow",
            Action: "kms:GenerateDataKey",
            Resource: keyArns.logs,
            Condition: { StringEquals: { ...here, "kms:ViaService": "s3.eu-west-1.amazonaws.com" } },
        },
        {
            Effect: "Allow",
            Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
            Resource: `${arnOf("logs", `log-group:/aws/lambda/${name}`)}:log-stream:*`,
        },
        { Effect: "Allow", Action: "sqs:SendMessage", Resource: arnOf("sqs", "payment-validator-dlq-test") },
        {
            Effect: "Allow",
            Action: ["kms:GenerateDataKey", "kms:Decrypt"],
            Resource: keyArns.messaging,
            Condition: { StringEquals: { "kms:ViaService": "sqs.eu-west-1.amazonaws.com" } },
        },
        { Effect: "Allow", Action: ["xray:PutTelemetryRecords", "xray:PutTraceSegments"], Resource: "*" },
        { Effect: "Allow", Action: network, Resource: "*" },
        {
            Effect: "Deny",
            Action: network,
            Resource: "*",
            Condition: {
                ArnEquals: { "lambda:SourceFunctionArn": `arn:aws:lambda:eu-west-1:${accountId}:function:${name}` },
            },
        },
    ]);
});

test("the function is created once its role has its policies", async () => {
    const plan = await planned();
    const { urn } = findNode(plan, name, typeTokens.policy);
    expect(onlyNode(plan, lambda).propertyDependencies.role).toContain(urn);
});

test("without a priority the load balancer has no rule for the function", async () => {
    const plan = await planned();
    expect(
        [typeTokens.targetGroup, typeTokens.rule, "aws:lambda/permission:Permission"].flatMap((type) =>
            nodesOf(plan, type),
        ),
    ).toEqual([]);
});

test("with a priority this load balancer alone may invoke the function, for POST /validate", async () => {
    const plan = await planned({ albPriority: 5 });
    const group = onlyNode(plan, typeTokens.targetGroup);
    expect(group.inputs).toMatchObject({ targetType: "lambda", lambdaMultiValueHeadersEnabled: true });
    expect(onlyNode(plan, typeTokens.rule).inputs).toMatchObject({
        priority: 5,
        conditions: [{ pathPattern: { values: ["/validate"] } }, { httpRequestMethod: { values: ["POST"] } }],
        actions: [{ type: "forward", targetGroupArn: group.outputs.arn }],
    });
    const permission = onlyNode(plan, "aws:lambda/permission:Permission");
    expect(permission.inputs).toEqual({
        function: arnOf("lambda", `function:${name}`),
        action: "lambda:InvokeFunction",
        principal: "elasticloadbalancing.amazonaws.com",
        sourceArn: group.outputs.arn,
    });
    // AWS refuses a target that it may not call.
    const attachment = onlyNode(plan, "aws:lb/targetGroupAttachment:TargetGroupAttachment");
    expect(attachment.propertyDependencies.targetId).toContain(permission.urn);
});
