import { storage } from "../../lib/manifest/storage-by-type.ts";
import { identifiedByArn } from "../fake-provider/output-formats.ts";
import { allResources, fixedNamePattern, readGrant, regionalArns, writeGrant } from "./deployer-grant.ts";
import { merged } from "./exclusive-inputs.ts";
import { forceNew } from "./force-new.ts";
import { encryptionRisk, removed } from "./protection-checks.ts";
import { sameAgain, type ServiceRows } from "./row.ts";

export const topics = regionalArns("sns", fixedNamePattern);

export const sns: ServiceRows = {
    "aws:sns/topic:Topic": {
        name: { maxLength: 256 },
        summary: ["{name}", "CMK{kmsMasterKeyId?}"],
        fakeOutputs: identifiedByArn((request) => request.arn("sns", request.physicalName)),
        providerDefaults: { contentBasedDeduplication: false, fifoTopic: false },
        forceNew: forceNew("sns/topic", ["fifoTopic", "name", "namePrefix"]),
        loss: { content: "subscriptions that people have confirmed", losesData: false },
        storage: storage["aws:sns/topic:Topic"],
        storeKind: "Topics",
        weakerInputs: [
            {
                check: removed("kmsMasterKeyId"),
                risk: encryptionRisk,
                source: "https://docs.aws.amazon.com/sns/latest/dg/sns-server-side-encryption.html",
            },
        ],
        exclusive: [merged("sns", "CreateTopic", "name")],
        recovery: { createAgain: sameAgain },
        children: "listed",
        grants: [
            writeGrant("sns: CreateTopic DeleteTopic SetTopicAttributes TagResource UntagResource", topics),
            readGrant("sns: GetTopicAttributes ListTagsForResource", topics),
        ],
    },
    "aws:sns/topicPolicy:TopicPolicy": {
        sizeLimits: [
            {
                input: "policy",
                max: 30_000,
                source: "https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html",
            },
        ],
        forceNew: forceNew("sns/topic_policy", ["arn"]),
        policyOf: {
            type: "aws:sns/topic:Topic",
            input: "arn",
            property: "arn",
            // The one call of topics with data; SNS accepts no policy with `sns:*`.
            denyPlainHttp: { action: "sns:Publish", resources: (arn) => [arn] },
        },
        protector: { risk: "SNS answers calls without TLS", protects: "aws:sns/topic:Topic" },
        exclusive: [merged("sns", "SetTopicAttributes", "arn")],
        recovery: { importId: "{arn}" },
        children: { none: "it is a policy of its queue or topic, which Pulumi's refresh compares" },
        grants: [writeGrant("sns: SetTopicAttributes", topics), readGrant("sns: GetTopicAttributes", topics)],
    },
    "aws:sns/topicSubscription:TopicSubscription": {
        summary: ["{protocol}", "filtered{filterPolicy?}"],
        fakeOutputs: identifiedByArn((request) => `${request.text("topic")}:${request.uuid}`),
        providerDefaults: { confirmationTimeoutInMinutes: 1, endpointAutoConfirms: false },
        forceNew: forceNew("sns/topic_subscription", ["endpoint", "protocol", "topic"]),
        exclusive: [merged("sns", "Subscribe", "topic protocol endpoint")],
        recovery: { createAgain: sameAgain },
        children: { none: "it says who gets a topic's messages, and nothing else" },
        grants: [
            writeGrant("sns: Subscribe", topics),
            // IAM knows no resource type for subscriptions (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html).
            writeGrant(
                "sns: SetSubscriptionAttributes Unsubscribe",
                allResources("AWS names no resource for this action"),
            ),
            readGrant("sns: GetSubscriptionAttributes", allResources("AWS names no resource for this action")),
            readGrant("sns: ListSubscriptionsByTopic", topics),
        ],
    },
};
