import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { estimateCost, totalOf } from "../../../analysis/cost/cost.ts";
import { prices, type Price } from "../../../analysis/cost/prices.ts";
import { recordTypesOf } from "../../../plan/type-recording.ts";
import type { TasksByService } from "../../../plan/stack-settings.ts";
import { withoutAwsPrefix } from "../../../plan/query.ts";
import type { Plan, PlanNode, Values } from "../../../plan/plan.ts";
import { copyProject } from "../../project.ts";
import { readStackConfig, withSettings } from "../settings/stack-config.ts";
import { planOfConfig, planTestStack } from "../../stacks.ts";
import { runTool } from "./run-tool.ts";

type Node = [type: string, inputs: Values];

const planOfNodes = (nodes: readonly Node[]): Plan => ({
    project: "payment-platform",
    stack: "test",
    nodes: nodes.map(([type, inputs]) => ({ type, inputs, outputs: {}, name: "payment-x-test" }) as PlanNode),
    outputs: {},
    unknownOutputs: [],
    inventedAnswers: [],
    messages: [],
});
const provider = (region: string): Node => ["pulumi:providers:aws", { region }];
const virginia = provider("us-east-1");
const cache = (inputs: Values): Node => ["aws:elasticache/replicationGroup:ReplicationGroup", inputs];
const rowsOf = (nodes: readonly Node[]) => estimateCost(planOfNodes([virginia, ...nodes]), {}).rows;
const amountOf = (nodes: readonly Node[], item: string) => rowsOf(nodes).find((row) => row.item === item)?.amount;
const rowOf = async (stack: string, item: string, tasks = {}, options = {}) =>
    estimateCost(await planTestStack(stack), tasks, options).rows.find((row) => row.item === item);

test("--write writes the costs of every stack into docs/cost.md, and changes nothing else there; --check says whether it would", async () => {
    const root = mkdtempSync(join(tmpdir(), "cost-"));
    try {
        copyProject(root, ["dev", "prod"]);
        mkdirSync(join(root, "docs"));
        const page = readFileSync("docs/cost.md", "utf8").split(
            /(?<=<!-- cost:begin -->\n)[^]*(?=\n<!-- cost:end -->)/,
        );
        expect(page).toHaveLength(2);
        writeFileSync(join(root, "docs/cost.md"), page.join("an old table"));
        writeFileSync(join(root, "Pulumi.alice.yaml"), readFileSync(join(root, "Pulumi.dev.yaml")));
        const planStack = async (_: string, stack: string) => ({
            ...(await planTestStack(stack === "alice" ? "dev" : stack)),
            stack,
        });
        expect((await runTool("cost", ["--write"], { root, planStack })).code).toBe(0);
        const written = readFileSync(join(root, "docs/cost.md"), "utf8");
        expect(written.startsWith(page[0] ?? "?") && written.endsWith(page[1] ?? "?")).toBe(true);
        expect(written).toMatch(/^\| USD a month at rest +\| dev +\| prod +\| alice +\|$/m);
        expect(written).toMatch(/^\| \*\*Total\*\*( \| \*\*\$[\d.]+\*\*){3} \|$/m);
        expect(written).not.toContain("an old table");
        const check = () => runTool("cost", ["--check"], { root, planStack });
        expect(await check()).toMatchObject({ code: 0, out: "docs/cost.md is up to date\n" });
        const stale = written.replace("**Total**", "**Sum**");
        writeFileSync(join(root, "docs/cost.md"), stale);
        expect(await check()).toMatchObject({
            ...{ code: 1, out: 'not up to date: docs/cost.md; renew with "npm run cost -- --write"\n', err: "" },
        });
        expect(readFileSync(join(root, "docs/cost.md"), "utf8")).toBe(stale);
    } finally {
        rmSync(root, { recursive: true });
    }
});

