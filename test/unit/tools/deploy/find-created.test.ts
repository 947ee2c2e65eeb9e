import { expect, test } from "@jest/globals";
import { searchFor } from "../../../../tools/deploy/find-created.ts";
import { createAgainReason } from "../../../../tools/deploy/import-ids.ts";
import { lookups } from "../../../../tools/deploy/lookups.ts";
import type { StateResource } from "../../../../plan/state.ts";
import { asked, expectRequests, filters } from "./asked.ts";
import { awsError, clientsWith, stateResource, stateWith, type FakeResponses } from "./fakes.ts";
import { lookupRequests } from "./lookup-requests.ts";
import { lookupCases, type LookupCase } from "./lookup-cases.ts";

const defaults = { EnvironmentSuffix: "dev", Project: "payment-platform" };
const provider = stateResource("pulumi:providers:aws", "aws", {
    id: "provider-1",
    inputs: { region: "us-east-1", defaultTags: JSON.stringify({ tags: defaults }) },
});
const ownTags = { ...defaults, Name: "payment-dev", CreatedBy: "AWS" };

const pendingOf = ({ type, inputs }: Pick<LookupCase, "type" | "inputs">): StateResource =>
    stateResource(type, "pending", {
        inputs: { ...inputs, tags: { Name: "payment-dev" } },
        provider: `${provider.urn}::provider-1`,
    });

async function search(each: LookupCase, answers: FakeResponses, others: readonly StateResource[] = []) {
    const { clients } = clientsWith(answers);
    const [answer] = await searchFor(clients, stateWith([provider, ...others]), [pendingOf(each)]);
    return { id: answer?.id, problem: answer?.problem };
}

test("each lookup has a case", () => {
    expect(lookupCases.map(({ type }) => type).toSorted()).toEqual(Object.keys(lookups).toSorted());
});

test.each(lookupCases)("$type: a created resource is found, with the rights of its row", async (each) => {
    const { clients, taken, requests } = asked(each.answers(ownTags));
    const answers = await searchFor(clients, stateWith([provider]), [pendingOf(each)]);
    expect(answers).toMatchObject([{ id: each.importId }]);
    const rights = new Set((lookups[each.type]?.rights ?? []).flatMap(({ actions }) => actions));
    expect(new Set(taken)).toEqual(rights);
    expectRequests(requests(), lookupRequests[each.type]);
});

test.each(lookupCases)("$type: nothing is found when AWS has none, or the state has it already", async (each) => {
    const empty = Object.fromEntries(Object.keys(each.answers(ownTags)).map((call) => [call, {}]));
    expect(await search(each, empty)).toEqual({ id: undefined, problem: undefined });
    const { importId } = each;
    const ids = [importId, importId.split("/")[0], importId.split("/").at(-1), "arn:service"];
    const known = [...ids, importId.replace("/", "-")].map((id, i) => stateResource(each.type, `known-${i}`, { id }));
    expect(await search(each, each.answers(ownTags), known)).toEqual({ id: undefined, problem: undefined });
});

test.each(lookupCases.filter(({ untagged }) => untagged !== true))(
    "$type: a resource of another stack, or created by hand, is not taken over",
    async (each) => {
        for (const tags of [{ ...ownTags, EnvironmentSuffix: "staging" }, { ...ownTags, Name: "another" }, {}]) {
            const { id, problem } = await search(each, each.answers(tags));
            expect(id).toBeUndefined();
            expect(problem).toBe(`AWS has ${each.importId}, without the tags of this stack`);
        }
    },
);

/** The value without one of its properties, once for each property at any depth. */
function withoutEachProperty(value: unknown): unknown[] {
    if (typeof value !== "object" || value === null || value instanceof Date) {
        return [];
    }
    return Object.entries(value).flatMap(([key, inner]) => {
        const replaced = (other: unknown): unknown =>
            Array.isArray(value)
                ? value.map((item: unknown, i) => (String(i) === key ? other : item))
                : { ...value, [key]: other };
        const whole = Array.isArray(value) ? [] : [replaced(undefined)];
        return [...whole, ...withoutEachProperty(inner).map(replaced)];
    });
}

