import type { Plan, Values } from "../../plan/plan.ts";

/** AWS counts a month as 730 hours. */
const hoursPerMonth = 730;

/** Prices in USD, us-east-1, on demand, from the linked pages. What is billed by use alone is left out. */
const prices = {
    endpointHour: 0.01, // https://aws.amazon.com/privatelink/pricing/
    natGatewayHour: 0.045, // https://aws.amazon.com/vpc/pricing/
    publicAddressHour: 0.005, // https://aws.amazon.com/vpc/pricing/
    loadBalancerHour: 0.0225, // https://aws.amazon.com/elasticloadbalancing/pricing/
    acuHour: 0.12, // https://aws.amazon.com/rds/aurora/pricing/
    advancedInsightsAcuHour: 0.003125, // https://aws.amazon.com/cloudwatch/pricing/
    fargateVcpuHour: 0.03238, // https://aws.amazon.com/fargate/pricing/, ARM
    fargateGibHour: 0.00356,
    webAcl: 5, // https://aws.amazon.com/waf/pricing/
    webAclRule: 1,
    key: 1, // https://aws.amazon.com/kms/pricing/
    readUnitHour: 0.00013, // https://aws.amazon.com/dynamodb/pricing/provisioned/
    writeUnitHour: 0.00065,
    secret: 0.4, // https://aws.amazon.com/secrets-manager/pricing/
    alarmMetric: 0.1, // https://aws.amazon.com/cloudwatch/pricing/
    compositeAlarm: 0.5,
    dashboard: 3,
} as const;

/** Hourly price of a node (https://aws.amazon.com/elasticache/pricing/). */
const cacheNodeHour: Readonly<Record<string, number>> = {
    "cache.t4g.micro": 0.016,
    "cache.t4g.small": 0.032,
    "cache.t4g.medium": 0.065,
    "cache.m7g.large": 0.158,
    "cache.r7g.large": 0.219,
    "cache.r7g.xlarge": 0.437,
};

export interface CostRow {
    readonly item: string;
    /** How the amount is computed. */
    readonly arithmetic: string;
    /** USD a month. */
    readonly amount: number;
}

type CostCalculation = (nodes: (type: string) => Values[]) => Omit<CostRow, "item">;

/** The fixed parts of a bill: what the stack costs a month without any requests. */
const costItems: Readonly<Record<string, CostCalculation>> = {
    "Interface endpoints": (of) => {
        const zones = of("aws:ec2/vpcEndpoint:VpcEndpoint").map(({ subnetIds }) => listOf(subnetIds).length);
        return multiplyByPrice([sum(zones), "endpoint zones"], prices.endpointHour * hoursPerMonth);
    },
    "NAT gateways": (of) =>
        multiplyByPrice(
            [of("aws:ec2/natGateway:NatGateway").length, "gateways"],
            prices.natGatewayHour * hoursPerMonth,
        ),
    "Public addresses": (of) => {
        const zones = sum(of("aws:lb/loadBalancer:LoadBalancer").map(({ subnets }) => listOf(subnets).length));
        return multiplyByPrice(
            [zones + of("aws:ec2/eip:Eip").length, "addresses"],
            prices.publicAddressHour * hoursPerMonth,
        );
    },
    "Load balancer": (of) =>
        multiplyByPrice(
            [of("aws:lb/loadBalancer:LoadBalancer").length, "balancer"],
            prices.loadBalancerHour * hoursPerMonth,
        ),
    "Web firewall": (of) => {
        const acls = of("aws:wafv2/webAcl:WebAcl");
        const rules = sum(acls.map((acl) => listOf(acl.rules).length));
        return {
            arithmetic: `${acls.length} ACLs x $${prices.webAcl.toFixed(2)} + ${rules} rules x $${prices.webAclRule.toFixed(2)}`,
            amount: acls.length * prices.webAcl + rules * prices.webAclRule,
        };
    },
    "Aurora at its minimum": (of) => {
        const acus = minAcu(of) * of("aws:rds/clusterInstance:ClusterInstance").length;
        return multiplyByPrice([acus, "ACU"], prices.acuHour * hoursPerMonth);
    },
    "Database Insights, advanced": (of) => {
        const [cluster] = of("aws:rds/cluster:Cluster");
        const acus =
            cluster?.databaseInsightsMode === "advanced"
                ? minAcu(of) * of("aws:rds/clusterInstance:ClusterInstance").length
                : 0;
        return multiplyByPrice([acus, "ACU"], prices.advancedInsightsAcuHour * hoursPerMonth);
    },
    "Cache nodes": (of) => {
        const [group] = of("aws:elasticache/replicationGroup:ReplicationGroup");
        const nodeType = textOf(group?.nodeType);
        const price = cacheNodeHour[nodeType];
        if (price === undefined) {
            throw new Error(`analysis/cost/cost.ts has no price for ${nodeType}: add it`);
        }
        return multiplyByPrice([numberOf(group?.numCacheClusters), nodeType], price * hoursPerMonth);
    },
    "Transaction log, provisioned": (of) => {
        const parts = of("aws:dynamodb/table:Table").flatMap((table) => [
            table,
            ...listOf(table.globalSecondaryIndexes).map(valuesOf),
        ]);
        const reads = sum(parts.map(({ readCapacity }) => numberOf(readCapacity)));
        const writes = sum(parts.map(({ writeCapacity }) => numberOf(writeCapacity)));
        const [read, write] = [prices.readUnitHour * hoursPerMonth, prices.writeUnitHour * hoursPerMonth];
        return {
            // Cents are too coarse for one unit.
            arithmetic: `${reads} read units x $${read.toFixed(4)} + ${writes} write units x $${write.toFixed(4)}`,
            amount: reads * read + writes * write,
        };
    },
    Keys: (of) => multiplyByPrice([of("aws:kms/key:Key").length, "keys"], prices.key),
    Secrets: (of) =>
        multiplyByPrice(
            [of("aws:secretsmanager/secret:Secret").length + 1, "secrets, one of them RDS's"],
            prices.secret,
        ),
    Alarms: (of) => {
        const metrics = sum(
            of("aws:cloudwatch/metricAlarm:MetricAlarm").map(
                ({ metricQueries }) => listOf(metricQueries).filter((query) => valuesOf(query).metric).length || 1,
            ),
        );
        const composites = of("aws:cloudwatch/compositeAlarm:CompositeAlarm").length;
        return {
            arithmetic: `${metrics} metrics x $${prices.alarmMetric.toFixed(2)} + ${composites} composites x $${prices.compositeAlarm.toFixed(2)}`,
            amount: metrics * prices.alarmMetric + composites * prices.compositeAlarm,
        };
    },
    Dashboard: (of) =>
        multiplyByPrice([of("aws:cloudwatch/dashboard:Dashboard").length, "dashboard"], prices.dashboard),
};