test("a further endpoint zone, gateway, key or metric costs more", () => {
    const nodes: Node[] = [
        ["aws:ec2/vpcEndpoint:VpcEndpoint", { subnetIds: ["a", "b"] }],
        ["aws:ec2/vpcEndpoint:VpcEndpoint", { subnetIds: ["a", "b"] }],
        ["aws:ec2/vpcEndpoint:VpcEndpoint", {}],
        ["aws:ec2/natGateway:NatGateway", {}],
        ["aws:kms/key:Key", {}],
        ["aws:cloudwatch/metricAlarm:MetricAlarm", { metricName: "x" }],
        ["aws:cloudwatch/metricAlarm:MetricAlarm", { metricQueries: [{ metric: {} }, { metric: {} }, { id: "e" }] }],
        ["aws:cloudwatch/logMetricFilter:LogMetricFilter", {}],
    ];
    expect(amountOf(nodes, "Interface endpoints")).toBeCloseTo(4 * 7.3);
    expect(amountOf(nodes, "NAT gateways")).toBeCloseTo(32.85);
    expect(amountOf(nodes, "Keys")).toBe(1);
    expect(amountOf(nodes, "Alarms")).toBeCloseTo(0.3);
    expect(amountOf(nodes, "Metrics of log filters")).toBeCloseTo(0.3);
    expect(amountOf(nodes, "Aurora at its minimum")).toBe(undefined);
});

test("the endpoint of GuardDuty's agent costs nothing, neither at rest nor with traffic", () => {
    const endpoint = (service: string): Node => [
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        {
            serviceName: `com.amazonaws.us-east-1.${service}`,
            vpcEndpointType: "Interface",
            subnetIds: ["a", "b"],
        },
    ];
    const items = (...services: string[]) =>
        estimateCost(planOfNodes([virginia, ...services.map(endpoint)]), {}, { requestsPerSecond: 10 }).rows.map(
            ({ item }) => item,
        );
    expect(items("guardduty-data").filter((item) => item.includes("ndpoints"))).toEqual([]);
    expect(items("sqs").filter((item) => item.includes("ndpoints"))).toEqual([
        "Interface endpoints",
        "Requests: endpoints",
    ]);
    expect(amountOf([endpoint("guardduty-data"), endpoint("sqs")], "Interface endpoints")).toBeCloseTo(2 * 7.3);
});

test("what the rotations of keys add is listed, as no plan knows how old a key is", () => {
    const listed = (key: Values) =>
        estimateCost(planOfNodes([virginia, ["aws:kms/key:Key", key]]), {})
            .notPriced.map(({ item }) => item)
            .includes("Rotations of keys");
    expect(listed({ enableKeyRotation: true })).toBe(true);
    expect([listed({ enableKeyRotation: false }), listed({})]).toEqual([false, false]);
});

test("each metric that a service sends costs as a custom metric, however many tasks send it", async () => {
    const plan = await planTestStack("dev");
    const amount = (tasks: TasksByService) =>
        estimateCost(plan, tasks).rows.find(({ item }) => item === "Metrics of the services")?.amount;
    expect(amount(tasksOfDev)).toBeCloseTo(19 * 0.3);
    const { api } = tasksOfDev;
    expect(amount({ api: { ...api, min: 20 } })).toBeCloseTo(5 * 0.3);
    expect(amount({ api: { ...api, customMetrics: 0 } })).toBeUndefined();
});

test("every web firewall and every merchant's secret has a cost", () => {
    const acl: Node = ["aws:wafv2/webAcl:WebAcl", { rules: [{}, {}, {}] }];
    const secret: Node = ["aws:secretsmanager/secret:Secret", {}];
    expect(amountOf([acl], "Web firewall")).toBe(8);
    expect(amountOf([acl, acl], "Web firewall")).toBe(16);
    // RDS keeps one more for each cluster.
    const cluster: Node = ["aws:rds/cluster:Cluster", {}];
    expect(amountOf([secret, secret, cluster], "Secrets")).toBeCloseTo(1.2);
    expect(amountOf([secret, cluster, cluster], "Secrets")).toBeCloseTo(1.2);
});

test("provisioned capacity of the table and its index costs by the hour; on demand has no fixed cost", () => {
    const item = "Transaction log, provisioned";
    const table = (inputs: Values) => amountOf([["aws:dynamodb/table:Table", inputs]], item);
    const units = { readCapacity: 10, writeCapacity: 20 };
    expect(table(units)).toBeCloseTo(730 * (10 * 0.00013 + 20 * 0.00065));
    expect(table({ ...units, globalSecondaryIndexes: [units] })).toBeCloseTo(730 * (20 * 0.00013 + 40 * 0.00065));
    expect(table({ billingMode: "PAY_PER_REQUEST", globalSecondaryIndexes: [{ name: "index" }] })).toBe(undefined);
});

