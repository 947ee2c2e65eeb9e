import { expect, test } from "@jest/globals";
import { runPreflightChecks, type PreflightInput } from "../../../../tools/deploy/preflight/check.ts";
import { quotaChecks } from "../../../../tools/deploy/preflight/quotas.ts";
import { quotas } from "../../../../tools/deploy/preflight/quota-table.ts";
import { emptyState, type StateResource } from "../../../../plan/state.ts";
import type { Plan } from "../../../../plan/plan.ts";
import { planTestStack } from "../../../stacks.ts";
import { planOfConfig } from "../../checks/config-plans.ts";
import { readStackConfig, withSettings } from "../../settings/stack-config.ts";
import { asked } from "./asked.ts";
import {
    awsError,
    clientsWith,
    stateResource,
    settingsOfConfig,
    settingsOfStack,
    stateResourcesOf,
    type FakeResponses,
} from "./fakes.ts";

/** An account with nothing in it, where every quota is ample. */
const empty: FakeResponses = {
    GetServiceQuota: { Quota: { Value: 10_000 } },
    DescribeVpcs: {},
    DescribeInternetGateways: {},
    DescribeAddresses: {},
    DescribeNatGateways: {},
    DescribeSubnets: {},
    DescribeVpcEndpoints: {},
    DescribeSecurityGroups: {},
    GetMetricStatistics: {},
    DescribeLoadBalancers: {},
    DescribeTargetGroups: {},
    DescribeDBClusters: {},
    DescribeDBInstances: {},
    DescribeCacheClusters: {},
    GetAccountSettings: { AccountLimit: { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 1000 } },
    GetRestApis: {},
    GetClientCertificates: {},
    ListWebACLs: {},
    DescribeTrails: {},
    DescribeResourcePolicies: {},
};

/** A stack of the tests with an image of each service. */
const withImages = (stack: string) =>
    withSettings(
        readStackConfig(stack),
        Object.fromEntries(
            ["api", "payment", "notification"].map((name) => [
                `services.${name}.imageDigest`,
                `sha256:${"a".repeat(64)}`,
            ]),
        ),
    );

const runningSubject = async (stack: string): Promise<PreflightInput> => {
    const config = withImages(stack);
    return { plan: await planOfConfig(config), settings: settingsOfConfig(config), state: emptyState };
};

const subjectOf = (plan: Plan, resources: readonly StateResource[] = []): PreflightInput => ({
    plan,
    settings: settingsOfStack("prod"),
    state: { ...emptyState, resources },
});
const check = async (answers: FakeResponses, subject: PreflightInput) =>
    runPreflightChecks(quotaChecks, asked({ ...empty, ...answers }).clients, subject);

/** A value for one quota; ample ones for the others. */
const limit = (code: string, value: number): FakeResponses => ({
    GetServiceQuota: ({ ServiceCode, QuotaCode }: Readonly<Record<string, unknown>>) => ({
        Quota: { Value: `${String(ServiceCode)}/${String(QuotaCode)}` === code ? value : 10_000 },
    }),
});
const times = (count: number, item: object = {}) => Array.from({ length: count }, () => item);
const request = (code: string) =>
    `ask for more at https://us-east-1.console.aws.amazon.com/servicequotas/home/services/${code.replace("/", "/quotas/")}`;

test("an empty account has room for prod", async () => {
    expect(await check({}, subjectOf(await planTestStack("prod")))).toEqual({ problems: [], warnings: [] });
});

