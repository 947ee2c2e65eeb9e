import { dnsSuffixOf } from "../../lib/partitions.ts";
import { ec2Outputs, idWithPrefix } from "../fake-provider/output-formats.ts";
import { withResourceTag, writeGrant, logDeliveryGrants } from "./deployer-grant.ts";
import { createGrants, describeEc2, ec2Arns } from "./ec2-grants.ts";
import { refused } from "./exclusive-inputs.ts";
import { forceNew } from "./force-new.ts";
import { changedFrom } from "./protection-checks.ts";
import { comparedByRefresh, type ServiceRows } from "./row.ts";

export const vpcEndpoints: ServiceRows = {
    "aws:ec2/flowLog:FlowLog": {
        summary: ["{trafficType} traffic", "every {maxAggregationInterval} s"],
        fakeOutputs: ec2Outputs("vpc-flow-log", "fl"),
        providerDefaults: { logDestinationType: "cloud-watch-logs", maxAggregationInterval: 600 },
        forceNew: forceNew(
            "ec2/vpc_flow_log",
            [
                "deliverCrossAccountRole",
                "destinationOptions",
                "eniId",
                "iamRoleArn",
                "logDestination",
                "logDestinationType",
                "logFormat",
                "maxAggregationInterval",
                "regionalNatGatewayId",
                "subnetId",
                "trafficType",
                "transitGatewayAttachmentId",
                "transitGatewayId",
                "vpcId",
            ],
            { keptWhenRemoved: ["logDestination", "logFormat"] },
        ),
        weakerInputs: [
            {
                check: changedFrom("trafficType", "ALL"),
                risk: "part of the traffic leaves no record",
                source: "https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html",
            },
        ],
        protector: { risk: "traffic leaves no record", protects: "aws:ec2/vpc:Vpc" },
        exclusive: [refused("ec2", "CreateFlowLogs", "vpcId logDestination", "FlowLogAlreadyExists")],
        recovery: "lookup",
        children: { none: comparedByRefresh },
        grants: [
            ...createGrants("CreateFlowLogs", "vpc-flow-log", "vpc"),
            writeGrant("ec2: DeleteFlowLogs", withResourceTag(ec2Arns("vpc-flow-log"))),
            ...logDeliveryGrants,
            describeEc2("FlowLogs"),
        ],
    },
    "aws:ec2/vpcEndpoint:VpcEndpoint": {
        sizeLimits: [
            {
                input: "policy",
                max: 20_480,
                source: "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-limits-endpoints.html",
            },
        ],
        summary: ["{vpcEndpointType}", "{serviceName}"],
        fakeOutputs: {
            ...ec2Outputs("vpc-endpoint", "vpce"),
            cidrBlocks: ["52.216.0.0/15"],
            dnsEntries: (request) => [
                {
                    dnsName: `${idWithPrefix("vpce")(request)}.${request.text("serviceName", "service").replace(/^.*\./, "")}.${request.region}.vpce.${dnsSuffixOf(request.region)}`,
                    hostedZoneId: "Z7HUB22UULQXV",
                },
            ],
            networkInterfaceIds: [],
            prefixListId: ({ hex }) => `pl-${hex(8)}`,
        },
        forceNew: forceNew(
            "ec2/vpc_endpoint",
            [
                "resourceConfigurationArn",
                "serviceName",
                "serviceNetworkArn",
                "serviceRegion",
                "vpcEndpointType",
                "vpcId",
            ],
            { keptWhenRemoved: ["serviceRegion"] },
        ),
        exclusive: [
            refused("ec2", "CreateVpcEndpoint", "vpcId serviceName", "RouteAlreadyExists, or a conflicting DNS domain"),
        ],
        recovery: "lookup",
        children: {
            none: "its groups, subnets, route tables and policy are arguments of its own, which Pulumi's refresh compares",
        },
        grants: [
            ...createGrants("CreateVpcEndpoint", "vpc-endpoint", "vpc", "subnet", "route-table", "security-group"),
            writeGrant(
                "ec2: ModifyVpcEndpoint",
                withResourceTag(ec2Arns("vpc-endpoint", "subnet", "route-table", "security-group")),
            ),
            // With private DNS, EC2 associates the VPC with a hosted zone that it makes for the endpoint.
            writeGrant("route53: AssociateVPCWithHostedZone", { arns: ["arn:{partition}:route53:::hostedzone/*"] }),
            writeGrant("ec2: DeleteVpcEndpoints", withResourceTag(ec2Arns("vpc-endpoint"))),
            describeEc2("VpcEndpoints PrefixLists NetworkInterfaces"),
        ],
    },
};
