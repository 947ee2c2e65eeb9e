import { expect, test } from "@jest/globals";
import { automaticNamePattern, nameInputOf } from "../../../../../plan/physical-names.ts";
import { toText } from "../../../../../plan/query.ts";
import { nameLists } from "../../../../../tools/deploy/adopt/automatic-names.ts";
import { planTestStack } from "../../../../stacks.ts";
import { asked } from "../asked.ts";
import { awsError, type FakeResponses } from "../fakes.ts";

const name = "payment-thing-dev-0123abc";

const items = (call: string, list: string, key: string): FakeResponses => ({ [call]: { [list]: [{ [key]: name }] } });

/** What AWS returns for each list of names. */
const answers: Readonly<Record<string, FakeResponses>> = {
    "aws:apigateway/apiKey:ApiKey": items("GetApiKeys", "items", "name"),
    "aws:apigateway/requestValidator:RequestValidator": items("GetRequestValidators", "items", "name"),
    "aws:apigateway/usagePlan:UsagePlan": items("GetUsagePlans", "items", "name"),
    "aws:apigatewayv2/vpcLink:VpcLink": items("GetVpcLinks", "Items", "Name"),
    "aws:appautoscaling/policy:Policy": items("DescribeScalingPolicies", "ScalingPolicies", "PolicyName"),
    "aws:ec2/securityGroup:SecurityGroup": items("DescribeSecurityGroups", "SecurityGroups", "GroupName"),
    "aws:elasticache/parameterGroup:ParameterGroup": items(
        "DescribeCacheParameterGroups",
        "CacheParameterGroups",
        "CacheParameterGroupName",
    ),
    "aws:elasticache/subnetGroup:SubnetGroup": items(
        "DescribeCacheSubnetGroups",
        "CacheSubnetGroups",
        "CacheSubnetGroupName",
    ),
    "aws:iam/role:Role": items("ListRoles", "Roles", "RoleName"),
    "aws:iam/rolePolicy:RolePolicy": { ListRolePolicies: { PolicyNames: [name] } },
    "aws:lb/loadBalancer:LoadBalancer": items("DescribeLoadBalancers", "LoadBalancers", "LoadBalancerName"),
    "aws:lb/targetGroup:TargetGroup": items("DescribeTargetGroups", "TargetGroups", "TargetGroupName"),
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": items(
        "DescribeDBClusterParameterGroups",
        "DBClusterParameterGroups",
        "DBClusterParameterGroupName",
    ),
    "aws:rds/eventSubscription:EventSubscription": items(
        "DescribeEventSubscriptions",
        "EventSubscriptionsList",
        "CustSubscriptionId",
    ),
    "aws:rds/subnetGroup:SubnetGroup": items("DescribeDBSubnetGroups", "DBSubnetGroups", "DBSubnetGroupName"),
    "aws:secretsmanager/secret:Secret": items("ListSecrets", "SecretList", "Name"),
    "aws:wafv2/ipSet:IpSet": items("ListIPSets", "IPSets", "Name"),
    "aws:wafv2/webAcl:WebAcl": items("ListWebACLs", "WebACLs", "Name"),
};

const listNames = (type: string, given: FakeResponses) => {
    const { clients, taken } = asked(given);
    return { taken, names: nameLists[type]?.list(clients, (input) => `the ${input}`, "payment-thing-dev-") };
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
    expect(Object.keys(answers).toSorted()).toEqual(Object.keys(nameLists).toSorted());
});

test.each(Object.entries(answers))("%s: AWS lists the names, with the rights of the row", async (type, given) => {
    const { names, taken } = listNames(type, given);
    expect(await names).toEqual([name]);
    expect(taken).toEqual(new Set((nameLists[type]?.rights ?? []).flatMap(({ actions }) => actions)));
    const empty = Object.fromEntries(Object.keys(given).map((call) => [call, {}]));
    expect(await listNames(type, empty).names).toEqual([]);
});

test("a role that does not exist has no policies; another error ends the list", async () => {
    const type = "aws:iam/rolePolicy:RolePolicy";
    expect(await listNames(type, { ListRolePolicies: awsError("NoSuchEntityException") }).names).toEqual([]);
    await expect(listNames(type, { ListRolePolicies: awsError("Throttling") }).names).rejects.toThrow("Throttling");
});
