import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

interface EventRoute {
    readonly description: string;
    /** Event pattern: which events of EventBridge's default bus match. */
    readonly pattern: Readonly<Record<string, unknown>>;
    readonly topicArn: pulumi.Input<string>;
}

/** Sends matching events to a topic. Its policy allows rules named `payment-*-<suffix>` only, so `name` must be one. */
export function routeEvents(name: string, route: EventRoute, opts: pulumi.CustomResourceOptions): void {
    const rule = new aws.cloudwatch.EventRule(
        name,
        { name, description: route.description, eventPattern: pulumi.jsonStringify(route.pattern) },
        opts,
    );
    new aws.cloudwatch.EventTarget(name, { rule: rule.name, arn: route.topicArn }, opts);
}
