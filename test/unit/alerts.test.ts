import { expect, test } from "@jest/globals";
import { Alerts, severities } from "../../lib/alerts.ts";
import type { Settings } from "../../lib/settings/schema.ts";
import { findNode, nodesOf, planComponent } from "../recorder.ts";
import { transitiveDependencies } from "../../plan/query.ts";
import { accountId, keyArns, testScope, exposeValue, policyStatements, typeTokens } from "./fixtures.ts";

const topic = "aws:sns/topic:Topic";
const topicPolicy = "aws:sns/topicPolicy:TopicPolicy";
const nobody: Settings["alerts"] = { critical: [], warning: [] };
const planned = (settings: Partial<Settings["alerts"]> = {}) =>
    planComponent(() => {
        const alerts = new Alerts("payment-alerts-test", {
            scope: testScope(),
            settings: { ...nobody, ...settings },
            keyArn: keyArns.alerts,
        });
        severities.forEach((severity) => exposeValue(severity, alerts.topicArns[severity]));
        exposeValue("dead-letters", alerts.deadLetterArn);
    });

test("critical alarms and warnings have separate topics, both encrypted", async () => {
    expect(nodesOf(await planned(), topic).map(({ inputs }) => [inputs.name, inputs.kmsMasterKeyId])).toEqual([
        ["payment-alerts-critical-test", keyArns.alerts],
        ["payment-alerts-warning-test", keyArns.alerts],
    ]);
});

test.each(severities)(
    "only this stack's alarms and rules, and the account's databases, may publish as %s",
    async (severity) => {
        const name = `payment-alerts-${severity}-test`;
        const arn = `arn:aws:sns:us-east-1:${accountId}:${name}`;
        const publisher = (Service: string, Condition: object) => ({
            Effect: "Allow",
            Principal: { Service },
            Action: "sns:Publish",
            Resource: arn,
            Condition,
        });
        const own = (source: string) => ({ ArnLike: { "aws:SourceArn": `arn:aws:${source}` } });
        expect(policyStatements(findNode(await planned(), name, topicPolicy))).toEqual([
            publisher("cloudwatch.amazonaws.com", own(`cloudwatch:eu-west-1:${accountId}:alarm:payment-*-test`)),
            // EventBridge sends no condition key, or may: its own account must be allowed in both cases.
            publisher("events.amazonaws.com", { StringEqualsIfExists: { "aws:SourceAccount": accountId } }),
            publisher("events.rds.amazonaws.com", { StringEquals: { "aws:SourceAccount": accountId } }),
            expect.objectContaining({ Effect: "Deny", Action: "sns:Publish", Resource: [arn] }),
        ]);
    },
);

test("each address is subscribed to its own severity", async () => {
    const plan = await planned({ critical: ["a@example.com", "b@example.com"], warning: ["c@example.com"] });
    const subscribed = nodesOf(plan, typeTokens.subscription).map(({ name, inputs, options }) => [
        name,
        inputs.protocol,
        inputs.endpoint,
        options.aliases,
    ]);
    // The names hide the addresses. Earlier releases named subscriptions by position.
    expect(subscribed).toMatchObject([
        [
            "payment-alerts-critical-8595b682-test",
            "email",
            "a@example.com",
            [{ name: "payment-alerts-critical-1-test" }],
        ],
        [
            "payment-alerts-critical-e344ece9-test",
            "email",
            "b@example.com",
            [{ name: "payment-alerts-critical-2-test" }],
        ],
        ["payment-alerts-warning-c1cecbb9-test", "email", "c@example.com", [{ name: "payment-alerts-warning-1-test" }]],
    ]);
    expect(findNode(plan, "payment-alerts-warning-c1cecbb9-test").inputs.topic).toBe(
        findNode(plan, "payment-alerts-warning-test", topic).outputs.arn,
    );
});

test("a stack without addresses has no subscriptions", async () => {
    expect(nodesOf(await planned(), typeTokens.subscription)).toEqual([]);
});

test("whoever uses a topic's ARN depends on its policy, or the first message would be refused", async () => {
    const plan = await planned();
    expect(severities).toHaveLength(2);
    for (const severity of severities) {
        const name = `payment-alerts-${severity}-test`;
        expect(findNode(plan, severity).inputs.value).toBe(findNode(plan, name, topic).outputs.arn);
        expect(transitiveDependencies(plan, findNode(plan, severity))).toContain(findNode(plan, name, topicPolicy).urn);
    }
});

test("events that a rule of this stack cannot deliver stay for 14 days in an encrypted queue, for EventBridge alone", async () => {
    const plan = await planned();
    const name = "payment-alerts-dlq-test";
    const arn = `arn:aws:sqs:us-east-1:${accountId}:${name}`;
    expect(findNode(plan, name, "aws:sqs/queue:Queue").inputs).toEqual({
        name,
        kmsMasterKeyId: keyArns.alerts,
        messageRetentionSeconds: 1_209_600,
    });
    expect(policyStatements(findNode(plan, name, "aws:sqs/queuePolicy:QueuePolicy"))).toEqual([
        {
            Effect: "Allow",
            Principal: { Service: "events.amazonaws.com" },
            Action: "sqs:SendMessage",
            Resource: arn,
            Condition: { ArnLike: { "aws:SourceArn": `arn:aws:events:eu-west-1:${accountId}:rule/payment-*-test` } },
        },
        expect.objectContaining({ Effect: "Deny", Action: "sqs:*", Resource: [arn] }),
    ]);
    expect(transitiveDependencies(plan, findNode(plan, "dead-letters"))).toContain(
        findNode(plan, name, "aws:sqs/queuePolicy:QueuePolicy").urn,
    );
});
