import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "@jest/globals";
import { Messaging } from "../../lib/messaging.ts";
import { Monitoring } from "../../lib/monitoring.ts";
import type { AlarmSubjectKind } from "../../lib/monitoring/alarm-row.ts";
import { alarmTable } from "../../lib/monitoring/alarm-table.ts";
import { settingsSchema, type Settings } from "../../lib/settings/schema.ts";
import { servicesWithPath } from "../../lib/settings/service-path.ts";
import type { Plan, PlanNode } from "../../plan/plan.ts";
import { findNode, nodesOf, planComponent, componentPlanner } from "../recorder.ts";
import {
    accountId,
    cacheSettings,
    databaseSettings,
    acquirerSettings,
    imageDigest,
    keyArns,
    logicalNamesOf,
    onlyNode,
    parseJsonValue,
    testScope,
    servicesFromDefaults,
    exposeValue,
    plainTextOf,
    alertTargets,
    typeTokens,
    messagingSettings,
} from "./fixtures.ts";

const name = "payment-monitoring-test";
const { shape } = settingsSchema;
const suffixes = (names: string[]) => names.map((part) => `payment-${part}-test`);

interface Changes {
    cacheNodes?: number;
    services?: Settings["services"];
    alarmThresholds?: Settings["alarmThresholds"];
    /** Requests a day of each merchant. */
    quotas?: number[];
    timeoutSeconds?: number;
    hasTrail?: boolean;
    database?: Partial<Settings["database"]>;
}

const trail = {
    arn: `arn:aws:cloudtrail:eu-west-1:${accountId}:trail/payment-trail-test`,
    name: "payment-trail-test",
    logGroupName: "/cloudtrail/payment-trail-test",
    bucketName: `payment-audit-test-${accountId}`,
};

function build({
    cacheNodes = 1,
    services = servicesFromDefaults({ api: {} }),
    alarmThresholds = {},
    quotas = [1000],
    timeoutSeconds = 30,
    hasTrail = true,
    database = {},
}: Changes = {}): Monitoring {
    const scope = testScope();
    const { queues } = new Messaging("payment-messaging-test", {
        scope,
        settings: messagingSettings(),
        keyArn: keyArns.messaging,
    });
    const routes = servicesWithPath(services).map(([service]) => {
        const listenerRule = new aws.lb.ListenerRule(service, { listenerArn: "l", actions: [], conditions: [] });
        const targetGroupArnSuffix = pulumi.output(`targetgroup/${service}`);
        return [
            service,
            {
                targetGroupArn: targetGroupArnSuffix,
                targetGroupArnSuffix,
                requestCountLabel: targetGroupArnSuffix,
                listenerRule,
            },
        ] as const;
    });
    return new Monitoring(name, {
        scope,
        settings: {
            services,
            database: databaseSettings(database),
            cache: cacheSettings({ nodes: cacheNodes }),
            validation: shape.validation.parse({ memoryMib: 512, timeoutSeconds }),
            gateway: shape.gateway.parse({
                merchants: Object.fromEntries(quotas.map((quotaPerDay, i) => [`shop-${i + 1}`, { quotaPerDay }])),
            }),
            alarmThresholds,
        },
        alerts: alertTargets,
        eventRules: ["guardduty-critical"],
        keyArns: Object.values(keyArns),
        trail: hasTrail ? pulumi.output(trail) : undefined,
        clusterName: "payment-cluster-test",
        cacheName: "payment-cache-test",
        loadBalancerArnSuffix: "app/payment/1",
        certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/1",
        routes: Object.fromEntries(routes),
        queues: Object.values(queues),
        tableName: "payment-transactions-test",
        validator: { functionName: "payment-validator-test", deadLetterName: "payment-validator-dlq-test" },
        api: { apiName: "payment-gateway-test", stageName: "v1" },
    });
}
const planned = componentPlanner(build);
const alarmOf = async (alarm: string, changes?: Changes) =>
    findNode(await planned(changes), `payment-${alarm}-test`, typeTokens.alarm).inputs;

/** Names of the alarms that the table has for a part of these kinds. */
const alarmsOfPart = (part: string, kinds: readonly AlarmSubjectKind[]): string[] =>
    Object.entries(alarmTable)
        .filter(([, { subjectKind }]) => kinds.includes(subjectKind))
        .map(([alarm]) => `${part}-${alarm}`);

