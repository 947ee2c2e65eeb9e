import { expect, test } from "@jest/globals";
import { adoptionLookups } from "../../../../../tools/deploy/adopt/adoption-lookups.ts";
import { searchFor } from "../../../../../tools/deploy/find-created.ts";
import { createAgainReason } from "../../../../../tools/deploy/import-ids.ts";
import { asked, expectRequests } from "../asked.ts";
import { awsError, clientsWith, stateResource, stateWith, type FakeResponses } from "../fakes.ts";
import { lookupRequests } from "../lookup-requests.ts";

const tags = { EnvironmentSuffix: "dev", Name: "payment-dev" };
const provider = stateResource("pulumi:providers:aws", "aws", {
    id: "1",
    inputs: { defaultTags: JSON.stringify({ tags: { EnvironmentSuffix: "dev" } }) },
});
const tagList = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

interface LookupCase {
    readonly inputs: Readonly<Record<string, unknown>>;
    readonly answers: FakeResponses;
    readonly id: string;
    /** Calls to which AWS answers with an error where there is no such resource. */
    readonly mayFail?: string;
}

const certificate = { CertificateArn: "arn:certificate", DomainName: "payments.example.com", InUse: true };

const cases: Readonly<Record<string, LookupCase>> = {
    "aws:acm/certificate:Certificate": {
        inputs: { domainName: "payments.example.com", tags: { Name: "payment-dev" } },
        answers: {
            ListCertificates: {
                CertificateSummaryList: [
                    certificate,
                    { ...certificate, CertificateArn: "arn:old", InUse: false },
                    { ...certificate, CertificateArn: "arn:other", DomainName: "other.example.com" },
                ],
            },
            ListTagsForCertificate: { Tags: tagList },
        },
        id: "arn:certificate",
    },
    "aws:apigateway/account:Account": {
        inputs: { cloudwatchRoleArn: "arn:role" },
        answers: { GetAccount: { cloudwatchRoleArn: "arn:role" } },
        id: "api-gateway-account",
    },
    "aws:ecs/taskDefinition:TaskDefinition": {
        inputs: { family: "payment-api-dev", tags: { Name: "payment-dev" } },
        answers: {
            DescribeTaskDefinition: {
                taskDefinition: { taskDefinitionArn: "arn:family:7", family: "payment-api-dev" },
                tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
            },
        },
        id: "arn:family:7",
        mayFail: "DescribeTaskDefinition",
    },
    "aws:secretsmanager/secretVersion:SecretVersion": {
        inputs: { secretId: "arn:secret" },
        answers: { DescribeSecret: { VersionIdsToStages: { old: ["AWSPREVIOUS"], new: ["AWSCURRENT"] } } },
        id: "arn:secret|new",
        mayFail: "DescribeSecret",
    },
    "aws:sns/topic:Topic": {
        inputs: { name: "payment-events-dev" },
        answers: {
            ListTopics: { Topics: [{}, { TopicArn: "arn:x:payment-events-dev" }, { TopicArn: "arn:x:other" }] },
        },
        id: "arn:x:payment-events-dev",
    },
    "aws:sns/topicSubscription:TopicSubscription": {
        inputs: { topic: "arn:topic", protocol: "email", endpoint: "on-call@example.com" },
        answers: {
            ListSubscriptionsByTopic: {
                Subscriptions: [
                    { SubscriptionArn: "arn:subscription", Protocol: "email", Endpoint: "on-call@example.com" },
                    { SubscriptionArn: "arn:other", Protocol: "email", Endpoint: "other@example.com" },
                    { SubscriptionArn: "PendingConfirmation", Protocol: "email", Endpoint: "on-call@example.com" },
                    { Protocol: "email", Endpoint: "on-call@example.com" },
                    {},
                ],
            },
        },
        id: "arn:subscription",
        mayFail: "ListSubscriptionsByTopic",
    },
    "aws:sqs/queue:Queue": {
        inputs: { name: "payment-processing-dev" },
        answers: {
            GetQueueUrl: { QueueUrl: "https://sqs.us-east-1.amazonaws.com/123456789012/payment-processing-dev" },
        },
        id: "https://sqs.us-east-1.amazonaws.com/123456789012/payment-processing-dev",
        mayFail: "GetQueueUrl",
    },
};