test.each([
    [{ engine: "redis", nodeType: "cache.t4g.micro", numCacheClusters: 2 }, 2 * 11.68],
    [{ engine: "valkey", nodeType: "cache.t4g.micro", numCacheClusters: 2 }, 0.8 * 2 * 11.68],
    [{ engine: "valkey", nodeType: "cache.r8g.large", numCacheClusters: 1 }, 730 * 0.1756],
    [{ engine: "redis", nodeType: "cache.r6gd.16xlarge", numCacheClusters: 1 }, 730 * 12.477],
])("the cache %j costs its nodes with the price of its engine", (inputs, amount) => {
    expect(amountOf([cache(inputs)], "Cache nodes")).toBeCloseTo(amount);
});

test("provisioned instances cost by their class, and advanced insights by their vCPUs", () => {
    const instance = (instanceClass: string): Node => ["aws:rds/clusterInstance:ClusterInstance", { instanceClass }];
    const cluster: Node = ["aws:rds/cluster:Cluster", { databaseInsightsMode: "advanced" }];
    const nodes = [cluster, instance("db.r8g.2xlarge"), instance("db.r8g.2xlarge")];
    expect(amountOf(nodes, "Aurora instances")).toBeCloseTo(2 * 730 * 1.104);
    expect(amountOf(nodes, "Database Insights, advanced")).toBeCloseTo(2 * 8 * 730 * 0.0125);
    expect(amountOf(nodes, "Aurora at its minimum")).toBe(undefined);
    expect(amountOf([cluster, instance("db.t4g.medium")], "Database Insights, advanced")).toBeCloseTo(2 * 9.125);
});

test("a database that may pause is priced at half an ACU while a service keeps it awake", async () => {
    const plan = await planTestStack("dev");
    const row = (tasks: TasksByService) =>
        estimateCost(plan, tasks).rows.find(({ item }) => item === "Aurora at its minimum");
    expect(row(tasksOfDev)?.arithmetic).toBe("0.5 ACU, as services keep it awake, x $87.60");
    expect(row(tasksOfDev)?.amount).toBeCloseTo(0.5 * 730 * 0.12);
    expect(row({})).toBeUndefined();
});

test("each alarm that a scaling policy creates is counted with the metrics that it reads", () => {
    const policy = (inputs: Values): Node => ["aws:appautoscaling/policy:Policy", inputs];
    const tracking = { policyType: "TargetTrackingScaling", serviceNamespace: "ecs" };
    const metrics: Values[] = [{ metricStat: {} }, { metricStat: {} }, { expression: "a / b" }];
    const item = "Alarms of autoscaling";
    expect(amountOf([policy(tracking)], item)).toBeCloseTo(0.2);
    expect(amountOf([policy({ ...tracking, serviceNamespace: "dynamodb" })], item)).toBeCloseTo(0.4);
    const custom = { targetTrackingScalingPolicyConfiguration: { customizedMetricSpecification: { metrics } } };
    expect(amountOf([policy({ ...tracking, ...custom })], item)).toBeCloseTo(0.4);
    // Its alarm is in the plan.
    expect(amountOf([policy({ policyType: "StepScaling", serviceNamespace: "ecs" })], item)).toBe(undefined);
});

test("Container Insights costs by the metrics of cluster, services and, where enhanced, tasks", async () => {
    const tasks = Object.fromEntries(
        ["api", "payment", "notification"].map((name) => [name, { atRest: 2, min: 2, max: 9 }]),
    );
    const row = (stack: string) => rowOf(stack, "Container Insights", tasks);
    expect((await row("dev"))?.arithmetic).toBe(`${12 + 3 * (15 + 10)} metrics (enabled) x $0.30`);
    // Of the cluster one, and of each of the two workers two, and two for each of its two tasks.
    const ofHealthChecks = 1 + 2 * (2 + 2 * 2);
    expect((await row("prod"))?.arithmetic).toBe(
        `${25 + 3 * (28 + 23 + 2 * 46) + ofHealthChecks} metrics (enhanced) x $0.07`,
    );
});

test("a service without an image costs its minimum number of tasks, too", async () => {
    const tasks = { api: { atRest: 2, min: 2, max: 20 } };
    expect((await rowOf("dev", "Service payment-api-dev", tasks))?.arithmetic).toContain(
        "2 tasks of 0.25 vCPU and 0.5 GiB",
    );
    expect((await rowOf("dev", "Service payment-payment-dev", tasks))?.amount).toBe(0);
});

test("the migration is no service: its task is named as not priced", async () => {
    const { rows, notPriced } = estimateCost(await planTestStack("dev"), {});
    expect(rows.filter(({ item }) => item.includes("migration"))).toEqual([]);
    expect(notPriced.map(({ item }) => item)).toContain("Tasks that an operator starts, such as the migration");
});