test.each(lookupCases)("$type: an answer without a property does not lead to another resource", async (each) => {
    const answers = each.answers(ownTags);
    for (const [call, answer] of Object.entries(answers)) {
        for (const sparse of withoutEachProperty(answer)) {
            const { id } = await search(each, { ...answers, [call]: sparse as FakeResponses[string] });
            expect([undefined, each.importId]).toContain(id);
        }
    }
});

const vpc = { type: "aws:ec2/vpc:Vpc", inputs: { cidrBlock: "10.0.0.0/16" } };
const vpcCase: LookupCase = { ...vpc, answers: () => ({}), importId: "" };
const tagList = Object.entries(ownTags).map(([Key, Value]) => ({ Key, Value }));

test("parts of a VPC are found by their names, because AWS creates others with the VPC", async () => {
    for (const [type, call] of [
        ["aws:ec2/routeTable:RouteTable", "DescribeRouteTables"],
        ["aws:ec2/networkAcl:NetworkAcl", "DescribeNetworkAcls"],
    ] as const) {
        const { clients, requests } = asked({ [call]: {} });
        await searchFor(clients, stateWith([provider]), [pendingOf({ type, inputs: { vpcId: "vpc-1" } })]);
        expectRequests(requests(), [[call, { Filters: filters({ "tag:Name": "payment-dev", "vpc-id": "vpc-1" }) }]]);
    }
});

test("of several candidates none is taken over, and all are named", async () => {
    const Vpcs = ["vpc-1", "vpc-2"].map((VpcId) => ({ VpcId, Tags: tagList }));
    expect((await search(vpcCase, { DescribeVpcs: { Vpcs } })).problem).toContain(
        "several that may be it: vpc-1, vpc-2",
    );
});

test("without default tags no owner can be identified", async () => {
    const { clients } = clientsWith({ DescribeVpcs: { Vpcs: [{ VpcId: "vpc-1", Tags: tagList }] } });
    const untagged = stateResource(vpc.type, "pending", { inputs: vpc.inputs });
    expect(await searchFor(clients, stateWith([]), [untagged])).toMatchObject([
        { problem: "AWS has vpc-1, without the tags of this stack" },
    ]);
});

test("when AWS refuses the call, the search ends with the missing rights", async () => {
    const denied = search(vpcCase, { DescribeVpcs: awsError("UnauthorizedOperation", "not authorized") });
    await expect(denied).rejects.toMatchObject({ exitReason: "failed" });
    await expect(denied).rejects.toThrow(
        /^Cannot look up pending \(aws:ec2\/vpc:Vpc\) in AWS: .*; the lookup needs the IAM actions ec2:DescribeVpcs/,
    );
});

test.each([
    ["ResourceNotFoundException", { id: undefined, problem: undefined }],
    ["AccessDeniedException", undefined],
])("a function's policy that AWS answers with %s", async (error, expected) => {
    const permission = lookupCases.find(({ type }) => type === "aws:lambda/permission:Permission");
    const found = search({ ...vpcCase, ...permission }, { GetPolicy: awsError(error) });
    await (expected === undefined
        ? expect(found).rejects.toThrow(/needs the IAM actions lambda:GetPolicy/)
        : expect(found).resolves.toEqual(expected));
});

