import type { ChildListers } from "../listing.ts";
import { associationLister, routeLister } from "./routes.ts";
import { securityGroupRuleLister } from "./security-groups.ts";
import { vpcGatewayListers } from "./vpc-gateways.ts";
import { vpcInterfaceListers } from "./vpc-interfaces.ts";
import { vpcListers } from "./vpc.ts";

export const networkListersByType: Readonly<Record<string, ChildListers>> = {
    "ec2/vpc:Vpc": [...vpcListers, ...vpcGatewayListers, ...vpcInterfaceListers],
    "ec2/routeTable:RouteTable": [routeLister, associationLister],
    "ec2/securityGroup:SecurityGroup": [securityGroupRuleLister],
    "ec2/defaultSecurityGroup:DefaultSecurityGroup": [securityGroupRuleLister],
};