test("the price of the tasks in reserve is shown, and part of the service's", async () => {
    const api = await rowOf("dev", "Service payment-api-dev", { api: { atRest: 2, min: 6, max: 20 } });
    expect(api?.arithmetic).toBe("6 tasks (4 in reserve: $28.84) of 0.25 vCPU and 0.5 GiB x $7.21");
    expect(api?.amount).toBeCloseTo((6 * 28.84) / 4, 1);
});

describe("what has no price", () => {
    test.each([
        [
            "a node type",
            [virginia, cache({ engine: "redis", nodeType: "cache.r8g.large", numCacheClusters: 1 })],
            /^cache\.nodeType \(redis\) cache\.r8g\.large has no price in us-east-1, only .*cache\.r7g.*, such as cache\.r\dg\.large: choose another one, or add the price of https:\S+ to analysis\/cost\/class-prices\.ts$/,
        ],
        [
            "an instance class",
            [virginia, ["aws:rds/clusterInstance:ClusterInstance", { instanceClass: "db.x9.huge" }]],
            /^database\.instanceClass db\.x9\.huge has no price in us-east-1, only db\.t3, db\.t4g, .*: choose another one/,
        ],
        [
            "a region",
            [provider("ap-south-2")],
            /^aws:region ap-south-2 has no prices, only us-east-1 and eu-west-1 have: add them to analysis\/cost\/prices\.ts, or estimate with --prices-of us-east-1$/,
        ],
    ] satisfies [string, Node[], RegExp][])(
        "%s is an error in one line that says how to go on",
        (_, nodes, message) => {
            expect(() => estimateCost(planOfNodes(nodes), {})).toThrow(message);
        },
    );

    test("a part without a price in its region is named, and the others are priced", () => {
        const nodes: Node[] = [
            ["aws:ec2/natGateway:NatGateway", {}],
            ["aws:dynamodb/table:Table", { readCapacity: 1, writeCapacity: 1 }],
            cache({ engine: "redis", nodeType: "cache.t4g.micro", numCacheClusters: 1 }),
        ];
        const { rows, missing } = estimateCost(planOfNodes([provider("eu-west-1"), ...nodes]), {});
        expect(rows.find(({ item }) => item === "NAT gateways")?.amount).toBeCloseTo(730 * 0.048);
        expect(missing).toContainEqual({
            item: "Transaction log, provisioned",
            reason: "analysis/cost/ has no price of it in eu-west-1 (readUnitHour)",
        });
        expect(missing.map(({ item }) => item)).toContain("Cache nodes");
    });

    test("a stack can be estimated with the prices of another region", () => {
        const nodes: Node[] = [provider("ap-south-2"), ["aws:ec2/natGateway:NatGateway", {}]];
        const { region, rows } = estimateCost(planOfNodes(nodes), {}, { pricesOf: "us-east-1" });
        expect(region).toBe("us-east-1");
        expect(rows.find(({ item }) => item === "NAT gateways")?.amount).toBeCloseTo(32.85);
    });

    test("every type of resource in a plan is priced, named as not priced, or free", async () => {
        const plan = await planTestStack("prod");
        const options = { requestsPerSecond: 1, pricesOf: "us-east-1" };
        const { types } = recordTypesOf(plan, (recorded) => estimateCost(recorded, {}, options));
        const planned = new Set(
            plan.nodes.filter(({ type }) => type.startsWith("aws:")).map(({ type }) => withoutAwsPrefix(type)),
        );
        expect([...planned].filter((type) => !types.includes(type) && !isFree(type))).toEqual([]);
    });
});

/** AWS charges for none of them: what is billed is another resource, or a request. */
const freeServices = ["acm", "iam", "vpc", "scheduler", "route53"];
const freeTypes = [
    ...["account", "apiKey", "clientCertificate", "deployment", "integration", "integrationResponse", "method"],
    ...["methodResponse", "methodSettings", "model", "requestValidator", "resource", "response", "restApi"],
    ...["usagePlan", "usagePlanKey", "vpcLink", "target", "trail", "eventRule", "eventTarget", "logResourcePolicy"],
    ...["defaultSecurityGroup", "flowLog", "internetGateway", "networkAcl", "route", "routeTable"],
    ...["routeTableAssociation", "securityGroup", "subnet", "vpc", "lifecyclePolicy", "clusterCapacityProviders"],
    ...["parameterGroup", "subnetGroup", "alias", "permission", "listener", "targetGroup", "clusterParameterGroup"],
    ...["eventSubscription", "secretVersion", "topicPolicy", "queuePolicy", "redriveAllowPolicy", "ipSet"],
    ...["webAclAssociation", "webAclLoggingConfiguration"],
];
const isFree = (type: string): boolean => {
    const [service = "", module = ""] = type.split(/[/:]/);
    return freeServices.includes(service) || freeTypes.includes(module) || /^bucket./.test(module);
};

