import * as aws from "@pulumi/aws";
import { expect, test } from "@jest/globals";
import { AccountServices } from "../../lib/account-services.ts";
import { configRules } from "../../lib/account-services/config-rules.ts";
import type { Severity } from "../../lib/alerts.ts";
import type { Scope } from "../../lib/scope.ts";
import type { Settings } from "../../lib/settings/schema.ts";
import type { Plan } from "../../plan/plan.ts";
import { inputsOf, findNode, nodesOf, planComponent } from "../recorder.ts";
import {
    accountId,
    accountSettings,
    keyArns,
    onlyNode,
    parseJsonValue,
    testScope,
    exposeValue,
    policyStatements,
    plainTextOf,
    alertTargets,
    alertTopicArns,
    typeTokens,
} from "./fixtures.ts";

const typesOf = {
    bucket: "aws:s3/bucket:Bucket",
    channel: "aws:cfg/deliveryChannel:DeliveryChannel",
    detector: "aws:guardduty/detector:Detector",
    eventRule: "aws:cloudwatch/eventRule:EventRule",
    eventTarget: "aws:cloudwatch/eventTarget:EventTarget",
    feature: "aws:guardduty/detectorFeature:DetectorFeature",
    gatewayAccount: "aws:apigateway/account:Account",
    hub: "aws:securityhub/account:Account",
    recorder: "aws:cfg/recorder:Recorder",
    rule: "aws:cfg/rule:Rule",
    status: "aws:cfg/recorderStatus:RecorderStatus",
    subscription: "aws:securityhub/standardsSubscription:StandardsSubscription",
};

type Choices = Settings["accountServices"];

/** Services that are not named are skipped. */
const build = (choices: Partial<Choices>, scope: Scope = testScope(), agentEndpoint?: aws.ec2.VpcEndpoint) =>
    new AccountServices("payment-account-services-test", {
        scope,
        settings: accountSettings(choices),
        alerts: alertTargets,
        keyArn: keyArns.logs,
        retentionDays: 731,
        accessLogBucketName: "access-logs",
        agentEndpoint,
    });

const planned = (choices: Partial<Choices>, scope?: Scope): Promise<Plan> => planComponent(() => build(choices, scope));

const madeOf = (plan: Plan): string[] => [
    ...new Set(plan.nodes.filter(({ custom }) => custom).map(({ type }) => type)),
];

/** URNs of all resources on which a resource depends. */
function before(plan: Plan, urn: string): Set<string> {
    const found = new Set<string>();
    const visit = (at: string): void => {
        for (const next of plan.nodes.find((node) => node.urn === at)?.dependencies ?? []) {
            if (!found.has(next)) {
                found.add(next);
                visit(next);
            }
        }
    };
    visit(urn);
    return found;
}

test("a stack that skips all services changes nothing of the account", async () => {
    expect(madeOf(await planned({}))).toEqual([]);
});

test("a stack that adopts creates no resource that an account has only once", async () => {
    const plan = await planned({ apiGatewayRole: "adopt", guardDuty: "adopt", config: "adopt", securityHub: "adopt" });
    expect(madeOf(plan).sort()).toEqual([typesOf.rule, typesOf.eventRule, typesOf.eventTarget].sort());
});

test("everything created is deleted by destroy, unless the stack protects its stores", async () => {
    const all = { apiGatewayRole: "create", guardDuty: "create", config: "create", securityHub: "create" } as const;
    const kept = (plan: Plan) => plan.nodes.filter(({ options }) => options.protect || options.retainOnDelete);
    const plan = await planned(all);
    expect(kept(plan)).toEqual([]);
    expect(onlyNode(plan, typesOf.bucket).inputs).toMatchObject({ forceDestroy: true });
    const protectedPlan = await planned(all, testScope({ deletionProtection: true }));
    expect(kept(protectedPlan).map(({ type }) => type)).toEqual([typesOf.bucket]);
});

test("an API can log once the account has a role for it", async () => {
    const plan = await planComponent(() => {
        const { apiGatewayLoggingReady: ready } = build({ apiGatewayRole: "create" });
        exposeValue("ready", ready ?? "never");
    });
    const role = findNode(plan, "payment-gateway-logging-test", typeTokens.role);
    expect(policyStatements(role, "assumeRolePolicy")).toMatchObject([
        { Effect: "Allow", Principal: { Service: "apigateway.amazonaws.com" }, Action: "sts:AssumeRole" },
    ]);
    const attachment = onlyNode(plan, "aws:iam/rolePolicyAttachment:RolePolicyAttachment");
    expect(attachment.inputs.policyArn).toBe(
        "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
    );
    const set = onlyNode(plan, typesOf.gatewayAccount);
    expect(set.inputs.cloudwatchRoleArn).toBe(role.outputs.arn);
    expect(before(plan, set.urn)).toContain(attachment.urn);
    expect(before(plan, findNode(plan, "ready").urn)).toContain(set.urn);
});

