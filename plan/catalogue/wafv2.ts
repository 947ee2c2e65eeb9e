import { maxNameLengths } from "../../lib/settings/names.ts";
import type { Values } from "../value.ts";
import {
    allResources,
    arnsWithoutAccount,
    automaticNamePattern,
    createServiceLinkedRole,
    readGrant,
    regionalArns,
    withResourceTag,
    writeGrant,
    type ResourceScope,
    logDeliveryGrants,
} from "./deployer-grant.ts";
import { merged, refused } from "./exclusive-inputs.ts";
import { forceNew, nameInputs } from "./force-new.ts";
import { loadBalancers } from "./load-balancing.ts";
import { eachNamedItem, removed } from "./protection-checks.ts";
import type { ServiceRows } from "./row.ts";

const ipSets = regionalArns("wafv2", `regional/ipset/${automaticNamePattern}/*`);

/** A managed group some of whose rules only count blocks with the others. */
const removedBlockingRule = ({ action, overrideAction }: Values): string | undefined =>
    JSON.stringify([action, overrideAction]).includes('"count":') ? undefined : "removed";

/** Rules of a web ACL that no longer block: `action` is that of a rule, `overrideAction` that of a managed group. */
const firewallRules = eachNamedItem(
    "rules",
    "name",
    [removed("action.block"), removed("overrideAction.none")],
    removedBlockingRule,
);

const wafGuide = "https://docs.aws.amazon.com/waf/latest/developerguide";
export const webAcls = regionalArns("wafv2", `regional/webacl/${automaticNamePattern}/*`);

const webAclTargets: ResourceScope = {
    arns: [...loadBalancers.arns, ...arnsWithoutAccount("apigateway", "/restapis/*/stages/*").arns],
};

export const wafv2: ServiceRows = {
    "aws:wafv2/ipSet:IpSet": {
        name: { maxLength: 128 },
        forceNew: forceNew("wafv2/ip_set", [...nameInputs, "ipAddressVersion", "scope"]),
        exclusive: [refused("wafv2", "CreateIPSet", "scope name", "WAFDuplicateItemException")],
        recovery: "lookup",
        children: { none: "its addresses are arguments of its own, which Pulumi's refresh compares" },
        grants: [
            writeGrant("wafv2: CreateIPSet DeleteIPSet TagResource UntagResource UpdateIPSet", ipSets),
            readGrant("wafv2: GetIPSet ListTagsForResource", ipSets),
        ],
    },
    "aws:wafv2/webAcl:WebAcl": {
        name: { maxLength: maxNameLengths.webAcl },
        summary: ["{scope}", "{rules.length} rules"],
        fakeOutputs: {
            id: ({ uuid }) => uuid,
            arn: (request) => request.arn("wafv2", `regional/webacl/${request.physicalName}/${request.uuid}`),
            capacity: 1000,
        },
        forceNew: forceNew("wafv2/web_acl", [...nameInputs, "scope"]),
        weakerInputs: [
            {
                check: firewallRules,
                risk: "requests that were blocked pass",
                source: `${wafGuide}/web-acl-rule-actions.html`,
            },
            {
                check: removed("defaultAction.block"),
                risk: "requests that no rule names pass",
                source: `${wafGuide}/web-acl-default-action.html`,
            },
        ],
        exclusive: [refused("wafv2", "CreateWebACL", "scope name", "WAFDuplicateItemException")],
        recovery: "lookup",
        children: "listed",
        grants: [
            writeGrant("wafv2: CreateWebACL UpdateWebACL", {
                // The ARNs of AWS's rule groups have the account's ID here.
                arns: [...webAcls.arns, ...ipSets.arns, ...regionalArns("wafv2", "regional/managedruleset/*/*").arns],
            }),
            writeGrant("wafv2: DeleteWebACL TagResource UntagResource", webAcls),
            readGrant("wafv2: GetWebACL ListTagsForResource", webAcls),
        ],
    },
    "aws:wafv2/webAclAssociation:WebAclAssociation": {
        forceNew: forceNew("wafv2/web_acl_association", ["resourceArn", "webAclArn"]),
        protector: { risk: "requests pass without the firewall" },
        exclusive: [merged("wafv2", "AssociateWebACL", "resourceArn")],
        recovery: { importId: "{webAclArn},{resourceArn}" },
        children: { none: "it says which web ACL protects a resource, and nothing else" },
        grants: [
            writeGrant("wafv2: AssociateWebACL DisassociateWebACL", { arns: [...webAcls.arns, ...webAclTargets.arns] }),
            writeGrant(
                "apigateway: SetWebACL",
                withResourceTag(arnsWithoutAccount("apigateway", "/restapis/*/stages/*")),
            ),
            writeGrant("elasticloadbalancing: SetWebACL", allResources("AWS names no resource for this action")),
            writeGrant("elasticloadbalancing: CreateWebACLAssociation DeleteWebACLAssociation", loadBalancers),
            readGrant("elasticloadbalancing: GetLoadBalancerWebACL", loadBalancers),
            readGrant("wafv2: GetWebACLForResource", { arns: [...webAcls.arns, ...webAclTargets.arns] }),
        ],
    },
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": {
        forceNew: forceNew("wafv2/web_acl_logging_configuration", ["logDestinationConfigs", "resourceArn"]),
        protector: {
            risk: "what the firewall blocks leaves no record",
            protects: "aws:wafv2/webAcl:WebAcl",
        },
        exclusive: [merged("wafv2", "PutLoggingConfiguration", "resourceArn")],
        recovery: { importId: "{resourceArn}" },
        children: { none: "it is a setting of its web ACL" },
        grants: [
            writeGrant("wafv2: DeleteLoggingConfiguration PutLoggingConfiguration", webAcls),
            readGrant("wafv2: GetLoggingConfiguration", webAcls),
            ...logDeliveryGrants,
            createServiceLinkedRole("wafv2.amazonaws.com"),
        ],
    },
};
