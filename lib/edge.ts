import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { healthPath, servicePort, serviceProtocol } from "../contract/container.ts";
import { accessLogPrefixes } from "./audit.ts";
import { Certificate } from "./edge/certificate.ts";
import { Firewall } from "./edge/firewall.ts";
import type { LogStorage } from "./logs.ts";
import { ports } from "./ports.ts";
import { nameOf, type Scope } from "./scope.ts";
import type { Settings } from "./settings/schema.ts";
import { pathPatternsOf, servicesWithPath, type ServicePath } from "./settings/service-path.ts";
import { idleTimeoutSeconds } from "./time-limits.ts";

export interface EdgeArgs {
    readonly scope: Scope;
    readonly settings: Pick<Settings, "network" | "edge" | "certificate" | "waf" | "services">;
    readonly vpcId: pulumi.Input<string>;
    readonly subnetIds: pulumi.Input<string>[];
    readonly securityGroupId: pulumi.Input<string>;
    readonly accessLogBucketName: pulumi.Input<string>;
    readonly logs: LogStorage;
}

/** The target group in which a service's tasks register, and the listener rule that forwards requests to it. */
export interface ServiceRoute {
    readonly targetGroupArn: pulumi.Output<string>;
    readonly targetGroupArnSuffix: pulumi.Output<string>;
    /** Resource label of the scaling metric `ALBRequestCountPerTarget`. */
    readonly requestCountLabel: pulumi.Output<string>;
    readonly listenerRule: aws.lb.ListenerRule;
}

/** The public application load balancer: HTTPS only, with a WAF web ACL and a listener rule for each service. */
export class Edge extends pulumi.ComponentResource {
    public readonly dnsName: pulumi.Output<string>;
    public readonly url: pulumi.Output<string>;
    public readonly loadBalancerArn: pulumi.Output<string>;
    public readonly loadBalancerArnSuffix: pulumi.Output<string>;
    public readonly listenerArn: pulumi.Output<string>;
    /** Domain name of the load balancer's certificate. */
    public readonly certificateName: string;
    public readonly certificateArn: pulumi.Output<string>;
    /** By service. Workers have none. */
    public readonly routes: Readonly<Record<string, ServiceRoute>>;
    public readonly webAclName: pulumi.Output<string>;
    /** Log of the web ACL. */
    public readonly firewallLogging: pulumi.Resource;
    public readonly logGroupNames: pulumi.Output<string>[];

    constructor(name: string, args: EdgeArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:Edge", name, {}, opts);
        const { scope, settings } = args;
        const inside = { parent: this };

        const balancer = new aws.lb.LoadBalancer(
            // AWS allows 32 characters. Pulumi adds 8.
            `payment-${scope.suffix}`,
            {
                loadBalancerType: "application",
                internal: false,
                subnets: args.subnetIds,
                securityGroups: [args.securityGroupId],
                dropInvalidHeaderFields: true,
                desyncMitigationMode: "strictest",
                // Shorter than containers keep connections open (75 s in their contract); otherwise clients get 502.
                idleTimeout: idleTimeoutSeconds,
                accessLogs: { bucket: args.accessLogBucketName, prefix: accessLogPrefixes.loadBalancer, enabled: true },
                enableDeletionProtection: scope.deletionProtection,
            },
            { ...inside, protect: scope.deletionProtection },
        );
        const certificate = new Certificate(
            nameOf(scope, "certificate"),
            { scope, settings: settings.certificate },
            inside,
        );
        const listener = this.listener(args, balancer.arn, certificate.arn);
        const firewall = new Firewall(
            nameOf(scope, "firewall"),
            {
                scope,
                settings: settings.waf,
                logs: args.logs,
                resourceArn: balancer.arn,
                // Only the merchants' API has source addresses in the VPC (`lib/flows.ts`), and it has a web ACL of its own.
                inspectedCidr: settings.network.cidr,
            },
            inside,
        );

        this.routes = Object.fromEntries(
            servicesWithPath(settings.services).map(([service, path]) => [
                service,
                this.route(args, balancer, listener, service, path),
            ]),
        );
        this.dnsName = balancer.dnsName;
        this.url = this.createDnsRecord(args, balancer, certificate.zoneId);
        this.loadBalancerArn = balancer.arn;
        this.loadBalancerArnSuffix = balancer.arnSuffix;
        this.listenerArn = listener.arn;
        this.certificateName = certificate.name;
        this.certificateArn = certificate.arn;
        this.webAclName = firewall.webAclName;
        this.firewallLogging = firewall.logging;
        this.logGroupNames = [firewall.logGroupName];
        this.registerOutputs({
            dnsName: this.dnsName,
            url: this.url,
            loadBalancerArn: this.loadBalancerArn,
            loadBalancerArnSuffix: this.loadBalancerArnSuffix,
            listenerArn: this.listenerArn,
            certificateName: this.certificateName,
            certificateArn: this.certificateArn,
            routes: this.routes,
            webAclName: this.webAclName,
            logGroupNames: this.logGroupNames,
        });
    }

