import { ecsServicesOf, environmentVariable, scheduledTasksOf, serviceNameOf } from "../../plan/ecs-services.ts";
import type { Values } from "../../plan/plan.ts";
import { containerInsightsMetrics } from "./container-insights.ts";
import {
    balancerZones,
    countOf,
    dollars,
    inputsOf,
    insightsMode,
    instanceClasses,
    listOf,
    minAcu,
    monthly,
    multiply,
    numberOf,
    pricedEndpoints,
    sum,
    textOf,
    valuesOf,
    type CostCalculation,
    type CostInputs,
    type CostRow,
} from "./inputs.ts";
import { cacheNodeHour, databaseClassHour } from "./prices.ts";

/** What the stack costs a month without any requests. */
export const costAtRest: Readonly<Record<string, CostCalculation>> = {
    "Interface endpoints": ({ plan, price }) => {
        const zones = pricedEndpoints(plan).map(({ subnetIds }) => listOf(subnetIds).length);
        return multiply(sum(zones), "endpoint zones", () => monthly(price("endpointHour")));
    },
    "NAT gateways": ({ plan, price }) =>
        multiply(countOf(plan, "ec2/natGateway:NatGateway"), "gateways", () => monthly(price("natGatewayHour"))),
    "Public addresses": ({ plan, price }) =>
        multiply(balancerZones(plan) + countOf(plan, "ec2/eip:Eip"), "addresses", () =>
            monthly(price("publicAddressHour")),
        ),
    "Load balancer": ({ plan, price }) =>
        multiply(countOf(plan, "lb/loadBalancer:LoadBalancer"), "balancer", () => monthly(price("loadBalancerHour"))),
    "Web firewall": ({ plan, price }) => {
        const acls = inputsOf(plan, "wafv2/webAcl:WebAcl");
        const rules = sum(acls.map((acl) => listOf(acl.rules).length));
        if (acls.length === 0) {
            return undefined;
        }
        return {
            arithmetic: `${acls.length} ACLs x ${dollars(price("webAcl"))} + ${rules} rules x ${dollars(price("webAclRule"))}`,
            amount: acls.length * price("webAcl") + rules * price("webAclRule"),
        };
    },
    "Aurora at its minimum": (inputs) =>
        multiply(minimumAcus(inputs), minAcu(inputs.plan) === 0 ? "ACU, as services keep it awake," : "ACU", () =>
            monthly(inputs.price("acuHour")),
        ),
    "Aurora instances": ({ plan, region }) => {
        const [instanceClass, ...others] = instanceClasses(plan).filter((each) => each !== serverless);
        return instanceClass === undefined
            ? undefined
            : multiply(1 + others.length, instanceClass, () => monthly(databaseClassHour(region, instanceClass)));
    },
    "Database Insights, advanced": (inputs) => {
        const { plan, price } = inputs;
        const [cluster] = inputsOf(plan, "rds/cluster:Cluster");
        const vcpus = sum(instanceClasses(plan).map(vcpusOf));
        if (cluster?.databaseInsightsMode !== "advanced") {
            return undefined;
        }
        return vcpus > 0
            ? multiply(vcpus, "vCPU", () => monthly(price("insightsVcpuHour")))
            : multiply(minimumAcus(inputs), "ACU", () => monthly(price("insightsAcuHour")));
    },
    "Cache nodes": ({ plan, region }) => {
        const [group] = inputsOf(plan, "elasticache/replicationGroup:ReplicationGroup");
        if (group === undefined) {
            return undefined;
        }
        const engine = group.engine === "valkey" ? "valkey" : "redis";
        const nodeType = textOf(group.nodeType);
        return multiply(numberOf(group.numCacheClusters), `${nodeType} (${engine})`, () =>
            monthly(cacheNodeHour(region, engine, nodeType)),
        );
    },
    "Transaction log, provisioned": ({ plan, price }) => {
        const { reads, writes } = provisionedUnits(plan);
        if (reads + writes === 0) {
            return undefined;
        }
        const [read, write] = [monthly(price("readUnitHour")), monthly(price("writeUnitHour"))];
        return {
            arithmetic: `${reads} read units x ${dollars(read)} + ${writes} write units x ${dollars(write)}`,
            amount: reads * read + writes * write,
        };
    },
    Keys: ({ plan, price }) => multiply(countOf(plan, "kms/key:Key"), "keys", () => price("key")),
    Secrets: ({ plan, price }) => {
        // RDS keeps the password of each cluster in a secret of its own.
        const ofRds = countOf(plan, "rds/cluster:Cluster");
        const unit = `secrets, ${ofRds === 1 ? "one" : ofRds} of them RDS's`;
        return multiply(countOf(plan, "secretsmanager/secret:Secret") + ofRds, unit, () => price("secret"));
    },
    Alarms: ({ plan, price }) => {
        const metrics = sum(
            inputsOf(plan, "cloudwatch/metricAlarm:MetricAlarm").map(({ metricQueries }) => metricsIn(metricQueries)),
        );
        const composites = countOf(plan, "cloudwatch/compositeAlarm:CompositeAlarm");
        if (metrics + composites === 0) {
            return undefined;
        }
        return {
            arithmetic: `${metrics} metrics x ${dollars(price("alarmMetric"))} + ${composites} composites x ${dollars(price("compositeAlarm"))}`,
            amount: metrics * price("alarmMetric") + composites * price("compositeAlarm"),
        };
    },
    "Alarms of autoscaling": ({ plan, price }) => {
        const metrics = sum(inputsOf(plan, "appautoscaling/policy:Policy").map(trackingAlarmMetrics));
        return multiply(metrics, "metrics", () => price("alarmMetric"));
    },
    "Metrics of log filters": ({ plan, price }) => {
        const filters = countOf(plan, "cloudwatch/logMetricFilter:LogMetricFilter");
        return multiply(filters, "custom metrics", () => price("customMetric"));
    },
    "Metrics of the services": ({ tasks, price }) => {
        const metrics = sum(Object.values(tasks).map(({ customMetrics = 0 }) => customMetrics));
        return multiply(metrics, "custom metrics", () => price("customMetric"));
    },
    "Container Insights": (inputs) => {
        const mode = insightsMode(inputs.plan);
        if (mode === undefined) {
            return undefined;
        }
        const services = ecsServicesOf(inputs.plan).map((service) => ({
            min: inputs.tasks[serviceNameOf(service)]?.min ?? 0,
            hasHealthCheck: service.containers.some(({ healthCheck }) => healthCheck !== undefined),
        }));
        const price = mode === "enhanced" ? "containerInsightsMetric" : "customMetric";
        return multiply(containerInsightsMetrics(mode, services), `metrics (${mode})`, () => inputs.price(price));
    },
    Dashboard: ({ plan, price }) =>
        multiply(countOf(plan, "cloudwatch/dashboard:Dashboard"), "dashboard", () => price("dashboard")),
};

