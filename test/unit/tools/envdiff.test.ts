import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { compareStacks, type EnvironmentDifference } from "../../../analysis/consistency/stack-differences.ts";
import { valueDifferences } from "../../../analysis/consistency/value-differences.ts";
import { normalizeResources } from "../../../analysis/consistency/normalize.ts";
import { findExplainingSetting } from "../../../analysis/consistency/setting-differences.ts";
import { Secret, type Values } from "../../../plan/plan.ts";
import { planTestStack } from "../../stacks.ts";
import { runTool, type ToolResult } from "./run-tool.ts";
import { changeInputs, replaceText, changeResources, removeResources, type PlanChange } from "../checks/fault.ts";
import { planOfConfig, settingsFromConfig } from "../checks/config-plans.ts";
import { readStackConfig, withSettings } from "../settings/stack-config.ts";

const planned = async (stack: string, change: PlanChange = (plan) => plan) => ({
    plan: change(await planTestStack(stack)),
    settings: settingsFromConfig(readStackConfig(stack)),
});
const envdiff = (...argv: string[]): Promise<ToolResult> => runTool("envdiff", argv);

const between = async (one: string, other: string, change?: PlanChange): Promise<EnvironmentDifference> =>
    compareStacks(await planned(one), await planned(other, change));
test("staging and prod have the same kinds of resources", async () => {
    expect((await between("staging", "prod")).structure).toEqual([]);
});

test("sizes are listed as settings, and explain properties", async () => {
    const { settings, properties } = await between("staging", "prod");
    expect(settings).toContainEqual({ field: "database.maxAcu", values: ["8", "64"] });
    expect(properties).toContainEqual({
        line: "PaymentPlatform$Database aws:rds/cluster:Cluster payment-database serverlessv2ScalingConfiguration.maxCapacity",
        values: ["8", "64"],
        setting: "database.maxAcu",
    });
    expect(properties).toContainEqual({
        line: "PaymentPlatform$Validation aws:lambda/function:Function payment-validator memorySize",
        values: ["1024", "2048"],
        setting: "validation.memoryMib",
    });
});

test("the output in the docs is that of the command", async () => {
    const [, shown = ""] = /```text\n([\s\S]*?)```/.exec(readFileSync("docs/envdiff.md", "utf8")) ?? [];
    const { out } = await envdiff("dev", "staging");
    const lines = shown.split("\n").filter((line) => line !== "  ...");
    expect(lines.length).toBeGreaterThan(8);
    expect(lines.filter((line) => !out.split("\n").includes(line))).toEqual([]);
});

test("a setting that only one stack has is listed", async () => {
    const { settings } = await between("dev", "staging");
    expect(settings).toContainEqual({ field: "transactions.capacity.units", values: [undefined, "5"] });
});

test.each<[string, PlanChange, string]>([
    [
        "a property",
        changeInputs("aws:sqs/queue:Queue", "processing-prod", { visibilityTimeoutSeconds: 30 }),
        "PaymentPlatform$Messaging aws:sqs/queue:Queue payment-processing visibilityTimeoutSeconds",
    ],
    [
        "a statement of a policy",
        changeInputs("aws:sns/topicPolicy:TopicPolicy", "events", replaceText("policy", '"Deny"', '"Allow"')),
        "PaymentPlatform$Messaging aws:sns/topicPolicy:TopicPolicy payment-events policy.Statement[].Effect",
    ],
    [
        "a kind that prod lacks",
        removeResources("aws:ec2/flowLog:FlowLog"),
        "PaymentPlatform$Network aws:ec2/flowLog:FlowLog payment-flow-logs",
    ],
    [
        "another block of the VPC",
        changeInputs("aws:ec2/subnet:Subnet", "database-1", { cidrBlock: "10.2.240.0/20" }),
        "PaymentPlatform$Network aws:ec2/subnet:Subnet payment-database-# cidrBlock",
    ],
])("%s that differs without a setting is reported", async (_, change, line) => {
    const linesOf = ({ structure, properties }: EnvironmentDifference) =>
        [...structure, ...properties.filter(({ setting }) => setting === undefined)].map((each) => each.line);
    const usual = linesOf(await between("staging", "prod"));
    const found = linesOf(await between("staging", "prod", change));
    expect(found.filter((each) => !usual.includes(each))).toEqual([line]);
});

const explaining = [
    { field: "services.payment.minTasks", values: ["2", "3"] as const },
    { field: "cache.nodes", values: ["2", "3"] as const },
    { field: "applyImmediately", values: ["true", "false"] as const },
    { field: "certificate.domainName", values: ["a.example.com", "example.com"] as const },
    { field: "gateway.corsOrigins", values: ["https://a.example.com", "https://example.com"] as const },
    { field: "transactions.capacity.units", values: [undefined, "5"] as const },
    { field: "validation.memoryMib", values: ["1024", "2048"] as const },
    { field: "edge.http2Enabled", values: ["on", "off"] as const },
];