test("with the account's own role an API can log at once, without one never", async () => {
    const plan = await planComponent(() => {
        expect(build({}).apiGatewayLoggingReady).toBeUndefined();
    });
    expect(madeOf(plan)).toEqual([]);
    const adopted = await planComponent(() => {
        exposeValue("ready", build({ apiGatewayRole: "adopt" }).apiGatewayLoggingReady ?? "never");
    });
    const ready = findNode(adopted, "ready");
    expect(ready.dependencies).toEqual([]);
    expect(ready.inputs.value).not.toBe("never");
});

test("GuardDuty monitors storage, databases, functions and tasks", async () => {
    const plan = await planned({ guardDuty: "create" });
    const detector = onlyNode(plan, typesOf.detector);
    expect(detector.inputs).toMatchObject({ enable: true, findingPublishingFrequency: "FIFTEEN_MINUTES" });
    const on = (name: string, additionalConfigurations: unknown[] = []) => ({
        name,
        status: "ENABLED",
        detectorId: detector.id,
        additionalConfigurations,
    });
    expect(inputsOf(plan, typesOf.feature)).toEqual([
        on("S3_DATA_EVENTS"),
        on("RDS_LOGIN_EVENTS"),
        on("LAMBDA_NETWORK_LOGS"),
        // What AWS returns after an update, so that the next one changes nothing.
        on("RUNTIME_MONITORING", [
            { name: "EKS_ADDON_MANAGEMENT", status: "DISABLED" },
            { name: "ECS_FARGATE_AGENT_MANAGEMENT", status: "ENABLED" },
            { name: "EC2_AGENT_MANAGEMENT", status: "DISABLED" },
        ]),
    ]);
});

test("GuardDuty is enabled once the endpoint of its agent exists, and so creates none of its own", async () => {
    const plan = await planComponent(() => {
        const endpoint = new aws.ec2.VpcEndpoint("agent", { vpcId: "vpc-1", serviceName: "guardduty-data" });
        build({ guardDuty: "create" }, testScope(), endpoint);
    });
    expect(before(plan, onlyNode(plan, typesOf.detector).urn)).toContain(findNode(plan, "agent").urn);
});

test.each([
    ["critical", [{ numeric: [">=", 7] }]],
    ["warning", [{ numeric: [">=", 4, "<", 7] }]],
] satisfies [Severity, unknown][])(
    "a threat is reported as %s, whichever stack created the detector",
    async (topic, severity) => {
        for (const guardDuty of ["create", "adopt"] as const) {
            const plan = await planned({ guardDuty });
            const name = `payment-guardduty-${topic}-test`;
            const rule = findNode(plan, name, typesOf.eventRule);
            expect(parseJsonValue(rule.inputs.eventPattern)).toEqual({
                source: ["aws.guardduty"],
                "detail-type": ["GuardDuty Finding"],
                detail: { severity },
            });
            // The topic's policy allows rules of that name.
            expect(rule.inputs.name).toBe(name);
            expect(findNode(plan, name, typesOf.eventTarget).inputs).toEqual({
                rule: name,
                arn: alertTopicArns[topic],
                deadLetterConfig: { arn: alertTargets.deadLetterArn },
            });
        }
    },
);

test("Config records everything, delivers it encrypted, and starts once it can deliver", async () => {
    const plan = await planned({ config: "create" });
    const recorder = onlyNode(plan, typesOf.recorder);
    expect(recorder.inputs.recordingGroup).toEqual({ allSupported: true, includeGlobalResourceTypes: true });
    const channel = onlyNode(plan, typesOf.channel);
    expect(channel.inputs).toMatchObject({
        s3BucketName: `payment-config-test-${accountId}`,
        s3KmsKeyArn: keyArns.logs,
    });
    const status = onlyNode(plan, typesOf.status);
    expect(status.inputs).toEqual({ name: recorder.inputs.name, isEnabled: true });

    expect(before(plan, channel.urn)).toContain(recorder.urn);
    expect(before(plan, status.urn)).toContain(channel.urn);
    const rules = nodesOf(plan, typesOf.rule);
    expect(rules.length).toBeGreaterThan(60);
    expect(rules.filter(({ urn }) => !before(plan, urn).has(status.urn))).toEqual([]);
});