/**
 * Rows of a stack's monthly cost at rest.
 *
 * @param minTasks tasks of each service at rest, once it has an image
 * @throws if a cache node's type has no price in `cacheNodeHour`
 */
export function monthlyCost(plan: Plan, minTasks: Readonly<Record<string, number>>): CostRow[] {
    const nodes = (type: string) => plan.nodes.filter((node) => node.type === type).map(({ inputs }) => inputs);
    const fixed = Object.entries(costItems).flatMap(([item, cost]) => {
        const row = cost(nodes);
        return row.amount > 0 ? [{ item, ...row }] : [];
    });
    return [
        ...fixed,
        ...nodes("aws:ecs/taskDefinition:TaskDefinition").map((definition) => serviceCost(definition, minTasks)),
    ];
}

/** A service's tasks at the price on demand: what Spot saves changes by the hour. */
function serviceCost(
    { family, cpu, memory, containerDefinitions }: Values,
    minTasks: Readonly<Record<string, number>>,
): CostRow {
    const [container] = JSON.parse(textOf(containerDefinitions)) as { name: string }[];
    const count = minTasks[container?.name ?? ""] ?? 0;
    const vcpu = Number(cpu) / 1024;
    const gib = Number(memory) / 1024;
    const each = (vcpu * prices.fargateVcpuHour + gib * prices.fargateGibHour) * hoursPerMonth;
    const [arithmetic, amount] = [`${count} tasks of ${vcpu} vCPU and ${gib} GiB x $${each.toFixed(2)}`, count * each];
    return { item: `Service ${textOf(family)}`, arithmetic, amount };
}

const minAcu = (of: (type: string) => Values[]): number =>
    numberOf(valuesOf(of("aws:rds/cluster:Cluster")[0]?.serverlessv2ScalingConfiguration).minCapacity);

const multiplyByPrice = ([count, unit]: [number, string], price: number) => ({
    arithmetic: `${count} ${unit} x $${price.toFixed(2)}`,
    amount: count * price,
});
const sum = (numbers: readonly number[]) => numbers.reduce((total, n) => total + n, 0);
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const valuesOf = (value: unknown): Values => (typeof value === "object" && value !== null ? (value as Values) : {});
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
const numberOf = (value: unknown): number => (typeof value === "number" ? value : 0);
