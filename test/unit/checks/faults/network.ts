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
        "an additional rule": [
            changeResources(ingress, "tasks-cache", (node) => [
                node,
                { ...node, inputs: { ...node.inputs, fromPort: 22, toPort: 22 } },
            ]),
            "payment-tasks-cache-ingress-prod must be in the table of flows: ingress cache tcp 22 22 cache-clients Services keep sessions and copies of payments",
        ],
        "a flow without its egress rule": [
            removeResources(egress, "tasks-database"),
            "the stack no security group rule allows: egress database-clients tcp 5432 5432 database Services read and write payments",
        ],
        "a wider port range": [
            changeInputs(ingress, "tasks-database", { fromPort: 0 }),
            "payment-tasks-database-ingress-prod must be in the table of flows: ingress database tcp 0 5432 database-clients Services read and write payments",
        ],
        "a rule for the prefix list of another service": [
            changeInputs(egress, "validator-dynamodb", { prefixListId: "pl-other" }),
            "payment-validator-dynamodb-egress-prod must be in the table of flows: egress validator tcp 443 443 pl-other Validator records transactions",
        ],
        "an inline rule": [
            changeInputs("aws:ec2/securityGroup:SecurityGroup", "cache", { egress: [] }),
            "payment-cache-clients-prod must have no inline rules",
        ],
    },
    "internet-reaches-https-only": {
        "a database that is open to all addresses": [
            changeInputs(ingress, "tasks-database", openToInternet),
            "payment-tasks-database-ingress-prod must not be open to all addresses: ingress database tcp 5432 5432 0.0.0.0/0 Services read and write payments",
        ],
        "egress to all addresses": [
            changeInputs(egress, "tasks-s3", openToInternet),
            "payment-tasks-s3-egress-prod must not be open to all addresses: egress tasks tcp 443 443 0.0.0.0/0 pl-f4841c11 Tasks pull the layers of their images",
        ],
        "all protocols": [
            changeInputs(egress, "tasks-s3", { ipProtocol: "-1" }),
            "payment-tasks-s3-egress-prod must allow TCP only",
        ],
    },
    "default-group-closed": {
        "no default security group": [
            removeResources("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"),
            "the stack there are 0 default security groups, not 1",
        ],
    },
    "internet-routes-by-tier": {
        "a private subnet in the public route table": [
            (plan) => {
                const table = plan.nodes.find(({ name, type }) => type === routeTable && name.includes("-public-"));
                return changeInputs(routeTableAssociation, "private-1", { routeTableId: table?.id ?? "" })(plan);
            },
            "payment-public-internet-prod must not route to the internet: its subnets are not public",
        ],
        "an internet route in the database's route table": [
            (plan) => {
                const table = plan.nodes.find(({ name, type }) => type === routeTable && name.includes("-database-"));
                return changeInputs("aws:ec2/route:Route", "", { routeTableId: table?.id ?? "" })(plan);
            },
            "payment-public-internet-prod must not route to the internet: its subnets are not public",
        ],
    },
    "no-public-addresses": {
        "a subnet that assigns public addresses": [
            changeInputs("aws:ec2/subnet:Subnet", "public-1", {
                mapPublicIpOnLaunch: true,
            }),
            "payment-public-1-prod must assign no public IP addresses",
        ],
        "a public database": [
            changeInputs("aws:rds/clusterInstance:ClusterInstance", "", { publiclyAccessible: true }),
            "payment-database-1-prod must not be publicly accessible",
        ],
        "an Elastic IP address without a NAT gateway": [
            changeResources("aws:ec2/subnet:Subnet", "public-1", (node) => [
                node,
                { ...node, type: "aws:ec2/eip:Eip" },
            ]),
            "payment-public-1-prod must not exist without NAT",
        ],
    },
    "tiers-in-own-subnets": {
        "a cache in the private subnets": [
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
        "the agent's image in an execution role without GuardDuty": [
            changePolicy(
                rolePolicy,
                "api-execution",
                /arn:aws:ecr:[^"]+/,
                "arn:aws:ecr:us-east-1:593207742271:repository/aws-guardduty-agent-fargate",
            ),
            "payment-api-execution-prod must not name the agent's image",
        ],
        "the agent's endpoint without GuardDuty": [
            changeInputs(endpoint, "sqs", {
                serviceName: "com.amazonaws.us-east-1.guardduty-data",
            }),
            "the stack there are 1 endpoints for the agent, not 0",
        ],
    },
};
