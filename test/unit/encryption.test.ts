import { expect, test } from "@jest/globals";
import { Encryption, trailArn } from "../../lib/encryption.ts";
import { logGroupPatterns } from "../../lib/encryption/log-group-patterns.ts";
import type { Scope } from "../../lib/scope.ts";
import { findNode, nodesOf, planComponent } from "../recorder.ts";
import { matchesArnPattern } from "../../analysis/iam/wildcards.ts";
import { accountId, testScope, exposeValue, policyStatements } from "./fixtures.ts";

const key = "aws:kms/key:Key";
const planned = (scope: Partial<Scope> = {}, hasTrail = true) =>
    planComponent(() => new Encryption("payment-encryption-test", { scope: testScope(scope), hasTrail }));
const usersOf = async (domain: string) => {
    const [delegation, ...users] = policyStatements(findNode(await planned(), `payment-${domain}-test`, key));
    expect(delegation?.Sid).toBe("DelegateToIam");
    return users;
};

test("each domain has its own key, which rotates every year", async () => {
    const plan = await planned();
    expect(nodesOf(plan, key).map(({ name, inputs }) => [name, inputs.enableKeyRotation])).toEqual([
        ["payment-data-test", true],
        ["payment-messaging-test", true],
        ["payment-alerts-test", true],
        ["payment-logs-test", true],
    ]);
    expect(nodesOf(plan, "aws:kms/alias:Alias").map(({ inputs }) => [inputs.name, inputs.targetKeyId])).toEqual(
        nodesOf(plan, key).map(({ name, id }) => [`alias/${name}`, id]),
    );
});

test.each([
    [false, 7],
    [true, 30],
])("a deleted key can be recovered for days: protected %s, %i", async (deletionProtection, days) => {
    const windows = nodesOf(await planned({ deletionProtection }), key).map(
        ({ inputs }) => inputs.deletionWindowInDays,
    );
    expect(windows).toEqual([days, days, days, days]);
});

test("IAM policies of the account control access to every key", async () => {
    const delegations = nodesOf(await planned(), key).map((node) => policyStatements(node)[0]);
    expect(delegations).toHaveLength(4);
    for (const delegation of delegations) {
        expect(delegation).toEqual({
            Sid: "DelegateToIam",
            Effect: "Allow",
            Principal: { AWS: `arn:aws:iam::${accountId}:root` },
            Action: "kms:*",
            Resource: "*",
        });
    }
});

test("no AWS service may use the data key directly", async () => {
    expect(await usersOf("data")).toEqual([]);
});

test("services that publish to encrypted topics and queues may encrypt, with the key of these and for this account only", async () => {
    const user = (service: string, Condition: object) => ({
        Effect: "Allow",
        Principal: { Service: `${service}.amazonaws.com` },
        Action: ["kms:GenerateDataKey*", "kms:Decrypt"],
        Resource: "*",
        Condition,
    });
    const ownAccount = { StringEquals: { "aws:SourceAccount": accountId } };
    const alertTopics = `arn:aws:sns:eu-west-1:${accountId}:payment-alerts-*-test`;
    const ofTopic = { ArnLike: { "kms:EncryptionContext:aws:sns:topicArn": alertTopics } };
    const deadLetters = `arn:aws:sqs:eu-west-1:${accountId}:payment-alerts-dlq-test`;
    expect(await usersOf("messaging")).toEqual([user("sns", ownAccount)]);
    expect(await usersOf("alerts")).toEqual([
        user("cloudwatch", ownAccount),
        // EventBridge does not send the account when a topic encrypts for it.
        user("events", ofTopic),
        user("events", { ArnLike: { "kms:EncryptionContext:aws:sqs:arn": deadLetters } }),
        user("events.rds", ofTopic),
    ]);
});

test("only CloudWatch Logs and the trail use the logs key", async () => {
    const [logs, ...trail] = await usersOf("logs");
    expect(logs).toEqual({
        Effect: "Allow",
        Principal: { Service: "logs.eu-west-1.amazonaws.com" },
        Action: ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
        Resource: "*",
        Condition: {
            ArnLike: {
                "kms:EncryptionContext:aws:logs:arn": [
                    `arn:aws:logs:eu-west-1:${accountId}:log-group:*payment-*-test`,
                    `arn:aws:logs:eu-west-1:${accountId}:log-group:*payment-*-test/*`,
                    `arn:aws:logs:eu-west-1:${accountId}:log-group:API-Gateway-Execution-Logs_*/*`,
                ],
            },
        },
    });
    const own = { "aws:SourceArn": `arn:aws:cloudtrail:eu-west-1:${accountId}:trail/payment-trail-test` };
    const byTrail = { Effect: "Allow", Principal: { Service: "cloudtrail.amazonaws.com" }, Resource: "*" };
    expect(trail).toEqual([
        {
            ...byTrail,
            Action: "kms:GenerateDataKey*",
            Condition: {
                StringEquals: own,
                StringLike: { "kms:EncryptionContext:aws:cloudtrail:arn": `arn:aws:cloudtrail:*:${accountId}:trail/*` },
            },
        },
        { ...byTrail, Action: ["kms:DescribeKey", "kms:Decrypt"], Condition: { StringEquals: own } },
    ]);
});

test("without a trail CloudTrail may not use the key", async () => {
    const policy = policyStatements(findNode(await planned({}, false), "payment-logs-test", key));
    expect(policy).toHaveLength(2);
    expect(JSON.stringify(policy)).not.toContain("cloudtrail");
});

test.each([
    ["/vpc/payment-flow-logs-pr-7", true],
    ["/aws/rds/cluster/payment-database-pr-7/postgresql", true],
    ["/aws/ecs/containerinsights/payment-cluster-pr-7/performance", true],
    ["aws-waf-logs-payment-firewall-pr-7", true],
    ["/aws/lambda/payment-validator-pr-7", true],
    ["/aws/vendedlogs/apigateway/payment-gateway-pr-7", true],
    // API Gateway writes errors to a group that it names itself.
    ["API-Gateway-Execution-Logs_a1b2c3d4e5/v1", true],
    ["/aws/lambda/payment-validator-pr-8", false],
    ["/vpc/payment-flow-logs-pr-8", false],
    ["/vpc/payment-flow-logs-pr-77", false],
    ["/ecs/other-api-pr-7", false],
])("the key of a copy allows the copy's own log groups: %s is %s", (group, isAdmitted) => {
    const admits = logGroupPatterns({ suffix: "pr-7" }).map((pattern) =>
        matchesArnPattern(
            `arn:aws:logs:eu-west-1:${accountId}:log-group:${group}`,
            `arn:aws:logs:eu-west-1:${accountId}:log-group:${pattern}`,
        ),
    );
    expect(admits.includes(true)).toBe(isAdmitted);
});

test("the trail's ARN is known before the trail exists", async () => {
    const plan = await planComponent(() => exposeValue("trail", trailArn(testScope({ suffix: "pr-7" }))));
    expect(findNode(plan, "trail").inputs.value).toBe(
        `arn:aws:cloudtrail:eu-west-1:${accountId}:trail/payment-trail-pr-7`,
    );
});
