import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { routeEvents } from "../events.ts";
import type { Scope } from "../scope.ts";
import type { AccountServiceChoice } from "./choice.ts";

export interface SecurityHubArgs {
    readonly scope: Scope;
    readonly choice: AccountServiceChoice;
    readonly topicArn: pulumi.Input<string>;
}

/** Checks the account against PCI DSS. The subscription is the account's, too: whoever adopts only hears of findings. */
export class SecurityHub extends pulumi.ComponentResource {
    constructor(name: string, args: SecurityHubArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:SecurityHub", name, {}, opts);
        const { scope, choice, topicArn } = args;
        const inside = { parent: this };
        const ofRegion = (resource: string) =>
            pulumi.interpolate`arn:${scope.partition}:securityhub:${scope.region}::${resource}`;

        if (choice === "create") {
            const account = new aws.securityhub.Account(
                name,
                // One finding for a control, in however many standards it stands.
                { enableDefaultStandards: false, controlFindingGenerator: "SECURITY_CONTROL" },
                inside,
            );
            new aws.securityhub.StandardsSubscription(
                name,
                { standardsArn: ofRegion("standards/pci-dss/v/4.0.1") },
                // AWS takes subscriptions only where Security Hub is on.
                { ...inside, dependsOn: account },
            );
        }
        routeEvents(
            name,
            {
                description: "Security Hub found a control that fails badly",
                pattern: {
                    source: ["aws.securityhub"],
                    "detail-type": ["Security Hub Findings - Imported"],
                    detail: {
                        findings: {
                            // Its own checks: what GuardDuty reports passes here, too, and has a way of its own.
                            ProductArn: [ofRegion("product/aws/securityhub")],
                            Severity: { Label: ["CRITICAL", "HIGH"] },
                            Compliance: { Status: ["FAILED"] },
                            RecordState: ["ACTIVE"],
                            // Checks repeat; a finding that somebody has set to NOTIFIED or SUPPRESSED stays quiet.
                            Workflow: { Status: ["NEW"] },
                        },
                    },
                },
                topicArn,
            },
            inside,
        );
        this.registerOutputs({});
    }
}
