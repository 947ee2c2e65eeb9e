import { expect } from "@jest/globals";
import type { AwsClients } from "../../../../tools/frame/aws-clients.ts";
import {
    answerFrom,
    clientsSending,
    type FakeResponses,
    type Input,
    type OperationSchema,
    type SchemaOfStructure,
} from "./fakes.ts";

/** Services as IAM calls them, where it is otherwise than the client's name here. */
const prefixes: Readonly<Record<string, string>> = {
    apiGateway: "apigateway",
    apiGatewayV2: "apigateway",
    autoscaling: "application-autoscaling",
    cloudTrail: "cloudtrail",
    cloudWatch: "cloudwatch",
    elb: "elasticloadbalancing",
    guardDuty: "guardduty",
    quotas: "servicequotas",
    secrets: "secretsmanager",
    securityHub: "securityhub",
    waf: "wafv2",
};

/** Calls whose IAM action has another name (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html). */
const actions: Readonly<Record<string, string>> = {
    "s3:GetBucketAccelerateConfiguration": "s3:GetAccelerateConfiguration",
    "s3:GetBucketCors": "s3:GetBucketCORS",
    "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "s3:GetBucketNotificationConfiguration": "s3:GetBucketNotification",
    "s3:GetBucketReplication": "s3:GetReplicationConfiguration",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:ListBucketAnalyticsConfigurations": "s3:GetAnalyticsConfiguration",
    "s3:ListBucketInventoryConfigurations": "s3:GetInventoryConfiguration",
    "s3:ListBucketMetricsConfigurations": "s3:GetMetricsConfiguration",
};

const actionOf = (service: string, call: string): string => {
    const action = `${prefixes[service] ?? service}:${call}`;
    // Its actions are the verbs of HTTP.
    return service.startsWith("apiGateway") && call.startsWith("Get") ? "apigateway:GET" : (actions[action] ?? action);
};

/** Names of the member of a request that asks for a page, and of the member of an answer that leads to the next one. */
const pageToken = /^(next)?(token|marker|position|continuationToken)$/i;
const nextPageToken = /^(next(continuation)?(token|marker)|marker|position)$/i;
/** Calls that AWS answers at once when a request names by this member what it is about. */
const namedBy: Readonly<Record<string, string>> = {
    DescribeDBClusters: "DBClusterIdentifier",
    // In the order of the names: the group that has just this one is the first.
    DescribeLogGroups: "logGroupNamePrefix",
    DescribeReplicationGroups: "ReplicationGroupId",
    DescribeRepositories: "repositoryNames",
    DescribeVpcs: "VpcIds",
    ListResourceTags: "KeyId",
    ListTags: "ResourceIdList",
    ListTagsForResource: "ResourceARN",
};

/** The member of a request or an answer that has a name of this form. */
const memberLike = (form: RegExp, structure: SchemaOfStructure): string | undefined =>
    structure()[4]?.find((member) => form.test(member));

/** Pages of a list as AWS may divide it: the first, too, can be empty and lead to another. */
const pagesOf = (items: readonly unknown[]) => [[], items.slice(0, -1), items.slice(-1)];

/** The members by which a call has pages; nothing where AWS answers it at once. */
function tokensOf(call: string, input: Input, schema: OperationSchema): { asks: string; leads: string } | undefined {
    const asks = memberLike(pageToken, schema[4]);
    const leads = memberLike(nextPageToken, schema[5]);
    const isNamed = (namedBy[call] ?? "") in input;
    return asks === undefined || leads === undefined || isNamed ? undefined : { asks, leads };
}

/** The page of an answer for which a request asks. */
function pageOf(answer: object, asked: unknown, leads: string): object {
    const page = Number(asked ?? 0);
    const lists = Object.entries(answer).filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]));
    const shown = lists.map(([member, items]) => ({ [member]: pagesOf(items)[page] }));
    return Object.assign({}, answer, ...shown, { [leads]: page < 2 ? String(page + 1) : undefined }) as object;
}

const withoutToken = (input: Input): Input =>
    Object.fromEntries(
        Object.entries(input).filter(([member, value]) => value !== undefined && !pageToken.test(member)),
    );

/** A call and its input, without the members that ask for a page. */
export type Request = readonly [call: string, input: Input];

/** Filters as EC2 and RDS take them: what each compares with. */
export const filters = (wanted: Readonly<Record<string, string | readonly string[]>>) =>
    Object.entries(wanted).map(([Name, value]) => ({ Name, Values: [value].flat() }));

/** Fails unless AWS was asked just these questions. */
export function expectRequests(received: readonly Request[], expected: readonly Request[] = []): void {
    received.forEach((each) => {
        expect(expected).toContainEqual(each);
    });
    expected.forEach((each) => {
        expect(received).toContainEqual(each);
    });
}

/**
 * Clients that answer from a table, in pages where AWS has pages, and refuse the same page twice: who does not pass
 * on the token would ask without end. They tell the requests that they received, and the IAM actions that these take.
 */
export function asked(answers: FakeResponses): {
    clients: AwsClients;
    taken: Set<string>;
    requests: () => Request[];
} {
    const taken = new Set<string>();
    const received = new Map<string, Request>();
    const clients = clientsSending(async (call, input, service, schema) => {
        taken.add(actionOf(service, call));
        const question = `${call} ${JSON.stringify(input)}`;
        const tokens = tokensOf(call, input, schema);
        if (tokens !== undefined && received.has(question)) {
            throw new Error(`asked twice: ${question}`);
        }
        received.set(question, [call, withoutToken(input)]);
        const answer = await answerFrom(answers, call, input);
        return tokens === undefined ? answer : pageOf(answer, input[tokens.asks], tokens.leads);
    });
    return { clients, taken, requests: () => [...received.values()] };
}
