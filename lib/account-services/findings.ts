import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface FindingsRoute {
    readonly description: string;
    /** Which events of EventBridge's default bus are meant. */
    readonly pattern: Readonly<Record<string, unknown>>;
    readonly topicArn: pulumi.Input<string>;
}

/** Sends the findings of a service to a topic. The name must be the stack's: the topic's policy asks for that. */
export function routeFindings(name: string, findings: FindingsRoute, opts: pulumi.CustomResourceOptions): void {
    const rule = new aws.cloudwatch.EventRule(
        name,
        { name, description: findings.description, eventPattern: pulumi.jsonStringify(findings.pattern) },
        opts,
    );
    new aws.cloudwatch.EventTarget(name, { rule: rule.name, arn: findings.topicArn }, opts);
}
