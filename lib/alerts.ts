import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { createDeadLetterQueue } from "./dead-letters.ts";
import { allowService, arn, denyInsecureTransport, policyJson, type Statement } from "./iam.ts";
import { nameOf, type Scope } from "./scope.ts";
import type { Settings } from "./settings/schema.ts";
import { shortHashOf } from "./sorted-keys.ts";

/** `critical` pages the person on call; `warning` can wait until the next working day. */
export const severities = ["critical", "warning"] as const;
export type Severity = (typeof severities)[number];

export interface AlertsArgs {
    readonly scope: Scope;
    /** E-mail addresses by severity. */
    readonly settings: Settings["alerts"];
    readonly keyArn: pulumi.Input<string>;
}

/**
 * One topic per severity, to which alarms, RDS events and EventBridge rules of this account may publish, and the
 * dead-letter queue of these rules.
 */
export class Alerts extends pulumi.ComponentResource {
    public readonly topicArns: Readonly<Record<Severity, pulumi.Output<string>>>;
    public readonly deadLetterName: string;
    /** ARN of the queue with the events that EventBridge could not deliver, once its policy is attached. */
    public readonly deadLetterArn: pulumi.Output<string>;

    constructor(name: string, args: AlertsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:Alerts", name, {}, opts);
        this.topicArns = { critical: this.topic(args, "critical"), warning: this.topic(args, "warning") };
        this.deadLetterName = alertDeadLetterName(args.scope);
        const ownRules = arn(args.scope, "events", `rule/${nameOf(args.scope, "*")}`);
        this.deadLetterArn = createDeadLetterQueue(
            this.deadLetterName,
            {
                keyArn: args.keyArn,
                senders: (queue) => [
                    allowService(args.scope, "events.amazonaws.com", "sqs:SendMessage", queue, ownRules),
                ],
            },
            { parent: this },
        );
        this.registerOutputs({
            topicArns: this.topicArns,
            deadLetterName: this.deadLetterName,
            deadLetterArn: this.deadLetterArn,
        });
    }

    /** ARN of the topic, once its policy allows the publishers. */
    private topic({ scope, settings, keyArn }: AlertsArgs, severity: Severity): pulumi.Output<string> {
        const inside = { parent: this };
        const name = nameOf(scope, `alerts-${severity}`);
        const topic = new aws.sns.Topic(name, { name, kmsMasterKeyId: keyArn }, inside);
        const publisher = (service: string, sourceArn?: pulumi.Input<string>) =>
            allowService(scope, `${service}.amazonaws.com`, "sns:Publish", topic.arn, sourceArn);
        const { arn: usableArn } = new aws.sns.TopicPolicy(
            name,
            {
                arn: topic.arn,
                policy: policyJson([
                    publisher("cloudwatch", arn(scope, "cloudwatch", `alarm:${nameOf(scope, "*")}`)),
                    eventPublisher(scope, topic.arn),
                    publisher("events.rds"),
                    denyInsecureTransport("sns:Publish", [topic.arn]),
                ]),
            },
            inside,
        );
        settings[severity].forEach((endpoint, i) => {
            new aws.sns.TopicSubscription(
                nameOf(scope, `alerts-${severity}-${shortHashOf(endpoint)}`),
                { topic: usableArn, protocol: "email", endpoint },
                // SNS returns the existing subscription for an address that is subscribed already, so no update may create
                // one again and delete the former. Up to release 0.3.0 the name held the position in the list.
                { ...inside, aliases: [{ name: nameOf(scope, `alerts-${severity}-${i + 1}`) }] },
            );
        });
        return usableArn;
    }
}

/** Names that the policy of the key needs before the topics and the queue exist. */
export const alertTopicPattern = (scope: Pick<Scope, "suffix">): string => nameOf(scope, "alerts-*");
export const alertDeadLetterName = (scope: Pick<Scope, "suffix">): string => nameOf(scope, "alerts-dlq");

/**
 * EventBridge's guide supports no condition in the policy of a topic
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions), so none of them may be
 * required. A rule of another account publishes with a role of its own, not as this service.
 */
const eventPublisher = (scope: Scope, topicArn: pulumi.Input<string>): Statement => ({
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: "sns:Publish",
    Resource: topicArn,
    Condition: { StringEqualsIfExists: { "aws:SourceAccount": scope.accountId } },
});