/** What prod takes of each quota, and an account that has just too little left. */
test.each<[string, string, number, number, FakeResponses]>([
    ["VPCs", "vpc/L-F678F1CE", 1, 5, { DescribeVpcs: { Vpcs: times(5) } }],
    ["internet gateways", "vpc/L-A4707A72", 1, 5, { DescribeInternetGateways: { InternetGateways: times(5) } }],
    ["interface endpoints in the VPC", "vpc/L-29B6F2EB", 6, 0, {}],
    ["gateway endpoints", "vpc/L-1B52E74A", 2, 19, { DescribeVpcEndpoints: { VpcEndpoints: times(19) } }],
    ["security groups", "vpc/L-E79EC296", 12, 2495, { DescribeSecurityGroups: { SecurityGroups: times(2495) } }],
    [
        "application load balancers",
        "elasticloadbalancing/L-53DA6B97",
        1,
        2,
        { DescribeLoadBalancers: { LoadBalancers: [...times(2, { Type: "application" }), { Type: "network" }] } },
    ],
    [
        "target groups",
        "elasticloadbalancing/L-B22855CB",
        1,
        2998,
        { DescribeTargetGroups: { TargetGroups: times(2998) } },
    ],
    ["database clusters", "rds/L-952B80B8", 1, 40, { DescribeDBClusters: { DBClusters: times(40) } }],
    ["database instances", "rds/L-7B6409FD", 3, 38, { DescribeDBInstances: { DBInstances: times(38) } }],
    [
        "cache nodes",
        "elasticache/L-DFE45DF3",
        3,
        298,
        { DescribeCacheClusters: { CacheClusters: times(149, { NumCacheNodes: 2 }) } },
    ],
    ["regional REST APIs", "apigateway/L-AA0FF27B", 1, 600, { GetRestApis: { items: times(600) } }],
    [
        "client certificates of API Gateway",
        "apigateway/L-824C9E42",
        1,
        60,
        { GetClientCertificates: { items: times(60) } },
    ],
    ["regional web ACLs", "wafv2/L-2EC3DE7B", 2, 99, { ListWebACLs: { WebACLs: times(99) } }],
])("%s", async (name, code, more, used, answers) => {
    const subject = subjectOf(await planTestStack("prod"));
    const short = used + more - 1;
    expect((await check({ ...answers, ...limit(code, short) }, subject)).problems).toEqual([
        `quota of ${name}: ${more} more, ${used} of ${short} in use; ${request(code)}`,
    ]);
    expect((await check({ ...answers, ...limit(code, short + 1) }, subject)).problems).toEqual([]);
});

test("the security group with the most rules counts, inbound and outbound apart", async () => {
    const plan = await planTestStack("prod");
    const subject = subjectOf(plan);
    const [problem = ""] = (await check(limit("vpc/L-0EA8095F", 0), subject)).problems;
    const most = Math.max(
        ...["Ingress", "Egress"].flatMap((way) => {
            const rules = plan.nodes.filter(
                ({ type }) => type === `aws:vpc/securityGroup${way}Rule:SecurityGroup${way}Rule`,
            );
            return rules.map(
                ({ inputs }) => rules.filter((rule) => rule.inputs.securityGroupId === inputs.securityGroupId).length,
            );
        }),
    );
    expect(problem).toContain(`rules of a security group, each way: ${most} more, 0 of 0 in use`);
});

test("a sixth trail of a region is a problem: AWS does not raise this quota", async () => {
    expect(
        (await check({ DescribeTrails: { trailList: times(5) } }, subjectOf(await planTestStack("prod")))).problems,
    ).toEqual(["quota of trails in a region: 1 more, 5 of 5 in use; AWS does not raise it: delete what is spare"]);
});

const onDemand = "fargate/L-3032A538";
const spot = "fargate/L-36FBB829";

test("the vCPUs of the fewest tasks must be free, and too few for the most tasks are a warning", async () => {
    const subject = await runningSubject("prod");
    const inUse = { GetMetricStatistics: { Datapoints: [{ Maximum: 7 }, { Maximum: 8 }] } };
    // At least 15 tasks of 1 vCPU, 10 of them in reserve, 5 of 2 and 3 of 1; at most 50, 50 and 30. None on Spot.
    const least = `quota of Fargate vCPUs: 28 more, 8 of 35 in use; ${request(onDemand)}`;
    const most = (of: number) =>
        `quota of Fargate vCPUs at the peak: 180 more, 8 of ${of} in use; ${request(onDemand)}`;
    const on = (value: number) => check({ ...inUse, ...limit(onDemand, value) }, subject);
    expect(await on(35)).toEqual({ problems: [least], warnings: [most(35)] });
    expect(await on(36)).toEqual({ problems: [], warnings: [most(36)] });
    expect(await on(187)).toEqual({ problems: [], warnings: [most(187)] });
    expect(await on(188)).toEqual({ problems: [], warnings: [] });
});

