import { GetRequestValidatorsCommand, paginateGetApiKeys, paginateGetUsagePlans } from "@aws-sdk/client-api-gateway";
import { GetVpcLinksCommand } from "@aws-sdk/client-apigatewayv2";
import { paginateDescribeScalingPolicies, type ServiceNamespace } from "@aws-sdk/client-application-auto-scaling";
import { paginateDescribeSecurityGroups } from "@aws-sdk/client-ec2";
import { paginateDescribeLoadBalancers, paginateDescribeTargetGroups } from "@aws-sdk/client-elastic-load-balancing-v2";
import { paginateDescribeCacheParameterGroups, paginateDescribeCacheSubnetGroups } from "@aws-sdk/client-elasticache";
import { paginateListRolePolicies, paginateListRoles } from "@aws-sdk/client-iam";
import {
    paginateDescribeDBClusterParameterGroups,
    paginateDescribeDBSubnetGroups,
    paginateDescribeEventSubscriptions,
} from "@aws-sdk/client-rds";
import { paginateListSecrets } from "@aws-sdk/client-secrets-manager";
import type { Scope } from "@aws-sdk/client-wafv2";
import { listGrant, readGrant, stackRoles, type DeployerGrant } from "../../../plan/catalogue/deployer-grant.ts";
import { describeEc2 } from "../../../plan/catalogue/ec2-grants.ts";
import { readAccountPermissions, readApiPermissions } from "../../drift/child-listers/rest-api-permissions.ts";
import { collectTokenPages } from "../../frame/aws-calls.ts";
import { isNotFoundError } from "../../frame/aws-errors.ts";
import { collectPages, type AwsClients } from "../../frame/aws-clients.ts";
import { listIpSets, listWebAcls } from "../../frame/aws-lists.ts";
import type { Read } from "../lookups/lookup.ts";

/** How AWS lists the names of a type's resources. */
interface NameList {
    readonly rights: readonly DeployerGrant[];
    /** Names of all resources, or of those in the resource that the inputs name; some may be undefined. */
    readonly list: (aws: AwsClients, read: Read, prefix: string) => Promise<(string | undefined)[]>;
}

const named = <Page, Item>(
    rights: readonly DeployerGrant[],
    pages: (aws: AwsClients, read: Read, prefix: string) => AsyncIterable<Page>,
    itemsOf: (page: Page) => readonly Item[] | undefined,
    nameOf: (item: Item) => string | undefined,
): NameList => ({
    rights,
    list: async (aws, read, prefix) => (await collectPages(pages(aws, read, prefix), itemsOf)).map(nameOf),
});