const apiKinds: readonly AlarmSubjectKind[] = ["service", "application-log", "target"];
const kindsByPart: Readonly<Record<string, readonly AlarmSubjectKind[]>> = {
    api: apiKinds,
    edge: ["alb", "certificate"],
    processing: ["queue", "dead-letters"],
    notifications: ["queue", "dead-letters"],
    database: ["database"],
    validator: ["function", "dead-letters"],
    transactions: ["table"],
    "transactions-index": ["table"],
    "transactions-getitem": ["table-operation"],
    "transactions-putitem": ["table-operation"],
    "transactions-transactwriteitems": ["table-operation"],
    recovery: ["recovery"],
    gateway: ["api", "api-usage"],
    "cache-1": ["cache"],
    "guardduty-critical": ["event-rule"],
    "deployment-failed": ["event-rule"],
    "key-loss": ["event-rule"],
    "database-lost": ["event-rule"],
    "trail-change": ["event-rule"],
    alerts: ["dead-letters"],
};
const budgetAlarms = ["fast-60m", "fast-5m", "slowly-360m", "slowly-30m"].map((rate) => `budget-burns-${rate}`);

test("every part of the platform has its alarms, and none twice", async () => {
    expect(logicalNamesOf(await planned(), typeTokens.alarm)).toEqual(
        suffixes([
            ...Object.entries(kindsByPart).flatMap(([part, kinds]) => alarmsOfPart(part, kinds)),
            ...budgetAlarms,
        ]).sort(),
    );
});

test("a worker has no alarms on requests, and its own log rolls a deployment back", async () => {
    const services = servicesFromDefaults({ api: {}, refunds: { path: undefined, priority: undefined } });
    const plan = await planned({ services });
    expect(logicalNamesOf(plan, typeTokens.alarm).filter((alarm) => alarm.startsWith("payment-refunds-"))).toEqual([
        "payment-refunds-application-errors-test",
        "payment-refunds-cpu-high-test",
        "payment-refunds-memory-high-test",
    ]);
    const names = await planComponent(() => {
        const { refunds = [] } = build({ services }).deploymentAlarmNames;
        refunds.forEach((alarm, i) => exposeValue(`shown-${i}`, alarm));
    });
    expect(findNode(names, "shown-0").inputs.value).toBe("payment-refunds-application-errors-test");
});

test("the alarm on missing tasks exists only with an image, and fires below the minimum of tasks", async () => {
    const services = servicesFromDefaults({ api: { imageDigest, minTasks: 5 }, risk: { minTasks: 3 } });
    const plan = await planned({ services });
    const missing = nodesOf(plan, typeTokens.alarm).filter((node) => node.name.includes("tasks-missing"));
    expect(missing).toHaveLength(1);
    expect(missing[0]).toMatchObject({
        name: "payment-api-tasks-missing-test",
        inputs: {
            threshold: 5,
            comparisonOperator: "LessThanThreshold",
            treatMissingData: "breaching",
        },
    });
    const dimensions = { ClusterName: "payment-cluster-test", ServiceName: "payment-api-test" };
    const metric = { namespace: "ECS/ContainerInsights", dimensions, period: 60 };
    // The minutes before the first image, when ECS wants no tasks, do not count.
    expect(missing[0]?.inputs.metricQueries).toEqual([
        { id: "condition", metric: { ...metric, metricName: "DesiredTaskCount", stat: "Maximum" } },
        { id: "value", metric: { ...metric, metricName: "RunningTaskCount", stat: "Minimum" } },
        {
            id: "watched",
            expression: "IF(FILL(condition, 1) > 0, value, 5)",
            label: "RunningTaskCount while DesiredTaskCount is above 0",
            returnData: true,
        },
    ]);
});

