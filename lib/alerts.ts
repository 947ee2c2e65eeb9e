import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { allowService, arn, denyInsecureTransport, policyJson } from "./iam.ts";
import { nameOf, type Scope } from "./scope.ts";
import type { Settings } from "./settings/schema.ts";

/** `critical` pages the person on call; `warning` can wait until the next working day. */
export const severities = ["critical", "warning"] as const;
export type Severity = (typeof severities)[number];

export interface AlertsArgs {
    readonly scope: Scope;
    /** E-mail addresses by severity. */
    readonly settings: Settings["alerts"];
    readonly keyArn: pulumi.Input<string>;
}

/** One topic per severity, to which alarms, RDS events and EventBridge rules of this account may publish. */
export class Alerts extends pulumi.ComponentResource {
    public readonly topicArns: Readonly<Record<Severity, pulumi.Output<string>>>;

    constructor(name: string, args: AlertsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:Alerts", name, {}, opts);
        this.topicArns = { critical: this.topic(args, "critical"), warning: this.topic(args, "warning") };
        this.registerOutputs({ topicArns: this.topicArns });
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
                    publisher("events", arn(scope, "events", `rule/${nameOf(scope, "*")}`)),
                    publisher("events.rds"),
                    denyInsecureTransport("sns:Publish", [topic.arn]),
                ]),
            },
            inside,
        );
        settings[severity].forEach((endpoint, i) => {
            new aws.sns.TopicSubscription(
                nameOf(scope, `alerts-${severity}-${i + 1}`),
                { topic: usableArn, protocol: "email", endpoint },
                inside,
            );
        });
        return usableArn;
    }
}
