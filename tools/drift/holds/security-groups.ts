import { paginateDescribeSecurityGroupRules, type EC2Client, type SecurityGroupRule } from "@aws-sdk/client-ec2";
import { allOf } from "../../deploy/clients.ts";
import { listing, type Parent } from "../listing.ts";
import { some, usersOf } from "../words.ts";
import { byId, describe, equals } from "./ec2.ts";

/** Rules of a security group, both ways. */
export const securityGroupRules = (client: EC2Client, groupId: string): Promise<SecurityGroupRule[]> =>
    allOf(
        paginateDescribeSecurityGroupRules({ client }, { Filters: equals("group-id", groupId) }),
        (page) => page.SecurityGroupRules,
    );

/** Such as `TCP port 22`. */
function portsOf({ IpProtocol = "", FromPort, ToPort }: SecurityGroupRule): string {
    if (IpProtocol === "-1") {
        return "every port";
    }
    const ports = FromPort === ToPort ? `port ${FromPort ?? "?"}` : `ports ${FromPort ?? "?"} to ${ToPort ?? "?"}`;
    return `${IpProtocol.toUpperCase()} ${ports}`;
}

function otherEnd({ CidrIpv4, CidrIpv6, PrefixListId, ReferencedGroupInfo }: SecurityGroupRule): string {
    const range = CidrIpv4 ?? CidrIpv6;
    if (range === undefined) {
        return PrefixListId === undefined
            ? `what is in security group ${ReferencedGroupInfo?.GroupId ?? "?"}`
            : `addresses of prefix list ${PrefixListId}`;
    }
    return range === "0.0.0.0/0" || range === "::/0" ? "anybody on the internet" : `addresses in ${range}`;
}

/** Rules name groups, too, without being in one. */
const isInGroups = (type: string) => !/securityGroup/i.test(type);

function ruleOpens(rule: SecurityGroupRule, parent: Parent): string {
    const members = some(usersOf(parent, isInGroups)) || "whatever has this group";
    return rule.IsEgress
        ? `${members} may connect to ${portsOf(rule)} of ${otherEnd(rule)}`
        : `${otherEnd(rule)} reaches ${portsOf(rule)} of ${members}`;
}

export const rules = listing<SecurityGroupRule>({
    item: "rule",
    rights: describe("SecurityGroupRules"),
    list: ({ ec2 }, { id }) => securityGroupRules(ec2, id),
    key: ({ SecurityGroupRuleId = "" }) => SecurityGroupRuleId,
    planned: {
        "vpc/securityGroupIngressRule:SecurityGroupIngressRule": byId,
        "vpc/securityGroupEgressRule:SecurityGroupEgressRule": byId,
    },
    typeOf: ({ IsEgress }) =>
        IsEgress
            ? "vpc/securityGroupEgressRule:SecurityGroupEgressRule"
            : "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    opens: ruleOpens,
    remove: ({ IsEgress, SecurityGroupRuleId = "" }, { id }) =>
        `aws ec2 revoke-security-group-${IsEgress ? "egress" : "ingress"} --group-id ${id} ` +
        `--security-group-rule-ids ${SecurityGroupRuleId}`,
});
