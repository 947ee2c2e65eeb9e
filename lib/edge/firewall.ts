import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { LogStorage } from "../logs.ts";
import type { Scope } from "../scope.ts";
import { managedRuleGroups } from "../settings/edge.ts";
import type { Settings } from "../settings/schema.ts";

export interface FirewallArgs {
    readonly scope: Scope;
    readonly settings: Settings["waf"];
    readonly logs: LogStorage;
    /** The load balancer or API stage to protect. */
    readonly resourceArn: pulumi.Input<string>;
    /** IPv4 block whose addresses many clients share: the rate limit does not apply to it. */
    readonly sharedCidr?: string;
}

/** A WAF web ACL with a rate limit and AWS's managed rule groups (PCI DSS 6.4.2), and its log with redacted fields. */
export class Firewall extends pulumi.ComponentResource {
    public readonly webAclName: pulumi.Output<string>;
    public readonly logGroupName: pulumi.Output<string>;

    constructor(name: string, args: FirewallArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:Firewall", name, {}, opts);
        const { scope, settings } = args;
        const inside = { parent: this };

        const sharedBlock =
            args.sharedCidr === undefined
                ? undefined
                : new aws.wafv2.IpSet(
                      name,
                      {
                          scope: "REGIONAL",
                          ipAddressVersion: "IPV4",
                          addresses: [args.sharedCidr],
                          description: "Behind these addresses stand many callers",
                      },
                      inside,
                  );
        const acl = new aws.wafv2.WebAcl(
            name,
            {
                scope: "REGIONAL",
                description: `Public entry of payment platform ${scope.suffix}`,
                defaultAction: { allow: {} },
                rules: firewallRules(settings, sharedBlock?.arn),
                visibilityConfig: visibilityConfig(name),
            },
            inside,
        );
        new aws.wafv2.WebAclAssociation(name, { resourceArn: args.resourceArn, webAclArn: acl.arn }, inside);

        // WAF requires this prefix.
        const groupName = `aws-waf-logs-${name}`;
        const group = new aws.cloudwatch.LogGroup(name, { name: groupName, ...args.logs }, inside);
        new aws.wafv2.WebAclLoggingConfiguration(
            name,
            {
                resourceArn: acl.arn,
                logDestinationConfigs: [group.arn],
                // Headers with credentials must not be logged (PCI DSS 8.3.2).
                redactedFields: ["authorization", "cookie", "x-api-key"].map((header) => ({
                    singleHeader: { name: header },
                })),
            },
            inside,
        );

        this.webAclName = acl.name;
        this.logGroupName = group.name;
        this.registerOutputs({ webAclName: this.webAclName, logGroupName: this.logGroupName });
    }
}

/** The rate limit first, because it is the cheapest. `countOnly` overrides the actions of a managed rule group. */
export function firewallRules(
    settings: Settings["waf"],
    sharedBlockArn?: pulumi.Input<string>,
): aws.types.input.wafv2.WebAclRule[] {
    const countsOnly = (rule: Settings["waf"]["countOnly"][number]) => settings.countOnly.includes(rule);
    return [
        {
            name: "RateLimit",
            priority: 0,
            action: countsOnly("RateLimit") ? { count: {} } : { block: {} },
            statement: {
                rateBasedStatement: {
                    limit: settings.requestsPer5Minutes,
                    evaluationWindowSec: 300,
                    aggregateKeyType: "IP",
                    ...(sharedBlockArn !== undefined && {
                        scopeDownStatement: {
                            notStatement: { statement: { ipSetReferenceStatement: { arn: sharedBlockArn } } },
                        },
                    }),
                },
            },
            visibilityConfig: visibilityConfig("RateLimit"),
        },
        ...managedRuleGroups.map((group, i) => ({
            name: group,
            priority: i + 1,
            overrideAction: countsOnly(group) ? { count: {} } : { none: {} },
            statement: {
                managedRuleGroupStatement: { vendorName: "AWS", name: `AWSManagedRules${group}` },
            },
            visibilityConfig: visibilityConfig(group),
        })),
    ];
}

const visibilityConfig = (metricName: string) => ({
    metricName,
    cloudwatchMetricsEnabled: true,
    // Sampled requests would show in the console the headers that the log redacts.
    sampledRequestsEnabled: false,
});
