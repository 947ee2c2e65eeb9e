import type { Plan, PlanNode } from "../../plan/plan.ts";
import { resourcesOfType, typeNameOf, inputText, inputTexts } from "../../plan/query.ts";
import { isPublicBlock } from "./addresses.ts";

/** A route of a route table, other than the local route that each table has. */
export interface Route {
    readonly node: PlanNode;
    /** CIDR, or ID of a prefix list. */
    readonly destination: string;
    /** ID of the gateway, connection or interface. */
    readonly target: string;
}

export interface Subnet {
    readonly node: PlanNode;
    readonly cidr: string;
    readonly routes: readonly Route[];
    /** Gateway endpoints in its route table. */
    readonly endpoints: readonly PlanNode[];
    /** Absent: the default NACL applies, which allows all traffic. */
    readonly acl?: PlanNode;
}

const destinations = ["destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"];
const inputsWithoutTarget = ["routeTableId", "region", ...destinations];

/** Every subnet of a plan, by ID. */
export function subnetsOf(plan: Plan): Map<string, Subnet> {
    const associations = resourcesOfType(plan, "ec2/routeTableAssociation:RouteTableAssociation");
    const routes = resourcesOfType(plan, "ec2/route:Route");
    const endpoints = resourcesOfType(plan, "ec2/vpcEndpoint:VpcEndpoint");
    const acls = resourcesOfType(plan, "ec2/networkAcl:NetworkAcl");
    return new Map(
        resourcesOfType(plan, "ec2/subnet:Subnet").map((node) => {
            // Without an association the main route table applies, which has only the local route.
            const tables = associations
                .filter((each) => inputText(each, "subnetId") === node.id)
                .map((each) => inputText(each, "routeTableId"));
            const subnet: Subnet = {
                node,
                cidr: inputText(node, "cidrBlock"),
                routes: routes.filter((each) => tables.includes(inputText(each, "routeTableId"))).map(routeOf),
                endpoints: endpoints.filter((each) =>
                    inputTexts(each, "routeTableIds").some((id) => tables.includes(id)),
                ),
                acl: acls.find((each) => inputTexts(each, "subnetIds").includes(node.id)),
            };
            return [node.id, subnet];
        }),
    );
}

function routeOf(node: PlanNode): Route {
    const first = (inputs: readonly string[]) =>
        inputs.map((input) => inputText(node, input)).find((found) => found !== "") ?? "";
    const targets = Object.keys(node.inputs).filter((input) => !inputsWithoutTarget.includes(input));
    return { node, destination: first(destinations), target: first(targets) };
}

/**
 * Routes to public addresses: public IPv4 blocks, and every IPv6 block and prefix list, which are not analysed and so counted
 * as public.
 */
export const routesToPublicAddresses = ({ routes }: Subnet): Route[] =>
    routes.filter(({ destination }) => !/^[\d.]+\/\d+$/.test(destination) || isPublicBlock(destination));

/** `0.0.0.0/0 to payment-nat-1-prod (NatGateway)`. */
export function routeText(plan: Plan, { destination, target }: Route): string {
    const gateway = plan.nodes.find(({ id }) => id === target);
    return `${destination} to ${gateway === undefined ? target : `${gateway.name} (${typeNameOf(gateway)})`}`;
}

const hasTargetOfType = (plan: Plan, route: Route, type: string): boolean =>
    resourcesOfType(plan, type).some(({ id }) => id === route.target);

export const isNatRoute = (plan: Plan, route: Route): boolean =>
    hasTargetOfType(plan, route, "ec2/natGateway:NatGateway");

export const isInternetGatewayRoute = (plan: Plan, route: Route): boolean =>
    hasTargetOfType(plan, route, "ec2/internetGateway:InternetGateway");

/** The route that makes a subnet public. */
export const internetGatewayRoute = (plan: Plan, subnet: Subnet): Route | undefined =>
    routesToPublicAddresses(subnet).find((route) => isInternetGatewayRoute(plan, route));
