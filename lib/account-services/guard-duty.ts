import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { severities, type Severity } from "../alerts.ts";
import { routeEvents, type AlertTargets } from "../events.ts";
import { nameOf, type Scope } from "../scope.ts";
import type { AccountServiceChoice } from "./choice.ts";

export interface GuardDutyArgs {
    readonly scope: Scope;
    readonly choice: AccountServiceChoice;
    readonly alerts: AlertTargets;
    /** Endpoint to which the agent in this stack's tasks reports. */
    readonly agentEndpoint: aws.ec2.VpcEndpoint | undefined;
}

/** Protection plans of the services that the platform uses (Security Hub GuardDuty.6, .9, .10, .11, .12). */
const protectionPlans: Record<string, aws.types.input.guardduty.DetectorFeatureAdditionalConfiguration[]> = {
    S3_DATA_EVENTS: [],
    RDS_LOGIN_EVENTS: [],
    LAMBDA_NETWORK_LOGS: [],
    // GuardDuty adds its agent to each Fargate task as a sidecar container. AWS returns all three, in this order, and the
    // provider replaces the feature where a name is missing; the platform has neither EKS clusters nor EC2 instances.
    RUNTIME_MONITORING: [
        { name: "EKS_ADDON_MANAGEMENT", status: "DISABLED" },
        { name: "ECS_FARGATE_AGENT_MANAGEMENT", status: "ENABLED" },
        { name: "EC2_AGENT_MANAGEMENT", status: "DISABLED" },
    ],
};

/**
 * Severities of GuardDuty, which range from 1 to 10, for each of ours: high starts at 7, medium at 4
 * (https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html).
 */
const severityRanges: Record<Severity, (string | number)[]> = {
    critical: [">=", 7],
    warning: [">=", 4, "<", 7],
};

/** Threat detection (PCI DSS 11.5.1) with notifications. Deleting the detector deletes its findings. */
export class GuardDuty extends pulumi.ComponentResource {
    /** Nouns in the names of the EventBridge rules. */
    public readonly eventRules: readonly string[];

    constructor(name: string, args: GuardDutyArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:GuardDuty", name, {}, opts);
        const { scope, choice, alerts, agentEndpoint } = args;
        const inside = { parent: this };

        if (choice === "create") {
            const detector = new aws.guardduty.Detector(
                name,
                // Repeated findings are published every 15 minutes; AWS's default is six hours.
                { enable: true, findingPublishingFrequency: "FIFTEEN_MINUTES" },
                // Otherwise GuardDuty would find no endpoint in the VPC and create its own.
                agentEndpoint ? { ...inside, dependsOn: agentEndpoint } : inside,
            );
            for (const [plan, additionalConfigurations] of Object.entries(protectionPlans)) {
                new aws.guardduty.DetectorFeature(
                    nameOf(scope, `guardduty-${plan.toLowerCase().replaceAll("_", "-")}`),
                    { detectorId: detector.id, name: plan, status: "ENABLED", additionalConfigurations },
                    inside,
                );
            }
        }
        this.eventRules = severities.map((severity) =>
            routeEvents(
                {
                    scope,
                    noun: `guardduty-${severity}`,
                    description: `GuardDuty found what is ${severity} to us`,
                    pattern: {
                        source: ["aws.guardduty"],
                        "detail-type": ["GuardDuty Finding"],
                        detail: { severity: [{ numeric: severityRanges[severity] }] },
                    },
                    severity,
                    alerts,
                },
                inside,
            ),
        );
        this.registerOutputs({});
    }
}
