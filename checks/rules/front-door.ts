import type { PlatformSettings } from "../../lib/settings.ts";
import type { PlanNode } from "../../plan/plan.ts";
import { Secret } from "../../plan/value.ts";
import { all, arnOf, look, shown, text, unless, unlessStack } from "../../plan/query.ts";
import type { Rule } from "../rule.ts";

/** What AWS has once in an account, and the setting that says who makes it. */
const once: readonly (readonly [type: string, setting: keyof PlatformSettings["accountServices"]])[] = [
    ["apigateway/account:Account", "apiGatewayRole"],
    ["guardduty/detector:Detector", "guardDuty"],
    ["cfg/recorder:Recorder", "config"],
    ["securityhub/account:Account", "securityHub"],
];

export const frontDoorRules: readonly Rule[] = [
    {
        name: "doors-behind-firewall",
        promise: "every door to the internet has a web firewall, which logs no way in",
        fix: "Associate a web ACL of the stack with the door, and redact in its log whatever lets its finder in.",
        controls: ["PCI-6.4.2", "ELB.16", "CKV2_AWS_28", "WAF.11", "CKV2_AWS_31", "APIGateway.4", "CKV2_AWS_29"],
        about: [
            "lb/loadBalancer:LoadBalancer",
            "apigateway/stage:Stage",
            "wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
        ],
        check: (plan) => {
            const doors = [...all(plan, "lb/loadBalancer:LoadBalancer"), ...all(plan, "apigateway/stage:Stage")];
            const firewalls = all(plan, "wafv2/webAcl:WebAcl").map(arnOf);
            const associations = all(plan, "wafv2/webAclAssociation:WebAclAssociation");
            const logs = all(plan, "wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration");
            const hidden = ({ inputs }: PlanNode) =>
                Object.values(look(inputs, "redactedFields") ?? {}).map((field) => look(field, "singleHeader.name"));
            return [
                ...unless(
                    doors,
                    (door) =>
                        associations.filter(
                            (each) =>
                                text(each, "resourceArn") === arnOf(door) &&
                                firewalls.includes(text(each, "webAclArn")),
                        ).length === 1,
                    "stand behind a firewall of the stack",
                ),
                ...unless(
                    logs,
                    (each) => ["authorization", "cookie", "x-api-key"].every((header) => hidden(each).includes(header)),
                    "leave out what lets its finder in",
                ),
                ...unlessStack(logs.length === firewalls.length, `${logs.length} of ${firewalls.length} firewalls log`),
            ];
        },
    },
    {
        name: "merchants-keyed",
        promise: "every merchant has a key and limits of its own, and the key lies in a secret",
        fix: "Give each merchant of `gateway.merchants` one usage plan and one key, whose value AWS makes and a secret holds.",
        controls: [],
        about: ["apigateway/usagePlan:UsagePlan", "apigateway/apiKey:ApiKey", "apigateway/usagePlanKey:UsagePlanKey"],
        check: (plan, { gateway }) => {
            const stages = all(plan, "apigateway/stage:Stage");
            const keys = all(plan, "apigateway/apiKey:ApiKey");
            const admissions = all(plan, "apigateway/usagePlanKey:UsagePlanKey");
            const versions = all(plan, "secretsmanager/secretVersion:SecretVersion");
            const secrets = all(plan, "secretsmanager/secret:Secret").map(({ id }) => id);
            const plans = all(plan, "apigateway/usagePlan:UsagePlan");
            const limitsOf = ({ inputs }: PlanNode) =>
                [
                    "quotaSettings.limit",
                    "quotaSettings.period",
                    "throttleSettings.rateLimit",
                    "throttleSettings.burstLimit",
                ]
                    .map((path) => shown(look(inputs, path)))
                    .join(" ");
            const should = Object.values(gateway.merchants).map(
                ({ quotaPerDay, ratePerSecond, burst }) => `${quotaPerDay} DAY ${ratePerSecond} ${burst}`,
            );
            const admits = (key: PlanNode) => admissions.filter((each) => text(each, "keyId") === key.id);
            return [
                ...unlessStack(
                    JSON.stringify(plans.map(limitsOf).toSorted()) === JSON.stringify(should.toSorted()),
                    "plans and merchants differ",
                ),
                ...unlessStack(keys.length === should.length, `${keys.length} keys for ${should.length} merchants`),
                ...unless(
                    plans,
                    ({ id, inputs }) =>
                        stages.some((stage) => look(inputs, "apiStages.0.stage") === text(stage, "stageName")) &&
                        admissions.filter((each) => text(each, "usagePlanId") === id).length === 1,
                    "admit one key to the stage",
                ),
                ...unless(keys, (key) => admits(key).length === 1, "belong to one plan"),
                ...unless(keys, ({ inputs }) => !("value" in inputs), "leave its value to AWS"),
                ...unless(
                    keys,
                    (key) => {
                        const { value } = key.outputs;
                        return (
                            value instanceof Secret &&
                            versions.some(
                                ({ inputs }) =>
                                    secrets.includes(shown(inputs.secretId)) &&
                                    inputs.secretString instanceof Secret &&
                                    inputs.secretString.value === value.value,
                            )
                        );
                    },
                    "be kept in a secret of the stack, and nowhere in clear",
                ),
                ...unless(
                    admissions,
                    ({ options }) => options.additionalSecretOutputs.includes("value"),
                    "not write down the key that it repeats",
                ),
            ];
        },
    },
    {
        name: "account-services-as-set",
        promise: "what an account has once is made where the stack creates it, and nowhere else",
        fix: "Make it if, and only if, `accountServices` says create.",
        controls: [],
        about: [
            "apigateway/account:Account",
            "guardduty/detector:Detector",
            "cfg/recorder:Recorder",
            "securityhub/account:Account",
        ],
        check: (plan, { accountServices }) =>
            once.flatMap(([type, setting]) => {
                const { length } = all(plan, type);
                const wanted = accountServices[setting] === "create" ? 1 : 0;
                return length === wanted ? [] : [`${length} of ${type}, with ${setting} ${accountServices[setting]}`];
            }),
    },
];