test("a new account has room for the first update of dev, whose services have no image yet", async () => {
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html: 6 vCPUs of either kind in a new account.
    const fresh = {
        GetServiceQuota: ({ QuotaCode }: Readonly<Record<string, unknown>>) => ({
            Quota: { Value: { "L-3032A538": 6, "L-36FBB829": 6, "L-B99A9384": 10 }[String(QuotaCode)] ?? 10_000 },
        }),
        GetAccountSettings: { AccountLimit: { ConcurrentExecutions: 10, UnreservedConcurrentExecutions: 10 } },
    };
    const dev = { ...subjectOf(await planTestStack("dev")), settings: settingsOfStack("dev") };
    expect(await check(fresh, dev)).toEqual({
        problems: [],
        warnings: [
            `quota of Lambda executions at once at the peak: 100 more, 100 of 10 in use; ${request("lambda/L-B99A9384")}`,
        ],
    });
});

test("dev's consumers run on Spot, except their first task", async () => {
    const subject = await runningSubject("dev");
    const on = async (code: string) => {
        const { problems, warnings } = await check(limit(code, 0), subject);
        return [...problems, ...warnings].map((line) => line.split(",")[0]);
    };
    // On demand: 2 to 20 tasks of api of 1/4 vCPU, and one each of payment (1/2) and notification (1/4).
    expect(await on(onDemand)).toEqual([
        "quota of Fargate vCPUs: 1.25 more",
        "quota of Fargate vCPUs at the peak: 5.75 more",
    ]);
    // Spot: 1 to 19 of payment, none to 9 of notification.
    expect(await on(spot)).toEqual([
        "quota of Fargate Spot vCPUs: 0.5 more",
        "quota of Fargate Spot vCPUs at the peak: 11.75 more",
    ]);
});

test("the vCPUs in use are the maximum of the last hour, for Spot and On-Demand apart", async () => {
    const { clients, calls } = clientsWith(empty);
    await runPreflightChecks(quotaChecks, clients, await runningSubject("dev"));
    const asked = calls.flatMap(([name, input]) => (name === "GetMetricStatistics" ? [input] : []));
    // What AWS publishes under any other name is an empty metric: nothing in use. Once for the start, once for the peak.
    expect(asked).toStrictEqual(
        ["Standard/OnDemand", "Standard/OnDemand", "Standard/Spot", "Standard/Spot"].map((kind) => ({
            Namespace: "AWS/Usage",
            MetricName: "ResourceCount",
            Dimensions: [
                { Name: "Service", Value: "Fargate" },
                { Name: "Type", Value: "Resource" },
                { Name: "Resource", Value: "vCPU" },
                { Name: "Class", Value: kind },
            ],
            StartTime: expect.any(Date),
            EndTime: expect.any(Date),
            Period: 3600,
            Statistics: ["Maximum"],
        })),
    );
    expect(asked.map(({ StartTime, EndTime }) => Number(EndTime) - Number(StartTime))).toEqual(
        asked.map(() => 3_600_000),
    );
});

test("the stack's own vCPUs in use are not counted twice", async () => {
    const subject = await runningSubject("prod");
    const { plan } = subject;
    const deployed = { ...subject, state: { ...emptyState, resources: stateResourcesOf(plan) } };
    const answers = {
        ...limit("fargate/L-3032A538", 28),
        GetMetricStatistics: { Datapoints: [{ Maximum: 10 }] },
        ListServices: { serviceArns: ["payment-api-prod", "payment-payment-prod"] },
        DescribeServices: ({ services }: Readonly<Record<string, unknown>>) => ({
            services: [
                { serviceName: "payment-api-prod", runningCount: 4 },
                { serviceName: "payment-payment-prod", runningCount: 3 },
            ].filter(({ serviceName }) => (services as string[]).includes(serviceName)),
        }),
    };
    // 4 of 1 and 3 of 2 vCPUs are all ten.
    expect((await check(answers, deployed)).problems).toEqual([]);
    const others = { ...answers, GetMetricStatistics: { Datapoints: [{ Maximum: 12 }] } };
    expect((await check(others, deployed)).problems).toEqual([
        `quota of Fargate vCPUs: 28 more, 2 of 28 in use; ${request("fargate/L-3032A538")}`,
    ]);
    // Tasks that AWS has not counted yet make no room.
    const early = { ...answers, ...limit("fargate/L-3032A538", 27), GetMetricStatistics: {} };
    expect((await check(early, deployed)).problems).toEqual([
        `quota of Fargate vCPUs: 28 more, 0 of 27 in use; ${request("fargate/L-3032A538")}`,
    ]);
});

