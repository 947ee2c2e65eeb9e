import {
    autonamed,
    claimed,
    everything,
    linkedRole,
    lists,
    madeOurs,
    named,
    ours,
    read,
    regional,
    where,
    write,
    type Grant,
    type Grants,
    type Scope,
} from "../grant.ts";

const balancer = "app/payment-{suffix}-???????/*";
const balancers = named("elasticloadbalancing", `loadbalancer/${balancer}`);
const listeners = named("elasticloadbalancing", `listener/${balancer}`);
const listenerRules = named("elasticloadbalancing", `listener-rule/${balancer}`);
// AWS allows 32 characters, so these are called like their service.
const targetGroups = named("elasticloadbalancing", "targetgroup/*-{suffix}-???????/*");

const describe = (names: string): Grant => read(`elasticloadbalancing: ${names} DescribeTags`, everything(lists));
const tags = (on: Scope): Grant => write("elasticloadbalancing: AddTags RemoveTags", on);

const certificates = named("acm", "certificate/*");
const shownCertificate = read("acm: DescribeCertificate GetCertificate ListTagsForCertificate", ours(certificates));

/** A hosted zone belongs to the domain, not to the stack: only its planned records may change. */
const zone: Scope = { arns: ["arn:{partition}:route53:::hostedzone/*"] };

export const webAcls = named("wafv2", `regional/webacl/${autonamed}/*`);
const ipSets = named("wafv2", `regional/ipset/${autonamed}/*`);
const protectable: Scope = {
    arns: [...balancers.arns, ...regional("apigateway", "/restapis/*/stages/*").arns],
};
const logDelivery = everything("these manage what AWS itself delivers logs by, which has no ARN");

export const edge: Grants = {
    "lb/loadBalancer:LoadBalancer": [
        write(
            "elasticloadbalancing: CreateLoadBalancer DeleteLoadBalancer ModifyLoadBalancerAttributes SetIpAddressType SetSecurityGroups SetSubnets",
            balancers,
        ),
        tags(balancers),
        describe("DescribeLoadBalancers DescribeLoadBalancerAttributes DescribeCapacityReservation"),
        read("ec2: DescribeAccountAttributes DescribeInternetGateways DescribeNetworkInterfaces", everything(lists)),
        linkedRole("elasticloadbalancing.amazonaws.com"),
    ],
    "lb/listener:Listener": [
        write("elasticloadbalancing: CreateListener", balancers),
        write("elasticloadbalancing: DeleteListener ModifyListener ModifyListenerAttributes", listeners),
        tags(listeners),
        describe("DescribeListeners DescribeListenerAttributes"),
    ],
    "lb/listenerRule:ListenerRule": [
        write("elasticloadbalancing: CreateRule", listeners),
        write("elasticloadbalancing: DeleteRule ModifyRule SetRulePriorities", listenerRules),
        tags(listenerRules),
        describe("DescribeRules"),
    ],
    "lb/targetGroup:TargetGroup": [
        write(
            "elasticloadbalancing: CreateTargetGroup DeleteTargetGroup ModifyTargetGroup ModifyTargetGroupAttributes",
            targetGroups,
        ),
        tags(targetGroups),
        describe("DescribeTargetGroups DescribeTargetGroupAttributes"),
    ],
    "lb/targetGroupAttachment:TargetGroupAttachment": [
        write("elasticloadbalancing: DeregisterTargets RegisterTargets", targetGroups),
        describe("DescribeTargetHealth"),
    ],
    "acm/certificate:Certificate": [
        write(
            "acm: ImportCertificate RequestCertificate",
            madeOurs(everything("a certificate has no ARN before it exists")),
        ),
        write("acm: AddTagsToCertificate", claimed(certificates)),
        write(
            "acm: AddTagsToCertificate DeleteCertificate ImportCertificate RemoveTagsFromCertificate UpdateCertificateOptions",
            ours(certificates),
        ),
        shownCertificate,
    ],
    "acm/certificateValidation:CertificateValidation": [shownCertificate],
    "route53/record:Record": [
        write(
            "route53: ChangeResourceRecordSets",
            where(zone, {
                "ForAllValues:StringLike": { "route53:ChangeResourceRecordSetsNormalizedRecordNames": "{records}" },
                // `ForAllValues` holds of a request that names none.
                Null: { "route53:ChangeResourceRecordSetsNormalizedRecordNames": "false" },
            }),
        ),
        read("route53: GetHostedZone ListResourceRecordSets ListTagsForResource", zone),
        read("route53: GetChange", { arns: ["arn:{partition}:route53:::change/*"] }),
        read("route53: ListHostedZones ListHostedZonesByName", everything(lists)),
    ],
    "wafv2/ipSet:IpSet": [
        write("wafv2: CreateIPSet DeleteIPSet TagResource UntagResource UpdateIPSet", ipSets),
        read("wafv2: GetIPSet ListTagsForResource", ipSets),
    ],
    "wafv2/webAcl:WebAcl": [
        write("wafv2: CreateWebACL UpdateWebACL", {
            // Rule groups of AWS stand in the account's own ARNs here.
            arns: [...webAcls.arns, ...ipSets.arns, ...named("wafv2", "regional/managedruleset/*/*").arns],
        }),
        write("wafv2: DeleteWebACL TagResource UntagResource", webAcls),
        read("wafv2: GetWebACL ListTagsForResource", webAcls),
    ],
    "wafv2/webAclAssociation:WebAclAssociation": [
        write("wafv2: AssociateWebACL DisassociateWebACL", { arns: [...webAcls.arns, ...protectable.arns] }),
        write("apigateway: SetWebACL", ours(regional("apigateway", "/restapis/*/stages/*"))),
        write("elasticloadbalancing: SetWebACL", everything("AWS names no resource for this action")),
        read("wafv2: GetWebACLForResource", { arns: [...webAcls.arns, ...protectable.arns] }),
    ],
    "wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": [
        write("wafv2: DeleteLoggingConfiguration PutLoggingConfiguration", webAcls),
        read("wafv2: GetLoggingConfiguration", webAcls),
        write("logs: CreateLogDelivery DeleteLogDelivery PutResourcePolicy", logDelivery),
        read("logs: DescribeLogGroups DescribeResourcePolicies", logDelivery),
        linkedRole("wafv2.amazonaws.com"),
    ],
};