test("Config's role trusts this account and writes only to its own bucket", async () => {
    const plan = await planned({ config: "create" });
    const role = findNode(plan, "payment-config-test", typeTokens.role);
    expect(policyStatements(role, "assumeRolePolicy")).toEqual([
        {
            Effect: "Allow",
            Principal: { Service: "config.amazonaws.com" },
            Action: "sts:AssumeRole",
            Condition: { StringEquals: { "aws:SourceAccount": accountId } },
        },
    ]);
    const bucket = plainTextOf(onlyNode(plan, typesOf.bucket).outputs.arn);
    const write = onlyNode(plan, typeTokens.policy);
    expect(policyStatements(write).map(({ Action, Resource }) => [Action, Resource])).toEqual([
        [["s3:PutObject", "s3:PutObjectAcl"], `${bucket}/AWSLogs/${accountId}/*`],
        ["s3:GetBucketAcl", bucket],
        [["kms:Decrypt", "kms:GenerateDataKey"], keyArns.logs],
    ]);
    const recorder = onlyNode(plan, typesOf.recorder);
    expect(before(plan, recorder.urn)).toContain(write.urn);
});

test("each rule names its requirement, in characters that AWS accepts", async () => {
    const rows = Object.entries(configRules);
    const plan = await planned({ config: "adopt" });
    expect(nodesOf(plan, typesOf.rule)).toHaveLength(rows.length);
    for (const [identifier, { pciRequirement, parameters }] of rows) {
        expect(identifier).toMatch(/^[A-Z][A-Z0-9_]+$/);
        expect(pciRequirement).toMatch(/^([1-9]|1[0-2])(\.\d{1,2}){1,3}$/);
        const { inputs } = findNode(
            plan,
            `payment-config-${identifier.toLowerCase().replaceAll("_", "-")}-test`,
            typesOf.rule,
        );
        expect(inputs.source).toEqual({ owner: "AWS", sourceIdentifier: identifier });
        expect(plainTextOf(inputs.description)).toMatch(new RegExp(`^PCI DSS ${pciRequirement}: .`));
        // Limits of AWS (https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigRule.html).
        expect(plainTextOf(inputs.description).length).toBeLessThanOrEqual(256);
        expect(plainTextOf(inputs.name).length).toBeLessThanOrEqual(128 - 30);
        expect(inputs.inputParameters === undefined ? undefined : parseJsonValue(inputs.inputParameters)).toEqual(
            parameters,
        );
    }
});

test("rules of two stacks can exist in one account", async () => {
    const names = async (suffix: string) =>
        inputsOf(await planned({ config: "adopt" }, testScope({ suffix })), typesOf.rule).map(({ name }) => name);
    const [one, other] = [await names("one"), await names("other")];
    expect(new Set([...one, ...other]).size).toBe(one.length + other.length);
    expect(one.length).toBeGreaterThan(0);
});

test("Security Hub checks against PCI DSS 4.0.1 and nothing else", async () => {
    const plan = await planned({ securityHub: "create" }, testScope({ region: "eu-central-1" }));
    expect(onlyNode(plan, typesOf.hub).inputs).toEqual({
        enableDefaultStandards: false,
        controlFindingGenerator: "SECURITY_CONTROL",
    });
    const subscription = onlyNode(plan, typesOf.subscription);
    expect(subscription.inputs.standardsArn).toBe("arn:aws:securityhub:eu-central-1::standards/pci-dss/v/4.0.1");
    expect(before(plan, subscription.urn)).toContain(onlyNode(plan, typesOf.hub).urn);
});

test("a severe failing control is a warning, once, and GuardDuty's findings are not reported twice", async () => {
    for (const securityHub of ["create", "adopt"] as const) {
        const plan = await planned({ securityHub });
        expect(parseJsonValue(onlyNode(plan, typesOf.eventRule).inputs.eventPattern)).toMatchObject({
            source: ["aws.securityhub"],
            detail: {
                findings: {
                    ProductArn: ["arn:aws:securityhub:eu-west-1::product/aws/securityhub"],
                    Severity: { Label: ["CRITICAL", "HIGH"] },
                    Compliance: { Status: ["FAILED"] },
                    Workflow: { Status: ["NEW"] },
                },
            },
        });
        expect(onlyNode(plan, typesOf.eventTarget).inputs.arn).toBe(alertTopicArns.warning);
    }
});
