import { inputs, policy, where, without, type Faults } from "../fault.ts";

const ingress = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const egress = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
const rolePolicy = "aws:iam/rolePolicy:RolePolicy";
const endpoint = "aws:ec2/vpcEndpoint:VpcEndpoint";
const routeTable = "aws:ec2/routeTable:RouteTable";
const association = "aws:ec2/routeTableAssociation:RouteTableAssociation";
const open = { cidrIpv4: "0.0.0.0/0", referencedSecurityGroupId: undefined as unknown as string };

export const networkFaults: Faults = {
    "flows-only": {
        "a rule more": where(ingress, "tasks-cache", (node) => [
            node,
            { ...node, inputs: { ...node.inputs, fromPort: 22, toPort: 22 } },
        ]),
        "one side only": without(egress, "tasks-database"),
        "a wider port range": inputs(ingress, "tasks-database", { fromPort: 0 }),
        "the way to another service": inputs(egress, "validator-dynamodb", { prefixListId: "pl-other" }),
        "an inline rule": inputs("aws:ec2/securityGroup:SecurityGroup", "cache", { egress: [] }),
    },
    "world-reaches-https-only": {
        "an open database": inputs(ingress, "tasks-database", open),
        "an open exit": inputs(egress, "tasks-s3", open),
        "all protocols": inputs(egress, "tasks-s3", { ipProtocol: "-1" }),
    },
    "default-group-closed": {
        "left as AWS made it": without("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"),
    },
    "internet-routes-by-tier": {
        "a private way out": (plan) => {
            const table = plan.nodes.find(({ name, type }) => type === routeTable && name.includes("-public-"));
            return inputs(association, "private-1", { routeTableId: table?.id ?? "" })(plan);
        },
        "a route from the database's table": (plan) => {
            const table = plan.nodes.find(({ name, type }) => type === routeTable && name.includes("-database-"));
            return inputs("aws:ec2/route:Route", "", { routeTableId: table?.id ?? "" })(plan);
        },
    },
    "no-public-addresses": {
        "a subnet that gives them out": inputs("aws:ec2/subnet:Subnet", "public-1", { mapPublicIpOnLaunch: true }),
        "a public database": inputs("aws:rds/clusterInstance:ClusterInstance", "", { publiclyAccessible: true }),
        "an address that no gateway needs": where("aws:ec2/subnet:Subnet", "public-1", (node) => [
            node,
            { ...node, type: "aws:ec2/eip:Eip" },
        ]),
    },
    "tiers-in-own-subnets": {
        "a cache among tasks": (plan) => {
            const subnets = plan.nodes.filter(
                ({ type, name }) => type.includes("Subnet") && name.includes("-private-"),
            );
            return inputs("aws:elasticache/subnetGroup:SubnetGroup", "", { subnetIds: subnets.map(({ id }) => id) })(
                plan,
            );
        },
    },
    "agent-reached-where-watched": {
        "a way that nobody needs": policy(
            rolePolicy,
            "api-execution",
            /arn:aws:ecr:[^"]+/,
            "arn:aws:ecr:us-east-1:593207742271:repository/aws-guardduty-agent-fargate",
        ),
        "an endpoint that nobody needs": inputs(endpoint, "sqs", {
            serviceName: "com.amazonaws.us-east-1.guardduty-data",
        }),
    },
};
