import {
    DescribeVpnGatewaysCommand,
    paginateDescribeInternetGateways,
    paginateDescribeNatGateways,
    paginateDescribeTransitGatewayVpcAttachments,
    paginateDescribeVpcPeeringConnections,
    type VpcPeeringConnection,
} from "@aws-sdk/client-ec2";
import { allOf } from "../../deploy/clients.ts";
import { listing, type Lister } from "../listing.ts";
import { orUnknown } from "../words.ts";
import { byId, describe, equals, inVpc } from "./ec2.ts";

const endsOf = ({ RequesterVpcInfo, AccepterVpcInfo }: VpcPeeringConnection) => [RequesterVpcInfo, AccepterVpcInfo];

/** What connects a VPC with other networks. */
export const gatewaysOfVpc: readonly Lister[] = [
    listing({
        item: "internet gateway",
        rights: describe("InternetGateways"),
        list: ({ ec2: client }, { id }) =>
            allOf(
                paginateDescribeInternetGateways({ client }, { Filters: equals("attachment.vpc-id", id) }),
                (page) => page.InternetGateways,
            ),
        key: ({ InternetGatewayId }) => InternetGatewayId,
        planned: { "ec2/internetGateway:InternetGateway": byId },
        opens: () => "subnets that route to it reach the internet, and what has a public address is reached",
        remove: ({ InternetGatewayId }, { id }) =>
            `aws ec2 detach-internet-gateway --internet-gateway-id ${InternetGatewayId} --vpc-id ${id}`,
    }),
    listing({
        item: "NAT gateway",
        rights: describe("NatGateways"),
        list: ({ ec2: client }, parent) =>
            allOf(
                paginateDescribeNatGateways(
                    { client },
                    { Filter: [...inVpc(parent), { Name: "state", Values: ["pending", "available"] }] },
                ),
                (page) => page.NatGateways,
            ),
        key: ({ NatGatewayId }) => NatGatewayId,
        planned: { "ec2/natGateway:NatGateway": byId },
        opens: () => "subnets that route to it reach the internet",
        remove: ({ NatGatewayId }) => `aws ec2 delete-nat-gateway --nat-gateway-id ${NatGatewayId}`,
    }),
    listing({
        item: "VPN gateway",
        rights: describe("VpnGateways"),
        list: async ({ ec2 }, { id }) => {
            const Filters = equals("attachment.vpc-id", id);
            return (await ec2.send(new DescribeVpnGatewaysCommand({ Filters }))).VpnGateways ?? [];
        },
        key: ({ VpnGatewayId }) => VpnGatewayId,
        byAws: [
            {
                what: "a gateway that is detached",
                source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcAttachment.html",
                is: ({ VpcAttachments = [] }, { id }) =>
                    !VpcAttachments.some(({ VpcId, State }) => VpcId === id && State !== "detached"),
            },
        ],
        opens: () => "another network reaches the VPC by VPN or Direct Connect",
        remove: ({ VpnGatewayId }, { id }) =>
            `aws ec2 detach-vpn-gateway --vpn-gateway-id ${VpnGatewayId} --vpc-id ${id}`,
    }),
    listing({
        item: "peering connection",
        rights: describe("VpcPeeringConnections"),
        // The VPC may be at either end, and filters of one call must all hold.
        list: async ({ ec2: client }, { id }) => {
            const pages = paginateDescribeVpcPeeringConnections({ client }, {});
            return (await allOf(pages, (page) => page.VpcPeeringConnections)).filter((connection) =>
                endsOf(connection).some((end) => end?.VpcId === id),
            );
        },
        key: ({ VpcPeeringConnectionId }) => VpcPeeringConnectionId,
        byAws: [
            {
                what: "a connection that has ended",
                source: "https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html",
                is: ({ Status }) => ["deleted", "rejected", "expired", "failed"].includes(orUnknown(Status?.Code)),
            },
        ],
        opens: (connection, { id }) => {
            const other = endsOf(connection).find((end) => end?.VpcId !== id);
            return `VPC ${orUnknown(other?.VpcId)} of account ${orUnknown(other?.OwnerId)} reaches this one where routes and groups let it`;
        },
        remove: ({ VpcPeeringConnectionId }) =>
            `aws ec2 delete-vpc-peering-connection --vpc-peering-connection-id ${VpcPeeringConnectionId}`,
    }),
    listing({
        item: "transit gateway attachment",
        rights: describe("TransitGatewayVpcAttachments"),
        list: ({ ec2: client }, parent) =>
            allOf(
                paginateDescribeTransitGatewayVpcAttachments(
                    { client },
                    {
                        Filters: [
                            ...inVpc(parent),
                            { Name: "state", Values: ["available", "pending", "pendingAcceptance"] },
                        ],
                    },
                ),
                (page) => page.TransitGatewayVpcAttachments,
            ),
        key: ({ TransitGatewayAttachmentId }) => TransitGatewayAttachmentId,
        opens: ({ TransitGatewayId }) =>
            `networks behind ${TransitGatewayId} reach the VPC where routes and groups let them`,
        remove: ({ TransitGatewayAttachmentId }) =>
            `aws ec2 delete-transit-gateway-vpc-attachment --transit-gateway-attachment-id ${TransitGatewayAttachmentId}`,
    }),
];
