import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { toText } from "../../../../plan/query.ts";
import { documentLength, splitIntoDocuments } from "../../../../analysis/deployer/document.ts";
import { placeholderValuesOf } from "../../../../analysis/deployer/placeholder-values.ts";
import { plannedTypes } from "../../../../analysis/deployer/policies.ts";
import { typesWith } from "../../../../plan/catalogue/catalogue.ts";
import type { PlanNode } from "../../../../plan/plan.ts";
import { changePolicy, changeResources } from "../../checks/fault.ts";
import {
    actionsIn,
    planAllSuffixes,
    boundaryArn,
    arnInRegion,
    withoutWildcardResources,
    stackLocation,
    planOfSuffix,
    generateDeployerPolicies,
    statementsOfDocuments,
    testSuffixes,
    requestWithTag,
    allowsAnyActionOn,
    writeStatements,
} from "./fixtures.ts";

const rest = (path: string) => `arn:aws:apigateway:us-east-1::/${path}/a1b2c3`;

/** ARNs as AWS writes them, of types for which the plan makes one up. */
const realArns: Readonly<Record<string, (node: PlanNode) => string>> = {
    "aws:apigateway/apiKey:ApiKey": () => rest("apikeys"),
    "aws:apigateway/clientCertificate:ClientCertificate": () => rest("clientcertificates"),
    "aws:apigateway/usagePlan:UsagePlan": () => rest("usageplans"),
    "aws:apigatewayv2/vpcLink:VpcLink": () => rest("vpclinks"),
    "aws:appautoscaling/target:Target": () => arnInRegion("application-autoscaling", "scalable-target/1234"),
    "aws:appautoscaling/policy:Policy": () => arnInRegion("application-autoscaling", "scalable-target/1234"),
    // IAM has no resource type for subscriptions: the topic decides who may make one, and no ARN who may change it.
    "aws:sns/topicSubscription:TopicSubscription": ({ inputs }) => toText(inputs.topic),
    "aws:cfg/rule:Rule": () => arnInRegion("config", "config-rule/config-rule-abcdef"),
    "aws:wafv2/ipSet:IpSet": ({ outputs }) => arnInRegion("wafv2", `regional/ipset/${toText(outputs.name)}/1234`),
    "aws:securityhub/account:Account": () => arnInRegion("securityhub", "hub/default"),
    "aws:securityhub/standardsSubscription:StandardsSubscription": () => arnInRegion("securityhub", "hub/default"),
};

const arnOf = (node: PlanNode): string | undefined =>
    realArns[node.type]?.(node) ?? (typeof node.outputs.arn === "string" ? node.outputs.arn : undefined);

test("a type without grants is refused by name", async () => {
    const plan = await planOfSuffix("dev");
    const strange = changeResources("aws:sqs/queue:Queue", "dlq", (queue) => [
        { ...queue, type: "aws:mq/broker:Broker" },
    ]);
    expect(() => generateDeployerPolicies(strange(plan), stackLocation("dev"))).toThrow(
        "no deployer grants for aws:mq/broker:Broker: add its row to plan/catalogue/",
    );
});

test.each(testSuffixes)("the deployer of %s may change each of its resources", async (suffix) => {
    const plan = await planOfSuffix(suffix);
    const missed = plan.nodes.flatMap((node) => {
        const arn = arnOf(node);
        if (!node.type.startsWith("aws:") || arn === undefined) {
            return [];
        }
        const statements = withoutWildcardResources(writeStatements(plan, suffix, [node.type]));
        return statements.some((one) => allowsAnyActionOn(one, arn, requestWithTag(suffix)))
            ? []
            : [`${node.type} ${arn}`];
    });
    expect(missed).toEqual([]);
});

test.each(testSuffixes)(
    "the deployer of %s may change nothing of another stack in the same account",
    async (suffix) => {
        const plan = await planOfSuffix(suffix);
        const statements = withoutWildcardResources(writeStatements(plan, suffix, plannedTypes(plan)));
        const others = (await planAllSuffixes()).filter(([other]) => other !== suffix);
        const foreign = others.flatMap(([other, { nodes }]) =>
            nodes.filter(({ type }) => type.startsWith("aws:")).map((node) => [other, node.type, arnOf(node)] as const),
        );
        expect(foreign.length).toBeGreaterThan(500);
        const touched = foreign.flatMap(([other, type, arn]) =>
            // There is one Security Hub in an account.
            arn === undefined || type.startsWith("aws:securityhub/")
                ? []
                : statements
                      .filter((one) => allowsAnyActionOn(one, arn, requestWithTag(other)))
                      .map((one) => `${type}: ${actionsIn([one]).join(" ")}`),
        );
        // AWS compares no tag there; a stage takes a firewall by `apigateway:SetWebACL`, too, which is not in this list.
        expect([...new Set(touched)]).toEqual([
            "aws:apigateway/stage:Stage: wafv2:AssociateWebACL wafv2:DisassociateWebACL",
        ]);
    },
);

