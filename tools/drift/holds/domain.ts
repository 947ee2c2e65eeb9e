import { ListResourcesForWebACLCommand, type ResourceType } from "@aws-sdk/client-wafv2";
import { read } from "../../../analysis/deployer/grant.ts";
import { webAcls } from "../../../analysis/deployer/grants/edge.ts";
import { listing, type Holds } from "../listing.ts";

/** Kinds of resources that the stack protects; AWS lists the others under other names. */
const protectable: readonly ResourceType[] = ["APPLICATION_LOAD_BALANCER", "API_GATEWAY"];

const protectedOnes = protectable.map((ResourceType) =>
    listing<string>({
        item: "protected resource",
        rights: [read("wafv2: ListResourcesForWebACL", webAcls)],
        list: async ({ waf }, { arn }) =>
            (await waf.send(new ListResourcesForWebACLCommand({ WebACLArn: arn, ResourceType }))).ResourceArns ?? [],
        key: (resource) => resource,
        planned: { "wafv2/webAclAssociation:WebAclAssociation": ({ text }) => text("resourceArn") },
        opens: (resource) => `nothing: ${resource} is protected by this web ACL, which cannot be destroyed while it is`,
        remove: (resource) => `aws wafv2 disassociate-web-acl --resource-arn ${resource}`,
    }),
);

const whole = "nothing stands under it; Pulumi's refresh compares all of it";

export const domain: Readonly<Record<string, Holds>> = {
    "acm/certificate:Certificate": whole,
    "acm/certificateValidation:CertificateValidation": "it only waits for a certificate",
    "route53/record:Record": "the zone belongs to the domain, and its other records are not the stack's",
    "wafv2/ipSet:IpSet": "its addresses are arguments of its own, which Pulumi's refresh compares",
    "wafv2/webAcl:WebAcl": protectedOnes,
    "wafv2/webAclAssociation:WebAclAssociation": "it says which web ACL protects a resource, and nothing else",
    "wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": "it is a setting of its web ACL",
};
