import { changeInputs, changePolicy, changeResources, removeResources, type FaultsByRule } from "../fault.ts";

const ingress = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const egress = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
const rolePolicy = "aws:iam/rolePolicy:RolePolicy";
const endpoint = "aws:ec2/vpcEndpoint:VpcEndpoint";
const routeTable = "aws:ec2/routeTable:RouteTable";
const routeTableAssociation = "aws:ec2/routeTableAssociation:RouteTableAssociation";
const openToInternet = { cidrIpv4: "0.0.0.0/0", referencedSecurityGroupId: undefined as unknown as string };

export const networkFaults: FaultsByRule = {
    "flows-only": {
        "a rule more": changeResources(ingress, "tasks-cache", (node) => [
            node,
            { ...node, inputs: { ...node.inputs, fromPort: 22, toPort: 22 } },
        ]),
        "one side only": removeResources(egress, "tasks-database"),
        "a wider port range": changeInputs(ingress, "tasks-database", { fromPort: 0 }),
        "the way to another service": changeInputs(egress, "validator-dynamodb", { prefixListId: "pl-other" }),
        "an inline rule": changeInputs("aws:ec2/securityGroup:SecurityGroup", "cache", { egress: [] }),
    },
    "internet-reaches-https-only": {
        "an open database": changeInputs(ingress, "tasks-database", openToInternet),
        "an open exit": changeInputs(egress, "tasks-s3", openToInternet),
        "all protocols": changeInputs(egress, "tasks-s3", { ipProtocol: "-1" }),
    },
    "default-group-closed": {
        "left as AWS made it": removeResources("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"),
    },
    "internet-routes-by-tier": {
        "a private way out": (plan) => {
            const table = plan.nodes.find(({ name, type }) => type === routeTable && name.includes("-public-"));
            return changeInputs(routeTableAssociation, "private-1", { routeTableId: table?.id ?? "" })(plan);
        },
        "a route from the database's table": (plan) => {
            const table = plan.nodes.find(({ name, type }) => type === routeTable && name.includes("-database-"));
            return changeInputs("aws:ec2/route:Route", "", { routeTableId: table?.id ?? "" })(plan);
        },
    },
    "no-public-addresses": {
        "a subnet that gives them out": changeInputs("aws:ec2/subnet:Subnet", "public-1", {
            mapPublicIpOnLaunch: true,
        }),
        "a public database": changeInputs("aws:rds/clusterInstance:ClusterInstance", "", { publiclyAccessible: true }),
        "an address that no gateway needs": changeResources("aws:ec2/subnet:Subnet", "public-1", (node) => [
            node,
            { ...node, type: "aws:ec2/eip:Eip" },
        ]),
    },
    "tiers-in-own-subnets": {
        "a cache among tasks": (plan) => {
            const subnets = plan.nodes.filter(
                ({ type, name }) => type.includes("Subnet") && name.includes("-private-"),
            );
            return changeInputs("aws:elasticache/subnetGroup:SubnetGroup", "", {
                subnetIds: subnets.map(({ id }) => id),
            })(plan);
        },
    },
    "guardduty-agent-reachable": {
        "a way that nobody needs": changePolicy(
            rolePolicy,
            "api-execution",
            /arn:aws:ecr:[^"]+/,
            "arn:aws:ecr:us-east-1:593207742271:repository/aws-guardduty-agent-fargate",
        ),
        "an endpoint that nobody needs": changeInputs(endpoint, "sqs", {
            serviceName: "com.amazonaws.us-east-1.guardduty-data",
        }),
    },
};
