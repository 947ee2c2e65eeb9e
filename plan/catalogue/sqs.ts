import { storage } from "../../lib/manifest/storage-by-type.ts";
import { regionalHost } from "../../lib/partitions.ts";
import { maxNameLengths } from "../../lib/settings/names.ts";
import { fixedNamePattern, readGrant, regionalArns, writeGrant } from "./deployer-grant.ts";
import { merged } from "./exclusive-inputs.ts";
import { forceNew } from "./force-new.ts";
import { encryptionRisk, lowered, removed } from "./protection-checks.ts";
import { sameAgain, type ServiceRows } from "./row.ts";

const queueEncryption =
    "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html";

export const queues = regionalArns("sqs", fixedNamePattern);

export const sqs: ServiceRows = {
    "aws:sqs/queue:Queue": {
        name: { maxLength: maxNameLengths.queue },
        summary: [
            "{name}",
            "FIFO{fifoQueue?}",
            "hidden {visibilityTimeoutSeconds} s",
            "kept {messageRetentionSeconds} s",
            "DLQ{redrivePolicy?}",
            "CMK{kmsMasterKeyId?}",
        ],
        fakeOutputs: {
            id: ({ region, account, physicalName }) =>
                `https://${regionalHost("sqs", region)}/${account}/${physicalName}`,
            url: ({ region, account, physicalName }) =>
                `https://${regionalHost("sqs", region)}/${account}/${physicalName}`,
            arn: (request) => request.arn("sqs", request.physicalName),
        },
        providerDefaults: {
            contentBasedDeduplication: false,
            delaySeconds: 0,
            fifoQueue: false,
            maxMessageSize: 262144,
            receiveWaitTimeSeconds: 0,
            visibilityTimeoutSeconds: 30,
        },
        forceNew: forceNew("sqs/queue", ["fifoQueue", "name", "namePrefix"]),
        loss: { content: "messages that are not consumed yet", losesData: true },
        storage: storage["aws:sqs/queue:Queue"],
        storeKind: "Queues",
        weakerInputs: [
            { check: removed("kmsMasterKeyId"), risk: encryptionRisk, source: queueEncryption },
            {
                check: lowered("messageRetentionSeconds", 345_600),
                risk: "SQS deletes the messages that are older",
                source: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html",
            },
            {
                check: removed("redrivePolicy"),
                risk: "SQS deletes messages that no consumer can process",
                source: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
            },
        ],
        exclusive: [merged("sqs", "CreateQueue", "name")],
        recovery: { createAgain: sameAgain },
        children: "listed",
        grants: [
            writeGrant("sqs: CreateQueue DeleteQueue SetQueueAttributes TagQueue UntagQueue", queues),
            readGrant("sqs: GetQueueAttributes GetQueueUrl ListQueueTags", queues),
        ],
    },
    "aws:sqs/queuePolicy:QueuePolicy": {
        sizeLimits: [
            {
                input: "policy",
                max: 8192,
                source: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html",
            },
        ],
        forceNew: forceNew("sqs/queue_policy", ["queueUrl"]),
        policyOf: {
            type: "aws:sqs/queue:Queue",
            input: "queueUrl",
            property: "url",
            denyPlainHttp: { action: "sqs:*", resources: (arn) => [arn] },
        },
        protector: { risk: "SQS answers calls without TLS", protects: "aws:sqs/queue:Queue" },
        exclusive: [merged("sqs", "SetQueueAttributes", "queueUrl")],
        recovery: { importId: "{queueUrl}" },
        children: { none: "it is a policy of its queue or topic, which Pulumi's refresh compares" },
        grants: [writeGrant("sqs: SetQueueAttributes", queues), readGrant("sqs: GetQueueAttributes", queues)],
    },
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": {
        forceNew: forceNew("sqs/queue_redrive_allow_policy", ["queueUrl"]),
        exclusive: [merged("sqs", "SetQueueAttributes", "queueUrl")],
        recovery: { importId: "{queueUrl}" },
        children: { none: "it is a policy of its queue or topic, which Pulumi's refresh compares" },
        grants: [writeGrant("sqs: SetQueueAttributes", queues), readGrant("sqs: GetQueueAttributes", queues)],
    },
};
