import { changeInputs, changePolicy, changeResources, removeResources, type FaultsByRule } from "../fault.ts";

const ingress = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const egress = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
const rolePolicy = "aws:iam/rolePolicy:RolePolicy";
const endpoint = "aws:ec2/vpcEndpoint:VpcEndpoint";
const routeTable = "aws:ec2/routeTable:RouteTable";
const routeTableAssociation = "aws:ec2/routeTableAssociation:RouteTableAssociation";
const openToInternet = { cidrIpv4: "0.0.0.0/0", referencedSecurityGroupId: null };

export const networkFaults: FaultsByRule = {
    "flows-only": {
        "a rule more": [
            changeResources(ingress, "tasks-cache", (node) => [
                node,
                { ...node, inputs: { ...node.inputs, fromPort: 22, toPort: 22 } },
            ]),
            "payment-tasks-cache-ingress-prod must be in the table of flows: ingress cache tcp 22 22 cache-clients Services keep sessions and locks",
        ],
        "one side only": [
            removeResources(egress, "tasks-database"),
            "the stack no security group rule allows: egress database-clients tcp 5432 5432 database Services read and write payments",
        ],
        "a wider port range": [
            changeInputs(ingress, "tasks-database", { fromPort: 0 }),
            "payment-tasks-database-ingress-prod must be in the table of flows: ingress database tcp 0 5432 database-clients Services read and write payments",
        ],
        "the way to another service": [
            changeInputs(egress, "validator-dynamodb", { prefixListId: "pl-other" }),
            "payment-validator-dynamodb-egress-prod must be in the table of flows: egress validator tcp 443 443 pl-other Validator records transactions",
        ],
        "an inline rule": [
            changeInputs("aws:ec2/securityGroup:SecurityGroup", "cache", { egress: [] }),
            "payment-cache-clients-prod must have no inline rules",
        ],
    },
    "internet-reaches-https-only": {
        "an open database": [
            changeInputs(ingress, "tasks-database", openToInternet),
            "payment-tasks-database-ingress-prod must not be open to all addresses: ingress database tcp 5432 5432 0.0.0.0/0 Services read and write payments",
        ],
        "an open exit": [
            changeInputs(egress, "tasks-s3", openToInternet),
            "payment-tasks-s3-egress-prod must not be open to all addresses: egress tasks tcp 443 443 0.0.0.0/0 pl-f4841c11 Tasks pull the layers of their images",
        ],
        "all protocols": [
            changeInputs(egress, "tasks-s3", { ipProtocol: "-1" }),
            "payment-tasks-s3-egress-prod must allow TCP only",
        ],
    },
    "default-group-closed": {
        "left as AWS made it": [
            removeResources("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"),
            "the stack there are 0 default security groups, not 1",
        ],
    },
    "internet-routes-by-tier": {
        "a private way out": [
            (plan) => {
                const table = plan.nodes.find(({ name, type }) => type === routeTable && name.includes("-public-"));
                return changeInputs(routeTableAssociation, "private-1", { routeTableId: table?.id ?? "" })(plan);
            },
            "payment-public-internet-prod must not route to the internet: its subnets are not public",
        ],
        "a route from the database's table": [
            (plan) => {
                const table = plan.nodes.find(({ name, type }) => type === routeTable && name.includes("-database-"));
                return changeInputs("aws:ec2/route:Route", "", { routeTableId: table?.id ?? "" })(plan);
            },
            "payment-public-internet-prod must not route to the internet: its subnets are not public",
        ],
    },
    "no-public-addresses": {
        "a subnet that gives them out": [
            changeInputs("aws:ec2/subnet:Subnet", "public-1", {
                mapPublicIpOnLaunch: true,
            }),
            "payment-public-1-prod must assign no public IP addresses",
        ],
        "a public database": [
            changeInputs("aws:rds/clusterInstance:ClusterInstance", "", { publiclyAccessible: true }),
            "payment-database-1-prod must not be publicly accessible",
        ],
        "an address that no gateway needs": [
            changeResources("aws:ec2/subnet:Subnet", "public-1", (node) => [
                node,
                { ...node, type: "aws:ec2/eip:Eip" },
            ]),
            "payment-public-1-prod must not exist without NAT",
        ],
    },
    "tiers-in-own-subnets": {
        "a cache among tasks": [
            (plan) => {
                const subnets = plan.nodes.filter(
                    ({ type, name }) => type.includes("Subnet") && name.includes("-private-"),
                );
                return changeInputs("aws:elasticache/subnetGroup:SubnetGroup", "", {
                    subnetIds: subnets.map(({ id }) => id),
                })(plan);
            },
            "payment-cache-prod must be in the database subnets, one in each zone",
        ],
    },
    "guardduty-agent-reachable": {
        "a way that nobody needs": [
            changePolicy(
                rolePolicy,
                "api-execution",
                /arn:aws:ecr:[^"]+/,
                "arn:aws:ecr:us-east-1:593207742271:repository/aws-guardduty-agent-fargate",
            ),
            "payment-api-execution-prod must not name the agent's image",
        ],
        "an endpoint that nobody needs": [
            changeInputs(endpoint, "sqs", {
                serviceName: "com.amazonaws.us-east-1.guardduty-data",
            }),
            "the stack there are 1 endpoints for the agent, not 0",
        ],
    },
};
