import { paginateDescribeSecurityGroupRules, type EC2Client, type SecurityGroupRule } from "@aws-sdk/client-ec2";
import { isTree, items } from "../../../plan/query.ts";
import { allOf } from "../../deploy/clients.ts";
import { nameOf } from "../../../plan/state.ts";
import { listing, type Parent } from "../listing.ts";
import { orUnknown, some } from "../words.ts";
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
    const ports =
        FromPort === ToPort ? `port ${orUnknown(FromPort)}` : `ports ${orUnknown(FromPort)} to ${orUnknown(ToPort)}`;
    return `${IpProtocol.toUpperCase()} ${ports}`;
}

function otherEnd({ CidrIpv4, CidrIpv6, PrefixListId, ReferencedGroupInfo }: SecurityGroupRule): string {
    const range = CidrIpv4 ?? CidrIpv6;
    if (range === undefined) {
        return PrefixListId === undefined
            ? `what is in security group ${orUnknown(ReferencedGroupInfo?.GroupId)}`
            : `addresses of prefix list ${PrefixListId}`;
    }
    return range === "0.0.0.0/0" || range === "::/0" ? "the internet" : `addresses in ${range}`;
}

/** Inputs by which a resource is in a group, at whatever depth. Rules, and groups for later, have other names. */
const memberships = ["securityGroups", "securityGroupIds", "vpcSecurityGroupIds"];

const isIn = (group: string, inputs: unknown): boolean =>
    isTree(inputs) &&
    Object.entries(inputs).some(([key, value]) =>
        memberships.includes(key) ? items(value).includes(group) : isIn(group, value),
    );

const membersOf = ({ state, id }: Parent): string[] =>
    state.resources.filter(({ inputs }) => isIn(id, inputs)).map(nameOf);

function ruleOpens(rule: SecurityGroupRule, parent: Parent): string {
    const members = some(membersOf(parent)) || "whatever has this group";
    return rule.IsEgress
        ? `${members} may connect to ${portsOf(rule)} of ${otherEnd(rule)}`
        : `${otherEnd(rule).replace("the internet", "anybody on the internet")} may connect to ${portsOf(rule)} of ${members}`;
}

export const rules = listing<SecurityGroupRule>({
    item: "rule",
    rights: describe("SecurityGroupRules"),
    list: ({ ec2 }, { id }) => securityGroupRules(ec2, id),
    key: ({ SecurityGroupRuleId }) => SecurityGroupRuleId,
    planned: {
        "vpc/securityGroupIngressRule:SecurityGroupIngressRule": byId,
        "vpc/securityGroupEgressRule:SecurityGroupEgressRule": byId,
    },
    typeOf: ({ IsEgress }) =>
        IsEgress
            ? "vpc/securityGroupEgressRule:SecurityGroupEgressRule"
            : "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    opens: ruleOpens,
    remove: ({ IsEgress, SecurityGroupRuleId }, { id }) =>
        `aws ec2 revoke-security-group-${IsEgress ? "egress" : "ingress"} --group-id ${id} ` +
        `--security-group-rule-ids ${SecurityGroupRuleId}`,
});