test("every price has its page, and the day of the price list but for two, one of which is stated as an assumption", () => {
    const rows = Object.entries<Price>(prices);
    expect(rows.filter(([, { page }]) => !/^https:\/\/aws\.amazon\.com\/[\w/-]+\/pricing\/$/.test(page))).toEqual([]);
    expect(rows.filter(([, { read = "" }]) => !/^20\d\d-\d\d-\d\d$/.test(read)).map(([name]) => name)).toEqual([
        "storeThousandObjects",
        "crossZoneGb",
    ]);
    expect(rows.filter(([, { usd }]) => !Object.values(usd).every((price) => price > 0))).toEqual([]);
});

describe("traffic", () => {
    const tasks = { api: { atRest: 5, min: 15, max: 50 } };
    const traffic = async (requestsPerSecond: number, stack = "prod") =>
        estimateCost(await planTestStack(stack), tasks, { requestsPerSecond });

    test("each request costs at API Gateway, in the web ACLs, in the logs and on the internet", async () => {
        const { rows } = await traffic(10);
        const amount = (item: string) => rows.find((row) => row.item === `Requests: ${item}`)?.amount;
        const millions = (10 * 730 * 3600) / 1_000_000;
        expect(amount("API Gateway")).toBeCloseTo(millions * 3.5);
        expect(amount("web firewall")).toBeCloseTo(1.5 * millions * 0.6);
        // Half of the requests are payments, each of which has an audit record and an event in the log of the trail.
        expect(amount("logs")).toBeCloseTo((3.5 + 0.5) * millions * 0.5);
        expect(amount("audit records")).toBeCloseTo(0.5 * millions * 1000 * 0.005);
        expect(amount("trail")).toBeCloseTo(0.5 * millions * 10 * 0.1);
        expect(amount("to the internet")).toBeCloseTo(4 * millions * 0.09);
        expect(amount("queues")).toBeCloseTo(0.5 * 1.5 * millions * 0.4);
        expect(amount("NAT gateways")).toBeUndefined();
    });

    test("what a plan does not have costs nothing for its requests, and is not listed", () => {
        const { rows } = estimateCost(planOfNodes([virginia]), {}, { requestsPerSecond: 100 });
        const items = rows.map(({ item }) => item.replace("Requests: ", ""));
        expect(items).toContain("to the internet");
        const absent = ["API Gateway", "validator", "queues", "topics", "NAT gateways", "endpoints", "between zones"];
        expect(items.filter((item) => absent.includes(item))).toEqual([]);
    });

    test("more requests start more tasks, up to the maximum", async () => {
        const added = async (requestsPerSecond: number) =>
            (await traffic(requestsPerSecond)).rows.find(({ item }) => item === "Requests: more tasks")?.arithmetic;
        expect(await added(10)).toBeUndefined();
        // The half: 500 a second, with a target of 20 a second for each task.
        expect(await added(1000)).toMatch(/^10 tasks /);
        expect(await added(30_000)).toMatch(/^35 tasks /);
    });

    test("payments need write units of DynamoDB: by request, or beyond the provisioned minimum", async () => {
        const log = async (stack: string, requestsPerSecond: number) =>
            (await traffic(requestsPerSecond, stack)).rows.find(({ item }) => item === "Requests: transaction log");
        expect((await log("dev", 10))?.arithmetic).toBe("78.84 million write units x $0.6250");
        // 5 of the table and 1 of the index for a payment, at 70 %, each beyond its own minimum of 20.
        expect((await log("prod", 10))?.arithmetic).toBe("16 more write units x $0.4745");
        expect(await log("prod", 1)).toBeUndefined();
    });
});

test("where autoscaling stops below what the payments need, the table and its index are named", async () => {
    const { rows } = estimateCost(await planTestStack("prod"), {}, { requestsPerSecond: 500 });
    const row = rows.find(({ item }) => item === "Requests: transaction log");
    expect(row?.arithmetic).toBe(
        "360 more write units x $0.4745 (the table needs 1786 and its maximum is 200, the index needs 358 and its maximum is 200)",
    );
});