test("tasks in the cluster that belong to no planned service count as other use", async () => {
    const subject = await runningSubject("prod");
    const deployed = { ...subject, state: { ...emptyState, resources: stateResourcesOf(subject.plan) } };
    const used = async (answers: FakeResponses) => {
        const all = {
            ...limit("fargate/L-3032A538", 0),
            GetMetricStatistics: { Datapoints: [{}, { Maximum: 10 }] },
            ...answers,
        };
        return (await check(all, deployed)).problems[0]?.match(/[\d.]+ of 0/)?.[0];
    };
    const services = [{ serviceName: "somebody", runningCount: 9 }, { serviceName: "payment-api-prod" }];
    expect(await used({ ListServices: {} })).toBe("10 of 0");
    expect(await used({ ListServices: { serviceArns: ["a"] }, DescribeServices: {} })).toBe("10 of 0");
    expect(await used({ ListServices: { serviceArns: ["a"] }, DescribeServices: { services } })).toBe("10 of 0");
});

test("an existing stack needs nothing more of an account at its limits", async () => {
    const plan = await planTestStack("prod");
    const { clients, calls } = clientsWith({ ...empty, GetServiceQuota: { Quota: { Value: 200 } }, ListServices: {} });
    expect(await runPreflightChecks(quotaChecks, clients, subjectOf(plan, stateResourcesOf(plan)))).toEqual({
        problems: [],
        warnings: [],
    });
    expect(calls.map(([name]) => name)).not.toContain("DescribeVpcs");
});

test("a larger cache needs only the new nodes", async () => {
    const plan = await planTestStack("prod");
    const resources = stateResourcesOf(plan).map((each) =>
        each.type === "aws:elasticache/replicationGroup:ReplicationGroup"
            ? { ...each, inputs: { ...each.inputs, numCacheClusters: 1 } }
            : each,
    );
    const answers = {
        ...limit("elasticache/L-DFE45DF3", 1),
        DescribeCacheClusters: { CacheClusters: times(1, { NumCacheNodes: 1 }) },
    };
    expect((await check({ ...answers, ListServices: {} }, subjectOf(plan, resources))).problems).toEqual([
        `quota of cache nodes: 2 more, 1 of 1 in use; ${request("elasticache/L-DFE45DF3")}`,
    ]);
});

/** A plan to which something is added. */
async function planWith(type: string, inputs: Plan["nodes"][number]["inputs"], copies = 1): Promise<Plan> {
    const plan = await planTestStack("prod");
    const [node] = plan.nodes;
    const added = times(copies).map(() => ({ ...node, type: `aws:${type}`, inputs }));
    return { ...plan, nodes: [...plan.nodes, ...(added as Plan["nodes"])] };
}

test("addresses and NAT gateways of stacks with egress nat are counted in the zone with the most", async () => {
    const addresses = subjectOf(await planWith("ec2/eip:Eip", {}, 3));
    expect(
        (await check({ ...limit("ec2/L-0263D0A3", 5), DescribeAddresses: { Addresses: times(3) } }, addresses))
            .problems,
    ).toEqual([`quota of Elastic IP addresses: 3 more, 3 of 5 in use; ${request("ec2/L-0263D0A3")}`]);
    const withGateways = await planWith("ec2/natGateway:NatGateway", {}, 3);
    const gateways = subjectOf(withGateways);
    const answers = {
        DescribeNatGateways: {
            NatGateways: [{ SubnetId: "a" }, { SubnetId: "b" }, { SubnetId: "c" }, { SubnetId: "gone" }],
        },
        DescribeSubnets: {
            Subnets: [
                { SubnetId: "a", AvailabilityZone: "us-east-1a" },
                { SubnetId: "b", AvailabilityZone: "us-east-1a" },
                { SubnetId: "c", AvailabilityZone: "us-east-1b" },
            ],
        },
    };
    expect((await check({ ...answers, ...limit("vpc/L-FE5A380F", 2) }, gateways)).problems).toEqual([
        `quota of NAT gateways in one zone: 1 more, 2 of 2 in use; ${request("vpc/L-FE5A380F")}`,
    ]);
    expect((await check({ ...answers, ...limit("vpc/L-FE5A380F", 3) }, gateways)).problems).toEqual([]);
    // Those that are there are among the two already.
    const deployed = subjectOf(withGateways, stateResourcesOf(withGateways));
    const full = { ...answers, ...limit("vpc/L-FE5A380F", 2), ListServices: {} };
    expect((await check(full, deployed)).problems).toEqual([]);
});