test.each(testSuffixes)("no action of %s is a wildcard, and a wildcard resource has its reason", async (suffix) => {
    const plan = await planOfSuffix(suffix);
    const { preview, deploy } = generateDeployerPolicies(plan, stackLocation(suffix, { boundary: boundaryArn }));
    expect(actionsIn(statementsOfDocuments([...preview, ...deploy])).filter((action) => action.includes("*"))).toEqual(
        [],
    );
    const wide = typesWith("grants").flatMap(([type, rows]) =>
        rows.filter(({ scope }) => scope.arns.includes("*") && !scope.reason).map(({ actions }) => [type, ...actions]),
    );
    expect(wide).toEqual([]);
});

test("the page on deployers lists what has no finer grain than *, with the reason", () => {
    const page = readFileSync("docs/deployer.md", "utf8").replaceAll(/ +/g, " ");
    const rows = new Set(
        typesWith("grants")
            .flatMap(([, grants]) => grants)
            .filter(({ scope, access }) => scope.reason && access === "write")
            .flatMap(({ actions, scope: { reason = "" } }) => actions.map((action) => `| \`${action}\` | ${reason} |`)),
    );
    expect(rows.size).toBeGreaterThan(5);
    expect([...rows].filter((row) => !page.includes(row))).toEqual([]);
});

test.each(testSuffixes)("the policies of %s fit into IAM", async (suffix) => {
    const {
        preview,
        deploy,
        boundary: bound,
    } = generateDeployerPolicies(await planOfSuffix(suffix), stackLocation(suffix, { boundary: boundaryArn }));
    expect(Math.max(...[...preview, ...deploy, bound].map(documentLength))).toBeLessThanOrEqual(6144);
    expect([preview.length, deploy.length].map((count) => count <= 10)).toEqual([true, true]);
});

test("the page on deployers says how many policies prod takes", async () => {
    const { preview, deploy } = generateDeployerPolicies(
        await planOfSuffix("prod"),
        stackLocation("prod", { boundary: boundaryArn }),
    );
    expect(readFileSync("docs/deployer.md", "utf8")).toContain(
        `Prod takes ${preview.length} to preview and ${deploy.length} to deploy.`,
    );
});

test("statements too many for a role, or too long for a policy, are refused", async () => {
    const plan = await planOfSuffix("dev");
    const longAccount = stackLocation("dev", { suffix: "s".repeat(6000) });
    expect(() => generateDeployerPolicies(plan, longAccount)).toThrow(/deploy needs \d+ policies: a role can have 10/);
    expect(() => generateDeployerPolicies(plan, longAccount)).toThrow(
        /a policy of deploy has \d+ characters: IAM allows 6144/,
    );
    expect(() => generateDeployerPolicies(plan, longAccount)).toThrow(
        /a policy of boundary has \d+ characters: IAM allows 6144\. It is shorter with accountServices\.config "adopt"/,
    );
});

test("the preview role changes nothing", async () => {
    const { preview } = generateDeployerPolicies(
        await planOfSuffix("pr-7"),
        stackLocation("pr-7", { boundary: boundaryArn }),
    );
    const allows = statementsOfDocuments(preview).filter(({ Effect }) => Effect === "Allow");
    const verbs = actionsIn(allows).map((action) => action.split(":")[1] ?? "");
    // `kms:Decrypt` through Secrets Manager: the provider compares what a secret holds.
    expect(verbs.filter((verb) => !/^(Describe|Get|List|GET$|Decrypt$)/.test(verb))).toEqual([]);
});

test("the deployer has all permissions of the preview role", async () => {
    const { preview, deploy } = generateDeployerPolicies(await planOfSuffix("prod"), stackLocation("prod"));
    const all = new Set(actionsIn(statementsOfDocuments(deploy)));
    expect(actionsIn(statementsOfDocuments(preview)).filter((action) => !all.has(action))).toEqual([]);
});

test("the preview role and the deployer may read all that the preflight reads", async () => {
    const { preview, deploy } = generateDeployerPolicies(await planOfSuffix("dev"), stackLocation("dev"));
    const looks = [
        "ec2:DescribeRegions",
        "ecr:DescribeImages",
        "guardduty:ListDetectors",
        "rds:DescribeOrderableDBInstanceOptions",
        "servicequotas:GetServiceQuota",
        "wafv2:ListWebACLs",
    ];
    for (const documents of [preview, deploy]) {
        expect(actionsIn(statementsOfDocuments(documents))).toEqual(expect.arrayContaining(looks));
    }
});

test("statements with one scope become one, and documents lose none", async () => {
    const plan = await planOfSuffix("dev");
    const statements = writeStatements(plan, "dev", plannedTypes(plan));
    const scopes = statements.map(({ Resource, Condition }) => JSON.stringify([Resource, Condition]));
    expect(new Set(scopes).size).toBe(scopes.length);
    expect(new Set(statementsOfDocuments(splitIntoDocuments(statements)))).toEqual(new Set(statements));
});

test("a role that another service may take is one more to pass to it", async () => {
    const trust = changePolicy("aws:iam/role:Role", "payment-api-task", "ecs-tasks", "glue", "assumeRolePolicy");
    const before = placeholderValuesOf(await planOfSuffix("prod"), stackLocation("prod")).lists.passedTo;
    const after = placeholderValuesOf(trust(await planOfSuffix("prod")), stackLocation("prod")).lists.passedTo;
    expect(before).not.toContain("glue.amazonaws.com");
    expect(after).toContain("glue.amazonaws.com");
});
