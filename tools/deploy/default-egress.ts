import {
    paginateDescribeSecurityGroupRules,
    RevokeSecurityGroupEgressCommand,
    type SecurityGroupRule,
} from "@aws-sdk/client-ec2";
import { stateResourcesOfType, type State } from "../../plan/state.ts";
import { collectPages, type AwsClients } from "../frame/aws-clients.ts";
import { ExitError, firstLineOfError } from "../frame/exit.ts";

/** The rule that AWS gives each new security group: everything may leave. */
const isDefaultEgress = ({ IsEgress, IpProtocol, CidrIpv4, CidrIpv6 }: SecurityGroupRule): boolean =>
    IsEgress === true && IpProtocol === "-1" && (CidrIpv4 === "0.0.0.0/0" || CidrIpv6 === "::/0");

/**
 * Takes AWS's default rule from security groups whose creation was interrupted. The provider does so at the end of a
 * creation only, so neither a refresh nor an update would ever see the rule
 * (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html: a new group has it).
 *
 * @param urns of what was taken over or read anew, of any type
 * @returns IDs of the groups that had the rule
 * @throws ExitError `failed` where AWS refuses, with the rights that are needed
 */
export async function revokeDefaultEgress(
    aws: Pick<AwsClients, "ec2">,
    state: State,
    urns: readonly string[],
): Promise<string[]> {
    const ids = stateResourcesOfType(state, "ec2/securityGroup:SecurityGroup").flatMap(({ urn, id }) =>
        urns.includes(urn) && id !== undefined ? [id] : [],
    );
    if (ids.length === 0) {
        return [];
    }
    try {
        return await revoke(aws, state, ids);
    } catch (error) {
        throw new ExitError(
            "failed",
            `Security groups may still have AWS's default rule, which lets everything leave: ${firstLineOfError(error)}; ` +
                "this takes ec2:DescribeSecurityGroupRules and ec2:RevokeSecurityGroupEgress",
        );
    }
}

async function revoke({ ec2 }: Pick<AwsClients, "ec2">, state: State, ids: string[]): Promise<string[]> {
    const planned = new Set(
        stateResourcesOfType(state, "vpc/securityGroupEgressRule:SecurityGroupEgressRule").map(({ id }) => id),
    );
    const rules = await collectPages(
        paginateDescribeSecurityGroupRules({ client: ec2 }, { Filters: [{ Name: "group-id", Values: ids }] }),
        ({ SecurityGroupRules }) => SecurityGroupRules,
    );
    const revoked: string[] = [];
    for (const { GroupId = "", SecurityGroupRuleId = "" } of rules.filter(
        (rule) => isDefaultEgress(rule) && !planned.has(rule.SecurityGroupRuleId),
    )) {
        await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, SecurityGroupRuleIds: [SecurityGroupRuleId] }));
        revoked.push(GroupId);
    }
    return revoked;
}
