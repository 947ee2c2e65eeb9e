import { expect, test } from "@jest/globals";
import { Alerts, severities } from "../../lib/alerts.ts";
import type { Settings } from "../../lib/settings/schema.ts";
import { nodeNamed, nodesOf, record } from "../recorder.ts";
import { beforeIt } from "../../plan/query.ts";
import { account, keys, scopeOf, showValue, statementsOf, types } from "./parts.ts";

const topic = "aws:sns/topic:Topic";
const topicPolicy = "aws:sns/topicPolicy:TopicPolicy";
const nobody: Settings["alerts"] = { critical: [], warning: [] };
const planned = (settings: Partial<Settings["alerts"]> = {}) =>
    record(() => {
        const alerts = new Alerts("payment-alerts-test", {
            scope: scopeOf(),
            settings: { ...nobody, ...settings },
            keyArn: keys.messaging,
        });
        severities.forEach((severity) => showValue(severity, alerts.topicArns[severity]));
    });

test("what pages somebody and what can wait go to topics of their own, both encrypted", async () => {
    expect(nodesOf(await planned(), topic).map(({ inputs }) => [inputs.name, inputs.kmsMasterKeyId])).toEqual([
        ["payment-alerts-critical-test", keys.messaging],
        ["payment-alerts-warning-test", keys.messaging],
    ]);
});

test.each(severities)(
    "only this stack's alarms and rules, and the account's databases, report as %s",
    async (severity) => {
        const name = `payment-alerts-${severity}-test`;
        const arn = `arn:aws:sns:us-east-1:${account}:${name}`;
        const publisher = (Service: string, Condition: object) => ({
            Effect: "Allow",
            Principal: { Service },
            Action: "sns:Publish",
            Resource: arn,
            Condition,
        });
        const own = (source: string) => ({ ArnLike: { "aws:SourceArn": `arn:aws:${source}` } });
        expect(statementsOf(nodeNamed(await planned(), name, topicPolicy))).toEqual([
            publisher("cloudwatch.amazonaws.com", own(`cloudwatch:eu-west-1:${account}:alarm:payment-*-test`)),
            publisher("events.amazonaws.com", own(`events:eu-west-1:${account}:rule/payment-*-test`)),
            publisher("events.rds.amazonaws.com", { StringEquals: { "aws:SourceAccount": account } }),
            expect.objectContaining({ Effect: "Deny", Action: "sns:Publish", Resource: [arn] }),
        ]);
    },
);

test("each address hears of its own severity", async () => {
    const plan = await planned({ critical: ["a@example.com", "b@example.com"], warning: ["c@example.com"] });
    const heard = nodesOf(plan, types.subscription).map(({ name, inputs }) => [name, inputs.protocol, inputs.endpoint]);
    expect(heard.toSorted()).toEqual([
        ["payment-alerts-critical-1-test", "email", "a@example.com"],
        ["payment-alerts-critical-2-test", "email", "b@example.com"],
        ["payment-alerts-warning-1-test", "email", "c@example.com"],
    ]);
    expect(nodeNamed(plan, "payment-alerts-warning-1-test").inputs.topic).toBe(
        nodeNamed(plan, "payment-alerts-warning-test", topic).outputs.arn,
    );
});

test("a stack without addresses subscribes nobody", async () => {
    expect(nodesOf(await planned(), types.subscription)).toEqual([]);
});

test("who takes a topic's ARN comes after its policy, or its first report would be refused", async () => {
    const plan = await planned();
    expect(severities).toHaveLength(2);
    for (const severity of severities) {
        const name = `payment-alerts-${severity}-test`;
        expect(nodeNamed(plan, severity).inputs.value).toBe(nodeNamed(plan, name, topic).outputs.arn);
        expect(beforeIt(plan, nodeNamed(plan, severity))).toContain(nodeNamed(plan, name, topicPolicy).urn);
    }
});
