import { expect, test } from "@jest/globals";
import { alarmSummaryOf, type AlarmSummary } from "../../../../analysis/alarms/summary.ts";
import type { Values } from "../../../../plan/plan.ts";
import { planTestStack } from "../../../stacks.ts";

async function summaryOf(name: string, changes: Values = {}): Promise<AlarmSummary> {
    const plan = await planTestStack("prod");
    const node = plan.nodes.find((each) => each.name === name);
    if (node === undefined) {
        throw new Error(`no ${name}`);
    }
    return alarmSummaryOf(plan, { ...node, inputs: { ...node.inputs, ...changes } });
}

test("an alarm on one metric has its subject, threshold, section of the runbook and topic", async () => {
    expect(await summaryOf("payment-api-cpu-high-prod")).toMatchObject({
        watches: "Average CPUUtilization of ClusterName payment-cluster-prod, ServiceName payment-api-prod",
        threshold: "above 85 in 3 of 3 periods of 300 s",
        runbookSection: "cpu-high",
        topics: ["payment-alerts-warning-prod"],
    });
});

test("of several metrics the result is named, with the period of a metric", async () => {
    const { watches, threshold } = await summaryOf("payment-api-target-5xx-prod");
    expect(watches).toMatch(/^HTTPCode_Target_5XX_Count in percent of requests of LoadBalancer payment-prod-/);
    expect(threshold).toBe("above 5 in 3 of 3 periods of 60 s");
    const queries = { metricQueries: [{ id: "sum", expression: "a + b", returnData: true }] };
    expect((await summaryOf("payment-api-target-5xx-prod", queries)).watches).toBe("a + b");
});

test.each([
    ["/ecs/payment-sweeper-prod", "/ecs/payment-sweeper-prod"],
    ["targetgroup/payment-api-prod/943f017f100becff", "payment-api-prod"],
    ["app/payment-prod/68c63cfdb29eb962", "payment-prod"],
])("the subject %s is named %s", async (value, name) => {
    const { watches } = await summaryOf("payment-api-cpu-high-prod", { dimensions: { Subject: value } });
    expect(watches).toBe(`Average CPUUtilization of Subject ${name}`);
});

test("a composite alarm has the rule over other alarms, and no threshold", async () => {
    const { watches, threshold, firstAction } = await summaryOf("payment-budget-burns-fast-prod");
    expect(watches).toContain("ALARM(");
    expect(threshold).toBe("");
    expect(firstAction).not.toContain("runbook.md");
});

test("a description without a section, an operator that is new and points in time are shown as they are", async () => {
    const changes = { alarmDescription: "Look.", comparisonOperator: "LessThanLowerThreshold", datapointsToAlarm: 2 };
    expect(await summaryOf("payment-api-cpu-high-prod", changes)).toMatchObject({
        firstAction: "Look.",
        runbookSection: "",
        threshold: "LessThanLowerThreshold 85 in 2 of 3 periods of 300 s",
    });
});
