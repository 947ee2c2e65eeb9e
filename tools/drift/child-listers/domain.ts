import { ListResourcesForWebACLCommand, type ResourceType } from "@aws-sdk/client-wafv2";
import { readGrant } from "../../../analysis/deployer/grant.ts";
import { webAcls } from "../../../analysis/deployer/grants/edge.ts";
import { defineLister, type ChildListers } from "../listing.ts";

/** Kinds of resources that the stack protects; AWS lists the others under other names. */
const protectedResourceTypes: readonly ResourceType[] = ["APPLICATION_LOAD_BALANCER", "API_GATEWAY"];

const protectedResourceListers = protectedResourceTypes.map((ResourceType) =>
    defineLister<string>({
        item: "protected resource",
        permissions: [readGrant("wafv2: ListResourcesForWebACL", webAcls)],
        list: async ({ waf }, { arn }) =>
            (await waf.send(new ListResourcesForWebACLCommand({ WebACLArn: arn, ResourceType }))).ResourceArns ?? [],
        key: (resource) => resource,
        planned: { "wafv2/webAclAssociation:WebAclAssociation": ({ text }) => text("resourceArn") },
        opens: (resource) => `nothing: ${resource} is protected by this web ACL, which cannot be destroyed while it is`,
        remove: (resource) => `aws wafv2 disassociate-web-acl --resource-arn ${resource}`,
    }),
);

const comparedByRefresh = "nothing stands under it; Pulumi's refresh compares all of it";

export const domainListersByType: Readonly<Record<string, ChildListers>> = {
    "acm/certificate:Certificate": comparedByRefresh,
    "acm/certificateValidation:CertificateValidation": "it only waits for a certificate",
    "route53/record:Record": "the zone belongs to the domain, and its other records are not the stack's",
    "wafv2/ipSet:IpSet": "its addresses are arguments of its own, which Pulumi's refresh compares",
    "wafv2/webAcl:WebAcl": protectedResourceListers,
    "wafv2/webAclAssociation:WebAclAssociation": "it says which web ACL protects a resource, and nothing else",
    "wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": "it is a setting of its web ACL",
};