test("a service has the alarms of the metrics that its settings name, on its own dimensions", async () => {
    const services = servicesFromDefaults({
        api: { metrics: ["outbox", "requests"] },
        risk: { imageDigest, metrics: ["acquirer", "messages", "payments"] },
    });
    const plan = await planned({ services });
    const kinds: readonly AlarmSubjectKind[] = ["messages", "outbox", "payments", "acquirer", "steady-metric"];
    const measured = nodesOf(plan, typeTokens.alarm).filter(({ name: alarm }) =>
        ["api", "risk"].some((service) =>
            alarmsOfPart(service, kinds).some((each) => alarm === `payment-${each}-test`),
        ),
    );
    // A service without an image sends nothing, so that nothing is missing.
    expect(measured.map((alarm) => alarm.name).sort()).toEqual(
        suffixes([
            ...alarmsOfPart("api", ["outbox"]),
            ...alarmsOfPart("risk", ["messages", "payments", "acquirer", "steady-metric"]),
        ]).sort(),
    );
    expect(findNode(plan, "payment-api-outbox-stuck-test", typeTokens.alarm).inputs).toMatchObject({
        namespace: "PaymentPlatform",
        metricName: "OutboxAge",
        dimensions: { Service: "api", Environment: "test" },
    });
    expect(findNode(plan, "payment-risk-metrics-missing-test", typeTokens.alarm).inputs.metricQueries).toMatchObject([
        {
            metric: {
                namespace: "ECS/ContainerInsights",
                metricName: "DesiredTaskCount",
                dimensions: { ClusterName: "payment-cluster-test", ServiceName: "payment-risk-test" },
            },
        },
        { metric: { metricName: "AcceptedAge", dimensions: { Service: "risk", Environment: "test" } } },
        {},
    ]);
});

test("the reconciliation of a service has its alarms, and is late by the hour of its start", async () => {
    const services = servicesFromDefaults({
        api: { imageDigest, acquirer: acquirerSettings({ enabled: false }) },
        risk: { imageDigest, acquirer: acquirerSettings({ hour: 6 }) },
        wallet: { imageDigest, acquirer: acquirerSettings({ hour: 23 }) },
    });
    const plan = await planned({ services });
    const alarms = nodesOf(plan, typeTokens.alarm).filter(({ name: alarm }) => alarm.includes("-reconciliation-"));
    expect(Object.fromEntries(alarms.map(({ name: alarm, inputs }) => [alarm, inputs.threshold]))).toEqual({
        "payment-risk-reconciliation-differs-test": 0,
        "payment-risk-reconciliation-late-test": 36 * 3600,
        "payment-wallet-reconciliation-differs-test": 0,
        "payment-wallet-reconciliation-late-test": 53 * 3600,
    });
    expect(findNode(plan, "payment-risk-reconciliation-differs-test", typeTokens.alarm).inputs).toMatchObject({
        namespace: "PaymentPlatform",
        metricName: "ReconciliationDifferences",
        statistic: "Maximum",
        dimensions: { Service: "risk", Environment: "test" },
    });
    // It sends no other steady metric: without those of the reconciliation the two alarms would see nothing.
    expect(findNode(plan, "payment-risk-metrics-missing-test", typeTokens.alarm).inputs.metricQueries).toMatchObject([
        {},
        { metric: { metricName: "ReconciliationAge" } },
        {},
    ]);
});

test("a service without steady metrics has no alarm on their absence", async () => {
    const services = servicesFromDefaults({ api: { imageDigest, metrics: ["messages", "requests"] } });
    const alarms = logicalNamesOf(await planned({ services }), typeTokens.alarm);
    expect(alarms.filter((alarm) => alarm.includes("metrics-missing"))).toEqual([]);
});

test("a stack sets the threshold of an alarm for all its parts", async () => {
    const alarmThresholds = { "cpu-high": 50, "tasks-missing": 9 };
    const services = servicesFromDefaults({ api: { imageDigest, minTasks: 5 }, risk: {} });
    const plan = await planned({ services, alarmThresholds });
    const thresholds = ["api-cpu-high", "risk-cpu-high", "api-tasks-missing", "api-memory-high"].map(
        (alarm) => findNode(plan, `payment-${alarm}-test`, typeTokens.alarm).inputs.threshold,
    );
    expect(thresholds).toEqual([50, 50, 9, 90]);
});

