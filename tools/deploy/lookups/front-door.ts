import {
    DescribeTagsCommand,
    paginateDescribeListeners,
    paginateDescribeLoadBalancers,
    paginateDescribeRules,
    paginateDescribeTargetGroups,
    type ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { ListResourceRecordSetsCommand } from "@aws-sdk/client-route-53";
import { ListTagsForResourceCommand, type IPSetSummary, type Scope, type WebACLSummary } from "@aws-sdk/client-wafv2";
import { itemsOf } from "../../../plan/query.ts";
import { regionalArns, readGrant, listGrant } from "../../../plan/catalogue/deployer-grant.ts";
import { collectPages, type AwsClients } from "../../frame/aws-clients.ts";
import { listIpSets, listWebAcls } from "../../frame/aws-lists.ts";
import { tagsOf, type Candidate, type Lookup, type Lookups, type Read } from "./lookup.ts";

/** Of a load balancer: AWS keeps the tags apart, and IDs are ARNs. */
const balanced = (
    call: string,
    list: (client: ElasticLoadBalancingV2Client, read: Read) => Promise<(string | undefined)[]>,
): Lookup => ({
    rights: [listGrant(`elasticloadbalancing: ${call} DescribeTags`)],
    find: async ({ elb }, read) => {
        const ResourceArns = (await list(elb, read)).filter((arn) => arn !== undefined);
        if (ResourceArns.length === 0) {
            return [];
        }
        const { TagDescriptions = [] } = await elb.send(new DescribeTagsCommand({ ResourceArns }));
        return TagDescriptions.map(({ ResourceArn = "", Tags }) => ({ importId: ResourceArn, tags: tagsOf(Tags) }));
    },
});

const firewallPart = (
    kind: "webacl" | "ipset",
    call: string,
    list: (clients: Pick<AwsClients, "waf">, scope: Scope) => Promise<(IPSetSummary | WebACLSummary)[]>,
): Lookup => ({
    rights: [
        listGrant(`wafv2: ${call}`),
        readGrant("wafv2: ListTagsForResource", regionalArns("wafv2", `regional/${kind}/payment-*/*`)),
    ],
    find: async ({ waf }, read) => {
        const scope = read("scope") as Scope;
        const mine = (await list({ waf }, scope)).filter(({ Name }) => Name === read("name"));
        return Promise.all(
            mine.map(async ({ Id = "", Name = "", ARN }): Promise<Candidate> => {
                const { TagInfoForResource } = await waf.send(new ListTagsForResourceCommand({ ResourceARN: ARN }));
                return { importId: `${Id}/${Name}/${scope}`, id: Id, tags: tagsOf(TagInfoForResource?.TagList) };
            }),
        );
    },
});

/** Route 53 returns names with a dot at the end, and an alias as it was given. */
const dotted = (name: string): string => `${name.toLowerCase().replace(/\.$/, "")}.`;

/** Records have no tags, and a zone may contain those of others: only a record with the same values is a candidate. */
const records: Lookup = {
    rights: [readGrant("route53: ListResourceRecordSets", { arns: ["arn:{partition}:route53:::hostedzone/*"] })],
    find: async ({ route53 }, read, inputs) => {
        const [HostedZoneId, type, name] = [read("zoneId"), read("type"), dotted(read("name"))];
        const { ResourceRecordSets = [] } = await route53.send(
            new ListResourceRecordSetsCommand({ HostedZoneId, StartRecordName: name, MaxItems: 100 }),
        );
        const values = new Set([
            ...itemsOf(inputs.records).map(String),
            ...itemsOf(inputs.aliases).map((alias) => dotted(String((alias as { name?: unknown }).name))),
        ]);
        return ResourceRecordSets.filter(({ Name = "", Type }) => dotted(Name) === name && Type === type)
            .filter(({ ResourceRecords = [], AliasTarget }) => {
                const found = ResourceRecords.map(({ Value = "" }) => Value);
                const target = AliasTarget?.DNSName === undefined ? [] : [dotted(AliasTarget.DNSName)];
                return [...found, ...target].every((value) => values.has(value));
            })
            .map(() => ({ importId: `${HostedZoneId}_${read("name")}_${type}` }));
    },
};

export const frontDoor: Lookups = {
    "aws:lb/loadBalancer:LoadBalancer": balanced("DescribeLoadBalancers", async (client, read) =>
        (await collectPages(paginateDescribeLoadBalancers({ client }, {}), (page) => page.LoadBalancers))
            .filter(({ LoadBalancerName }) => LoadBalancerName === read("name"))
            .map(({ LoadBalancerArn }) => LoadBalancerArn),
    ),
    "aws:lb/targetGroup:TargetGroup": balanced("DescribeTargetGroups", async (client, read) =>
        (await collectPages(paginateDescribeTargetGroups({ client }, {}), (page) => page.TargetGroups))
            .filter(({ TargetGroupName }) => TargetGroupName === read("name"))
            .map(({ TargetGroupArn }) => TargetGroupArn),
    ),
    "aws:lb/listener:Listener": balanced("DescribeListeners", async (client, read) => {
        const LoadBalancerArn = read("loadBalancerArn");
        return (
            await collectPages(paginateDescribeListeners({ client }, { LoadBalancerArn }), (page) => page.Listeners)
        )
            .filter(({ Port }) => String(Port) === read("port"))
            .map((each) => each.ListenerArn);
    }),
    "aws:lb/listenerRule:ListenerRule": balanced("DescribeRules", async (client, read) => {
        const ListenerArn = read("listenerArn");
        return (await collectPages(paginateDescribeRules({ client }, { ListenerArn }), (page) => page.Rules))
            .filter(({ Priority }) => Priority === read("priority"))
            .map(({ RuleArn }) => RuleArn);
    }),
    "aws:route53/record:Record": records,
    "aws:wafv2/ipSet:IpSet": firewallPart("ipset", "ListIPSets", listIpSets),
    "aws:wafv2/webAcl:WebAcl": firewallPart("webacl", "ListWebACLs", listWebAcls),
};
