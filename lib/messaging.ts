import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { maxRetentionSeconds } from "./time-limits.ts";
import { denyInsecureTransport, policyJson, singleOrList, viaService, type Statement } from "./iam.ts";
import { requireItem } from "./list.ts";
import { after } from "./ordering.ts";
import { nameOf, type Scope } from "./scope.ts";
import type { QueueSettings, Settings } from "./settings/schema.ts";

export interface MessagingArgs {
    readonly scope: Scope;
    readonly settings: Pick<Settings, "queues" | "topics">;
    readonly keyArn: pulumi.Input<string>;
}

export interface Queue {
    /** Name of the queue in the settings. */
    readonly settingName: string;
    readonly name: string;
    readonly deadLetterName: string;
    readonly url: pulumi.Output<string>;
    readonly arn: pulumi.Output<string>;
}

/** The queues and topics of the settings: encrypted, TLS only, each queue with a dead-letter queue. */
export class Messaging extends pulumi.ComponentResource {
    public readonly queues: Readonly<Record<string, Queue>>;
    public readonly topicArns: Readonly<Record<string, pulumi.Output<string>>>;
    private readonly args: MessagingArgs;

    constructor(name: string, args: MessagingArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:Messaging", name, {}, opts);
        const { queues, topics } = args.settings;
        this.args = args;
        this.topicArns = Object.fromEntries(Object.keys(topics).map((topic) => [topic, this.topic(topic)]));
        this.queues = Object.fromEntries(
            Object.entries(queues).map(([queue, settings]) => [queue, this.queue(queue, settings)]),
        );
        this.registerOutputs({ queues: this.queues, topicArns: this.topicArns });
    }

    /** Permissions to send messages to queues. */
    public sendStatements(queues: readonly string[]): Statement[] {
        const arns = queues.map((queue) => requireItem(this.queues, queue).arn);
        return this.writeStatements(["sqs:SendMessage", "sqs:GetQueueUrl"], arns, "sqs");
    }

    /** Permissions to receive and delete messages of a queue, and to extend their visibility timeout. */
    public consumeStatements(queue: string): Statement[] {
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
                Resource: requireItem(this.queues, queue).arn,
            },
            this.keyStatement(["kms:Decrypt"], "sqs"),
        ];
    }

    /** Permissions to publish to topics. */
    public publishStatements(topics: readonly string[]): Statement[] {
        const arns = topics.map((topic) => requireItem(this.topicArns, topic));
        return this.writeStatements("sns:Publish", arns, "sns");
    }

    /** One statement for all ARNs: IAM limits the length of a role's policies. */
    private writeStatements(
        actions: string | string[],
        arns: readonly pulumi.Output<string>[],
        service: "sqs" | "sns",
    ): Statement[] {
        return arns.length === 0
            ? []
            : [
                  { Effect: "Allow", Action: actions, Resource: singleOrList(arns) },
                  this.keyStatement(["kms:GenerateDataKey", "kms:Decrypt"], service),
              ];
    }

    private keyStatement(actions: string[], service: "sqs" | "sns"): Statement {
        return {
            Effect: "Allow",
            Action: actions,
            Resource: this.args.keyArn,
            Condition: { StringEquals: viaService(this.args.scope, service) },
        };
    }

    /** ARN of a topic, once its policy is attached. */
    private topic(topic: string): pulumi.Output<string> {
        const { scope, keyArn } = this.args;
        const inside = { parent: this };
        const name = nameOf(scope, topic);
        const { arn } = new aws.sns.Topic(name, { name, kmsMasterKeyId: keyArn }, inside);
        const topicPolicy = new aws.sns.TopicPolicy(
            name,
            // Publishers are roles of this account, so their own policies allow them to publish.
            { arn, policy: policyJson([denyInsecureTransport("sns:Publish", [arn])]) },
            inside,
        );
        return after(arn, [topicPolicy]);
    }

    /** A queue with its dead-letter queue. Its URL resolves once the policy is attached. */
    private queue(queue: string, settings: QueueSettings): Queue {
        const inside = { parent: this };
        const { scope, keyArn } = this.args;
        const { visibilityTimeoutSeconds, maxReceiveCount, subscribesTo } = settings;
        const name = nameOf(scope, queue);
        const deadLetterName = nameOf(scope, `${queue}-dlq`);
        const shared = { kmsMasterKeyId: keyArn, messageRetentionSeconds: maxRetentionSeconds };

        const deadLetters = new aws.sqs.Queue(deadLetterName, { name: deadLetterName, ...shared }, inside);
        const main = new aws.sqs.Queue(
            name,
            {
                name,
                ...shared,
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
        const deadLetterPolicy = this.queuePolicy(deadLetterName, deadLetters, subscribesTo);
        const mainPolicy = this.queuePolicy(name, main, subscribesTo);
        for (const [i, topic] of subscribesTo.entries()) {
            new aws.sns.TopicSubscription(
                nameOf(scope, `${queue}-${topic}`),
                {
                    topic: requireItem(this.topicArns, topic),
                    protocol: "sqs",
                    endpoint: after(main.arn, [mainPolicy]),
                    // Consumers get the published message without SNS's envelope.
                    rawMessageDelivery: true,
                    redrivePolicy: pulumi.jsonStringify({
                        deadLetterTargetArn: after(deadLetters.arn, [deadLetterPolicy]),
                    }),
                },
                // As for alerts, SNS returns the existing subscription. In release 0.3.0 the only one had the queue's name.
                { ...inside, aliases: i === 0 ? [{ name }] : [] },
            );
        }
        return { settingName: queue, name, deadLetterName, url: after(main.url, [mainPolicy]), arn: main.arn };
    }

    private queuePolicy(name: string, queue: aws.sqs.Queue, topics: readonly string[]): aws.sqs.QueuePolicy {
        const arns = topics.toSorted().map((topic) => requireItem(this.topicArns, topic));
        const delivery: Statement = {
            Effect: "Allow",
            Principal: { Service: "sns.amazonaws.com" },
            Action: "sqs:SendMessage",
            Resource: queue.arn,
            Condition: { ArnEquals: { "aws:SourceArn": singleOrList(arns) } },
        };
        const statements = [denyInsecureTransport("sqs:*", [queue.arn]), ...(arns.length > 0 ? [delivery] : [])];
        return new aws.sqs.QueuePolicy(name, { queueUrl: queue.url, policy: policyJson(statements) }, { parent: this });
    }
}