    /** The HTTPS listener, which responds 404 if no rule matches. With `httpRedirect` port 80 redirects to it. */
    private listener(
        { scope, settings }: EdgeArgs,
        loadBalancerArn: pulumi.Output<string>,
        certificateArn: pulumi.Output<string>,
    ): aws.lb.Listener {
        const inside = { parent: this };
        if (settings.edge.httpRedirect) {
            new aws.lb.Listener(
                nameOf(scope, "http"),
                {
                    loadBalancerArn,
                    port: ports.http,
                    protocol: "HTTP",
                    defaultActions: [
                        {
                            type: "redirect",
                            redirect: { protocol: "HTTPS", port: `${ports.https}`, statusCode: "HTTP_301" },
                        },
                    ],
                },
                inside,
            );
        }
        return new aws.lb.Listener(
            nameOf(scope, "https"),
            {
                loadBalancerArn,
                port: ports.https,
                protocol: "HTTPS",
                sslPolicy: settings.edge.tlsPolicy,
                certificateArn,
                defaultActions: [
                    {
                        type: "fixed-response",
                        fixedResponse: {
                            contentType: "application/json",
                            statusCode: "404",
                            messageBody: '{"message":"Not Found"}',
                        },
                    },
                ],
            },
            inside,
        );
    }

    private route(
        { scope, vpcId }: EdgeArgs,
        balancer: aws.lb.LoadBalancer,
        listener: aws.lb.Listener,
        service: string,
        { path, priority }: ServicePath,
    ): ServiceRoute {
        const inside = { parent: this };
        const group = new aws.lb.TargetGroup(
            // AWS allows 32 characters. Pulumi adds 8, so that a replacement can be created before the old group is deleted.
            `${service}-${scope.suffix}`,
            {
                vpcId,
                targetType: "ip",
                port: servicePort,
                protocol: serviceProtocol,
                // Longer than a request, and shorter than the 60 s of a task's `stopTimeout`.
                deregistrationDelay: 30,
                healthCheck: {
                    path: healthPath(service),
                    protocol: serviceProtocol,
                    matcher: "200",
                    // A task is unhealthy after 30 s, and healthy after 20 s.
                    interval: 10,
                    timeout: 5,
                    healthyThreshold: 2,
                    unhealthyThreshold: 3,
                },
                tags: { Name: nameOf(scope, service) },
            },
            inside,
        );
        const listenerRule = new aws.lb.ListenerRule(
            nameOf(scope, service),
            {
                listenerArn: listener.arn,
                priority,
                conditions: [{ pathPattern: { values: pathPatternsOf(path) } }],
                actions: [{ type: "forward", targetGroupArn: group.arn }],
                tags: { Name: nameOf(scope, service) },
            },
            inside,
        );
        return {
            targetGroupArn: group.arn,
            targetGroupArnSuffix: group.arnSuffix,
            requestCountLabel: pulumi.interpolate`${balancer.arnSuffix}/${group.arnSuffix}`,
            listenerRule,
        };
    }

    /** Creates the alias record, if the stack has a hosted zone; returns the URL that customers call. */
    private createDnsRecord(
        { scope, settings }: EdgeArgs,
        balancer: aws.lb.LoadBalancer,
        zoneId: pulumi.Output<string> | undefined,
    ): pulumi.Output<string> {
        if (settings.certificate.source === "self-signed") {
            return pulumi.interpolate`https://${balancer.dnsName}`;
        }
        const { domainName } = settings.certificate;
        if (zoneId) {
            new aws.route53.Record(
                nameOf(scope, "alias"),
                {
                    zoneId,
                    name: domainName,
                    type: "A",
                    aliases: [{ name: balancer.dnsName, zoneId: balancer.zoneId, evaluateTargetHealth: true }],
                },
                { parent: this },
            );
        }
        return pulumi.output(`https://${domainName}`);
    }
}