test("a maximum that is too low is named also where autoscaling adds nothing", async () => {
    const capacity = { mode: "provisioned", units: 20, maxUnits: 20 };
    const config = withSettings(readStackConfig("prod"), { "transactions.capacity": capacity });
    const { rows } = estimateCost(await planOfConfig(config, "prod"), {}, { requestsPerSecond: 100 });
    expect(rows.find(({ item }) => item === "Requests: transaction log")).toMatchObject({
        arithmetic: expect.stringContaining("0 more write units x $0.4745 (the table needs 358 and its maximum is 20"),
        amount: 0,
    });
});

describe("the command", () => {
    test("prints region, days of the prices, and what is not priced", async () => {
        const { code, out } = await runTool("cost", ["prod"]);
        expect(code).toBe(0);
        expect(out).toMatch(/^Region: prod in us-east-1\. AWS's list prices on demand, read from 20\d\d-/m);
        expect(out).toContain("- Aurora storage, I/O and backups: ");
        expect(out).not.toContain("Assumptions:");
    });

    test("prints both regions where the prices are those of another one", async () => {
        const { out } = await runTool("cost", ["prod", "--prices-of", "eu-west-1"]);
        expect(out).toContain("Region: prod in us-east-1 with the prices of eu-west-1.");
        expect(out).toContain("- Load balancer: analysis/cost/ has no price of it in eu-west-1 (loadBalancerHour)");
        expect(out).toMatch(/^Total +at least \$[\d.]+$/m);
    });

    test("prints a table without Markdown, whose amounts are below each other", async () => {
        const { out } = await runTool("cost", ["prod"]);
        const table = out.split("\n\n")[0] ?? "";
        expect(table).not.toMatch(/[|*]/);
        const ends = table
            .split("\n")
            .slice(1)
            .map((line) => line.search(/(?<=\$[\d.]+)(: |$)/));
        expect(ends.length).toBeGreaterThan(15);
        expect(new Set(ends).size).toBe(1);
    });

    test.each([[["prod"]], [["dev", "prod"]]])("fits %j into a terminal of 80 characters", async (stacks) => {
        const { out } = await runTool("cost", [...stacks, "--requests-per-second", "100"], {
            onTerminal: true,
            width: 80,
        });
        expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
        expect(out).toMatch(/^(prod|Requests: validator) .* million calls x/m);
    });

    test("a total without all prices cannot be compared with a budget", async () => {
        const { code, err } = await runTool("cost", ["prod", "--prices-of", "eu-west-1", "--budget", "100000"]);
        expect(code).toBe(1);
        expect(err).toMatch(/^prod cannot be compared with the budget: \d+ of its parts have no price in eu-west-1\n$/);
    });

    test("prints the assumptions with the traffic", async () => {
        const { out } = await runTool("cost", ["dev", "--requests-per-second", "5"]);
        expect(out).toMatch(/^USD a month at 5 requests a second {2}dev$/m);
        expect(out).toContain("- 50 % are POST /validate");
    });

    test("ends with 1 above the budget, and with 0 at it", async () => {
        const total = totalOf(estimateCost(await planTestStack("dev"), tasksOfDev).rows);
        expect(await runTool("cost", ["dev", "--budget", String(total + 0.01)])).toMatchObject({ code: 0, err: "" });
        const { code, err } = await runTool("cost", ["dev", "--budget", "100"]);
        expect(code).toBe(1);
        expect(err).toBe(
            `dev costs $${total.toFixed(2)} a month, $${(total - 100).toFixed(2)} over the budget of $100.00\n`,
        );
    });

    test.each([
        [["nowhere"], 'no stack "nowhere": there are dev, prod, staging'],
        [["dev", "--budget", "none"], "It must be a number above 0."],
        [["dev", "--prices-of", "mars"], 'It must be "us-east-1" or "eu-west-1".'],
        [["--write", "--budget", "100"], "cannot be used with option"],
    ])("%j is refused in one line", async (argv, message) => {
        const { code, err } = await runTool("cost", argv);
        expect(code).toBe(2);
        expect(err).toContain(message);
        expect(err.trim().split("\n")).toHaveLength(1);
    });
});

const tasksOfDev = {
    api: { atRest: 2, min: 2, max: 20, customMetrics: 5 },
    payment: { atRest: 2, min: 2, max: 20, customMetrics: 12 },
    notification: { atRest: 1, min: 1, max: 10, customMetrics: 2 },
};