const serverless = "db.serverless";

/** The least that an instance of Aurora has while it does not pause. */
const awakeAcu = 0.5;

const minimumAcus = (inputs: CostInputs): number => {
    const instances = instanceClasses(inputs.plan).filter((each) => each === serverless).length;
    return instances * (minAcu(inputs.plan) || (isKeptAwake(inputs) ? awakeAcu : 0));
};

/** Services with a database ask it each second for what they must publish, so that it is never idle and never pauses. */
const isKeptAwake = ({ plan, tasks }: CostInputs): boolean =>
    ecsServicesOf(plan).some(
        (service) =>
            (tasks[serviceNameOf(service)]?.min ?? 0) > 0 &&
            service.containers.some((each) => environmentVariable(each, "DATABASE_HOST") !== ""),
    );

/** Of an instance class: two up to `large`, then twice as many for each doubling of the size. 0 for `db.serverless`. */
function vcpusOf(instanceClass: string): number {
    const [, size = ""] = /^db\.[a-z0-9]+\.(\w+)$/.exec(instanceClass) ?? [];
    const multiple = /^(\d*)xlarge$/.exec(size)?.[1];
    return multiple === undefined ? (size === "" ? 0 : 2) : 4 * Number(multiple === "" ? 1 : multiple);
}

/** Provisioned units of the table and of its index together; none with on-demand capacity. */
export function provisionedUnits(plan: CostInputs["plan"]): { reads: number; writes: number } {
    const parts = inputsOf(plan, "dynamodb/table:Table").flatMap((table) => [
        table,
        ...listOf(table.globalSecondaryIndexes).map(valuesOf),
    ]);
    return {
        reads: sum(parts.map(({ readCapacity }) => numberOf(readCapacity))),
        writes: sum(parts.map(({ writeCapacity }) => numberOf(writeCapacity))),
    };
}

