import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Severity } from "./alerts.ts";
import { nameOf, type Scope } from "./scope.ts";

/** Where EventBridge rules send events, and what they could not deliver. */
export interface AlertTargets {
    readonly topicArns: Readonly<Record<Severity, pulumi.Input<string>>>;
    readonly deadLetterArn: pulumi.Input<string>;
}

interface EventRoute {
    readonly scope: Scope;
    /** Noun in the name of the rule: the policy of the topic allows rules of the stack. */
    readonly noun: string;
    readonly description: string;
    /** Event pattern: which events of EventBridge's default bus match. */
    readonly pattern: Readonly<Record<string, unknown>>;
    /**
     * Whether the rule also receives calls that change nothing, such as `AssumeRole`
     * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail-management.html).
     * @default false
     */
    readonly receivesReadOnlyCalls?: boolean;
    readonly severity: Severity;
    readonly alerts: AlertTargets;
}

/**
 * Sends matching events to the topic of the severity, and events that it could not deliver to the dead-letter queue.
 *
 * @returns the noun, for the alarm on failed deliveries
 */
export function routeEvents(
    { scope, noun, description, pattern, receivesReadOnlyCalls = false, severity, alerts }: EventRoute,
    opts: pulumi.CustomResourceOptions,
): string {
    const name = nameOf(scope, noun);
    const rule = new aws.cloudwatch.EventRule(
        name,
        {
            name,
            description,
            eventPattern: pulumi.jsonStringify(pattern),
            ...(receivesReadOnlyCalls && { state: "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS" }),
        },
        opts,
    );
    new aws.cloudwatch.EventTarget(
        name,
        { rule: rule.name, arn: alerts.topicArns[severity], deadLetterConfig: { arn: alerts.deadLetterArn } },
        opts,
    );
    return noun;
}
