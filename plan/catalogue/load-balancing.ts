import { dnsSuffixOf } from "../../lib/partitions.ts";
import { maxNameLengths } from "../../lib/settings/names.ts";
import {
    identifiedByArn,
    loadBalancerPath,
    loadBalancerPathIn,
    targetGroupPath,
} from "../fake-provider/output-formats.ts";
import {
    automaticEnding,
    createServiceLinkedRole,
    regionalArns,
    writeGrant,
    type DeployerGrant,
    type ResourceScope,
    listGrant,
} from "./deployer-grant.ts";
import { securityGroupsOfVpc } from "./ec2-grants.ts";
import { merged, refused } from "./exclusive-inputs.ts";
import { forceNew, nameInputs } from "./force-new.ts";
import { changedFrom } from "./protection-checks.ts";
import { sameAgain, type ServiceRows } from "./row.ts";

const loadBalancerPattern = `app/payment-{suffix}${automaticEnding}/*`;
export const loadBalancers = regionalArns("elasticloadbalancing", `loadbalancer/${loadBalancerPattern}`);
const listeners = regionalArns("elasticloadbalancing", `listener/${loadBalancerPattern}`);
const tagGrant = (on: ResourceScope): DeployerGrant => writeGrant("elasticloadbalancing: AddTags RemoveTags", on);

const describeGrant = (names: string): DeployerGrant => listGrant(`elasticloadbalancing: ${names} DescribeTags`);

const listenerRules = regionalArns("elasticloadbalancing", `listener-rule/${loadBalancerPattern}`);

// AWS allows 32 characters, so their names have no `payment-`.
const targetGroups = regionalArns("elasticloadbalancing", `targetgroup/*-{suffix}${automaticEnding}/*`);

