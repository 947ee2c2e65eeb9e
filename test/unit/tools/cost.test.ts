import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { costTable } from "../../../tools/cost/command.ts";
import { monthlyCost } from "../../../analysis/cost/cost.ts";
import type { Plan, PlanNode, Values } from "../../../plan/plan.ts";
import { copyProject } from "../../project.ts";
import { planTestStack } from "../../stacks.ts";
import { runTool } from "./run-tool.ts";

const planOfNodes = (nodes: [type: string, inputs: Values][]): Plan => ({
    project: "payment-platform",
    stack: "test",
    nodes: nodes.map(([type, inputs]) => ({ type, inputs }) as PlanNode),
    outputs: {},
    unknownOutputs: [],
    inventedAnswers: [],
    messages: [],
});
const redis: [string, Values] = [
    "aws:elasticache/replicationGroup:ReplicationGroup",
    { nodeType: "cache.t4g.micro", numCacheClusters: 2 },
];
const amountOf = (plan: Plan, item: string) => monthlyCost(plan, {}).find((row) => row.item === item)?.amount;

test("--write writes the costs of every stack into the README, and changes nothing else there", async () => {
    const root = mkdtempSync(join(tmpdir(), "cost-"));
    try {
        copyProject(root, ["dev", "prod"]);
        const page = readFileSync("README.md", "utf8").split(/(?<=<!-- cost:begin -->\n)[^]*(?=\n<!-- cost:end -->)/);
        writeFileSync(join(root, "README.md"), page.join("an old table"));
        expect((await runTool("cost", ["--write"], { root })).code).toBe(0);
        const table = await costTable(root, ["dev", "prod"]);
        expect(table).toMatch(/^\| USD a month at rest +\| dev +\| prod +\|$/m);
        expect(readFileSync(join(root, "README.md"), "utf8")).toBe(page.join(table));
        expect(page).toHaveLength(2);
    } finally {
        rmSync(root, { recursive: true });
    }
});

test("a further endpoint zone, gateway, key or metric costs more", () => {
    const plan = planOfNodes([
        redis,
        ["aws:ec2/vpcEndpoint:VpcEndpoint", { subnetIds: ["a", "b"] }],
        ["aws:ec2/vpcEndpoint:VpcEndpoint", { subnetIds: ["a", "b"] }],
        ["aws:ec2/vpcEndpoint:VpcEndpoint", {}],
        ["aws:ec2/natGateway:NatGateway", {}],
        ["aws:kms/key:Key", {}],
        ["aws:cloudwatch/metricAlarm:MetricAlarm", { metricName: "x" }],
        ["aws:cloudwatch/metricAlarm:MetricAlarm", { metricQueries: [{ metric: {} }, { metric: {} }, { id: "e" }] }],
    ]);
    expect(amountOf(plan, "Interface endpoints")).toBeCloseTo(4 * 7.3);
    expect(amountOf(plan, "NAT gateways")).toBeCloseTo(32.85);
    expect(amountOf(plan, "Keys")).toBe(1);
    expect(amountOf(plan, "Alarms")).toBeCloseTo(0.3);
    expect(amountOf(plan, "Cache nodes")).toBeCloseTo(2 * 11.68);
    expect(amountOf(plan, "Aurora at its minimum")).toBe(undefined);
});

test("every web firewall and every merchant's secret has a cost", () => {
    const acl: [string, Values] = ["aws:wafv2/webAcl:WebAcl", { rules: [{}, {}, {}] }];
    const secret: [string, Values] = ["aws:secretsmanager/secret:Secret", {}];
    expect(amountOf(planOfNodes([redis, acl]), "Web firewall")).toBe(8);
    expect(amountOf(planOfNodes([redis, acl, acl]), "Web firewall")).toBe(16);
    // RDS keeps one more.
    expect(amountOf(planOfNodes([redis, secret, secret]), "Secrets")).toBeCloseTo(1.2);
});

test("provisioned capacity of the table and its index costs by the hour; on demand has no fixed cost", () => {
    const item = "Transaction log, provisioned";
    const table = (inputs: Values) => amountOf(planOfNodes([redis, ["aws:dynamodb/table:Table", inputs]]), item);
    const units = { readCapacity: 10, writeCapacity: 20 };
    expect(table(units)).toBeCloseTo(730 * (10 * 0.00013 + 20 * 0.00065));
    expect(table({ ...units, globalSecondaryIndexes: [units] })).toBeCloseTo(730 * (20 * 0.00013 + 40 * 0.00065));
    expect(table({ billingMode: "PAY_PER_REQUEST", globalSecondaryIndexes: [{ name: "index" }] })).toBe(undefined);
});

test("a service without an image costs its minimum number of tasks, too", async () => {
    const rows = monthlyCost(await planTestStack("dev"), { api: 2 });
    const api = rows.find((row) => row.item === "Service payment-api-dev");
    expect(api?.arithmetic).toContain("2 tasks of 0.25 vCPU and 0.5 GiB");
    expect(rows.find((row) => row.item === "Service payment-payment-dev")?.amount).toBe(0);
});

test("a node without a price is named, not counted as free", () => {
    const plan = planOfNodes([[redis[0], { nodeType: "cache.x9.huge", numCacheClusters: 1 }]]);
    expect(() => monthlyCost(plan, {})).toThrow("no price for cache.x9.huge");
});

test("an unknown stack is refused with the list of the stacks", async () => {
    const { code, err } = await runTool("cost", ["nowhere"]);
    expect(code).toBe(2);
    expect(err).toContain('no stack "nowhere": there are dev, prod, staging');
});
