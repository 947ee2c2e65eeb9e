import { expect, test } from "@jest/globals";
import { automaticNamePattern, nameInputOf } from "../../../../../plan/physical-names.ts";
import { toText } from "../../../../../plan/query.ts";
import { nameLists } from "../../../../../tools/deploy/adopt/automatic-names.ts";
import { planTestStack } from "../../../../stacks.ts";
import { asked, expectRequests, filters, type Request } from "../asked.ts";
import { awsError, type FakeResponses } from "../fakes.ts";

const name = "payment-thing-dev-0123abc";
const otherName = "another";

interface NameListCase {
    readonly answers: FakeResponses;
    readonly request: Request;
}

/**
 * @param key nothing where AWS lists the names alone
 * @param input where a resource names what it stands in, or AWS can leave out others
 */
const lists = (call: string, list: string, key?: string, input: Request[1] = {}): NameListCase => ({
    answers: { [call]: { [list]: [otherName, name].map((each) => (key === undefined ? each : { [key]: each })) } },
    request: [call, input],
});

/** What AWS is asked, and returns, for each list of names. */
const cases: Readonly<Record<string, NameListCase>> = {
    "aws:apigateway/apiKey:ApiKey": lists("GetApiKeys", "items", "name", { nameQuery: "payment-thing-dev-" }),
    "aws:apigateway/requestValidator:RequestValidator": lists("GetRequestValidators", "items", "name", {
        restApiId: "the restApi",
    }),
    "aws:apigateway/usagePlan:UsagePlan": lists("GetUsagePlans", "items", "name"),
    "aws:apigatewayv2/vpcLink:VpcLink": lists("GetVpcLinks", "Items", "Name"),
    "aws:appautoscaling/policy:Policy": lists("DescribeScalingPolicies", "ScalingPolicies", "PolicyName", {
        ServiceNamespace: "the serviceNamespace",
        ResourceId: "the resourceId",
    }),
    "aws:ec2/securityGroup:SecurityGroup": lists("DescribeSecurityGroups", "SecurityGroups", "GroupName", {
        Filters: filters({ "vpc-id": "the vpcId" }),
    }),
    "aws:elasticache/parameterGroup:ParameterGroup": lists(
        "DescribeCacheParameterGroups",
        "CacheParameterGroups",
        "CacheParameterGroupName",
    ),
    "aws:elasticache/subnetGroup:SubnetGroup": lists(
        "DescribeCacheSubnetGroups",
        "CacheSubnetGroups",
        "CacheSubnetGroupName",
    ),
    "aws:iam/role:Role": lists("ListRoles", "Roles", "RoleName"),
    "aws:iam/rolePolicy:RolePolicy": lists("ListRolePolicies", "PolicyNames", undefined, { RoleName: "the role" }),
    "aws:lb/loadBalancer:LoadBalancer": lists("DescribeLoadBalancers", "LoadBalancers", "LoadBalancerName"),
    "aws:lb/targetGroup:TargetGroup": lists("DescribeTargetGroups", "TargetGroups", "TargetGroupName"),
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": lists(
        "DescribeDBClusterParameterGroups",
        "DBClusterParameterGroups",
        "DBClusterParameterGroupName",
    ),
    "aws:rds/eventSubscription:EventSubscription": lists(
        "DescribeEventSubscriptions",
        "EventSubscriptionsList",
        "CustSubscriptionId",
    ),
    "aws:rds/subnetGroup:SubnetGroup": lists("DescribeDBSubnetGroups", "DBSubnetGroups", "DBSubnetGroupName"),
    "aws:secretsmanager/secret:Secret": lists("ListSecrets", "SecretList", "Name", {
        Filters: [{ Key: "name", Values: ["payment-thing-dev-"] }],
    }),
    "aws:wafv2/ipSet:IpSet": lists("ListIPSets", "IPSets", "Name", { Scope: "the scope" }),
    "aws:wafv2/webAcl:WebAcl": lists("ListWebACLs", "WebACLs", "Name", { Scope: "the scope" }),
};

const listNames = (type: string, given: FakeResponses) => {
    const { clients, taken, requests } = asked(given);
    return { taken, requests, names: nameLists[type]?.list(clients, (input) => `the ${input}`, "payment-thing-dev-") };
};

test("every type of which Pulumi chooses names has a list, and each list has a case", async () => {
    // One after the other: Pulumi runs one program at a time.
    const plans = [await planTestStack("dev"), await planTestStack("prod")];
    const chosen = plans
        .flatMap(({ nodes }) => nodes)
        .filter(({ type, name: logical, inputs, outputs }) => {
            const input = nameInputOf(type);
            return (
                type.startsWith("aws:") &&
                !(input in inputs) &&
                automaticNamePattern(logical).test(toText(outputs[input]))
            );
        });
    expect([...new Set(chosen.map(({ type }) => type))].toSorted()).toEqual(Object.keys(nameLists).toSorted());
    expect(Object.keys(cases).toSorted()).toEqual(Object.keys(nameLists).toSorted());
});

test.each(Object.entries(cases))("%s: AWS lists the names, with the rights of the row", async (type, each) => {
    const { names, taken, requests } = listNames(type, each.answers);
    expect(await names).toEqual([otherName, name]);
    expect(taken).toEqual(new Set((nameLists[type]?.rights ?? []).flatMap(({ actions }) => actions)));
    expectRequests(requests(), [each.request]);
    const empty = Object.fromEntries(Object.keys(each.answers).map((call) => [call, {}]));
    expect(await listNames(type, empty).names).toEqual([]);
});

test("a role that does not exist has no policies; another error ends the list", async () => {
    const type = "aws:iam/rolePolicy:RolePolicy";
    expect(await listNames(type, { ListRolePolicies: awsError("NoSuchEntityException") }).names).toEqual([]);
    await expect(listNames(type, { ListRolePolicies: awsError("Throttling") }).names).rejects.toThrow("Throttling");
});
