import { paginateDescribeSecurityGroupRules, type EC2Client, type SecurityGroupRule } from "@aws-sdk/client-ec2";
import { isObjectOrArray, itemsOf } from "../../../plan/query.ts";
import { collectPages } from "../../frame/aws-clients.ts";
import { logicalNameOf } from "../../../plan/state.ts";
import { defineLister, type ParentResource } from "../listing.ts";
import { textOrUnknown, joinNames } from "../text.ts";
import { describeEc2 } from "../../../plan/catalogue/ec2-grants.ts";
import { getId, equalsFilter } from "./ec2.ts";

/** Rules of a security group, both ways. */
export const listSecurityGroupRules = (client: EC2Client, groupId: string): Promise<SecurityGroupRule[]> =>
    collectPages(
        paginateDescribeSecurityGroupRules({ client }, { Filters: equalsFilter("group-id", groupId) }),
        (page) => page.SecurityGroupRules,
    );

/** Such as `TCP port 22`. */
function portText({ IpProtocol = "", FromPort, ToPort }: SecurityGroupRule): string {
    if (IpProtocol === "-1") {
        return "every port";
    }
    const ports =
        FromPort === ToPort
            ? `port ${textOrUnknown(FromPort)}`
            : `ports ${textOrUnknown(FromPort)} to ${textOrUnknown(ToPort)}`;
    return `${IpProtocol.toUpperCase()} ${ports}`;
}

function peerText({ CidrIpv4, CidrIpv6, PrefixListId, ReferencedGroupInfo }: SecurityGroupRule): string {
    const range = CidrIpv4 ?? CidrIpv6;
    if (range === undefined) {
        return PrefixListId === undefined
            ? `what is in security group ${textOrUnknown(ReferencedGroupInfo?.GroupId)}`
            : `addresses of prefix list ${PrefixListId}`;
    }
    return range === "0.0.0.0/0" || range === "::/0" ? "the internet" : `addresses in ${range}`;
}

/** Inputs that attach security groups to a resource, at any depth. Rules refer to groups by other inputs. */
const securityGroupInputs = ["securityGroups", "securityGroupIds", "vpcSecurityGroupIds"];

const usesSecurityGroup = (group: string, inputs: unknown): boolean =>
    isObjectOrArray(inputs) &&
    Object.entries(inputs).some(([key, value]) =>
        securityGroupInputs.includes(key) ? itemsOf(value).includes(group) : usesSecurityGroup(group, value),
    );

const resourcesInGroup = ({ state, id }: ParentResource): string[] =>
    state.resources.filter(({ inputs }) => usesSecurityGroup(id, inputs)).map(logicalNameOf);

function ruleEffect(rule: SecurityGroupRule, parent: ParentResource): string {
    const members = joinNames(resourcesInGroup(parent)) || "whatever has this group";
    return rule.IsEgress
        ? `${members} may connect to ${portText(rule)} of ${peerText(rule)}`
        : `${peerText(rule).replace("the internet", "anybody on the internet")} may connect to ${portText(rule)} of ${members}`;
}

export const securityGroupRuleLister = defineLister<SecurityGroupRule>({
    item: "rule",
    permissions: [describeEc2("SecurityGroupRules")],
    list: ({ ec2 }, { id }) => listSecurityGroupRules(ec2, id),
    key: ({ SecurityGroupRuleId }) => SecurityGroupRuleId,
    planned: {
        "vpc/securityGroupIngressRule:SecurityGroupIngressRule": getId,
        "vpc/securityGroupEgressRule:SecurityGroupEgressRule": getId,
    },
    typeOf: ({ IsEgress }) =>
        IsEgress
            ? "vpc/securityGroupEgressRule:SecurityGroupEgressRule"
            : "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    opens: ruleEffect,
    remove: ({ IsEgress, SecurityGroupRuleId }, { id }) =>
        `aws ec2 revoke-security-group-${IsEgress ? "egress" : "ingress"} --group-id ${id} ` +
        `--security-group-rule-ids ${SecurityGroupRuleId}`,
});
