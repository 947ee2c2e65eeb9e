import type { ControlGroup } from "./control-group.ts";

/** Networks, groups and ways out. */
export const networkControls: readonly ControlGroup[] = [
    {
        ids: ["EC2.2", "CKV2_AWS_12"],
        title: "The default security group lets nothing through",
        requirements: ["PCI-1.3.1", "PCI-1.3.2"],
        rules: ["default-group-closed"],
    },
    {
        ids: ["EC2.6", "CKV2_AWS_11"],
        title: "Flow logs are on in every VPC",
        requirements: ["PCI-10.2.1"],
        rules: ["flow-logs-complete"],
    },
    {
        ids: ["EC2.15", "CKV_AWS_130"],
        title: "Subnets give out no public addresses",
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
        title: "No port but that of HTTPS is open to the world",
        requirements: ["PCI-1.3.1", "PCI-1.4.2"],
        rules: ["internet-reaches-https-only"],
    },
    {
        ids: ["CKV_AWS_260", "aws-ec2-securitygroup-disallow-inbound-http-traffic"],
        title: "The world cannot call without encryption",
        requirements: ["PCI-1.3.1", "PCI-4.2.1"],
        rules: ["internet-reaches-https-only"],
    },
    {
        ids: ["CKV_AWS_382"],
        title: "No security group lets everything out",
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
        title: "Security groups and their rules are described",
        requirements: ["PCI-1.3.1"],
        rules: ["groups-described"],
    },
    {
        ids: ["CKV2_AWS_5"],
        title: "No security group lies about unused",
        requirements: ["PCI-1.3.1"],
        rules: ["groups-used"],
    },
    {
        ids: ["EC2.16", "CKV2_AWS_1"],
        title: "No network ACL lies about unused",
        requirements: ["PCI-1.3.1"],
        rules: ["tiers-in-own-subnets", "network-acls-narrow"],
    },
    {
        ids: ["EC2.21", "CKV_AWS_229", "CKV_AWS_230", "CKV_AWS_231", "CKV_AWS_232", "CKV_AWS_352"],
        title: "Network ACLs open no administrative port to the world",
        requirements: ["PCI-1.3.1"],
        rules: ["network-acls-narrow"],
    },
    {
        ids: ["CKV2_AWS_35"],
        title: "Ways to the internet lead through NAT gateways",
        requirements: ["PCI-1.4.1"],
        rules: ["internet-routes-by-tier"],
    },
    {
        ids: ["EC2.10"],
        title: "EC2 is called through an endpoint",
        requirements: ["PCI-1.4.1"],
        unmetReason: "Nothing in the VPC calls the EC2 API",
    },
    {
        ids: ["EC2.55", "EC2.56"],
        title: "ECR is called through endpoints where there is no NAT gateway",
        requirements: ["PCI-1.4.1"],
        rules: ["endpoints-or-nat"],
    },
    {
        ids: ["EC2.57"],
        title: "Systems Manager is called through an endpoint",
        requirements: ["PCI-1.4.1"],
        unmetReason: "Nothing in the VPC calls Systems Manager",
    },
    {
        ids: ["EC2.172"],
        title: "The VPC blocks public access",
        requirements: ["PCI-1.4.1"],
        unmetReason:
            "A setting of the whole account, which may hold other systems; routes and groups refuse the same here",
    },
    {
        ids: ["CKV2_AWS_19"],
        title: "Elastic IP addresses belong to EC2 instances",
        requirements: ["PCI-1.4.1"],
        unmetReason: "They belong to NAT gateways, which the check does not know",
    },
];
