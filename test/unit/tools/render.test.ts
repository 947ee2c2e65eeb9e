import { expect, test } from "@jest/globals";
import type { Plan, PlanNode } from "../../../plan/plan.ts";
import { Secret } from "../../../plan/plan.ts";
import { defaultNodeOptions } from "../../../plan/plan-node.ts";
import { planNode } from "../../plan-node.ts";
import { renderPlan, type RenderOptions } from "../../../tools/plan/render.ts";

const node = (parent: string | undefined, type: string, name: string, more: Partial<PlanNode> = {}): PlanNode =>
    planNode({ type, name, parent, custom: type.startsWith("aws:"), ...more });

const planWith = (nodes: PlanNode[], more: Partial<Plan> = {}): Plan => ({
    project: "shop",
    stack: "dev",
    nodes: [node(undefined, "pulumi:pulumi:Stack", "stack"), ...nodes],
    outputs: {},
    unknownOutputs: [],
    inventedAnswers: [],
    messages: [],
    ...more,
});

const plain: RenderOptions["style"] = (_, text) => text;
const shown = (plan: Plan, view: Partial<RenderOptions> = {}): string[] =>
    renderPlan(plan, { style: plain, width: 120, ...view }).split("\n");

const vpc = "aws:ec2/vpc:Vpc";
const queue = "aws:sqs/queue:Queue";

const platform = planWith(
    [
        node("stack", "pulumi:providers:aws", "aws", { custom: true, inputs: { region: "us-east-1" } }),
        node("stack", "payment:index:PaymentPlatform", "payment"),
        node("payment", "payment:index:Network", "network"),
        node("payment", "aws:kms/key:Key", "key", { inputs: { enableKeyRotation: true } }),
        node("network", "aws:ec2/subnet:Subnet", "private-a", {
            inputs: { cidrBlock: "10.0.0.0/24", availabilityZone: "us-east-1a" },
        }),
        node("network", vpc, "vpc", { inputs: { cidrBlock: "10.0.0.0/16" } }),
        node("network", "aws:ec2/subnet:Subnet", "public-a"),
    ],
    {
        outputs: {
            vpcId: "vpc-1",
            subnets: ["x", "y"],
            logs: ["/a", "z", "/b"],
            none: [],
            urls: { a: "https://x", b: "https://y" },
            token: new Secret("x"),
            zones: 2,
        },
        unknownOutputs: ["vpcId", "urls.a", "subnets.0", "subnets.1", "logs.1"],
    },
);

test("the plan is a tree of components, with totals and outputs", () => {
    expect(shown(platform)).toEqual([
        "shop dev: 4 resources in 2 components",
        "",
        "provider aws  aws  us-east-1",
        "PaymentPlatform payment  4 resources",
        "├─ kms.Key  key  rotated",
        "└─ Network network  3 resources",
        "   ├─ ec2.Subnet  private-a  10.0.0.0/24, us-east-1a",
        "   ├─ ec2.Subnet  public-a",
        "   └─ ec2.Vpc     vpc        10.0.0.0/16",
        "",
        "By service: ec2 3, kms 1",
        "",
        "Outputs",
        "  vpcId    (after up)",
        "  subnets  2 x (after up)",
        "  logs     /a",
        "           (after up)",
        "           /b",
        "  none     []",
        "  urls.a   (after up)",
        "  urls.b   https://y",
        "  token    [secret]",
        "  zones    2",
        "",
    ]);
});

test("--depth hides levels, and shows how many resources are below them", () => {
    expect(shown(platform, { depth: 1 }).slice(3, 7)).toEqual([
        "PaymentPlatform payment  4 resources",
        "├─ kms.Key  key  rotated",
        "└─ Network network  3 resources",
        "",
    ]);
});

test("names and types are in columns where that leaves room for details", () => {
    const network = (width: number) => shown(platform, { width }).slice(5, 9);
    expect(network(30)).toEqual([
        "└─ Network network  3 resources",
        "   ├─ ec2.Subnet  private-a  …",
        "   ├─ ec2.Subnet  public-a",
        "   └─ ec2.Vpc     vpc        …",
    ]);
    expect(network(29)).toEqual([
        "└─ Network network  3 resources",
        "   ├─ ec2.Subnet  private-a",
        "   ├─ ec2.Subnet  public-a",
        "   └─ ec2.Vpc  vpc  10.0.0.0…",
    ]);
});