test.each([1, 2, 6])("each of %i cache nodes is watched by the name that ElastiCache gives it", async (cacheNodes) => {
    const plan = await planned({ cacheNodes });
    const alarms = nodesOf(plan, typeTokens.alarm).filter((node) => node.name.startsWith("payment-cache-"));
    const nodes = Array.from({ length: cacheNodes }, (_, i) => i + 1);
    expect(alarms.map((alarm) => alarm.name).sort()).toEqual(
        suffixes(nodes.flatMap((node) => alarmsOfPart(`cache-${node}`, ["cache"]))).sort(),
    );
    for (const node of nodes) {
        const { inputs } = findNode(plan, `payment-cache-${node}-memory-full-test`, typeTokens.alarm);
        expect(inputs.dimensions).toEqual({ CacheClusterId: `payment-cache-test-00${node}` });
    }
});

test.each([
    ["api-cpu-high", { ClusterName: "payment-cluster-test", ServiceName: "payment-api-test" }],
    ["edge-connections-rejected", { LoadBalancer: "app/payment/1" }],
    ["processing-oldest-message", { QueueName: "payment-processing-test" }],
    ["processing-dead-letters", { QueueName: "payment-processing-dlq-test" }],
    ["database-deadlocks", { DBClusterIdentifier: "payment-database-test" }],
    ["validator-function-slow", { FunctionName: "payment-validator-test" }],
    ["alerts-dead-letters", { QueueName: "payment-alerts-dlq-test" }],
    ["guardduty-critical-event-undelivered", { RuleName: "payment-guardduty-critical-test" }],
    ["deployment-failed-event-undelivered", { RuleName: "payment-deployment-failed-test" }],
    ["validator-dead-letters", { QueueName: "payment-validator-dlq-test" }],
    ["gateway-usage-near-quota", { ApiName: "payment-gateway-test", Stage: "v1" }],
])("%s watches the right part", async (alarm, dimensions) => {
    expect((await alarmOf(alarm)).dimensions).toEqual(dimensions);
});

/** The metrics of an alarm on a share of requests, with what counts the requests first. */
async function metricsOf(alarm: string, changes?: Changes) {
    const { metricQueries } = await alarmOf(alarm, changes);
    return (metricQueries as { metric?: { namespace: string; metricName: string; dimensions: object } }[]).flatMap(
        ({ metric }) => (metric === undefined ? [] : [metric]),
    );
}

const table = { TableName: "payment-transactions-test" };
const ofApi = { ApiName: "payment-gateway-test", Stage: "v1" };
const onIndex = { ...table, GlobalSecondaryIndexName: "customer-index" };

test.each([
    ["api-target-5xx", "RequestCount", { TargetGroup: "targetgroup/api", LoadBalancer: "app/payment/1" }],
    ["edge-tls-errors", "NewConnectionCount", { LoadBalancer: "app/payment/1" }],
    ["validator-function-errors", "Invocations", { FunctionName: "payment-validator-test" }],
    ["transactions-writes-throttled", "ConsumedWriteCapacityUnits", table],
    ["transactions-index-writes-throttled", "ConsumedWriteCapacityUnits", onIndex],
    ["transactions-putitem-system-errors", "SuccessfulRequestLatency", { ...table, Operation: "PutItem" }],
    ["gateway-api-5xx", "Count", ofApi],
])("%s compares failures with %s of the same part", async (alarm, requests, dimensions) => {
    const metrics = await metricsOf(alarm);
    expect(metrics[0]?.metricName).toBe(requests);
    expect(metrics.map((metric) => metric.dimensions)).toEqual([dimensions, dimensions]);
});

test.each([
    [
        "of its target group, where it has a path",
        {},
        "AWS/ApplicationELB",
        "RequestCount",
        { TargetGroup: "targetgroup/api", LoadBalancer: "app/payment/1" },
    ],
    [
        "of its queue, where it consumes one",
        { path: undefined, priority: undefined, consumes: "processing" },
        "AWS/SQS",
        "NumberOfMessagesDeleted",
        { QueueName: "payment-processing-test" },
    ],
    [
        "of its log, where it has neither",
        { path: undefined, priority: undefined },
        "AWS/Logs",
        "IncomingLogEvents",
        { LogGroupName: "/ecs/payment-api-test" },
    ],
])("logged errors are compared with the work of the service: %s", async (_, api, namespace, metricName, dimensions) => {
    const [requests, errors] = await metricsOf("api-application-errors", { services: servicesFromDefaults({ api }) });
    expect(requests).toMatchObject({ namespace, metricName, dimensions });
    expect(errors).toMatchObject({ metricName: "payment-api-test-errors" });
    expect(errors).not.toHaveProperty("dimensions");
});

