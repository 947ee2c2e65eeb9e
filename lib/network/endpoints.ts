import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { agentRepository, hasGuardDutyAgent } from "../account-services/agent.ts";
import { execChannelActions } from "../compute/exec.ts";
import { pullActions } from "../compute/repository.ts";
import type { GatewayService } from "../flows.ts";
import { policyJson, type Statement } from "../iam.ts";
import { after } from "../ordering.ts";
import { endpointServiceName } from "../partitions.ts";
import { nameOf, type Scope } from "../scope.ts";
import type { Settings } from "../settings/schema.ts";

interface EndpointAccess {
    /** Actions on resources of the account. */
    readonly actions: string[];
    /** Actions without a resource, for which `aws:ResourceAccount` cannot be compared. */
    readonly actionsWithoutResource?: string[];
    /** Tasks pull images through it, including the image of GuardDuty's agent. */
    readonly pullsImages?: true;
    /**
     * Stacks that need the endpoint.
     * @default all
     */
    readonly when?: (settings: EndpointSettings) => boolean;
    /** Minimum number of zones, even in a stack without endpoints. */
    readonly minZones?: number;
}

/** Service to which GuardDuty's agent reports. */
const agentService = "guardduty-data";

/**
 * Interface endpoints with the actions that each allows: those of tasks and their agents only
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html).
 */
const services: Readonly<Record<string, EndpointAccess>> = {
    "ecr.api": { actions: pullActions, actionsWithoutResource: ["ecr:GetAuthorizationToken"], pullsImages: true },
    "ecr.dkr": { actions: pullActions, pullsImages: true },
    logs: {
        actions: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        actionsWithoutResource: ["logs:DescribeLogGroups"],
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
        actionsWithoutResource: execChannelActions,
        when: ({ compute }) => compute.execCommand,
    },
    [agentService]: {
        actions: [],
        // What AWS requires in the endpoint policy (https://docs.aws.amazon.com/guardduty/latest/ug/gdu-assess-coverage-ecs.html).
        actionsWithoutResource: ["guardduty:SendSecurityTelemetry"],
        when: hasGuardDutyAgent,
        // GuardDuty uses an existing endpoint, else it creates one outside Pulumi, which prevents the deletion of the VPC
        // (https://docs.aws.amazon.com/guardduty/latest/ug/using-iac-with-gdu-automated-agents-runtime-monitoring.html).
        minZones: 1,
    },
};
export type EndpointSettings = Pick<Settings, "network" | "compute" | "accountServices">;

/** Allows principals of this account to use resources of this account and to pull GuardDuty's image, nothing else. */
function endpointPolicy(
    scope: Scope,
    { actions, actionsWithoutResource = [], pullsImages }: EndpointAccess,
    settings: EndpointSettings,
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
        ...(actionsWithoutResource.length > 0 ? [allow(actionsWithoutResource, principal)] : []),
        ...(pullsImages && hasGuardDutyAgent(settings)
            ? [allowAccount(scope, pullActions, [agentRepository(scope)])]
            : []),
    ];
}

export interface GatewayEndpointArgs {
    readonly scope: Scope;
    readonly service: GatewayService;
    readonly vpcId: pulumi.Input<string>;
    readonly routeTableIds: pulumi.Input<string>[];
    /** Statements of the endpoint policy. */
    readonly statements: Statement[];
}

/** A gateway endpoint of S3 or DynamoDB, which is free. Its policy allows only the given statements. */
export class GatewayEndpoint extends pulumi.ComponentResource {
    public readonly prefixListId: pulumi.Output<string>;

    constructor(name: string, args: GatewayEndpointArgs, opts?: pulumi.ComponentResourceOptions) {
        super(
            "payment:index:GatewayEndpoint",
            name,
            {},
            {
                ...opts,
                // Its type in 0.1.0. A route table allows one endpoint per service, so a replacement could not be created first.
                aliases: [{ type: "payment:index:S3Endpoint" }],
            },
        );
        const endpoint = new aws.ec2.VpcEndpoint(
            name,
            {
                vpcId: args.vpcId,
                serviceName: endpointServiceName(args.service, args.scope.region),
                vpcEndpointType: "Gateway",
                routeTableIds: args.routeTableIds,
                policy: policyJson(args.statements),
                tags: { Name: name },
            },
            { parent: this },
        );
        this.prefixListId = endpoint.prefixListId;
        this.registerOutputs({ prefixListId: this.prefixListId });
    }
}