test("reserved concurrency leaves the account a hundred executions", async () => {
    const plan = await planWith("lambda/function:Function", { reservedConcurrentExecutions: 50 });
    const young = {
        GetAccountSettings: { AccountLimit: { ConcurrentExecutions: 120, UnreservedConcurrentExecutions: 110 } },
    };
    expect((await check({ ...young, ...limit("lambda/L-B99A9384", 120) }, subjectOf(plan))).problems).toEqual([
        `quota of Lambda executions at once: 50 more, 110 of 120 in use; ${request("lambda/L-B99A9384")}`,
    ]);
});

test("an account without an applied quota has AWS's default", async () => {
    const answers = {
        GetServiceQuota: awsError("NoSuchResourceException"),
        GetAWSDefaultServiceQuota: { Quota: { Value: 0 } },
    };
    const { problems, warnings } = await check(answers, subjectOf(await planTestStack("prod")));
    expect(warnings.filter((warning) => warning.startsWith("could not check"))).toEqual([]);
    expect(problems).toContain(`quota of VPCs: 1 more, 0 of 0 in use; ${request("vpc/L-F678F1CE")}`);
});

test("a quota that may not be read is a warning that names it", async () => {
    const { problems, warnings } = await check(
        { GetServiceQuota: awsError("AccessDeniedException", "no") },
        subjectOf(await planTestStack("prod")),
    );
    expect(problems).toEqual([]);
    expect(warnings).toContain("could not check quota of VPCs: needs ec2:DescribeVpcs, servicequotas:GetServiceQuota");
});

test("each quota has one row, with what counts it", () => {
    expect(new Set(quotas.map(({ code, name }) => code ?? name)).size).toBe(quotas.length);
    expect(
        quotas.filter(({ countByType, plannedUsage }) => (countByType === undefined) === (plannedUsage === undefined)),
    ).toEqual([]);
    expect(quotas.filter(({ code, fixedLimit: fixed }) => (code === undefined) === (fixed === undefined))).toEqual([]);
});

test("resources that are scheduled for deletion do not count as the stack's", async () => {
    const plan = await planTestStack("prod");
    const leftover = stateResource("aws:ec2/vpc:Vpc", "old", { delete: true });
    expect(
        (await check({ ...limit("vpc/L-F678F1CE", 0), DescribeVpcs: {} }, subjectOf(plan, [leftover]))).problems,
    ).toHaveLength(1);
});

/** Actions of calls that are made only where the account runs tasks already. */
const withTasks = ["ecs:ListServices", "ecs:DescribeServices"];

test.each(quotaChecks)("$name: it takes just the IAM actions that it names", async ({ run, iamActions }) => {
    const taken = new Set<string>();
    for (const subject of [
        await runningSubject("prod"),
        await runningSubject("dev"),
        subjectOf(await planWith("ec2/eip:Eip", {})),
        subjectOf(await planWith("ec2/natGateway:NatGateway", {})),
        subjectOf(await planWith("lambda/function:Function", { reservedConcurrentExecutions: 50 })),
    ]) {
        const { clients, taken: actions } = asked(empty);
        await run(clients, subject);
        actions.forEach((action) => taken.add(action));
    }
    expect(taken).toEqual(new Set(iamActions.filter((action) => !withTasks.includes(action))));
});
