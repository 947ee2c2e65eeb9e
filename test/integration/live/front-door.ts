import {
    DescribeListenersCommand,
    DescribeLoadBalancerAttributesCommand,
    DescribeLoadBalancersCommand,
    DescribeRulesCommand,
    DescribeTagsCommand,
    DescribeTargetGroupAttributesCommand,
    DescribeTargetGroupsCommand,
    type Action,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import {
    GetLoggingConfigurationCommand,
    GetWebACLCommand,
    GetWebACLForResourceCommand,
    ListTagsForResourceCommand,
} from "@aws-sdk/client-wafv2";
import type { Clients } from "./clients.ts";
import { camel, tagsOf, type Row } from "./row.ts";

/** Attributes come as a list of texts. */
const attributesOf = (list: readonly { Key?: string; Value?: string }[] | undefined) => {
    const found = tagsOf(list);
    return { text: (key: string) => found[key], flag: (key: string) => found[key] === "true" };
};

const tagsAt = async ({ lb }: Clients, arn: string) =>
    tagsOf((await lb.send(new DescribeTagsCommand({ ResourceArns: [arn] }))).TagDescriptions?.[0]?.Tags);

const actionOf = ({ Type, TargetGroupArn, ForwardConfig, FixedResponseConfig, RedirectConfig }: Action) => ({
    type: Type,
    targetGroupArn: TargetGroupArn ?? ForwardConfig?.TargetGroups?.[0]?.TargetGroupArn,
    fixedResponse: camel(FixedResponseConfig),
    redirect: camel(RedirectConfig),
});

export const frontDoorRows: readonly Row[] = [
    {
        type: "lb/loadBalancer:LoadBalancer",
        read: async (aws, { arn }) => {
            const { LoadBalancers: [found] = [] } = await aws.lb.send(
                new DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] }),
            );
            const { Attributes } = await aws.lb.send(
                new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn: arn }),
            );
            const { text, flag } = attributesOf(Attributes);
            return (
                found && {
                    internal: found.Scheme === "internal",
                    loadBalancerType: found.Type,
                    securityGroups: found.SecurityGroups,
                    subnets: found.AvailabilityZones?.map(({ SubnetId }) => SubnetId),
                    accessLogs: {
                        bucket: text("access_logs.s3.bucket"),
                        enabled: flag("access_logs.s3.enabled"),
                        prefix: text("access_logs.s3.prefix"),
                    },
                    desyncMitigationMode: text("routing.http.desync_mitigation_mode"),
                    dropInvalidHeaderFields: flag("routing.http.drop_invalid_header_fields.enabled"),
                    enableDeletionProtection: flag("deletion_protection.enabled"),
                    idleTimeout: text("idle_timeout.timeout_seconds"),
                    tagsAll: await tagsAt(aws, arn),
                }
            );
        },
    },
    {
        type: "lb/listener:Listener",
        read: async ({ lb }, { arn }) => {
            const { Listeners: [found] = [] } = await lb.send(new DescribeListenersCommand({ ListenerArns: [arn] }));
            return (
                found && {
                    loadBalancerArn: found.LoadBalancerArn,
                    port: found.Port,
                    protocol: found.Protocol,
                    sslPolicy: found.SslPolicy,
                    certificateArn: found.Certificates?.[0]?.CertificateArn,
                    defaultActions: found.DefaultActions?.map(actionOf),
                }
            );
        },
    },
    {
        type: "lb/listenerRule:ListenerRule",
        read: async ({ lb }, { arn }) => {
            const { Rules: [found] = [] } = await lb.send(new DescribeRulesCommand({ RuleArns: [arn] }));
            return (
                found && {
                    priority: found.Priority,
                    actions: found.Actions?.map(actionOf),
                    conditions: found.Conditions?.map(({ PathPatternConfig, HostHeaderConfig }) => ({
                        pathPattern: camel(PathPatternConfig),
                        hostHeader: camel(HostHeaderConfig),
                    })),
                }
            );
        },
    },
    {
        type: "lb/targetGroup:TargetGroup",
        read: async (aws, { arn }) => {
            const { TargetGroups: [found] = [] } = await aws.lb.send(
                new DescribeTargetGroupsCommand({ TargetGroupArns: [arn] }),
            );
            const { Attributes } = await aws.lb.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn: arn }));
            return (
                found && {
                    vpcId: found.VpcId,
                    port: found.Port,
                    protocol: found.Protocol,
                    targetType: found.TargetType,
                    deregistrationDelay: attributesOf(Attributes).text("deregistration_delay.timeout_seconds"),
                    healthCheck: {
                        path: found.HealthCheckPath,
                        protocol: found.HealthCheckProtocol,
                        matcher: found.Matcher?.HttpCode,
                        interval: found.HealthCheckIntervalSeconds,
                        timeout: found.HealthCheckTimeoutSeconds,
                        healthyThreshold: found.HealthyThresholdCount,
                        unhealthyThreshold: found.UnhealthyThresholdCount,
                    },
                    tagsAll: await tagsAt(aws, arn),
                }
            );
        },
    },
    {
        type: "wafv2/webAcl:WebAcl",
        read: async ({ waf }, { arn, name }) => {
            const { WebACL: found } = await waf.send(
                new GetWebACLCommand({ Name: name, Id: arn.split("/").at(-1), Scope: "REGIONAL" }),
            );
            const { TagInfoForResource: tags } = await waf.send(new ListTagsForResourceCommand({ ResourceARN: arn }));
            return (
                found && {
                    defaultAction: camel(found.DefaultAction),
                    rules: camel(found.Rules),
                    visibilityConfig: camel(found.VisibilityConfig),
                    tagsAll: tagsOf(tags?.TagList),
                }
            );
        },
    },
    {
        type: "wafv2/webAclAssociation:WebAclAssociation",
        read: async ({ waf }, { text }) => {
            const { WebACL } = await waf.send(new GetWebACLForResourceCommand({ ResourceArn: text("resourceArn") }));
            return WebACL && { webAclArn: WebACL.ARN };
        },
    },
    {
        type: "wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
        read: async ({ waf }, { text }) => {
            const { LoggingConfiguration: found } = await waf.send(
                new GetLoggingConfigurationCommand({ ResourceArn: text("resourceArn") }),
            );
            return (
                found && {
                    logDestinationConfigs: found.LogDestinationConfigs,
                    redactedFields: camel(found.RedactedFields),
                }
            );
        },
    },
];