async function search(type: string, inputs: LookupCase["inputs"], answers: FakeResponses) {
    const { clients, taken, requests } = asked(answers);
    const resource = stateResource(type, "sought", { inputs, provider: `${provider.urn}::1` });
    const [{ id, problem } = {}] = await searchFor(clients, stateWith([provider]), [resource], {
        table: adoptionLookups,
    });
    return { id, problem, taken, requests };
}

test("each lookup has a case, and is of a type that is created again after an interruption", () => {
    expect(Object.keys(cases).toSorted()).toEqual(Object.keys(adoptionLookups).toSorted());
    expect(Object.keys(adoptionLookups).filter((type) => createAgainReason(type) === undefined)).toEqual([]);
});

test.each(Object.entries(cases))("%s: it is found, with the rights of its row", async (type, each) => {
    const { id, taken, requests } = await search(type, each.inputs, each.answers);
    expect(id).toBe(each.id);
    expect(taken).toEqual(new Set((adoptionLookups[type]?.rights ?? []).flatMap(({ actions }) => actions)));
    expectRequests(requests(), lookupRequests[type]);
});

test.each(Object.entries(cases))("%s: nothing is found where AWS has none", async (type, each) => {
    const empty = Object.fromEntries(Object.keys(each.answers).map((call) => [call, {}]));
    expect((await search(type, each.inputs, empty)).id).toBeUndefined();
});

test.each(Object.entries(cases).filter(([, { mayFail }]) => mayFail !== undefined))(
    "%s: an answer that there is none finds nothing, and another error ends the search",
    async (type, { inputs, mayFail = "" }) => {
        expect(await search(type, inputs, { [mayFail]: awsError("NotFoundException") })).toMatchObject({
            id: undefined,
            problem: undefined,
        });
        await expect(search(type, inputs, { [mayFail]: awsError("Throttling") })).rejects.toThrow(
            /Throttling; the lookup needs the IAM actions/,
        );
    },
);

test("an imported certificate is found by its tag, and one that is not in use where no other is", async () => {
    const type = "aws:acm/certificate:Certificate";
    const inputs = { tags: { Name: "payment-dev" } };
    const CertificateSummaryList = [{ CertificateArn: "arn:imported" }, {}];
    const answersWith = (Tags: object[]) => ({
        ListCertificates: { CertificateSummaryList },
        ListTagsForCertificate: ({ CertificateArn }: Readonly<Record<string, unknown>>) => ({
            Tags: CertificateArn === "arn:imported" ? Tags : undefined,
        }),
    });
    expect((await search(type, inputs, answersWith(tagList))).id).toBe("arn:imported");
    const others = [
        { Key: "Name", Value: "payment-dev" },
        { Key: "EnvironmentSuffix", Value: "staging" },
    ];
    expect((await search(type, inputs, answersWith(others))).id).toBeUndefined();
});

test("a role for API logs that is not the stack's is not taken over", async () => {
    const given = { GetAccount: { cloudwatchRoleArn: "arn:other" } };
    expect(
        (await search("aws:apigateway/account:Account", { cloudwatchRoleArn: "arn:role" }, given)).id,
    ).toBeUndefined();
});

test("a lookup or an import ID that needs a placeholder finds nothing, and AWS is not called", async () => {
    const { clients, calls } = clientsWith({});
    const sought = [
        stateResource("aws:sqs/queue:Queue", "queue", { inputs: { name: "placeholder" } }),
        stateResource("aws:iam/role:Role", "role", { inputs: { name: "placeholder" } }),
    ];
    const found = await searchFor(clients, stateWith([]), sought, {
        table: adoptionLookups,
        isPlaceholder: (text) => text === "placeholder",
    });
    expect(found.map(({ id, problem }) => ({ id, problem }))).toEqual([{}, {}]);
    expect(calls).toEqual([]);
});
