import { expect, test } from "@jest/globals";
import { alarmTable } from "../../lib/monitoring/alarm-table.ts";
import { Recovery } from "../../lib/recovery.ts";
import { settingsSchema } from "../../lib/settings/schema.ts";
import { inputsOf, nodeNamed, record } from "../recorder.ts";
import { planOf } from "../stacks.ts";
import { account, keys, onlyNode, parsed, scopeOf, statementsOf, types } from "./parts.ts";

const schedule = "aws:scheduler/schedule:Schedule";
const name = "payment-recovery-test";
const planned = (drillEveryDays = 90) =>
    record(() => new Recovery(name, { scope: scopeOf(), settings: { drillEveryDays }, keyArn: keys.messaging }));

test("an overdue drill is told of twice a day, and each drill moves the beginning without a deployment taking it back", async () => {
    const node = onlyNode(await planned(), schedule);
    expect(node.inputs).toMatchObject({
        name,
        groupName: name,
        scheduleExpression: "rate(12 hours)",
        flexibleTimeWindow: { mode: "OFF" },
        state: "ENABLED",
    });
    expect(node.inputs).not.toHaveProperty("startDate");
    expect(node.options.ignoreChanges).toEqual(["startDate"]);
});

test("a stack that wants no drills is told of none", async () => {
    expect(inputsOf(await planned(0), schedule)).toMatchObject([{ state: "DISABLED" }]);
    expect(settingsSchema.shape.recovery.parse({})).toEqual({ drillEveryDays: 90 });
});

test("what the schedule counts is what the alarm watches, within a period that always holds one count", async () => {
    const { inputs } = nodeNamed(await planOf("prod"), "payment-recovery-prod", schedule);
    const target = inputs.target as { arn: string; input: string };
    expect(target.arn).toBe("arn:aws:scheduler:::aws-sdk:cloudwatch:putMetricData");
    const { Namespace, MetricData } = JSON.parse(target.input) as { Namespace: string; MetricData: object[] };
    const alarm = nodeNamed(await planOf("prod"), "payment-recovery-drill-overdue-prod", types.alarm).inputs;
    expect(MetricData).toEqual([
        { MetricName: alarm.metricName, Dimensions: [{ Name: "Environment", Value: "prod" }], Value: 1 },
    ]);
    expect(alarm).toMatchObject({
        namespace: Namespace,
        dimensions: { Environment: "prod" },
        comparisonOperator: "GreaterThanThreshold",
        threshold: 0,
        period: 24 * 60 * 60,
        treatMissingData: "notBreaching",
    });
    expect(alarmTable["drill-overdue"].severity).toBe("warning");
});

test("the scheduler may count for this stack's group in the platform's namespace, decrypt its schedule, and do nothing else", async () => {
    const plan = await planned();
    const role = onlyNode(plan, "aws:iam/role:Role");
    expect(parsed(role.inputs.assumeRolePolicy)).toMatchObject({
        Statement: [
            {
                Principal: { Service: "scheduler.amazonaws.com" },
                Condition: {
                    StringEquals: { "aws:SourceAccount": account },
                    ArnLike: { "aws:SourceArn": `arn:aws:scheduler:eu-west-1:${account}:schedule-group/${name}` },
                },
            },
        ],
    });
    expect(statementsOf(onlyNode(plan, "aws:iam/rolePolicy:RolePolicy"))).toEqual([
        {
            Effect: "Allow",
            Action: "cloudwatch:PutMetricData",
            Resource: "*",
            Condition: { StringEquals: { "cloudwatch:namespace": "PaymentPlatform" } },
        },
        {
            Effect: "Allow",
            Action: "kms:Decrypt",
            Resource: keys.messaging,
            Condition: {
                StringEquals: {
                    "kms:EncryptionContext:aws:scheduler:schedule:arn": `arn:aws:scheduler:eu-west-1:${account}:schedule/${name}/${name}`,
                },
            },
        },
    ]);
    expect(onlyNode(plan, schedule).inputs.kmsKeyArn).toBe(keys.messaging);
});
