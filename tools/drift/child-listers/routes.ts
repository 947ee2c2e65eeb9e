import {
    paginateDescribeRouteTables,
    type EC2Client,
    type Filter,
    type Route,
    type RouteTable,
    type RouteTableAssociation,
} from "@aws-sdk/client-ec2";
import { collectPages } from "../../frame/aws-clients.ts";
import { defineLister } from "../listing.ts";
import { describeEc2 } from "../../../plan/catalogue/ec2-grants.ts";
import { getId, equalsFilter, vpcFilter } from "./ec2.ts";

export const listRouteTables = (client: EC2Client, Filters: Filter[]): Promise<RouteTable[]> =>
    collectPages(paginateDescribeRouteTables({ client }, { Filters }), (page) => page.RouteTables);

const routeDestination = (route: Route): string =>
    route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock ?? route.DestinationPrefixListId ?? "";
const routeTarget = (route: Route): string =>
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

export const routeLister = defineLister<TableRoute>({
    item: "route",
    permissions: [describeEc2("RouteTables")],
    list: async ({ ec2 }, { id }) => toTableRoutes(await listRouteTables(ec2, equalsFilter("route-table-id", id))),
    key: ({ table, route }) => `${table} ${routeDestination(route)}`,
    planned: {
        "ec2/route:Route": ({ text }) =>
            `${text("routeTableId")} ${text("destinationCidrBlock") || text("destinationIpv6CidrBlock") || text("destinationPrefixListId")}`,
    },
    byAws: [
        {
            what: "the route within the VPC",
            source: "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html",
            matches: ({ route }) => route.GatewayId === "local",
        },
        {
            what: "the route to a gateway endpoint, which the endpoint's `routeTableIds` name",
            source: "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html",
            matches: ({ route }, { state }) =>
                route.DestinationPrefixListId !== undefined &&
                state.resources.some(
                    ({ type, id }) => type === "aws:ec2/vpcEndpoint:VpcEndpoint" && id === route.GatewayId,
                ),
        },
    ],
    opens: ({ route }) => `packets to ${routeDestination(route)} leave by ${routeTarget(route)}`,
    remove: ({ table, route }) => {
        const kind =
            route.DestinationCidrBlock !== undefined
                ? "cidr-block"
                : route.DestinationIpv6CidrBlock !== undefined
                  ? "ipv6-cidr-block"
                  : "prefix-list-id";
        return `aws ec2 delete-route --route-table-id ${table} --destination-${kind} ${routeDestination(route)}`;
    },
});

const toTableRoutes = (tables: readonly RouteTable[]): TableRoute[] =>
    tables.flatMap(({ RouteTableId = "", Routes = [] }) => Routes.map((route) => ({ table: RouteTableId, route })));

/** Made with the VPC; a subnet of the stack that lost its own table would follow it. */
export const mainTableRouteLister = defineLister<TableRoute>({
    item: "route of the main table",
    permissions: [describeEc2("RouteTables")],
    list: async ({ ec2 }, parent) =>
        toTableRoutes(await listRouteTables(ec2, [...vpcFilter(parent), ...equalsFilter("association.main", "true")])),
    key: ({ table, route }) => `${table} ${routeDestination(route)}`,
    byAws: [
        {
            what: "the route within the VPC, in the main table",
            source: "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html",
            matches: ({ route }) => route.GatewayId === "local",
        },
    ],
    opens: ({ route }) =>
        `subnets without a table of their own send packets to ${routeDestination(route)} by ${routeTarget(route)}`,
    remove: ({ table, route }) =>
        `aws ec2 delete-route --route-table-id ${table} --destination-cidr-block ${routeDestination(route)}`,
});

export const associationLister = defineLister({
    item: "association",
    permissions: [describeEc2("RouteTables")],
    list: async ({ ec2 }, { id }) =>
        (await listRouteTables(ec2, equalsFilter("route-table-id", id))).flatMap(
            ({ Associations = [] }) => Associations,
        ),
    key: ({ RouteTableAssociationId }) => RouteTableAssociationId,
    planned: { "ec2/routeTableAssociation:RouteTableAssociation": getId },
    opens: ({ SubnetId, GatewayId }: RouteTableAssociation) =>
        `${SubnetId ?? GatewayId ?? "the VPC"} follows the routes of this table`,
    remove: ({ RouteTableAssociationId }) =>
        `aws ec2 disassociate-route-table --association-id ${RouteTableAssociationId}`,
});
