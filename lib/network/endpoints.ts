import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policy, type Statement } from "../iam.ts";
import { after } from "../ordering.ts";
import { nameOf, type Scope } from "../scope.ts";
import type { Settings } from "../settings/schema.ts";

/**
 * Interface endpoints and what may be called through each: what tasks and their agents call, no more
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html). ECR's authorization token belongs to
 * no resource, so AWS offers no account to compare for it.
 */
const services: Readonly<
    Record<string, { actions: string[]; unowned?: string[]; when?: (s: EndpointSettings) => boolean }>
> = {
    "ecr.api": {
        actions: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        unowned: ["ecr:GetAuthorizationToken"],
    },
    "ecr.dkr": {
        actions: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
    },
    logs: {
        actions: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        unowned: ["logs:DescribeLogGroups"],
    },
    secretsmanager: { actions: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"] },
    sqs: {
        actions: [
            "sqs:ChangeMessageVisibility",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:GetQueueUrl",
            "sqs:ReceiveMessage",
            "sqs:SendMessage",
        ],
    },
    sns: { actions: ["sns:Publish"] },
    kms: { actions: ["kms:Decrypt"], when: ({ compute }) => compute.execCommand },
    ssmmessages: {
        actions: [],
        unowned: [
            "ssmmessages:CreateControlChannel",
            "ssmmessages:CreateDataChannel",
            "ssmmessages:OpenControlChannel",
            "ssmmessages:OpenDataChannel",
        ],
        when: ({ compute }) => compute.execCommand,
    },
};
export type EndpointSettings = Pick<Settings, "network" | "compute">;

/** Calls by identities of this account on resources of this account: nothing leaves through an endpoint. */
function endpointPolicy(
    scope: Pick<Scope, "accountId">,
    { actions, unowned = [] }: { actions: string[]; unowned?: string[] },
): Statement[] {
    const allow = (action: string[], condition: Record<string, pulumi.Input<string>>): Statement => ({
        Effect: "Allow",
        Principal: "*",
        Action: action,
        Resource: "*",
        Condition: { StringEquals: condition },
    });
    const principal = { "aws:PrincipalAccount": scope.accountId };
    return [
        ...(actions.length > 0 ? [allow(actions, { ...principal, "aws:ResourceAccount": scope.accountId })] : []),
        ...(unowned.length > 0 ? [allow(unowned, principal)] : []),
    ];
}

export interface GatewayEndpointArgs {
    readonly scope: Scope;
    readonly service: "s3" | "dynamodb";
    readonly vpcId: pulumi.Input<string>;
    readonly routeTableIds: pulumi.Input<string>[];
    /** Who may do what through it. */
    readonly statements: Statement[];
}

/** A free way to S3 or DynamoDB, for what its statements name and nothing else. */
export class GatewayEndpoint extends pulumi.ComponentResource {
    public readonly prefixListId: pulumi.Output<string>;

    constructor(name: string, args: GatewayEndpointArgs, opts?: pulumi.ComponentResourceOptions) {
        super(
            "payment:index:GatewayEndpoint",
            name,
            {},
            {
                ...opts,
                // Its name in 0.1.0: a route table takes one endpoint of a service, so a replacement could not be made first.
                aliases: [{ type: "payment:index:S3Endpoint" }],
            },
        );
        const endpoint = new aws.ec2.VpcEndpoint(
            name,
            {
                vpcId: args.vpcId,
                serviceName: `com.amazonaws.${args.scope.region}.${args.service}`,
                vpcEndpointType: "Gateway",
                routeTableIds: args.routeTableIds,
                policy: policy(args.statements),
                tags: { Name: name },
            },
            { parent: this },
        );
        this.prefixListId = endpoint.prefixListId;
        this.registerOutputs({ prefixListId: this.prefixListId });
    }
}

/** ECR keeps layers in a bucket of its own account and signs the requests itself (https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html). */
export const pullLayers = (scope: Scope): Statement => ({
    Effect: "Allow",
    Principal: "*",
    Action: "s3:GetObject",
    Resource: pulumi.interpolate`arn:${scope.partition}:s3:::prod-${scope.region}-starport-layer-bucket/*`,
});

/** Lets identities of this account through an endpoint; their own policies say which of them. */
export const admit = (
    scope: Pick<Scope, "accountId">,
    action: string[],
    resource: pulumi.Input<string>[],
): Statement => ({
    Effect: "Allow",
    Principal: "*",
    Action: action,
    Resource: resource,
    Condition: { StringEquals: { "aws:PrincipalAccount": scope.accountId } },
});

export interface InterfaceEndpointsArgs {
    readonly scope: Scope;
    readonly settings: EndpointSettings;
    readonly vpcId: pulumi.Input<string>;
    readonly subnetIds: pulumi.Output<string>[];
    readonly securityGroupId: pulumi.Input<string>;
}

/** Private doors to the AWS services that tasks call; with them no task needs a way to the internet. */
export class InterfaceEndpoints extends pulumi.ComponentResource {
    /** The subnets, once AWS can be reached from them: a task started earlier could not pull its image. */
    public readonly subnetIds: pulumi.Output<string>[];

    constructor(name: string, args: InterfaceEndpointsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:InterfaceEndpoints", name, {}, opts);
        const { scope, settings } = args;
        const endpointSubnets = args.subnetIds.slice(0, settings.network.endpointZones);

        const endpoints = Object.entries(services)
            .filter(([, { when }]) => endpointSubnets.length > 0 && (when?.(settings) ?? true))
            .map(([service, access]) => {
                const endpointName = nameOf(scope, service.replace(".", "-"));
                return new aws.ec2.VpcEndpoint(
                    endpointName,
                    {
                        vpcId: args.vpcId,
                        serviceName: `com.amazonaws.${scope.region}.${service}`,
                        vpcEndpointType: "Interface",
                        privateDnsEnabled: true,
                        subnetIds: endpointSubnets,
                        securityGroupIds: [args.securityGroupId],
                        policy: policy(endpointPolicy(scope, access)),
                        tags: { Name: endpointName },
                    },
                    { parent: this },
                );
            });

        this.subnetIds = args.subnetIds.map((id) => after(id, endpoints));
        this.registerOutputs({ subnetIds: this.subnetIds });
    }
}
