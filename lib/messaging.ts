import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { denyInsecureTransport, policy, type Statement } from "./iam.ts";
import { after } from "./ordering.ts";
import { nameOf, type Scope } from "./scope.ts";
import type { QueueName } from "./settings/schema.ts";

export interface MessagingArgs {
    readonly scope: Scope;
    readonly keyArn: pulumi.Input<string>;
}

export interface Queue {
    /** What the queue is called in the settings. */
    readonly noun: QueueName;
    readonly name: string;
    readonly deadLetterName: string;
    readonly url: pulumi.Output<string>;
    readonly arn: pulumi.Output<string>;
}

interface QueueRow {
    /** Longest time that a consumer may take for one message before another gets it, in seconds. */
    readonly visibilityTimeoutSeconds: number;
    /** Deliveries before a message moves to the dead-letter queue. */
    readonly maxReceiveCount: number;
    /** Every event of the topic lands in the queue. */
    readonly subscribes: boolean;
}

const queues: Readonly<Record<QueueName, QueueRow>> = {
    processing: { visibilityTimeoutSeconds: 120, maxReceiveCount: 5, subscribes: false },
    notifications: { visibilityTimeoutSeconds: 60, maxReceiveCount: 5, subscribes: true },
};

/** The most that SQS keeps a message, in seconds: a dead letter waits for someone to look, not for a timer. */
export const fourteenDays = 14 * 24 * 60 * 60;

/** Payments wait in queues, events fan out from one topic; all encrypted, over TLS only, and nothing is lost silently. */
export class Messaging extends pulumi.ComponentResource {
    public readonly queues: Readonly<Record<QueueName, Queue>>;
    public readonly topicArn: pulumi.Output<string>;
    public readonly topicName: string;
    private readonly args: MessagingArgs;

    constructor(name: string, args: MessagingArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:Messaging", name, {}, opts);
        const { scope, keyArn } = args;
        const inside = { parent: this };
        this.args = args;

        this.topicName = nameOf(scope, "events");
        const topic = new aws.sns.Topic(this.topicName, { name: this.topicName, kmsMasterKeyId: keyArn }, inside);
        const topicPolicy = new aws.sns.TopicPolicy(
            this.topicName,
            // Publishers are roles of this account: their own policies let them in.
            { arn: topic.arn, policy: policy([denyInsecureTransport("sns:Publish", [topic.arn])]) },
            inside,
        );
        this.topicArn = after(topic.arn, [topicPolicy]);

        this.queues = {
            processing: this.queue("processing"),
            notifications: this.queue("notifications"),
        };
        this.registerOutputs({ queues: this.queues, topicArn: this.topicArn, topicName: this.topicName });
    }

    /** What a producer needs to put messages on a queue. */
    public send(queue: QueueName): Statement[] {
        return [
            { Effect: "Allow", Action: ["sqs:SendMessage", "sqs:GetQueueUrl"], Resource: this.queues[queue].arn },
            this.useKey(["kms:GenerateDataKey", "kms:Decrypt"], "sqs"),
        ];
    }

    /** What a consumer needs to take messages off a queue, and to ask for more time. */
    public consume(queue: QueueName): Statement[] {
        return [
            {
                Effect: "Allow",
                Action: [
                    "sqs:ReceiveMessage",
                    "sqs:DeleteMessage",
                    "sqs:ChangeMessageVisibility",
                    "sqs:GetQueueAttributes",
                    "sqs:GetQueueUrl",
                ],
                Resource: this.queues[queue].arn,
            },
            this.useKey(["kms:Decrypt"], "sqs"),
        ];
    }

    /** What a publisher needs to tell the others that something happened to a payment. */
    public publish(): Statement[] {
        return [
            { Effect: "Allow", Action: "sns:Publish", Resource: this.topicArn },
            this.useKey(["kms:GenerateDataKey", "kms:Decrypt"], "sns"),
        ];
    }

    private useKey(actions: string[], service: "sqs" | "sns"): Statement {
        return {
            Effect: "Allow",
            Action: actions,
            Resource: this.args.keyArn,
            Condition: { StringEquals: { "kms:ViaService": `${service}.${this.args.scope.region}.amazonaws.com` } },
        };
    }

    /** A queue and its dead-letter queue, usable once their policies stand. */
    private queue(queue: QueueName): Queue {
        const inside = { parent: this };
        const { scope, keyArn } = this.args;
        const { visibilityTimeoutSeconds, maxReceiveCount, subscribes } = queues[queue];
        const name = nameOf(scope, queue);
        const deadLetterName = nameOf(scope, `${queue}-dlq`);
        const kept = { kmsMasterKeyId: keyArn, messageRetentionSeconds: fourteenDays };

        const deadLetters = new aws.sqs.Queue(deadLetterName, { name: deadLetterName, ...kept }, inside);
        const main = new aws.sqs.Queue(
            name,
            {
                name,
                ...kept,
                visibilityTimeoutSeconds,
                receiveWaitTimeSeconds: 20,
                redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount }),
            },
            inside,
        );
        new aws.sqs.RedriveAllowPolicy(
            deadLetterName,
            {
                queueUrl: deadLetters.url,
                redriveAllowPolicy: pulumi.jsonStringify({ redrivePermission: "byQueue", sourceQueueArns: [main.arn] }),
            },
            inside,
        );
        const deadLetterPolicy = this.queuePolicy(deadLetterName, deadLetters, subscribes);
        const mainPolicy = this.queuePolicy(name, main, subscribes);
        if (subscribes) {
            new aws.sns.TopicSubscription(
                name,
                {
                    topic: this.topicArn,
                    protocol: "sqs",
                    endpoint: after(main.arn, [mainPolicy]),
                    // Consumers get the event itself, not SNS's envelope.
                    rawMessageDelivery: true,
                    redrivePolicy: pulumi.jsonStringify({
                        deadLetterTargetArn: after(deadLetters.arn, [deadLetterPolicy]),
                    }),
                },
                inside,
            );
        }
        return { noun: queue, name, deadLetterName, url: after(main.url, [mainPolicy]), arn: main.arn };
    }

    private queuePolicy(name: string, queue: aws.sqs.Queue, fromTopic: boolean): aws.sqs.QueuePolicy {
        const delivery: Statement = {
            Effect: "Allow",
            Principal: { Service: "sns.amazonaws.com" },
            Action: "sqs:SendMessage",
            Resource: queue.arn,
            Condition: { ArnEquals: { "aws:SourceArn": this.topicArn } },
        };
        const statements = [denyInsecureTransport("sqs:*", [queue.arn]), ...(fromTopic ? [delivery] : [])];
        return new aws.sqs.QueuePolicy(name, { queueUrl: queue.url, policy: policy(statements) }, { parent: this });
    }
}