test.each<[string, [string | undefined, string | undefined], string | undefined]>([
    ["Cache x:y payment-cache numCacheClusters", ["2", "3"], "cache.nodes"],
    ["Compute x:y payment-payment min", ["2", "3"], "services.payment.minTasks"],
    ["Edge x:y payment-edge priority", ["2", "3"], undefined],
    ["Cache x:y payment-cache applyImmediately", ["true", "false"], "applyImmediately"],
    ["Cache x:y payment-cache multiAzEnabled", ["true", "false"], undefined],
    ["Cache x:y payment-cache numCacheClusters", ["3", "2"], undefined],
    [
        "Gateway x:y payment-gateway uri",
        ["https://a.example.com/api", "https://example.com/api"],
        "certificate.domainName",
    ],
    ["Gateway x:y payment-gateway header", ["'https://a.example.com'", "'https://example.com'"], "gateway.corsOrigins"],
    ["Transactions x:y payment-transactions capacity", [undefined, "5"], undefined],
    // One word of a name in two of them: memory of memoryMib, http2 of http2Enabled.
    ["Compute x:y payment-api memorySize", ["1024", "2048"], "validation.memoryMib"],
    ["Gateway x:y payment-gateway http2Version", ["on", "off"], "edge.http2Enabled"],
])("%s: %j is explained by %s", (line, values, field) => {
    expect(findExplainingSetting({ line, values }, explaining)).toBe(field);
});

test("lists are compared by their items, objects by their fields", () => {
    expect(valueDifferences(["a", "b"], ["b", "a"])).toEqual([]);
    expect(valueDifferences({ x: [{ n: 1 }, { n: 2 }] }, { x: [{ n: 1 }, { n: 3 }, { n: 4 }] })).toEqual([
        { path: "x[].n", values: ["2", "3"] },
        { path: "x[]", values: [undefined, '{"n":4}'] },
    ]);
    expect(valueDifferences({ a: { b: "c" } }, { a: "b" })).toEqual([{ path: "a", values: ['{"b":"c"}', "b"] }]);
});

test("names, IDs, ARNs, secrets and addresses of the VPC are no differences", async () => {
    const values: Values = {
        arn: "arn:aws:sqs:us-east-1:123456789012:payment-processing-prod",
        text: "Queue of payment platform prod",
        bucket: "prod-us-east-1-starport-layer-bucket",
        token: new Secret("x"),
        blocks: ["10.2.128.0/20", "192.0.2.0/24"],
        json: '[{"hash":"' + "0123456789abcdef".repeat(4) + '"}]',
        braces: "{no JSON",
    };
    const { plan, settings } = await planned(
        "prod",
        changeResources("aws:sqs/queue:Queue", "processing-prod", (node) => [{ ...node, inputs: values }]),
    );
    const found = normalizeResources(plan, settings).get("aws:sqs/queue:Queue payment-processing");
    expect(found?.inputs).toEqual({
        arn: "<payment-processing.arn>",
        text: "Queue of payment platform <environment>",
        bucket: "prod-<region>-starport-layer-bucket",
        token: "<secret>",
        blocks: ["<network.cidr>+32768/20", "192.0.2.0/24"],
        json: [{ hash: "<hash>" }],
        braces: "{no JSON",
    });
});

test("the difference is printed in three parts", async () => {
    const { code, out } = await envdiff("dev", "staging");
    expect(code).toBe(0);
    expect(out.split("\n").filter((line) => /^\S/.test(line))).toEqual([
        "dev | staging",
        expect.stringMatching(/^Structure: \d+ kinds of resources in one stack only$/),
        expect.stringMatching(/^Settings: \d+ differ, and explain \d+ properties$/),
        expect.stringMatching(/^Properties: \d+ differ where no setting has the same two values$/),
    ]);
    expect(out).toContain("  database.maxAcu: 3 | 8\n");
    // Below a setting is what it explains.
    expect(out).toMatch(/^ {2}cache\.nodeType: .+\n {4}\S.* payment-cache nodeType: .+$/m);
    expect(out).toContain(
        "  only dev: PaymentPlatform$Edge$Certificate tls:index/privateKey:PrivateKey payment-certificate\n",
    );
});

test("other programs can read it as JSON", async () => {
    const { code, out } = await envdiff("--json", "staging", "prod");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ stacks: ["staging", "prod"], structure: [] });
});

test.each([
    [[], "which stacks? There are dev, prod, staging: name two"],
    [["dev"], "which stacks? There are dev, prod, staging: name two"],
    [["live", "dev"], 'no stack "live": there are dev, prod, staging'],
    [["dev", "dev"], "dev and dev are one stack: name two"],
    [["dev", "live"], 'no stack "live": there are dev, prod, staging'],
    [["dev", "staging", "prod"], "too many arguments"],
    [["--yaml"], "unknown option '--yaml'"],
])("%j is refused", async (argv, message) => {
    const { code, err } = await envdiff(...argv);
    expect(code).toBe(2);
    expect(err).toContain(message);
});

test.each([
    ["has digits", { environmentSuffix: "pr-123" }],
    ["is a word of other names", { environmentSuffix: "api" }],
    ["is a word of other names, with a digit", { environmentSuffix: "cache2" }],
    ["is in another region", { environmentSuffix: "e1", "aws:region": "eu-west-1" }],
    ["has other addresses", { environmentSuffix: "net", "network.cidr": "10.77.0.0/16" }],
])("a copy whose suffix %s differs only in its settings", async (_, changes) => {
    const config = withSettings(readStackConfig("dev"), changes);
    const copy = { plan: await planOfConfig(config, "copy"), settings: settingsFromConfig(config) };
    const { structure, settings, properties } = compareStacks(await planned("dev"), copy);
    expect({ structure, properties }).toEqual({ structure: [], properties: [] });
    expect(settings.map(({ field }) => field).sort()).toEqual(
        Object.keys(changes)
            .map((field) => field.replace("aws:", ""))
            .sort(),
    );
});

test("help exits with 0", async () => {
    const { code, out } = await envdiff("--help");
    expect(code).toBe(0);
    expect(out).toContain("npm run envdiff -- <one> <other> [options]");
});