test("a service with a path and a queue compares logged errors with the work of both", async () => {
    const services = servicesFromDefaults({ api: { consumes: "processing" } });
    const metrics = await metricsOf("api-application-errors", { services });
    expect(metrics.map(({ metricName }) => metricName)).toEqual([
        "RequestCount",
        "NumberOfMessagesDeleted",
        "payment-api-test-errors",
    ]);
    const { metricQueries } = await alarmOf("api-application-errors", { services });
    expect(metricQueries).toContainEqual({
        id: "total",
        expression: "FILL(requests, 0) + FILL(requests2, 0) + FILL(value, 0)",
    });
});

test.each([5, 30])("a payment that takes four fifths of a function's %i seconds is slow", async (timeoutSeconds) => {
    const { threshold } = await alarmOf("validator-function-slow", { timeoutSeconds });
    expect(threshold).toBe(800 * timeoutSeconds);
});

test("the alarm on usage is at four fifths of all merchants' quotas; without merchants there is none", async () => {
    const { threshold } = await alarmOf("gateway-usage-near-quota", { quotas: [1000, 500, 2500] });
    expect(threshold).toBe(3200);
    const usage = (plan: Plan) => logicalNamesOf(plan, typeTokens.alarm).filter((alarm) => alarm.includes("usage"));
    expect(usage(await planned({ quotas: [] }))).toEqual([]);
});

test("the alarm on logged errors uses the metric of the log's filter", async () => {
    expect(await metricsOf("api-application-errors")).toContainEqual(
        expect.objectContaining({ namespace: "PaymentPlatform", metricName: "payment-api-test-errors" }),
    );
});

test("a deployment is rolled back by its own service's alarms, which exist before it", async () => {
    const services = servicesFromDefaults({ api: {}, risk: {} });
    const plan = await planComponent(() => {
        const { deploymentAlarmNames } = build({ services });
        for (const [service, alarms] of Object.entries(deploymentAlarmNames)) {
            exposeValue(`of-${service}`, pulumi.jsonStringify(alarms));
        }
    });
    for (const service of ["api", "risk"]) {
        const { inputs, propertyDependencies } = findNode(plan, `of-${service}`);
        const alarms = suffixes([`${service}-target-5xx`, `${service}-target-unhealthy`]);
        expect(parseJsonValue(inputs.value)).toEqual(alarms);
        const made = alarms.map((alarm) => findNode(plan, alarm, typeTokens.alarm).urn);
        expect(propertyDependencies.value).toEqual(expect.arrayContaining(made));
    }
    expect(logicalNamesOf(plan, "aws:ec2/tag:Tag")).toEqual(["of-api", "of-risk"]);
});

test("a failed deployment of this cluster's services is critical, one of another cluster is ignored", async () => {
    const plan = await planned();
    const rule = findNode(plan, "payment-deployment-failed-test", "aws:cloudwatch/eventRule:EventRule");
    expect(parseJsonValue(rule.inputs.eventPattern)).toEqual({
        source: ["aws.ecs"],
        "detail-type": ["ECS Deployment State Change"],
        resources: [{ prefix: `arn:aws:ecs:eu-west-1:${accountId}:service/payment-cluster-test/` }],
        detail: { eventName: ["SERVICE_DEPLOYMENT_FAILED"] },
    });
    expectCriticalTarget(plan, rule);
});

test("the loss of each key of the stack is critical, however the caller names the key", async () => {
    const plan = await planned();
    const rule = findNode(plan, "payment-key-loss-test", "aws:cloudwatch/eventRule:EventRule");
    expect(parseJsonValue(rule.inputs.eventPattern)).toEqual({
        source: ["aws.kms"],
        "detail-type": ["AWS API Call via CloudTrail"],
        detail: {
            eventName: ["DisableKey", "ScheduleKeyDeletion", "PutKeyPolicy"],
            resources: { ARN: Object.values(keyArns) },
        },
    });
    expectCriticalTarget(plan, rule);
});

