import type { ChildListers } from "../listing.ts";
import { associationLister, routeLister } from "./routes.ts";
import { securityGroupRuleLister } from "./security-groups.ts";
import { vpcGatewayListers } from "./vpc-gateways.ts";
import { vpcInterfaceListers } from "./vpc-interfaces.ts";
import { vpcListers } from "./vpc.ts";

const listedForVpc = "what may stand in it is listed for its VPC";
const comparedByRefresh = "nothing stands under it; Pulumi's refresh compares all of it";

export const networkListersByType: Readonly<Record<string, ChildListers>> = {
    "ec2/vpc:Vpc": [...vpcListers, ...vpcGatewayListers, ...vpcInterfaceListers],
    "ec2/subnet:Subnet": listedForVpc,
    "ec2/internetGateway:InternetGateway": comparedByRefresh,
    "ec2/routeTable:RouteTable": [routeLister, associationLister],
    "ec2/route:Route": comparedByRefresh,
    "ec2/routeTableAssociation:RouteTableAssociation": comparedByRefresh,
    "ec2/eip:Eip": comparedByRefresh,
    "ec2/natGateway:NatGateway": comparedByRefresh,
    "ec2/networkAcl:NetworkAcl": "its entries are arguments of its own, which Pulumi's refresh compares",
    "ec2/securityGroup:SecurityGroup": [securityGroupRuleLister],
    "ec2/defaultSecurityGroup:DefaultSecurityGroup": [securityGroupRuleLister],
    "vpc/securityGroupIngressRule:SecurityGroupIngressRule": comparedByRefresh,
    "vpc/securityGroupEgressRule:SecurityGroupEgressRule": comparedByRefresh,
    "ec2/vpcEndpoint:VpcEndpoint":
        "its groups, subnets, route tables and policy are arguments of its own, which Pulumi's refresh compares",
    "ec2/flowLog:FlowLog": comparedByRefresh,
};
