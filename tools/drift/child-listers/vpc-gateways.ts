import {
    DescribeVpnGatewaysCommand,
    paginateDescribeInternetGateways,
    paginateDescribeNatGateways,
    paginateDescribeTransitGatewayVpcAttachments,
    paginateDescribeVpcPeeringConnections,
    type VpcPeeringConnection,
} from "@aws-sdk/client-ec2";
import { collectPages } from "../../frame/aws-clients.ts";
import { defineLister, type ChildLister } from "../listing.ts";
import { textOrUnknown } from "../text.ts";
import { describeEc2 } from "../../../plan/catalogue/ec2-grants.ts";
import { getId, equalsFilter, vpcFilter } from "./ec2.ts";

const peeringVpcs = ({ RequesterVpcInfo, AccepterVpcInfo }: VpcPeeringConnection) => [
    RequesterVpcInfo,
    AccepterVpcInfo,
];

/** What connects a VPC with other networks. */
export const vpcGatewayListers: readonly ChildLister[] = [
    defineLister({
        item: "internet gateway",
        permissions: [describeEc2("InternetGateways")],
        list: ({ ec2: client }, { id }) =>
            collectPages(
                paginateDescribeInternetGateways({ client }, { Filters: equalsFilter("attachment.vpc-id", id) }),
                (page) => page.InternetGateways,
            ),
        key: ({ InternetGatewayId }) => InternetGatewayId,
        planned: { "ec2/internetGateway:InternetGateway": getId },
        opens: () => "subnets that route to it reach the internet, and what has a public address is reached",
        remove: ({ InternetGatewayId }, { id }) =>
            `aws ec2 detach-internet-gateway --internet-gateway-id ${InternetGatewayId} --vpc-id ${id}`,
    }),
    defineLister({
        item: "NAT gateway",
        permissions: [describeEc2("NatGateways")],
        list: ({ ec2: client }, parent) =>
            collectPages(
                paginateDescribeNatGateways(
                    { client },
                    { Filter: [...vpcFilter(parent), { Name: "state", Values: ["pending", "available"] }] },
                ),
                (page) => page.NatGateways,
            ),
        key: ({ NatGatewayId }) => NatGatewayId,
        planned: { "ec2/natGateway:NatGateway": getId },
        opens: () => "subnets that route to it reach the internet",
        remove: ({ NatGatewayId }) => `aws ec2 delete-nat-gateway --nat-gateway-id ${NatGatewayId}`,
    }),
    defineLister({
        item: "VPN gateway",
        permissions: [describeEc2("VpnGateways")],
        list: async ({ ec2 }, { id }) => {
            const Filters = equalsFilter("attachment.vpc-id", id);
            return (await ec2.send(new DescribeVpnGatewaysCommand({ Filters }))).VpnGateways ?? [];
        },
        key: ({ VpnGatewayId }) => VpnGatewayId,
        byAws: [
            {
                what: "a gateway that is detached",
                source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcAttachment.html",
                matches: ({ VpcAttachments = [] }, { id }) =>
                    !VpcAttachments.some(({ VpcId, State }) => VpcId === id && State !== "detached"),
            },
        ],
        opens: () => "another network reaches the VPC by VPN or Direct Connect",
        remove: ({ VpnGatewayId }, { id }) =>
            `aws ec2 detach-vpn-gateway --vpn-gateway-id ${VpnGatewayId} --vpc-id ${id}`,
    }),
    defineLister({
        item: "peering connection",
        permissions: [describeEc2("VpcPeeringConnections")],
        // The VPC may be at either end, and filters of one call must all hold.
        list: async ({ ec2: client }, { id }) => {
            const pages = paginateDescribeVpcPeeringConnections({ client }, {});
            return (await collectPages(pages, (page) => page.VpcPeeringConnections)).filter((connection) =>
                peeringVpcs(connection).some((end) => end?.VpcId === id),
            );
        },
        key: ({ VpcPeeringConnectionId }) => VpcPeeringConnectionId,
        byAws: [
            {
                what: "a connection that has ended",
                source: "https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html",
                matches: ({ Status }) =>
                    ["deleted", "rejected", "expired", "failed"].includes(textOrUnknown(Status?.Code)),
            },
        ],
        opens: (connection, { id }) => {
            const other = peeringVpcs(connection).find((end) => end?.VpcId !== id);
            return `VPC ${textOrUnknown(other?.VpcId)} of account ${textOrUnknown(other?.OwnerId)} reaches this one where routes and groups let it`;
        },
        remove: ({ VpcPeeringConnectionId }) =>
            `aws ec2 delete-vpc-peering-connection --vpc-peering-connection-id ${VpcPeeringConnectionId}`,
    }),
    defineLister({
        item: "transit gateway attachment",
        permissions: [describeEc2("TransitGatewayVpcAttachments")],
        list: ({ ec2: client }, parent) =>
            collectPages(
                paginateDescribeTransitGatewayVpcAttachments(
                    { client },
                    {
                        Filters: [
                            ...vpcFilter(parent),
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