/** By type: every type of which the program leaves the name to Pulumi, which ends it with seven random characters. */
export const nameLists: Readonly<Record<string, NameList>> = {
    "aws:apigateway/apiKey:ApiKey": named(
        readAccountPermissions("/apikeys"),
        ({ apiGateway: client }, _, nameQuery) => paginateGetApiKeys({ client }, { nameQuery }),
        (page) => page.items,
        ({ name }) => name,
    ),
    "aws:apigateway/requestValidator:RequestValidator": {
        rights: readApiPermissions,
        list: async ({ apiGateway }, read) => {
            const found = await collectTokenPages(async (position) => {
                const input = { restApiId: read("restApi"), position };
                const answer = await apiGateway.send(new GetRequestValidatorsCommand(input));
                return { items: answer.items, next: answer.position };
            });
            return found.map(({ name }) => name);
        },
    },
    "aws:apigateway/usagePlan:UsagePlan": named(
        readAccountPermissions("/usageplans"),
        ({ apiGateway: client }) => paginateGetUsagePlans({ client }, {}),
        (page) => page.items,
        ({ name }) => name,
    ),
    "aws:apigatewayv2/vpcLink:VpcLink": {
        rights: readAccountPermissions("/vpclinks"),
        list: async ({ apiGatewayV2 }) => {
            const found = await collectTokenPages(async (NextToken) => {
                const answer = await apiGatewayV2.send(new GetVpcLinksCommand({ NextToken }));
                return { items: answer.Items, next: answer.NextToken };
            });
            return found.map(({ Name }) => Name);
        },
    },
    "aws:appautoscaling/policy:Policy": named(
        [listGrant("application-autoscaling: DescribeScalingPolicies")],
        ({ autoscaling: client }, read) =>
            paginateDescribeScalingPolicies(
                { client },
                {
                    ServiceNamespace: read("serviceNamespace") as ServiceNamespace,
                    ResourceId: read("resourceId"),
                },
            ),
        (page) => page.ScalingPolicies,
        ({ PolicyName }) => PolicyName,
    ),
    "aws:ec2/securityGroup:SecurityGroup": named(
        [describeEc2("SecurityGroups")],
        ({ ec2: client }, read) =>
            paginateDescribeSecurityGroups({ client }, { Filters: [{ Name: "vpc-id", Values: [read("vpcId")] }] }),
        (page) => page.SecurityGroups,
        ({ GroupName }) => GroupName,
    ),
    "aws:elasticache/parameterGroup:ParameterGroup": named(
        [listGrant("elasticache: DescribeCacheParameterGroups")],
        ({ elasticache: client }) => paginateDescribeCacheParameterGroups({ client }, {}),
        (page) => page.CacheParameterGroups,
        ({ CacheParameterGroupName }) => CacheParameterGroupName,
    ),
    "aws:elasticache/subnetGroup:SubnetGroup": named(
        [listGrant("elasticache: DescribeCacheSubnetGroups")],
        ({ elasticache: client }) => paginateDescribeCacheSubnetGroups({ client }, {}),
        (page) => page.CacheSubnetGroups,
        ({ CacheSubnetGroupName }) => CacheSubnetGroupName,
    ),
    "aws:iam/role:Role": named(
        [listGrant("iam: ListRoles")],
        ({ iam: client }) => paginateListRoles({ client }, {}),
        (page) => page.Roles,
        ({ RoleName }) => RoleName,
    ),
    "aws:iam/rolePolicy:RolePolicy": {
        rights: [readGrant("iam: ListRolePolicies", stackRoles)],
        list: async ({ iam: client }, read) => {
            try {
                const pages = paginateListRolePolicies({ client }, { RoleName: read("role") });
                return await collectPages(pages, (page) => page.PolicyNames);
            } catch (error) {
                if (isNotFoundError(error)) {
                    return [];
                }
                throw error;
            }
        },
    },
    "aws:lb/loadBalancer:LoadBalancer": named(
        [listGrant("elasticloadbalancing: DescribeLoadBalancers")],
        ({ elb: client }) => paginateDescribeLoadBalancers({ client }, {}),
        (page) => page.LoadBalancers,
        ({ LoadBalancerName }) => LoadBalancerName,
    ),
    "aws:lb/targetGroup:TargetGroup": named(
        [listGrant("elasticloadbalancing: DescribeTargetGroups")],
        ({ elb: client }) => paginateDescribeTargetGroups({ client }, {}),
        (page) => page.TargetGroups,
        ({ TargetGroupName }) => TargetGroupName,
    ),
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": named(
        [listGrant("rds: DescribeDBClusterParameterGroups")],
        ({ rds: client }) => paginateDescribeDBClusterParameterGroups({ client }, {}),
        (page) => page.DBClusterParameterGroups,
        ({ DBClusterParameterGroupName }) => DBClusterParameterGroupName,
    ),
    "aws:rds/eventSubscription:EventSubscription": named(
        [listGrant("rds: DescribeEventSubscriptions")],
        ({ rds: client }) => paginateDescribeEventSubscriptions({ client }, {}),
        (page) => page.EventSubscriptionsList,
        ({ CustSubscriptionId }) => CustSubscriptionId,
    ),
    "aws:rds/subnetGroup:SubnetGroup": named(
        [listGrant("rds: DescribeDBSubnetGroups")],
        ({ rds: client }) => paginateDescribeDBSubnetGroups({ client }, {}),
        (page) => page.DBSubnetGroups,
        ({ DBSubnetGroupName }) => DBSubnetGroupName,
    ),
    "aws:secretsmanager/secret:Secret": named(
        [listGrant("secretsmanager: ListSecrets")],
        ({ secrets: client }, _, prefix) =>
            paginateListSecrets({ client }, { Filters: [{ Key: "name", Values: [prefix] }] }),
        (page) => page.SecretList,
        ({ Name }) => Name,
    ),
    "aws:wafv2/ipSet:IpSet": {
        rights: [listGrant("wafv2: ListIPSets")],
        list: async (aws, read) => (await listIpSets(aws, read("scope") as Scope)).map(({ Name }) => Name),
    },
    "aws:wafv2/webAcl:WebAcl": {
        rights: [listGrant("wafv2: ListWebACLs")],
        list: async (aws, read) => (await listWebAcls(aws, read("scope") as Scope)).map(({ Name }) => Name),
    },
};