test.each([
    ["no condition", { Condition: undefined }],
    ["another source", { Condition: { ArnLike: { "AWS:SourceArn": "arn:another" } } }],
    ["another caller", { Principal: { Service: "sns.amazonaws.com" } }],
    ["another action", { Action: "lambda:GetFunction" }],
    ["no ID", { Sid: undefined }],
])("a statement of a function's policy with %s is not the permission", async (_, change) => {
    const permission = lookupCases.find(({ type }) => type === "aws:lambda/permission:Permission");
    const statement = {
        Sid: "terraform-1",
        Effect: "Allow",
        Action: "lambda:InvokeFunction",
        Principal: { Service: "apigateway.amazonaws.com" },
        Condition: { ArnLike: { "AWS:SourceArn": "arn:method" } },
    };
    const found = (Statement: object[]) =>
        search({ ...vpcCase, ...permission }, { GetPolicy: { Policy: JSON.stringify({ Statement }) } });
    expect((await found([statement])).id).toBe("payment-validator-dev/terraform-1");
    expect(await found([{ ...statement, ...change }])).toEqual({ id: undefined, problem: undefined });
});

test("a key whose tags cannot be read for another reason ends the search", async () => {
    const key = lookupCases.find(({ type }) => type === "aws:kms/key:Key");
    const answers = { ...key?.answers(ownTags), ListResourceTags: awsError("ThrottlingException") };
    await expect(search({ ...vpcCase, ...key }, answers)).rejects.toThrow(
        /ThrottlingException; the lookup needs the IAM actions kms:/,
    );
});

test.each([
    ["disabled", { KeyState: "Disabled" }],
    ["about to be deleted", { KeyState: "PendingDeletion" }],
    ["of another purpose", { Description: "Data of payment platform dev" }],
])("a key that is %s is not taken over", async (_, change) => {
    const key = lookupCases.find(({ type }) => type === "aws:kms/key:Key");
    const KeyMetadata = { Description: "Logs of payment platform dev", KeyState: "Enabled", ...change };
    const answers = { ...key?.answers(ownTags), DescribeKey: { KeyMetadata } };
    expect(await search({ ...vpcCase, ...key }, answers)).toEqual({ id: undefined, problem: undefined });
});

test("keys whose tags may not be read belong to others", async () => {
    const key = lookupCases.find(({ type }) => type === "aws:kms/key:Key");
    const answers = { ...key?.answers(ownTags), ListResourceTags: awsError("AccessDeniedException") };
    expect(await search({ ...vpcCase, ...key }, answers)).toEqual({ id: undefined, problem: undefined });
});

test("a record with another value belongs to others", async () => {
    const record = lookupCases.find(({ type }) => type === "aws:route53/record:Record");
    const inputs = { ...record?.inputs, aliases: [{ name: "another.example.com" }] };
    expect(await search({ ...vpcCase, ...record, inputs }, record?.answers({}) ?? {})).toEqual({
        id: undefined,
        problem: undefined,
    });
});

test.each([
    [[{ Value: "a.example.com" }], "Z1_payments.example.com_CNAME"],
    [[{ Value: "b.example.com" }], undefined],
    [[{ Value: "a.example.com" }, { Value: "b.example.com" }], undefined],
    [[{}], undefined],
])("of a record with the value a.example.com, one in AWS with %j is %s", async (ResourceRecords, id) => {
    const inputs = { zoneId: "Z1", name: "payments.example.com", type: "CNAME", records: ["a.example.com"] };
    const ResourceRecordSets = [{ Name: "payments.example.com.", Type: "CNAME", ResourceRecords }];
    const found = await search(
        { ...vpcCase, type: "aws:route53/record:Record", inputs },
        { ListResourceRecordSets: { ResourceRecordSets } },
    );
    expect(found).toEqual({ id, problem: undefined });
});

test("a type in no table, or without a search, is reported with the reason", async () => {
    const { clients } = clientsWith({});
    const [topic, unknown, password] = [
        "aws:sns/topic:Topic",
        "aws:x/y:Y",
        "random:index/randomPassword:RandomPassword",
    ];
    const answers = await searchFor(
        clients,
        stateWith([]),
        [topic, unknown, password].map((type) => stateResource(type, "pending")),
    );
    expect(answers.map(({ problem }) => problem)).toEqual([
        createAgainReason("aws:sns/topic:Topic"),
        "there is no lookup for this resource type",
    ]);
});
