import { globSync, readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { metricNamespace } from "../../../contract/container.ts";
import { metricGroupNames, metricGroups, metrics, metricsOf, steadyMetricSeconds } from "../../../contract/metrics.ts";
import { metricsOfAlarms } from "../../../checks/alarms/required-alarms.ts";
import type { AlarmRow } from "../../../lib/monitoring/alarm-row.ts";
import { alarmTable } from "../../../lib/monitoring/alarm-table.ts";
import { createLog } from "../../../services/common/log.ts";
import { measureSteadily } from "../../../services/common/measure.ts";
import { eventually } from "../../../tools/frame/eventually.ts";
import { planTestStack } from "../../stacks.ts";

const names = Object.keys(metrics);

/** The source of the services, without comments. */
const source = globSync("services/**/*.ts")
    .map((file) => readFileSync(file, "utf8").replaceAll(/\/\*[^]*?\*\/|\/\/.*$/gm, ""))
    .join("\n");
const put = [...source.matchAll(/putMetric\(\s*"(\w+)"/g)].map(([, name]) => name);
const sent = names.filter((name) => new RegExp(`\\b${name}\\b`).test(source));

test("every metric of the contract is sent by a service, and no other metric is", () => {
    expect(names.filter((name) => !sent.includes(name))).toEqual([]);
    expect(put.length).toBeGreaterThan(3);
    expect(put.filter((name) => !names.includes(name ?? ""))).toEqual([]);
});

test("every metric is in one group", () => {
    expect(metricsOf(metricGroupNames).toSorted()).toEqual(names.toSorted());
});

test.each(["dev", "staging", "prod"])(
    "every alarm of %s on a metric of the services is on one that they send",
    async (stack) => {
        const watched = metricsOfAlarms(await planTestStack(stack)).filter(
            ({ namespace, dimensions }) => namespace === metricNamespace && "Service" in dimensions,
        );
        expect(watched.length).toBeGreaterThan(0);
        expect(watched.filter(({ metric }) => !sent.includes(metric))).toEqual([]);
    },
);

/** On a metric with a value for each failure: none is good news. The absence of the consumer raises `oldest-message`. */
const ofFailures = ["messages-failing"];

test("every alarm on a group is on metrics of that group, and one that takes the maximum is on a steady metric, or on failures", () => {
    const rows = Object.entries<AlarmRow>(alarmTable).filter(([, { subjectKind }]) => subjectKind in metricGroups);
    expect(rows.length).toBeGreaterThan(0);
    for (const [alarm, row] of rows) {
        const group = metricsOf(metricGroupNames.filter((name) => name === row.subjectKind));
        const watched = [
            row.metric,
            ...(row.statistic === "Rise" ? row.payments.metrics : []),
            ...[row.requests?.metric ?? []].flat(),
        ];
        expect([alarm, watched.filter((metric) => !group.some((name) => name === metric))]).toEqual([alarm, []]);
        const steady = group.some((name) => name === row.metric && metrics[name].steady === true);
        expect([alarm, steady]).toEqual([alarm, row.statistic === "Maximum" && !ofFailures.includes(alarm)]);
        expect(row.minutes * 60).toBeGreaterThan(steadyMetricSeconds);
    }
});

test("a steady metric is sent at once and again, also after a measurement that failed, until it is stopped", async () => {
    const values: number[] = [];
    let measurements = 0;
    const measurement = measureSteadily({
        measure: () => {
            measurements += 1;
            return measurements === 2
                ? Promise.reject(new Error("lost"))
                : Promise.resolve({ OutboxAge: measurements });
        },
        log: createLog({ AWS_REGION: "us-east-1", ENVIRONMENT: "test", LOG_LEVEL: "error", SERVICE: "test" }),
        putMetric: (_, value) => values.push(value),
        everyMs: 1,
    });
    await eventually("values", () => Promise.resolve(values.length > 2 ? true : undefined), {
        within: 60_000,
        every: 1,
    });
    await measurement.stop();
    const stopped = measurements;
    expect(values.slice(0, 3)).toEqual([1, 3, 4]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(measurements).toBe(stopped);
});
