import { expect, test } from "@jest/globals";
import type { Plan } from "../../plan/plan.ts";
import { planTestStack } from "../stacks.ts";
import { isNamedWithinParent } from "../../plan/physical-names.ts";
import { getPath, toText, transitiveDependencies } from "../../plan/query.ts";
import { onlyNode } from "./fixtures.ts";

const stacks = ["dev", "staging", "prod"];

/** One after the other: Pulumi runs one program at a time. */
async function allPlans(): Promise<Plan[]> {
    const plans: Plan[] = [];
    for (const stack of stacks) {
        plans.push(await planTestStack(stack));
    }
    return plans;
}

test("copies of the platform share no name in an account", async () => {
    const namesOf = (plan: Plan) =>
        plan.nodes.flatMap((node) => {
            const { type, inputs, name } = node;
            const inAws = typeof inputs.name === "string" && !isNamedWithinParent(node) ? [inputs.name] : [];
            return type.startsWith("aws:") ? [`${type} ${name}`, ...inAws] : [];
        });
    const [dev = [], staging = [], prod = []] = (await allPlans()).map(namesOf);
    expect(dev.length).toBeGreaterThan(200);
    expect(dev.filter((name) => staging.includes(name) || prod.includes(name))).toEqual([]);
    expect(staging.filter((name) => prod.includes(name))).toEqual([]);
});

/** `PaymentPlatform$Edge aws:lb/listener:Listener` for each resource, once for all of a kind. */
function kindsOf(plan: Plan): string[] {
    const lines = plan.nodes.map(({ urn }) => {
        const [, , types = ""] = urn.split("::");
        const lineage = types.split("$");
        const type = lineage.pop() ?? "";
        return `${lineage.map((each) => each.replace("payment:index:", "")).join("$")} ${type}`;
    });
    return [...new Set(lines)].toSorted();
}

test("stacks differ in size, and only in recipients, certificate, locked records, monitoring of the database and capacity of the table", async () => {
    const [dev = [], staging = [], prod = []] = (await allPlans()).map(kindsOf);
    const certificate = "PaymentPlatform$Edge$Certificate";
    expect(staging).toEqual(prod);
    // Made here and imported, as dev has no domain.
    expect(dev.filter((kind) => !prod.includes(kind))).toEqual([
        `${certificate} tls:index/privateKey:PrivateKey`,
        `${certificate} tls:index/selfSignedCert:SelfSignedCert`,
    ]);
    expect(prod.filter((kind) => !dev.includes(kind))).toEqual([
        // Critical alerts have a recipient.
        "PaymentPlatform$Alerts aws:sns/topicSubscription:TopicSubscription",
        // Records are locked.
        "PaymentPlatform$Audit$Bucket aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
        // Enhanced monitoring, which dev has turned off, needs a role.
        "PaymentPlatform$Database aws:iam/role:Role",
        "PaymentPlatform$Database aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        // The alias of the domain.
        "PaymentPlatform$Edge aws:route53/record:Record",
        `${certificate} aws:acm/certificateValidation:CertificateValidation`,
        `${certificate} aws:route53/record:Record`,
        // Dev pays for each request, so nothing scales.
        "PaymentPlatform$Transactions aws:appautoscaling/policy:Policy",
        "PaymentPlatform$Transactions aws:appautoscaling/target:Target",
    ]);
});

test("a merchant gets a new API key once the validator knows its ID", async () => {
    const plan = await planTestStack("dev");
    const lambda = onlyNode(plan, "aws:lambda/function:Function");
    const key = onlyNode(plan, "aws:apigateway/apiKey:ApiKey");
    const admission = onlyNode(plan, "aws:apigateway/usagePlanKey:UsagePlanKey");
    expect(getPath(lambda.inputs.code, "archive.assets")).toMatchObject({
        "merchants.json": { asset: { text: `{"example-shop":["${key.id}"]}` } },
    });
    expect(lambda.propertyDependencies.code).toEqual([key.urn]);
    expect(transitiveDependencies(plan, admission)).toContain(lambda.urn);
});

test.each(stacks)("the outputs of %s name its resources", async (stack) => {
    const { outputs, nodes } = await planTestStack(stack);
    const groups = nodes.filter(({ type }) => type === "aws:cloudwatch/logGroup:LogGroup");
    expect(groups.length).toBeGreaterThan(5);
    expect([outputs.logGroupNames].flat().map(String).toSorted()).toEqual(
        groups.map(({ inputs }) => toText(inputs.name)).toSorted(),
    );
    expect(Object.keys(outputs.serviceNames ?? {}).toSorted()).toEqual(["api", "notification", "payment"]);
    expect(Object.keys(outputs.topicArns ?? {}).toSorted()).toEqual(["critical", "events", "warning"]);
    expect(outputs.apiUrl).toMatch(/^https:\/\//);
    expect(outputs.databaseSecretArn).toMatch(/^arn:aws:secretsmanager:.*:secret:rds!/);
    expect(outputs).toMatchObject({
        environment: stack,
        environmentSuffix: stack,
        ecsClusterName: `payment-cluster-${stack}`,
    });
});
