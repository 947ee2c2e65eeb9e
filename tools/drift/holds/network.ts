import type { Holds } from "../listing.ts";
import { associations, routesIn } from "./routes.ts";
import { rules } from "./security-groups.ts";
import { gatewaysOfVpc } from "./vpc-gateways.ts";
import { interfacesOfVpc } from "./vpc-interfaces.ts";
import { partsOfVpc } from "./vpc.ts";

const inTheVpc = "what may stand in it is listed for its VPC";
const whole = "nothing stands under it; Pulumi's refresh compares all of it";

export const network: Readonly<Record<string, Holds>> = {
    "ec2/vpc:Vpc": [...partsOfVpc, ...gatewaysOfVpc, ...interfacesOfVpc],
    "ec2/subnet:Subnet": inTheVpc,
    "ec2/internetGateway:InternetGateway": whole,
    "ec2/routeTable:RouteTable": [routesIn, associations],
    "ec2/route:Route": whole,
    "ec2/routeTableAssociation:RouteTableAssociation": whole,
    "ec2/eip:Eip": whole,
    "ec2/natGateway:NatGateway": whole,
    "ec2/networkAcl:NetworkAcl": "its entries are arguments of its own, which Pulumi's refresh compares",
    "ec2/securityGroup:SecurityGroup": [rules],
    "ec2/defaultSecurityGroup:DefaultSecurityGroup": [rules],
    "vpc/securityGroupIngressRule:SecurityGroupIngressRule": whole,
    "vpc/securityGroupEgressRule:SecurityGroupEgressRule": whole,
    "ec2/vpcEndpoint:VpcEndpoint":
        "its groups, subnets, route tables and policy are arguments of its own, which Pulumi's refresh compares",
    "ec2/flowLog:FlowLog": whole,
};