test.each(["network", "Network"])("only %s shows one component", (only) => {
    expect(shown(platform, { only }).slice(2)).toEqual([
        "Network network  3 resources",
        "├─ ec2.Subnet  private-a  10.0.0.0/24, us-east-1a",
        "├─ ec2.Subnet  public-a",
        "└─ ec2.Vpc     vpc        10.0.0.0/16",
        "",
    ]);
});

const line = (type: string, more: Partial<PlanNode>): string =>
    String(shown(planWith([node("stack", type, "it", more)]))[2]);

test.each<[string, string, Partial<PlanNode>, string]>([
    [
        "a property of a property",
        "aws:ecs/cluster:Cluster",
        { inputs: { settings: [{ value: "enhanced" }] } },
        "ecs.Cluster  it  insights enhanced",
    ],
    [
        "a property of what is no object",
        "aws:ecs/cluster:Cluster",
        { inputs: { settings: "enhanced" } },
        "ecs.Cluster  it",
    ],
    ["how many there are", "aws:wafv2/webAcl:WebAcl", { inputs: { rules: [{}, {}] } }, "wafv2.WebAcl  it  2 rules"],
    ["that something is on", queue, { inputs: { fifoQueue: true } }, "sqs.Queue  it  FIFO"],
    [
        "a comparison in a sign",
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        { inputs: { metricName: "Age", comparisonOperator: "GreaterThanThreshold", threshold: 300 } },
        "cloudwatch.MetricAlarm  it  Age > 300",
    ],
    ["nothing of what is off", queue, { inputs: { fifoQueue: false } }, "sqs.Queue  it"],
    ["nothing of a name that repeats itself", queue, { inputs: { name: "it" } }, "sqs.Queue  it"],
    ["no secret", vpc, { inputs: { cidrBlock: new Secret("10.0.0.0/8") } }, "ec2.Vpc  it  [secret]"],
    [
        "no secret's part",
        "aws:wafv2/webAcl:WebAcl",
        { inputs: { rules: new Secret([1]) } },
        "wafv2.WebAcl  it  [secret] rules",
    ],
    [
        "no placeholder",
        vpc,
        { inputs: { cidrBlock: "placeholder" }, unknown: ["cidrBlock"] },
        "ec2.Vpc  it  (after up)",
    ],
    [
        "no part of a placeholder",
        "aws:lb/targetGroup:TargetGroup",
        { inputs: { healthCheck: { path: "/x" } }, unknown: ["healthCheck"] },
        "lb.TargetGroup  it  checks (after up)",
    ],
    ["that it is only looked up", vpc, { external: true }, "ec2.Vpc  it  looked up"],
    [
        "that Pulumi handles it with care",
        vpc,
        {
            options: {
                ...defaultNodeOptions(),
                protect: true,
                retainOnDelete: true,
                ignoreChanges: ["tags", "x"],
                import: "vpc-1",
            },
        },
        "ec2.Vpc  it  protected, retained, ignores changes of tags, x, adopts vpc-1",
    ],
])("a resource shows %s", (_, type, more, expected) => {
    expect(line(type, more)).toBe(expected);
});

test("no line is wider than a page", () => {
    const long = line(vpc, { inputs: { cidrBlock: "x".repeat(200) } });
    expect(long).toHaveLength(120);
    expect(long).toMatch(/x…$/);
    const services = "abcdefghijklmnopqrstuvwxyz"
        .split(/(?=.)/)
        .map((letter) => node("stack", `aws:service${letter}/thing:Thing`, letter));
    const plan = shown(planWith(services));
    const start = plan.findIndex((text) => text.startsWith("By service:"));
    expect(plan.slice(start, start + 4)).toEqual([
        expect.stringMatching(/^By service: servicea 1, .*,$/),
        expect.stringMatching(/^ {2}service\w 1, .*,$/),
        expect.stringMatching(/^ {2}service\w 1, .*servicez 1$/),
        "",
    ]);
    expect(plan.every((text) => text.length <= 120)).toBe(true);
});

test("a terminal shows components and details in different styles", () => {
    const style: RenderOptions["style"] = (as, text) => `<${String(as)}>${text}</${String(as)}>`;
    const plan = shown(platform, { style });
    expect(plan).toContain("<bold>PaymentPlatform payment</bold>  <dim>4 resources</dim>");
    expect(plan).toContain("├─ kms.Key  key  <dim>rotated</dim>");
    expect(plan).toContain("<bold>Outputs</bold>");
});
