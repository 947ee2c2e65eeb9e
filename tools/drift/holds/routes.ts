import {
    paginateDescribeRouteTables,
    type EC2Client,
    type Filter,
    type Route,
    type RouteTable,
    type RouteTableAssociation,
} from "@aws-sdk/client-ec2";
import { allOf } from "../../deploy/clients.ts";
import { listing } from "../listing.ts";
import { byId, describe, equals, inVpc } from "./ec2.ts";

export const routeTables = (client: EC2Client, Filters: Filter[]): Promise<RouteTable[]> =>
    allOf(paginateDescribeRouteTables({ client }, { Filters }), (page) => page.RouteTables);

const destinationOf = (route: Route): string =>
    route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock ?? route.DestinationPrefixListId ?? "";
const targetOf = (route: Route): string =>
    route.GatewayId ??
    route.NatGatewayId ??
    route.TransitGatewayId ??
    route.VpcPeeringConnectionId ??
    route.EgressOnlyInternetGatewayId ??
    route.NetworkInterfaceId ??
    "an unknown target";

interface TableRoute {
    readonly table: string;
    readonly route: Route;
}

export const routesIn = listing<TableRoute>({
    item: "route",
    rights: describe("RouteTables"),
    list: async ({ ec2 }, { id }) => routesOf(await routeTables(ec2, equals("route-table-id", id))),
    key: ({ table, route }) => `${table} ${destinationOf(route)}`,
    planned: {
        "ec2/route:Route": ({ text }) =>
            `${text("routeTableId")} ${text("destinationCidrBlock") || text("destinationIpv6CidrBlock") || text("destinationPrefixListId")}`,
    },
    byAws: [
        {
            what: "the route within the VPC",
            source: "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html",
            is: ({ route }) => route.GatewayId === "local",
        },
        {
            what: "the route to a gateway endpoint, which the endpoint's `routeTableIds` name",
            source: "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html",
            is: ({ route }, { state }) =>
                route.DestinationPrefixListId !== undefined &&
                state.resources.some(
                    ({ type, id }) => type === "aws:ec2/vpcEndpoint:VpcEndpoint" && id === route.GatewayId,
                ),
        },
    ],
    opens: ({ route }) => `packets to ${destinationOf(route)} leave by ${targetOf(route)}`,
    remove: ({ table, route }) => {
        const kind =
            route.DestinationCidrBlock !== undefined
                ? "cidr-block"
                : route.DestinationIpv6CidrBlock !== undefined
                  ? "ipv6-cidr-block"
                  : "prefix-list-id";
        return `aws ec2 delete-route --route-table-id ${table} --destination-${kind} ${destinationOf(route)}`;
    },
});

const routesOf = (tables: readonly RouteTable[]): TableRoute[] =>
    tables.flatMap(({ RouteTableId = "", Routes = [] }) => Routes.map((route) => ({ table: RouteTableId, route })));

/** Made with the VPC; a subnet of the stack that lost its own table would follow it. */
export const routesInMain = listing<TableRoute>({
    item: "route of the main table",
    rights: describe("RouteTables"),
    list: async ({ ec2 }, parent) =>
        routesOf(await routeTables(ec2, [...inVpc(parent), ...equals("association.main", "true")])),
    key: ({ table, route }) => `${table} ${destinationOf(route)}`,
    byAws: [
        {
            what: "the route within the VPC, in the main table",
            source: "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html",
            is: ({ route }) => route.GatewayId === "local",
        },
    ],
    opens: ({ route }) =>
        `subnets without a table of their own send packets to ${destinationOf(route)} by ${targetOf(route)}`,
    remove: ({ table, route }) =>
        `aws ec2 delete-route --route-table-id ${table} --destination-cidr-block ${destinationOf(route)}`,
});

export const associations = listing({
    item: "association",
    rights: describe("RouteTables"),
    list: async ({ ec2 }, { id }) =>
        (await routeTables(ec2, equals("route-table-id", id))).flatMap(({ Associations = [] }) => Associations),
    key: ({ RouteTableAssociationId }) => RouteTableAssociationId,
    planned: { "ec2/routeTableAssociation:RouteTableAssociation": byId },
    opens: ({ SubnetId, GatewayId }: RouteTableAssociation) =>
        `${SubnetId ?? GatewayId ?? "the VPC"} follows the routes of this table`,
    remove: ({ RouteTableAssociationId }) =>
        `aws ec2 disassociate-route-table --association-id ${RouteTableAssociationId}`,
});
