import { ListResourcesForWebACLCommand, type ResourceType } from "@aws-sdk/client-wafv2";
import { readGrant } from "../../../plan/catalogue/deployer-grant.ts";
import { webAcls } from "../../../plan/catalogue/wafv2.ts";
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

export const domainListersByType: Readonly<Record<string, ChildListers>> = {
    "wafv2/webAcl:WebAcl": protectedResourceListers,
};
