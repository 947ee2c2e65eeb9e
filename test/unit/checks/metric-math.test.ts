import { expect, test } from "@jest/globals";
import { alarmValue, evaluateExpression } from "../../../checks/alarms/metric-math.ts";
import { findNode } from "../../recorder.ts";
import { planTestStack } from "../../stacks.ts";
import { typeTokens } from "../fixtures.ts";

const values = new Map([
    ["a", 6],
    ["b", 2],
    ["zero", 0],
]);

test.each([
    ["a + b * 3", 12],
    ["(a + b) * 3", 24],
    ["a / b / 3", 1],
    ["a - b - 1", 3],
    ["FILL(a, 0) + FILL(b, 0)", 8],
    ["IF(a >= 6, 100 * b / a, 0)", 200 / 6],
    ["IF(a > 6, 1, 2)", 2],
    ["IF(a <= 6, 1, 2)", 1],
    ["IF(a < b, 1, IF(zero, 3, 4))", 4],
    ["0.5 * a", 3],
])("%s is evaluated as CloudWatch does", (expression, expected) => {
    expect(evaluateExpression(expression, values)).toBeCloseTo(expected);
});

test.each([
    ["missing + 1", '"missing + 1" has missing, which is not supported'],
    [
        "ANOMALY_DETECTION_BAND(a, 2)",
        '"ANOMALY_DETECTION_BAND(a, 2)" has ANOMALY_DETECTION_BAND, which is not supported',
    ],
    ["a b", '"a b" has b, which is not supported'],
    ["(a, b)", '"(a, b)" has a list, which is not supported'],
    ["(a", '"(a" has an end instead of ), which is not supported'],
    ["a +", '"a +" has an end, which is not supported'],
])("%s is refused", (expression, message) => {
    expect(() => evaluateExpression(expression, values)).toThrow(message);
});

test("DIFF is the value less that of the period before, or 0 where nothing else is known", () => {
    expect(evaluateExpression("DIFF(a) + 1", values, new Map([["a", 2]]))).toBe(5);
    expect(evaluateExpression("DIFF(a)", values)).toBe(0);
    expect(() => evaluateExpression("DIFF(none)", values)).toThrow("has none, which is not supported");
    expect(() => evaluateExpression("DIFF(a + b)", values)).toThrow("has + instead of ), which is not supported");
});

test("an alarm compares the query that returns data, or its only metric", async () => {
    const plan = await planTestStack("prod");
    const alarm = (noun: string) => findNode(plan, `payment-${noun}-prod`, typeTokens.alarm);
    const valueOf = (metric: string) => (metric === "RequestCount" ? 1000 : 70);
    expect(alarmValue(alarm("api-target-5xx"), valueOf)).toBeCloseTo(7);
    expect(alarmValue(alarm("api-cpu-high"), valueOf)).toBe(70);
});