test("a database cluster that is stopped or deleted is critical, also one that the services do not use", async () => {
    const plan = await planned({ database: { generation: 2, otherGenerations: [1] } });
    const rule = findNode(plan, "payment-database-lost-test", "aws:cloudwatch/eventRule:EventRule");
    expect(parseJsonValue(rule.inputs.eventPattern)).toEqual({
        source: ["aws.rds"],
        "detail-type": ["RDS DB Cluster Event"],
        resources: ["payment-database-test", "payment-database2-test"].map(
            (cluster) => `arn:aws:rds:eu-west-1:${accountId}:cluster:${cluster}`,
        ),
        detail: { EventID: ["RDS-EVENT-0150", "RDS-EVENT-0171"] },
    });
    expectCriticalTarget(plan, rule);
});

test("the end of the trail's recording is critical, however the caller names the trail", async () => {
    const plan = await planned();
    const rule = findNode(plan, "payment-trail-change-test", "aws:cloudwatch/eventRule:EventRule");
    const names = [trail.name, trail.arn];
    expect(parseJsonValue(rule.inputs.eventPattern)).toEqual({
        source: ["aws.cloudtrail", "aws.logs", "aws.s3"],
        "detail-type": ["AWS API Call via CloudTrail"],
        detail: {
            eventName: [
                ...["StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors"],
                ...["DeleteLogGroup", "DeleteLogStream", "PutRetentionPolicy"],
                ...["PutBucketPolicy", "DeleteBucketPolicy"],
            ],
            $or: [
                { requestParameters: { name: names } },
                { requestParameters: { trailName: names } },
                { requestParameters: { logGroupName: [trail.logGroupName] } },
                { requestParameters: { bucketName: [trail.bucketName] } },
            ],
        },
    });
    expectCriticalTarget(plan, rule);
});

test("a stack without a trail reports no changes of one", async () => {
    const rules = logicalNamesOf(await planned({ hasTrail: false }), "aws:cloudwatch/eventRule:EventRule");
    expect(rules).toEqual(suffixes(["database-lost", "deployment-failed", "key-loss"]));
});

function expectCriticalTarget(plan: Plan, rule: PlanNode): void {
    expect(findNode(plan, rule.name, "aws:cloudwatch/eventTarget:EventTarget").inputs).toEqual({
        rule: rule.inputs.name,
        arn: alertTargets.topicArns.critical,
        deadLetterConfig: { arn: alertTargets.deadLetterArn },
    });
}

test("the dashboard shows every alarm and every service", async () => {
    const plan = await planned({ services: servicesFromDefaults({ api: {}, risk: {} }) });
    const { inputs } = onlyNode(plan, typeTokens.dashboard);
    expect(inputs.dashboardName).toBe("payment-dashboard-test");
    const { widgets } = parseJsonValue(inputs.dashboardBody) as { widgets: { properties: Record<string, unknown> }[] };
    const [shown] = widgets;
    // The windows of the error budget are behind the composite alarms.
    const alarms = nodesOf(plan, typeTokens.alarm).filter((node) => !node.name.includes("budget-burns"));
    const arnsOf = (nodes: readonly PlanNode[]) => nodes.map((node) => plainTextOf(node.outputs.arn)).sort();
    const arns = shown?.properties.alarms as string[];
    expect(arns.slice(0, 2).sort()).toEqual(arnsOf(nodesOf(plan, typeTokens.composite)));
    expect(arns.slice(2).sort()).toEqual(arnsOf(alarms));
    const requests = widgets.find(({ properties }) => properties.title === "Requests by service");
    expect(requests?.properties.metrics).toHaveLength(2);
});

test("of a service that may have no task, one task is missed while one is desired", async () => {
    const plan = await planned({ services: servicesFromDefaults({ api: { imageDigest, minTasks: 0 } }) });
    expect(findNode(plan, "payment-api-tasks-missing-test", typeTokens.alarm).inputs.threshold).toBe(1);
});

test("the dashboard's URL is an output", async () => {
    expect(findNode(await planned(), name, "payment:index:Monitoring").outputs.dashboardUrl).toBe(
        "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#dashboards/dashboard/payment-dashboard-test",
    );
});
