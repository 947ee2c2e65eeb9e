import { expect, test } from "@jest/globals";
import { alarmTable } from "../../lib/monitoring/alarm-table.ts";
import { Recovery } from "../../lib/recovery.ts";
import { settingsSchema } from "../../lib/settings/schema.ts";
import { inputsOf, findNode, planComponent } from "../recorder.ts";
import { planTestStack } from "../stacks.ts";
import { accountId, keyArns, onlyNode, parseJsonValue, testScope, policyStatements, typeTokens } from "./fixtures.ts";

const schedule = "aws:scheduler/schedule:Schedule";
const name = "payment-recovery-test";
const planned = (drillEveryDays = 90) =>
    planComponent(
        () => new Recovery(name, { scope: testScope(), settings: { drillEveryDays }, keyArn: keyArns.messaging }),
    );

test("an overdue drill is counted twice a day, and a drill moves the start date, which no update moves back", async () => {
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

test("a stack without drills has no reminder", async () => {
    expect(inputsOf(await planned(0), schedule)).toMatchObject([{ state: "DISABLED" }]);
    expect(settingsSchema.shape.recovery.parse({})).toEqual({ drillEveryDays: 90 });
});

test("the alarm evaluates the metric of the schedule, with a period that always has one data point", async () => {
    const { inputs } = findNode(await planTestStack("prod"), "payment-recovery-prod", schedule);
    const target = inputs.target as { arn: string; input: string };
    expect(target.arn).toBe("arn:aws:scheduler:::aws-sdk:cloudwatch:putMetricData");
    const { Namespace, MetricData } = JSON.parse(target.input) as { Namespace: string; MetricData: object[] };
    const alarm = findNode(await planTestStack("prod"), "payment-recovery-drill-overdue-prod", typeTokens.alarm).inputs;
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

test("the scheduler may publish this stack's metric, decrypt its schedule, and do nothing else", async () => {
    const plan = await planned();
    const role = onlyNode(plan, "aws:iam/role:Role");
    expect(parseJsonValue(role.inputs.assumeRolePolicy)).toMatchObject({
        Statement: [
            {
                Principal: { Service: "scheduler.amazonaws.com" },
                Condition: {
                    StringEquals: { "aws:SourceAccount": accountId },
                    ArnLike: { "aws:SourceArn": `arn:aws:scheduler:eu-west-1:${accountId}:schedule-group/${name}` },
                },
            },
        ],
    });
    expect(policyStatements(onlyNode(plan, "aws:iam/rolePolicy:RolePolicy"))).toEqual([
        {
            Effect: "Allow",
            Action: "cloudwatch:PutMetricData",
            Resource: "*",
            Condition: { StringEquals: { "cloudwatch:namespace": "PaymentPlatform" } },
        },
        {
            Effect: "Allow",
            Action: "kms:Decrypt",
            Resource: keyArns.messaging,
            Condition: {
                StringEquals: {
                    "kms:EncryptionContext:aws:scheduler:schedule:arn": `arn:aws:scheduler:eu-west-1:${accountId}:schedule/${name}/${name}`,
                },
            },
        },
    ]);
    expect(onlyNode(plan, schedule).inputs.kmsKeyArn).toBe(keyArns.messaging);
});
