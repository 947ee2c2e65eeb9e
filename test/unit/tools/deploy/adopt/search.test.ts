import { expect, test } from "@jest/globals";
import { PlanSearch } from "../../../../../tools/deploy/adopt/search.ts";
import { plannedState } from "../../../../../tools/deploy/adopt/planned-state.ts";
import { requireItem } from "../../../../../lib/list.ts";
import type { Plan, PlanNode } from "../../../../../plan/plan.ts";
import { inputText } from "../../../../../plan/query.ts";
import { emptyState, type State, type StateResource } from "../../../../../plan/state.ts";
import { planTestStack } from "../../../../stacks.ts";
import { awsError, clientsWith, type FakeResponses } from "../fakes.ts";

const account = "210987654321";

/** The plan of a stack with only these resources below the stack and its provider, by `<type> <name>`. */
async function planOf(stack: string, names: readonly string[]): Promise<Plan> {
    const plan = await planTestStack(stack);
    const isKept = ({ type, name, custom }: PlanNode): boolean =>
        !custom || type.startsWith("pulumi:providers:") || names.includes(`${type} ${name}`);
    return { ...plan, nodes: plan.nodes.filter(isKept) };
}

const skeleton = (plan: Plan): State => ({ ...emptyState, resources: plannedState(plan, new Map()) });

async function searching(plan: Plan, answers: FakeResponses, zoneName?: string) {
    const { clients, calls } = clientsWith(answers);
    const search = await PlanSearch.create(clients, plan, account, zoneName);
    const inputsOf = (call: string) => calls.filter(([name]) => name === call).map(([, input]) => input);
    return { search, inputsOf };
}

const zones = (zone: object): FakeResponses => ({ ListHostedZonesByName: { HostedZones: [zone] } });
const zone = { Id: "/hostedzone/ZREAL", Name: "payments.example.com.", Config: { PrivateZone: false } };
const recordType = "aws:route53/record:Record";

test("a resource whose inputs are outputs of others is found once those are read", async () => {
    const all = await planTestStack("prod");
    const record = requireItem(
        all.nodes.filter(({ type, inputs }) => type === recordType && inputs.type === "A"),
        0,
    );
    const balancer = "aws:lb/loadBalancer:LoadBalancer payment-prod";
    const plan = await planOf("prod", [balancer, `${record.type} ${record.name}`]);
    const answers: FakeResponses = {
        ...zones(zone),
        DescribeLoadBalancers: {
            LoadBalancers: [{ LoadBalancerName: "payment-prod-0123abc", LoadBalancerArn: "arn:lb" }],
        },
        DescribeTags: { TagDescriptions: [{ ResourceArn: "arn:lb", Tags: tagsOfStack(plan) }] },
        ListResourceRecordSets: {
            ResourceRecordSets: [
                { Name: `${inputText(record, "name")}.`, Type: "A", AliasTarget: { DNSName: "real.example.com." } },
            ],
        },
    };
    const { search, inputsOf } = await searching(plan, answers, "payments.example.com");
    const first = await search.search(skeleton(plan));
    expect(first.map(({ id }) => id)).toEqual(["arn:lb"]);
    expect(inputsOf("ListResourceRecordSets")).toMatchObject([{ HostedZoneId: "ZREAL" }]);

    const node = requireItem(
        plan.nodes.filter(({ type }) => type === "aws:lb/loadBalancer:LoadBalancer"),
        0,
    );
    const read: StateResource = {
        urn: node.urn,
        type: node.type,
        custom: true,
        id: "arn:lb",
        outputs: { dnsName: "real.example.com", zoneId: "Z1", name: "payment-prod-0123abc", subnets: [] },
    };
    const second = await search.search({ ...emptyState, resources: [...skeleton(plan).resources, read] });
    expect(second).toMatchObject([
        { urn: record.urn, id: `ZREAL_${inputText(record, "name")}_A`, inputs: { zoneId: "ZREAL" } },
    ]);
    // It was found: if it is not in the state, AWS does not have it.
    expect(await search.search({ ...emptyState, resources: [...skeleton(plan).resources, read] })).toEqual([]);
});

/** The tags that the provider of a plan gives every resource, and a name. */
const tagsOfStack = ({ nodes }: Plan) => {
    const { defaultTags } = nodes.find(({ type }) => type === "pulumi:providers:aws")?.inputs ?? {};
    const { tags } = defaultTags as { tags: Record<string, string> };
    return Object.entries({ ...tags, Name: "payment-prod" }).map(([Key, Value]) => ({ Key, Value }));
};

test.each([
    ["private", { ...zone, Config: { PrivateZone: true } }],
    ["of another domain", { ...zone, Name: "example.com." }],
    ["without an ID", { ...zone, Id: undefined }],
])("a hosted zone that is %s is not the stack's, and its records are not looked up", async (_, other) => {
    const all = await planTestStack("prod");
    const records = all.nodes.filter(({ type }) => type === recordType).map(({ type, name }) => `${type} ${name}`);
    const plan = await planOf("prod", records);
    for (const answers of [zones(other), { ListHostedZonesByName: {} }]) {
        const { search, inputsOf } = await searching(plan, answers, "payments.example.com");
        expect(await search.search(skeleton(plan))).toEqual([]);
        expect(inputsOf("ListResourceRecordSets")).toEqual([]);
    }
});

test("without the right to list hosted zones the search ends with what it needs", async () => {
    const plan = await planOf("prod", []);
    await expect(
        searching(plan, { ListHostedZonesByName: awsError("AccessDenied") }, "payments.example.com"),
    ).rejects.toThrow(/Cannot look up payments.example.com .*route53:ListHostedZonesByName/);
});

test("where the ID for an import differs from the ID in the state, others are found by the latter", async () => {
    const names = ["aws:wafv2/webAcl:WebAcl payment-firewall-dev"];
    const plan = await planOf("dev", names);
    const answers: FakeResponses = {
        ListWebACLs: { WebACLs: [{ Name: "payment-firewall-dev-0123abc", Id: "acl-1", ARN: "arn:acl" }] },
        ListTagsForResource: { TagInfoForResource: { TagList: tagsOfStack(plan) } },
    };
    const { search } = await searching({ ...plan, inventedAnswers: [] }, answers);
    expect(await search.search(skeleton(plan))).toMatchObject([{ id: "acl-1/payment-firewall-dev-0123abc/REGIONAL" }]);
});

test("a name that the program gives is used as it is; a problem of a lookup is kept with its reason", async () => {
    const plan = await planOf("dev", ["aws:secretsmanager/secret:Secret payment-cache-token-dev"]);
    const nodes = plan.nodes.map((node) =>
        node.type === "aws:secretsmanager/secret:Secret"
            ? { ...node, inputs: { ...node.inputs, name: "given", tags: { Zones: ["a", "b"], Count: "1" } } }
            : node,
    );
    const SecretList = [{ Name: "given", ARN: "arn:given", Tags: [] }];
    const answers = { ListSecrets: { SecretList } };
    const { search } = await searching({ ...plan, nodes }, answers);
    expect(await search.search(skeleton(plan))).toEqual([]);
    expect([...search.problems.values()]).toEqual(["AWS has arn:given, without the tags of this stack"]);
    // A problem that somebody has removed since is no longer told.
    answers.ListSecrets = { SecretList: [] };
    expect(await search.search(skeleton(plan))).toEqual([]);
    expect(search.problems.size).toBe(0);
});
