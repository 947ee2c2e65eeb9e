import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { routeEvents, type AlertTargets } from "../events.ts";
import type { Scope } from "../scope.ts";
import type { AccountServiceChoice } from "./choice.ts";

export interface SecurityHubArgs {
    readonly scope: Scope;
    readonly choice: AccountServiceChoice;
    readonly alerts: AlertTargets;
}

/** Checks the account against PCI DSS. With `adopt` the stack creates the notifications only. */
export class SecurityHub extends pulumi.ComponentResource {
    /** Nouns in the names of the EventBridge rules. */
    public readonly eventRules: readonly string[];

    constructor(name: string, args: SecurityHubArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:SecurityHub", name, {}, opts);
        const { scope, choice, alerts } = args;
        const inside = { parent: this };
        const ofRegion = (resource: string) =>
            pulumi.interpolate`arn:${scope.partition}:securityhub:${scope.region}::${resource}`;

        if (choice === "create") {
            const account = new aws.securityhub.Account(
                name,
                // One finding per control, even if several standards contain it.
                { enableDefaultStandards: false, controlFindingGenerator: "SECURITY_CONTROL" },
                inside,
            );
            new aws.securityhub.StandardsSubscription(
                name,
                { standardsArn: ofRegion("standards/pci-dss/v/4.0.1") },
                // AWS accepts subscriptions only where Security Hub is enabled.
                { ...inside, dependsOn: account },
            );
        }
        const noun = routeEvents(
            {
                scope,
                noun: "security-hub",
                description: "Security Hub found a control that fails badly",
                pattern: {
                    source: ["aws.securityhub"],
                    "detail-type": ["Security Hub Findings - Imported"],
                    detail: {
                        findings: {
                            // Security Hub's own checks. It repeats GuardDuty's findings, which have their own rule.
                            ProductArn: [ofRegion("product/aws/securityhub")],
                            Severity: { Label: ["CRITICAL", "HIGH"] },
                            Compliance: { Status: ["FAILED"] },
                            RecordState: ["ACTIVE"],
                            // Checks repeat: a finding set to NOTIFIED or SUPPRESSED is not sent again.
                            Workflow: { Status: ["NEW"] },
                        },
                    },
                },
                severity: "warning",
                alerts,
            },
            inside,
        );
        this.eventRules = [noun];
        this.registerOutputs({});
    }
}