/** ECR stores layers in a bucket of its own account and presigns the requests (https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html). */
export const allowLayerDownload = (scope: Scope): Statement => ({
    Effect: "Allow",
    Principal: "*",
    Action: "s3:GetObject",
    Resource: pulumi.interpolate`arn:${scope.partition}:s3:::prod-${scope.region}-starport-layer-bucket/*`,
});

/** Allows principals of this account to use an endpoint, as far as their own policies do. */
export const allowAccount = (
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

export interface GatewayEndpointsArgs extends Omit<GatewayEndpointArgs, "service" | "statements"> {
    /** Objects that the validator writes as audit records. */
    readonly recordsArn: pulumi.Output<string>;
    /** The transaction table. */
    readonly tableArn: pulumi.Output<string>;
}

/** The gateway endpoints of the platform; returns the prefix list of each service. */
export function createGatewayEndpoints(
    { recordsArn, tableArn, ...args }: GatewayEndpointsArgs,
    inside: pulumi.ComponentResourceOptions,
): Record<GatewayService, pulumi.Output<string>> {
    const { scope } = args;
    const prefixListOf = (service: GatewayService, statements: Statement[]) =>
        new GatewayEndpoint(nameOf(scope, service), { ...args, service, statements }, inside).prefixListId;
    const tableActions = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"];
    return {
        s3: prefixListOf("s3", [allowLayerDownload(scope), allowAccount(scope, ["s3:PutObject"], [recordsArn])]),
        dynamodb: prefixListOf("dynamodb", [
            allowAccount(scope, tableActions, [tableArn, pulumi.interpolate`${tableArn}/index/*`]),
        ]),
    };
}

export interface InterfaceEndpointsArgs {
    readonly scope: Scope;
    readonly settings: EndpointSettings;
    readonly vpcId: pulumi.Input<string>;
    readonly subnetIds: pulumi.Output<string>[];
    readonly securityGroupId: pulumi.Input<string>;
}

/** Interface endpoints of the AWS services that tasks call, so that tasks need no route to the internet. */
export class InterfaceEndpoints extends pulumi.ComponentResource {
    /** The subnets, once the endpoints exist: a task that starts earlier could not pull its image. */
    public readonly subnetIds: pulumi.Output<string>[];
    /** Endpoint of GuardDuty's agent. Undefined in a stack without the agent. */
    public readonly agentEndpoint: aws.ec2.VpcEndpoint | undefined;

    constructor(name: string, args: InterfaceEndpointsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:InterfaceEndpoints", name, {}, opts);
        const { scope, settings } = args;
        const zonesOf = ({ minZones = 0 }: EndpointAccess) => Math.max(minZones, settings.network.endpointZones);

        const endpoints = Object.entries(services)
            .filter(([, access]) => zonesOf(access) > 0 && (access.when?.(settings) ?? true))
            .map(([service, access]) => {
                const endpointName = nameOf(scope, service.replace(".", "-"));
                const endpoint = new aws.ec2.VpcEndpoint(
                    endpointName,
                    {
                        vpcId: args.vpcId,
                        serviceName: endpointServiceName(service, scope.region),
                        vpcEndpointType: "Interface",
                        privateDnsEnabled: true,
                        subnetIds: args.subnetIds.slice(0, zonesOf(access)),
                        securityGroupIds: [args.securityGroupId],
                        policy: policyJson(endpointPolicy(scope, access, settings)),
                        tags: { Name: endpointName },
                    },
                    { parent: this },
                );
                return [service, endpoint] as const;
            });

        this.agentEndpoint = new Map(endpoints).get(agentService);
        const resources = endpoints.map(([, endpoint]) => endpoint);
        this.subnetIds = args.subnetIds.map((id) => after(id, resources));
        this.registerOutputs({ subnetIds: this.subnetIds });
    }
}
