import { KeyAlgorithm, ListTagsForCertificateCommand, paginateListCertificates } from "@aws-sdk/client-acm";
import { GetAccountCommand } from "@aws-sdk/client-api-gateway";
import { DescribeTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { DescribeSecretCommand } from "@aws-sdk/client-secrets-manager";
import { paginateListSubscriptionsByTopic, paginateListTopics } from "@aws-sdk/client-sns";
import { GetQueueUrlCommand } from "@aws-sdk/client-sqs";
import {
    allResources,
    fixedNamePattern,
    listGrant,
    readGrant,
    regionalArns,
    withResourceTag,
} from "../../../plan/catalogue/deployer-grant.ts";
import { isNotFoundError } from "../../frame/aws-errors.ts";
import { readAccountPermissions } from "../../drift/child-listers/rest-api-permissions.ts";
import { collectPages } from "../../frame/aws-clients.ts";
import { tagsOf, type Candidate, type Lookup, type Lookups } from "../lookups/lookup.ts";

/** A lookup of one resource by its name, to which AWS may answer that there is none. */
const byName = (rights: Lookup["rights"], find: Lookup["find"]): Lookup => ({
    rights,
    find: async (...given) => {
        try {
            return await find(...given);
        } catch (error) {
            if (isNotFoundError(error)) {
                return [];
            }
            throw error;
        }
    },
});

const topics = regionalArns("sns", fixedNamePattern);

/**
 * Types that an update may create again after an interruption, because that costs nothing (`createAgain` in the catalogue).
 * An adoption looks for them: a second one would leave the first in no state, or change what clients use.
 */
export const adoptionLookups: Lookups = {
    // A certificate in use is preferred to one that only has the same name.
    "aws:acm/certificate:Certificate": {
        rights: [
            listGrant("acm: ListCertificates"),
            readGrant("acm: ListTagsForCertificate", withResourceTag(regionalArns("acm", "certificate/*"))),
        ],
        find: async ({ acm: client }, read) => {
            const keyTypes = Object.values(KeyAlgorithm);
            const all = await collectPages(
                paginateListCertificates({ client }, { Includes: { keyTypes } }),
                (page) => page.CertificateSummaryList,
            );
            const domain = read("domainName");
            const fitting = all.filter(({ DomainName }) => domain === "" || DomainName === domain);
            const used = fitting.filter(({ InUse }) => InUse === true);
            const found: Candidate[] = [];
            for (const { CertificateArn = "" } of used.length > 0 ? used : fitting) {
                const { Tags } = await client.send(new ListTagsForCertificateCommand({ CertificateArn }));
                found.push({ importId: CertificateArn, tags: tagsOf(Tags) });
            }
            // Certificates of others have no name by which the list could leave them out.
            return found.filter(({ tags }) => tags?.Name === read("tags.Name"));
        },
    },
    // The account has one role for the logs of all APIs, which may be another's.
    "aws:apigateway/account:Account": {
        rights: readAccountPermissions("/account"),
        find: async ({ apiGateway }, read) => {
            const { cloudwatchRoleArn } = await apiGateway.send(new GetAccountCommand({}));
            return cloudwatchRoleArn === read("cloudwatchRoleArn") ? [{ importId: "api-gateway-account" }] : [];
        },
    },
    // The last revision, which the service runs.
    "aws:ecs/taskDefinition:TaskDefinition": byName(
        [readGrant("ecs: DescribeTaskDefinition", allResources("AWS names no resource for this action"))],
        async ({ ecs }, read) => {
            const input = { taskDefinition: read("family"), include: ["TAGS" as const] };
            const { taskDefinition, tags = [] } = await ecs.send(new DescribeTaskDefinitionCommand(input));
            const { taskDefinitionArn = "", family = "" } = taskDefinition ?? {};
            return [
                {
                    importId: taskDefinitionArn,
                    id: family,
                    tags: tagsOf(tags.map(({ key, value }) => ({ Key: key, Value: value }))),
                },
            ];
        },
    ),
    "aws:secretsmanager/secretVersion:SecretVersion": byName(
        [readGrant("secretsmanager: DescribeSecret", regionalArns("secretsmanager", `secret:${fixedNamePattern}-*`))],
        async ({ secrets }, read) => {
            const secret = read("secretId");
            const { VersionIdsToStages = {} } = await secrets.send(new DescribeSecretCommand({ SecretId: secret }));
            return Object.entries(VersionIdsToStages)
                .filter(([, stages]) => stages.includes("AWSCURRENT"))
                .map(([version]) => ({ importId: `${secret}|${version}` }));
        },
    ),
    "aws:sns/topic:Topic": {
        rights: [listGrant("sns: ListTopics")],
        find: async ({ sns: client }, read) =>
            (await collectPages(paginateListTopics({ client }, {}), (page) => page.Topics)).flatMap(
                ({ TopicArn = "" }) => (TopicArn.endsWith(`:${read("name")}`) ? [{ importId: TopicArn }] : []),
            ),
    },
    "aws:sns/topicSubscription:TopicSubscription": byName(
        [readGrant("sns: ListSubscriptionsByTopic", topics)],
        async ({ sns: client }, read) => {
            const pages = paginateListSubscriptionsByTopic({ client }, { TopicArn: read("topic") });
            const all = await collectPages(pages, (page) => page.Subscriptions);
            const own = all.filter(
                ({ Protocol, Endpoint }) => Protocol === read("protocol") && Endpoint === read("endpoint"),
            );
            // One that is not confirmed has no ARN.
            return own.flatMap(({ SubscriptionArn }) =>
                SubscriptionArn?.startsWith("arn:") === true ? [{ importId: SubscriptionArn }] : [],
            );
        },
    ),
    "aws:sqs/queue:Queue": byName(
        [readGrant("sqs: GetQueueUrl", regionalArns("sqs", `${fixedNamePattern}*`))],
        async ({ sqs }, read) => {
            const { QueueUrl = "" } = await sqs.send(new GetQueueUrlCommand({ QueueName: read("name") }));
            return [{ importId: QueueUrl }];
        },
    ),
};
