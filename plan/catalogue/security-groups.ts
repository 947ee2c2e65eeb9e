import { ec2Outputs } from "../fake-provider/output-formats.ts";
import { untaggedOnly, withResourceTag, writeGrant, type DeployerGrant } from "./deployer-grant.ts";
import { createGrants, describeEc2, ec2Arns } from "./ec2-grants.ts";
import { refused, type ExclusiveInputs } from "./exclusive-inputs.ts";
import { forceNew, nameInputs, setOrRemoved, type Condition } from "./force-new.ts";
import { comparedByRefresh, type ServiceRows } from "./row.ts";

/** The provider changes one address for another, but not an address for a security group. */
const peerInputs = ["cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"];

const peerConditions: Readonly<Record<string, Condition>> = Object.fromEntries(
    peerInputs.map((input) => [input, setOrRemoved(input)]),
);

const securityGroupRuleGrants = (direction: "Ingress" | "Egress"): DeployerGrant[] => [
    ...createGrants(`AuthorizeSecurityGroup${direction}`, "security-group-rule", "security-group"),
    writeGrant(`ec2: RevokeSecurityGroup${direction}`, withResourceTag(ec2Arns("security-group"))),
    writeGrant("ec2: ModifySecurityGroupRules", withResourceTag(ec2Arns("security-group", "security-group-rule"))),
    describeEc2("SecurityGroupRules SecurityGroups"),
];

/** EC2 refuses a second rule for the same traffic, whatever its description. */
const securityGroupRule = (action: string): ExclusiveInputs[] =>
    peerInputs.map((peer) =>
        refused("ec2", action, `securityGroupId ipProtocol fromPort toPort ${peer}`, "InvalidPermission.Duplicate"),
    );

export const securityGroups: ServiceRows = {
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {
        name: { givenBecause: "AWS has named it" },
        fakeOutputs: ec2Outputs("security-group", "sg"),
        providerDefaults: { revokeRulesOnDelete: false },
        forceNew: forceNew("ec2/vpc_default_security_group", ["vpcId"]),
        exclusive: { none: "Pulumi adopts the group of the VPC, and deletes nothing" },
        recovery: { createAgain: "AWS makes it with the VPC; this clears its rules again" },
        children: "listed",
        grants: [
            // AWS creates it with the VPC and without a tag: the provider adds the tag first.
            writeGrant("ec2: CreateTags", untaggedOnly(ec2Arns("security-group"))),
            writeGrant(
                "ec2: CreateTags DeleteTags RevokeSecurityGroupEgress RevokeSecurityGroupIngress",
                withResourceTag(ec2Arns("security-group")),
            ),
            describeEc2("SecurityGroups SecurityGroupRules"),
        ],
    },
    "aws:ec2/securityGroup:SecurityGroup": {
        name: { maxLength: 255 },
        summary: ["{description}"],
        fakeOutputs: ec2Outputs("security-group", "sg"),
        providerDefaults: { revokeRulesOnDelete: false },
        forceNew: forceNew("ec2/vpc_security_group", [...nameInputs, "description", "vpcId"], {
            keptWhenRemoved: ["vpcId"],
        }),
        exclusive: [refused("ec2", "CreateSecurityGroup", "vpcId name", "InvalidGroup.Duplicate")],
        recovery: "lookup",
        children: "listed",
        grants: [
            ...createGrants("CreateSecurityGroup", "security-group", "vpc"),
            writeGrant(
                "ec2: DeleteSecurityGroup RevokeSecurityGroupEgress RevokeSecurityGroupIngress",
                withResourceTag(ec2Arns("security-group")),
            ),
            // A group is deleted once the network interfaces that services made with it are gone.
            describeEc2("SecurityGroups SecurityGroupRules NetworkInterfaces"),
        ],
    },
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": {
        summary: ["{ipProtocol}:{fromPort}", "to {cidrIpv4}", "{description}"],
        fakeOutputs: ec2Outputs("security-group-rule", "sgr"),
        forceNew: forceNew("ec2/vpc_security_group_egress_rule", [...peerInputs, "securityGroupId"], {
            conditions: peerConditions,
        }),
        exclusive: securityGroupRule("AuthorizeSecurityGroupEgress"),
        recovery: "lookup",
        children: { none: comparedByRefresh },
        grants: securityGroupRuleGrants("Egress"),
    },
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {
        summary: ["{ipProtocol}:{fromPort}", "from {cidrIpv4}", "{description}"],
        fakeOutputs: ec2Outputs("security-group-rule", "sgr"),
        forceNew: forceNew("ec2/vpc_security_group_ingress_rule", [...peerInputs, "securityGroupId"], {
            conditions: peerConditions,
        }),
        exclusive: securityGroupRule("AuthorizeSecurityGroupIngress"),
        recovery: "lookup",
        children: { none: comparedByRefresh },
        grants: securityGroupRuleGrants("Ingress"),
    },
};