/** An alarm costs the price of each metric that it reads; an alarm without metric math reads one. */
const metricsIn = (queries: unknown): number =>
    listOf(queries).filter((query) => valuesOf(query).metric !== undefined).length || 1;

/**
 * Metrics of the alarms that Application Auto Scaling creates for a policy: a high and a low one
 * (https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html), and for DynamoDB
 * two more that watch for changes of the provisioned capacity that it did not make. A policy whose scale-in is disabled counts like the
 * others, as AWS does not say that it has fewer.
 */
function trackingAlarmMetrics({
    policyType,
    serviceNamespace,
    targetTrackingScalingPolicyConfiguration,
}: Values): number {
    if (policyType !== "TargetTrackingScaling") {
        return 0;
    }
    const custom = valuesOf(valuesOf(targetTrackingScalingPolicyConfiguration).customizedMetricSpecification);
    const metrics = listOf(custom.metrics).filter((query) => valuesOf(query).metricStat !== undefined).length || 1;
    return (serviceNamespace === "dynamodb" ? 4 : 2) * metrics;
}

/**
 * Minutes that a task of a schedule is assumed to run each day: Fargate bills them from the pull of its image. A run reads some thousand
 * pages of the acquirer's report in this time.
 */
const scheduledMinutes = 10;

/** A row for each service: its minimum of tasks at the price on demand; and for each task that a schedule starts once a day. */
export const taskCosts = (inputs: CostInputs): CostRow[] => [
    ...ecsServicesOf(inputs.plan).map((service) => {
        const definition = service.taskDefinition?.inputs ?? {};
        const { text, each } = taskPrice(definition, inputs);
        const { min, atRest } = inputs.tasks[serviceNameOf(service)] ?? { min: 0, atRest: 0 };
        const reserve = min > atRest ? ` (${min - atRest} in reserve: ${dollars((min - atRest) * each)})` : "";
        return {
            item: `Service ${textOf(definition.family)}`,
            arithmetic: `${min} ${min === 1 ? "task" : "tasks"}${reserve} of ${text} x ${dollars(each)}`,
            amount: min * each,
        };
    }),
    ...scheduledTasksOf(inputs.plan).map(({ taskDefinition }) => {
        const definition = taskDefinition?.inputs ?? {};
        const { text, each } = taskPrice(definition, inputs);
        return {
            item: `Scheduled task ${textOf(definition.family)}`,
            arithmetic: `${scheduledMinutes} of 1440 minutes a day of ${text} x ${dollars(each)}`,
            amount: (scheduledMinutes / 1440) * each,
        };
    }),
];

/** The size of a task, and its price in USD a month. */
export function taskPrice({ cpu, memory }: Values, { price }: CostInputs): { text: string; each: number } {
    const [vcpu, gib] = [Number(cpu) / 1024, Number(memory) / 1024];
    return {
        text: `${vcpu} vCPU and ${gib} GiB`,
        each: monthly(vcpu * price("fargateVcpuHour") + gib * price("fargateGibHour")),
    };
}
