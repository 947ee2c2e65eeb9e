import {
    automaticNamePattern,
    untaggedOnly,
    allResources,
    createServiceLinkedRole,
    listsEverything,
    withRequestTag,
    regionalArns,
    withResourceTag,
    readGrant,
    arnsWithoutAccount,
    withConditions,
    writeGrant,
    type DeployerGrant,
    type DeployerGrants,
    type ResourceScope,
} from "../grant.ts";

const loadBalancerPath = "app/payment-{suffix}-???????/*";
const loadBalancers = regionalArns("elasticloadbalancing", `loadbalancer/${loadBalancerPath}`);
const listeners = regionalArns("elasticloadbalancing", `listener/${loadBalancerPath}`);
const listenerRules = regionalArns("elasticloadbalancing", `listener-rule/${loadBalancerPath}`);
// AWS allows 32 characters, so these are called like their service.
const targetGroups = regionalArns("elasticloadbalancing", "targetgroup/*-{suffix}-???????/*");

const describeGrant = (names: string): DeployerGrant =>
    readGrant(`elasticloadbalancing: ${names} DescribeTags`, allResources(listsEverything));
const tagGrant = (on: ResourceScope): DeployerGrant => writeGrant("elasticloadbalancing: AddTags RemoveTags", on);

const certificates = regionalArns("acm", "certificate/*");
const readCertificate = readGrant(
    "acm: DescribeCertificate GetCertificate ListTagsForCertificate",
    withResourceTag(certificates),
);

/** A hosted zone belongs to the domain, not to the stack: only its planned records may change. */
const hostedZones: ResourceScope = { arns: ["arn:{partition}:route53:::hostedzone/*"] };

export const webAcls = regionalArns("wafv2", `regional/webacl/${automaticNamePattern}/*`);
const ipSets = regionalArns("wafv2", `regional/ipset/${automaticNamePattern}/*`);
const webAclTargets: ResourceScope = {
    arns: [...loadBalancers.arns, ...arnsWithoutAccount("apigateway", "/restapis/*/stages/*").arns],
};
const logDelivery = allResources("these manage what AWS itself delivers logs by, which has no ARN");

export const edgeGrants: DeployerGrants = {
    "lb/loadBalancer:LoadBalancer": [
        writeGrant(
            "elasticloadbalancing: CreateLoadBalancer DeleteLoadBalancer ModifyLoadBalancerAttributes SetIpAddressType SetSecurityGroups SetSubnets",
            loadBalancers,
        ),
        tagGrant(loadBalancers),
        describeGrant("DescribeLoadBalancers DescribeLoadBalancerAttributes DescribeCapacityReservation"),
        readGrant(
            "ec2: DescribeAccountAttributes DescribeInternetGateways DescribeNetworkInterfaces",
            allResources(listsEverything),
        ),
        createServiceLinkedRole("elasticloadbalancing.amazonaws.com"),
    ],
    "lb/listener:Listener": [
        writeGrant("elasticloadbalancing: CreateListener", loadBalancers),
        writeGrant("elasticloadbalancing: DeleteListener ModifyListener ModifyListenerAttributes", listeners),
        tagGrant(listeners),
        describeGrant("DescribeListeners DescribeListenerAttributes"),
    ],
    "lb/listenerRule:ListenerRule": [
        writeGrant("elasticloadbalancing: CreateRule", listeners),
        writeGrant("elasticloadbalancing: DeleteRule ModifyRule SetRulePriorities", listenerRules),
        tagGrant(listenerRules),
        describeGrant("DescribeRules"),
    ],
    "lb/targetGroup:TargetGroup": [
        writeGrant(
            "elasticloadbalancing: CreateTargetGroup DeleteTargetGroup ModifyTargetGroup ModifyTargetGroupAttributes",
            targetGroups,
        ),
        tagGrant(targetGroups),
        describeGrant("DescribeTargetGroups DescribeTargetGroupAttributes"),
    ],
    "lb/targetGroupAttachment:TargetGroupAttachment": [
        writeGrant("elasticloadbalancing: DeregisterTargets RegisterTargets", targetGroups),
        describeGrant("DescribeTargetHealth"),
    ],
    "acm/certificate:Certificate": [
        writeGrant(
            "acm: ImportCertificate RequestCertificate",
            withRequestTag(allResources("a certificate has no ARN before it exists")),
        ),
        writeGrant("acm: AddTagsToCertificate", untaggedOnly(certificates)),
        writeGrant(
            "acm: AddTagsToCertificate DeleteCertificate ImportCertificate RemoveTagsFromCertificate UpdateCertificateOptions",
            withResourceTag(certificates),
        ),
        readCertificate,
    ],
    "acm/certificateValidation:CertificateValidation": [readCertificate],
    "route53/record:Record": [
        writeGrant(
            "route53: ChangeResourceRecordSets",
            withConditions(hostedZones, {
                "ForAllValues:StringLike": { "route53:ChangeResourceRecordSetsNormalizedRecordNames": "{records}" },
                // `ForAllValues` holds of a request that names none.
                Null: { "route53:ChangeResourceRecordSetsNormalizedRecordNames": "false" },
            }),
        ),
        readGrant("route53: GetHostedZone ListResourceRecordSets ListTagsForResource", hostedZones),
        readGrant("route53: GetChange", { arns: ["arn:{partition}:route53:::change/*"] }),
        readGrant("route53: ListHostedZones ListHostedZonesByName", allResources(listsEverything)),
    ],
    "wafv2/ipSet:IpSet": [
        writeGrant("wafv2: CreateIPSet DeleteIPSet TagResource UntagResource UpdateIPSet", ipSets),
        readGrant("wafv2: GetIPSet ListTagsForResource", ipSets),
    ],
    "wafv2/webAcl:WebAcl": [
        writeGrant("wafv2: CreateWebACL UpdateWebACL", {
            // Rule groups of AWS stand in the account's own ARNs here.
            arns: [...webAcls.arns, ...ipSets.arns, ...regionalArns("wafv2", "regional/managedruleset/*/*").arns],
        }),
        writeGrant("wafv2: DeleteWebACL TagResource UntagResource", webAcls),
        readGrant("wafv2: GetWebACL ListTagsForResource", webAcls),
    ],
    "wafv2/webAclAssociation:WebAclAssociation": [
        writeGrant("wafv2: AssociateWebACL DisassociateWebACL", { arns: [...webAcls.arns, ...webAclTargets.arns] }),
        writeGrant("apigateway: SetWebACL", withResourceTag(arnsWithoutAccount("apigateway", "/restapis/*/stages/*"))),
        writeGrant("elasticloadbalancing: SetWebACL", allResources("AWS names no resource for this action")),
        readGrant("wafv2: GetWebACLForResource", { arns: [...webAcls.arns, ...webAclTargets.arns] }),
    ],
    "wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": [
        writeGrant("wafv2: DeleteLoggingConfiguration PutLoggingConfiguration", webAcls),
        readGrant("wafv2: GetLoggingConfiguration", webAcls),
        writeGrant("logs: CreateLogDelivery DeleteLogDelivery PutResourcePolicy", logDelivery),
        readGrant("logs: DescribeLogGroups DescribeResourcePolicies", logDelivery),
        createServiceLinkedRole("wafv2.amazonaws.com"),
    ],
};
