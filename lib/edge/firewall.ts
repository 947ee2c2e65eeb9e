import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { gatewayTokenHeader } from "../../contract/gateway.ts";
import { webAclLogGroup, type LogStorage } from "../logs.ts";
import type { Scope } from "../scope.ts";
import { managedRuleGroups } from "../settings/edge.ts";
import type { Settings } from "../settings/schema.ts";

export interface FirewallArgs {
    readonly scope: Scope;
    readonly settings: Settings["waf"];
    readonly logs: LogStorage;
    /** The load balancer or API stage to protect. */
    readonly resourceArn: pulumi.Input<string>;
    /**
     * IPv4 block from which only requests come that another web ACL of the stack has inspected.
     * @default every request is inspected
     */
    readonly inspectedCidr?: string;
    /**
     * Maximum size of a body in bytes, for clients that are programs: they send larger ones than browsers, often no User-Agent,
     * and from the addresses of clouds. At most what WAF inspects, which for a load balancer is 8 KB and for an API stage 16 KB.
     * @default what AWS's rules allow browsers: 8 KB, with a User-Agent, and from no cloud
     */
    readonly maxBodyBytes?: number;
    /**
     * What must exist before this web ACL gets a log. WAF extends one policy of the account or makes one for each log group, so
     * two that get theirs at once can fail (https://github.com/hashicorp/terraform-provider-aws/issues/25296).
     */
    readonly logAfter?: pulumi.Resource;
}

/**
 * Headers with credentials, which must not be stored (PCI DSS 8.3.2), and those in which a client chooses a text: the validator
 * looks for card data in them, and `referer` has the URL of a page.
 */
const protectedHeaders = [
    ...["authorization", "cookie", "x-api-key", gatewayTokenHeader],
    ...["idempotency-key", "referer", "x-correlation-id"],
];

/**
 * A WAF web ACL with a rate limit and AWS's managed rule groups (PCI DSS 6.4.2), and its log, which has neither credentials nor the
 * parts of a URL in which a client may send card data, also of requests that are refused (PCI DSS 3.3.1, 3.5.1).
 */
export class Firewall extends pulumi.ComponentResource {
    public readonly webAclName: pulumi.Output<string>;
    public readonly logGroupName: pulumi.Output<string>;
    public readonly logging: aws.wafv2.WebAclLoggingConfiguration;

    constructor(name: string, args: FirewallArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:Firewall", name, {}, opts);
        const { scope, settings, maxBodyBytes } = args;
        const inside = { parent: this };

        const inspectedBlock =
            args.inspectedCidr === undefined
                ? undefined
                : new aws.wafv2.IpSet(
                      name,
                      {
                          scope: "REGIONAL",
                          ipAddressVersion: "IPV4",
                          addresses: [args.inspectedCidr],
                          description: "Requests from here have passed the web ACL of the merchants API",
                      },
                      inside,
                  );
        const acl = new aws.wafv2.WebAcl(
            name,
            {
                scope: "REGIONAL",
                description: `Public entry of payment platform ${scope.suffix}`,
                defaultAction: { allow: {} },
                rules: firewallRules(settings, { inspectedBlockArn: inspectedBlock?.arn, maxBodyBytes }),
                visibilityConfig: visibilityConfig(name),
            },
            inside,
        );
        new aws.wafv2.WebAclAssociation(name, { resourceArn: args.resourceArn, webAclArn: acl.arn }, inside);

        const group = new aws.cloudwatch.LogGroup(name, { name: webAclLogGroup(name), ...args.logs }, inside);
        this.logging = new aws.wafv2.WebAclLoggingConfiguration(
            name,
            {
                resourceArn: acl.arn,
                logDestinationConfigs: [group.arn],
                redactedFields,
            },
            { ...inside, dependsOn: args.logAfter },
        );

        this.webAclName = acl.name;
        this.logGroupName = group.name;
        this.registerOutputs({ webAclName: this.webAclName, logGroupName: this.logGroupName });
    }
}

/** Parts of a request that the log has as `REDACTED`. What a rule for SQL injection or scripts matched is logged as it came. */
const redactedFields: aws.types.input.wafv2.WebAclLoggingConfigurationRedactedField[] = [
    ...protectedHeaders.map((name) => ({ singleHeader: { name } })),
    { queryString: {} },
    { uriPath: {} },
];

interface NamedRule extends Omit<aws.types.input.wafv2.WebAclRule, "priority" | "visibilityConfig"> {
    readonly name: string;
}

interface RuleOptions {
    readonly inspectedBlockArn?: pulumi.Input<string>;
    readonly maxBodyBytes?: number;
}

/**
 * Rules that programs break, by managed rule group: they call from the addresses of clouds, with bodies above 8 KB and without a
 * User-Agent (https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html).
 */
const rulesForBrowsers: Partial<Record<(typeof managedRuleGroups)[number], readonly string[]>> = {
    AnonymousIpList: ["HostingProviderIPList"],
    CommonRuleSet: ["SizeRestrictions_BODY", "NoUserAgent_HEADER"],
};

/** The cheapest rules first. `countOnly` overrides the actions of a managed rule group. */
export function firewallRules(
    settings: Settings["waf"],
    { inspectedBlockArn, maxBodyBytes }: RuleOptions = {},
): aws.types.input.wafv2.WebAclRule[] {
    const countsOnly = (rule: Settings["waf"]["countOnly"][number]) => settings.countOnly.includes(rule);
    const rules: NamedRule[] = [
        ...(inspectedBlockArn === undefined ? [] : [inspectedRule(inspectedBlockArn)]),
        {
            name: "RateLimit",
            action: countsOnly("RateLimit") ? { count: {} } : { block: {} },
            statement: {
                rateBasedStatement: {
                    limit: settings.requestsPer5Minutes,
                    evaluationWindowSec: 300,
                    aggregateKeyType: "IP",
                },
            },
        },
        ...(maxBodyBytes === undefined ? [] : [bodySizeRule(maxBodyBytes)]),
        ...managedRuleGroups.map((group) => ({
            name: group,
            overrideAction: countsOnly(group) ? { count: {} } : { none: {} },
            statement: {
                managedRuleGroupStatement: {
                    vendorName: "AWS",
                    name: `AWSManagedRules${group}`,
                    ruleActionOverrides:
                        maxBodyBytes === undefined
                            ? undefined
                            : rulesForBrowsers[group]?.map((name) => ({ name, actionToUse: { count: {} } })),
                },
            },
        })),
    ];
    return rules.map((rule, priority) => ({ ...rule, priority, visibilityConfig: visibilityConfig(rule.name) }));
}

/** Ends the inspection: behind these addresses are many clients, whose limits and rules the first web ACL has applied. */
const inspectedRule = (arn: pulumi.Input<string>) => ({
    name: "InspectedByApi",
    action: { allow: {} },
    statement: { ipSetReferenceStatement: { arn } },
});

/** Of a larger body than WAF inspects it sees the beginning only: such a body is too large, too. */
const bodySizeRule = (maxBodyBytes: number) => ({
    name: "BodySize",
    action: { block: {} },
    statement: {
        sizeConstraintStatement: {
            comparisonOperator: "GT",
            size: maxBodyBytes,
            fieldToMatch: { body: { oversizeHandling: "MATCH" } },
            textTransformations: [{ priority: 0, type: "NONE" }],
        },
    },
});

const visibilityConfig = (metricName: string) => ({
    metricName,
    cloudwatchMetricsEnabled: true,
    // Sampled requests would show in the console the headers that the log redacts.
    sampledRequestsEnabled: false,
});