export const loadBalancing: ServiceRows = {
    "aws:lb/listener:Listener": {
        summary: ["{protocol}:{port}", "{sslPolicy}"],
        fakeOutputs: identifiedByArn((request) =>
            request.arn(
                "elasticloadbalancing",
                `listener/${loadBalancerPathIn(request, "loadBalancerArn")}/${request.hex(16)}`,
            ),
        ),
        forceNew: forceNew("elbv2/listener", ["loadBalancerArn"]),
        weakerInputs: [
            {
                check: changedFrom("protocol", "HTTPS"),
                risk: "requests cross the internet unencrypted",
                source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/create-https-listener.html",
            },
        ],
        exclusive: [refused("elasticloadbalancing", "CreateListener", "loadBalancerArn port", "DuplicateListener")],
        recovery: "lookup",
        children: "listed",
        grants: [
            writeGrant("elasticloadbalancing: CreateListener", loadBalancers),
            writeGrant("elasticloadbalancing: DeleteListener ModifyListener ModifyListenerAttributes", listeners),
            tagGrant(listeners),
            describeGrant("DescribeListeners DescribeListenerAttributes"),
        ],
    },
    "aws:lb/listenerRule:ListenerRule": {
        summary: ["priority {priority}", "{conditions.0.pathPattern.values.0}"],
        fakeOutputs: identifiedByArn((request) =>
            request.arn(
                "elasticloadbalancing",
                `listener-rule/${loadBalancerPathIn(request, "listenerArn")}/${request.hex(16)}`,
            ),
        ),
        forceNew: forceNew("elbv2/listener_rule", ["listenerArn"]),
        exclusive: [refused("elasticloadbalancing", "CreateRule", "listenerArn priority", "PriorityInUse")],
        recovery: "lookup",
        children: { none: "its conditions and actions are arguments of its own" },
        grants: [
            writeGrant("elasticloadbalancing: CreateRule", listeners),
            writeGrant("elasticloadbalancing: DeleteRule ModifyRule SetRulePriorities", listenerRules),
            tagGrant(listenerRules),
            describeGrant("DescribeRules"),
        ],
    },
    "aws:lb/loadBalancer:LoadBalancer": {
        name: { maxLength: maxNameLengths.loadBalancer },
        summary: ["{loadBalancerType}", "internal{internal?}", "deletion protected{enableDeletionProtection?}"],
        fakeOutputs: {
            ...identifiedByArn((request) =>
                request.arn("elasticloadbalancing", `loadbalancer/${loadBalancerPath(request)}`),
            ),
            arnSuffix: loadBalancerPath,
            dnsName: ({ physicalName, region }) => `${physicalName}-1234567890.${region}.elb.${dnsSuffixOf(region)}`,
            zoneId: "Z35SXDOTRQ7X7K",
        },
        providerDefaults: {
            clientKeepAlive: 3600,
            enableHttp2: true,
            enableTlsVersionAndCipherSuiteHeaders: false,
            enableWafFailOpen: false,
            enableXffClientPort: false,
            enableZonalShift: false,
            preserveHostHeader: false,
            xffHeaderProcessingMode: "append",
        },
        forceNew: forceNew(
            "elbv2/load_balancer",
            ["customerOwnedIpv4Pool", "internal", "loadBalancerType", "name", "namePrefix"],
            { keptWhenRemoved: ["internal"] },
        ),
        loss: { content: "the DNS name that clients and records point to", losesData: false },
        deletion: {
            inputs: [{ input: "enableDeletionProtection", unprotected: false, protected: true }],
            pulumiProtect: true,
        },
        subnets: {
            input: "subnets",
            source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetSubnets.html",
        },
        weakerInputs: [
            {
                check: changedFrom("accessLogs.enabled", true),
                risk: "requests leave no record",
                source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html",
            },
            {
                check: changedFrom("dropInvalidHeaderFields", true),
                risk: "requests can be smuggled past the firewall",
                source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html",
            },
        ],
        exclusive: [refused("elasticloadbalancing", "CreateLoadBalancer", "name", "DuplicateLoadBalancerName")],
        recovery: "lookup",
        children: "listed",
        grants: [
            writeGrant(
                "elasticloadbalancing: CreateLoadBalancer DeleteLoadBalancer ModifyLoadBalancerAttributes SetIpAddressType SetSecurityGroups SetSubnets",
                loadBalancers,
            ),
            tagGrant(loadBalancers),
            describeGrant("DescribeLoadBalancers DescribeLoadBalancerAttributes DescribeCapacityReservation"),
            // Elastic Load Balancing checks the network with the rights of the caller.
            listGrant(
                "ec2: DescribeAccountAttributes DescribeInternetGateways DescribeNetworkInterfaces DescribeSecurityGroups DescribeSubnets DescribeVpcs",
            ),
            securityGroupsOfVpc,
            createServiceLinkedRole("elasticloadbalancing.amazonaws.com"),
        ],
    },
    "aws:lb/targetGroup:TargetGroup": {
        name: { maxLength: maxNameLengths.targetGroup },
        summary: ["{protocol}:{port}", "checks {healthCheck.path}"],
        fakeOutputs: {
            ...identifiedByArn((request) => request.arn("elasticloadbalancing", targetGroupPath(request))),
            arnSuffix: targetGroupPath,
            loadBalancerArns: [],
        },
        providerDefaults: {
            "healthCheck.enabled": true,
            "healthCheck.port": "traffic-port",
            lambdaMultiValueHeadersEnabled: false,
            proxyProtocolV2: false,
            slowStart: 0,
        },
        forceNew: forceNew(
            "elbv2/target_group",
            [...nameInputs, "ipAddressType", "port", "protocol", "protocolVersion", "targetType", "vpcId"],
            { keptWhenRemoved: ["ipAddressType", "protocolVersion"] },
        ),
        weakerInputs: [
            {
                check: changedFrom("protocol", "HTTPS"),
                risk: "requests cross the network to the tasks unencrypted",
                source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html",
            },
        ],
        exclusive: [refused("elasticloadbalancing", "CreateTargetGroup", "name", "DuplicateTargetGroupName")],
        recovery: "lookup",
        children: "listed",
        grants: [
            writeGrant(
                "elasticloadbalancing: CreateTargetGroup DeleteTargetGroup ModifyTargetGroup ModifyTargetGroupAttributes",
                targetGroups,
            ),
            tagGrant(targetGroups),
            describeGrant("DescribeTargetGroups DescribeTargetGroupAttributes"),
        ],
    },
    "aws:lb/targetGroupAttachment:TargetGroupAttachment": {
        forceNew: forceNew("elbv2/target_group_attachment", [
            "availabilityZone",
            "port",
            "quicServerId",
            "targetGroupArn",
            "targetId",
        ]),
        exclusive: [merged("elasticloadbalancing", "RegisterTargets", "targetGroupArn targetId")],
        recovery: { createAgain: sameAgain },
        children: { none: "it says that a target is in a group, and nothing else" },
        grants: [
            writeGrant("elasticloadbalancing: DeregisterTargets RegisterTargets", targetGroups),
            describeGrant("DescribeTargetHealth"),
        ],
    },
};
