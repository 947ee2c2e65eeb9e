import type { ControlGroup } from "./control-group.ts";

/** VPC, security groups and routes to the internet. */
export const networkControls: readonly ControlGroup[] = [
    {
        ids: ["EC2.2", "CKV2_AWS_12"],
        title: "The VPC's default security group allows no traffic",
        requirements: ["PCI-1.3.1", "PCI-1.3.2"],
        rules: ["default-group-closed"],
    },
    {
        ids: ["EC2.6", "CKV2_AWS_11"],
        title: "VPC flow logs are enabled",
        requirements: ["PCI-10.2.1"],
        rules: ["flow-logs-complete"],
    },
    {
        ids: ["EC2.15", "CKV_AWS_130"],
        title: "Subnets assign no public IP addresses",
        requirements: ["PCI-1.4.4"],
        rules: ["no-public-addresses", "public-edge-only"],
    },
    {
        ids: [
            "EC2.13",
            "EC2.14",
            "EC2.18",
            "EC2.19",
            "EC2.53",
            "EC2.54",
            "CKV_AWS_24",
            "CKV_AWS_25",
            "CKV_AWS_277",
            "aws-ec2-securitygroup-disallow-public-internet-ingress",
        ],
        title: "Security groups allow unrestricted ingress to authorized ports only",
        requirements: ["PCI-1.3.1", "PCI-1.4.2"],
        rules: ["internet-reaches-https-only"],
    },
    {
        ids: ["CKV_AWS_260", "aws-ec2-securitygroup-disallow-inbound-http-traffic"],
        title: "Security groups allow no unrestricted HTTP ingress",
        requirements: ["PCI-1.3.1", "PCI-4.2.1"],
        rules: ["internet-reaches-https-only"],
    },
    {
        ids: ["CKV_AWS_382"],
        title: "Security groups allow no egress of all protocols to all addresses",
        requirements: ["PCI-1.3.2"],
        rules: ["flows-only", "internet-reaches-https-only"],
    },
    {
        ids: [
            "CKV_AWS_23",
            "aws-ec2-securitygroup-missing-description",
            "aws-ec2-securitygroup-missing-ingress-rule-description",
            "aws-ec2-securitygroup-missing-egress-rule-description",
        ],
        title: "Security groups and their rules have descriptions",
        requirements: ["PCI-1.3.1"],
        rules: ["groups-described"],
    },
    {
        ids: ["CKV2_AWS_5"],
        title: "Security groups are attached to resources",
        requirements: ["PCI-1.3.1"],
        rules: ["groups-used"],
    },
    {
        ids: ["EC2.16", "CKV2_AWS_1"],
        title: "Network ACLs are associated with subnets",
        requirements: ["PCI-1.3.1"],
        rules: ["tiers-in-own-subnets", "network-acls-narrow"],
    },
    {
        ids: ["EC2.21", "CKV_AWS_229", "CKV_AWS_230", "CKV_AWS_231", "CKV_AWS_232", "CKV_AWS_352"],
        title: "Network ACLs allow no unrestricted ingress to administrative ports",
        requirements: ["PCI-1.3.1"],
        rules: ["network-acls-narrow"],
    },
    {
        ids: ["CKV2_AWS_35"],
        title: "Routes of private subnets to the internet use NAT gateways",
        requirements: ["PCI-1.4.1"],
        rules: ["internet-routes-by-tier"],
    },
    {
        ids: ["EC2.10"],
        title: "The VPC has an interface endpoint for EC2",
        requirements: ["PCI-1.4.1"],
        unmetReason: "No workload in the VPC calls the EC2 API",
    },
    {
        ids: ["EC2.55", "EC2.56"],
        title: "The VPC has interface endpoints for ECR where it has no NAT gateway",
        requirements: ["PCI-1.4.1"],
        rules: ["endpoints-or-nat"],
    },
    {
        ids: ["EC2.57"],
        title: "The VPC has an interface endpoint for Systems Manager",
        requirements: ["PCI-1.4.1"],
        unmetReason: "No workload in the VPC calls Systems Manager",
    },
    {
        ids: ["EC2.172"],
        title: "VPC Block Public Access is enabled",
        requirements: ["PCI-1.4.1"],
        unmetReason:
            "It applies to the whole account, which may have other systems; routes and security groups block the same traffic here",
    },
    {
        ids: ["CKV2_AWS_19"],
        title: "Elastic IP addresses belong to EC2 instances",
        requirements: ["PCI-1.4.1"],
        unmetReason: "They belong to NAT gateways, which the check does not support",
    },
];
