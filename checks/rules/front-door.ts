import type { PlatformSettings } from "../../lib/settings.ts";
import type { PlanNode } from "../../plan/plan.ts";
import { Secret } from "../../plan/value.ts";
import {
    resourcesOfType,
    arnOf,
    getPath,
    toText,
    inputText,
    findingsUnless,
    stackFindingUnless,
} from "../../plan/query.ts";
import type { Rule } from "../rule.ts";

/** What AWS has once in an account, and the setting that says who makes it. */
const accountWideTypes: readonly (readonly [type: string, setting: keyof PlatformSettings["accountServices"]])[] = [
    ["apigateway/account:Account", "apiGatewayRole"],
    ["guardduty/detector:Detector", "guardDuty"],
    ["cfg/recorder:Recorder", "config"],
    ["securityhub/account:Account", "securityHub"],
];

export const frontDoorRules: readonly Rule[] = [
    {
        name: "public-endpoints-behind-waf",
        description: "every door to the internet has a web firewall, which logs no way in",
        fix: "Associate a web ACL of the stack with the door, and redact in its log whatever lets its finder in.",
        check: (plan) => {
            const entryPoints = [
                ...resourcesOfType(plan, "lb/loadBalancer:LoadBalancer"),
                ...resourcesOfType(plan, "apigateway/stage:Stage"),
            ];
            const firewalls = resourcesOfType(plan, "wafv2/webAcl:WebAcl").map(arnOf);
            const associations = resourcesOfType(plan, "wafv2/webAclAssociation:WebAclAssociation");
            const logs = resourcesOfType(plan, "wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration");
            const redactedHeadersOf = ({ inputs }: PlanNode) =>
                Object.values(getPath(inputs, "redactedFields") ?? {}).map((field) =>
                    getPath(field, "singleHeader.name"),
                );
            return [
                ...findingsUnless(
                    entryPoints,
                    (door) =>
                        associations.filter(
                            (each) =>
                                inputText(each, "resourceArn") === arnOf(door) &&
                                firewalls.includes(inputText(each, "webAclArn")),
                        ).length === 1,
                    "stand behind a firewall of the stack",
                ),
                ...findingsUnless(
                    logs,
                    (each) =>
                        ["authorization", "cookie", "x-api-key"].every((header) =>
                            redactedHeadersOf(each).includes(header),
                        ),
                    "leave out what lets its finder in",
                ),
                ...stackFindingUnless(
                    logs.length === firewalls.length,
                    `${logs.length} of ${firewalls.length} firewalls log`,
                ),
            ];
        },
    },
    {
        name: "merchants-keyed",
        description: "every merchant has a key and limits of its own, and the key lies in a secret",
        fix: "Give each merchant of `gateway.merchants` one usage plan and one key, whose value AWS makes and a secret holds.",
        check: (plan, { gateway }) => {
            const stages = resourcesOfType(plan, "apigateway/stage:Stage");
            const keys = resourcesOfType(plan, "apigateway/apiKey:ApiKey");
            const usagePlanKeys = resourcesOfType(plan, "apigateway/usagePlanKey:UsagePlanKey");
            const versions = resourcesOfType(plan, "secretsmanager/secretVersion:SecretVersion");
            const secrets = resourcesOfType(plan, "secretsmanager/secret:Secret").map(({ id }) => id);
            const plans = resourcesOfType(plan, "apigateway/usagePlan:UsagePlan");
            const limitsOf = ({ inputs }: PlanNode) =>
                [
                    "quotaSettings.limit",
                    "quotaSettings.period",
                    "throttleSettings.rateLimit",
                    "throttleSettings.burstLimit",
                ]
                    .map((path) => toText(getPath(inputs, path)))
                    .join(" ");
            const expectedLimits = Object.values(gateway.merchants).map(
                ({ quotaPerDay, ratePerSecond, burst }) => `${quotaPerDay} DAY ${ratePerSecond} ${burst}`,
            );
            const usagePlanKeysOf = (key: PlanNode) =>
                usagePlanKeys.filter((each) => inputText(each, "keyId") === key.id);
            return [
                ...stackFindingUnless(
                    JSON.stringify(plans.map(limitsOf).toSorted()) === JSON.stringify(expectedLimits.toSorted()),
                    "plans and merchants differ",
                ),
                ...stackFindingUnless(
                    keys.length === expectedLimits.length,
                    `${keys.length} keys for ${expectedLimits.length} merchants`,
                ),
                ...findingsUnless(
                    plans,
                    ({ id, inputs }) =>
                        stages.some(
                            (stage) => getPath(inputs, "apiStages.0.stage") === inputText(stage, "stageName"),
                        ) && usagePlanKeys.filter((each) => inputText(each, "usagePlanId") === id).length === 1,
                    "admit one key to the stage",
                ),
                ...findingsUnless(keys, (key) => usagePlanKeysOf(key).length === 1, "belong to one plan"),
                ...findingsUnless(keys, ({ inputs }) => !("value" in inputs), "leave its value to AWS"),
                ...findingsUnless(
                    keys,
                    (key) => {
                        const { value } = key.outputs;
                        return (
                            value instanceof Secret &&
                            versions.some(
                                ({ inputs }) =>
                                    secrets.includes(toText(inputs.secretId)) &&
                                    inputs.secretString instanceof Secret &&
                                    inputs.secretString.value === value.value,
                            )
                        );
                    },
                    "be kept in a secret of the stack, and nowhere in clear",
                ),
                ...findingsUnless(
                    usagePlanKeys,
                    ({ options }) => options.additionalSecretOutputs.includes("value"),
                    "not write down the key that it repeats",
                ),
            ];
        },
    },
    {
        name: "account-services-as-set",
        description: "what an account has once is made where the stack creates it, and nowhere else",
        fix: "Make it if, and only if, `accountServices` says create.",
        check: (plan, { accountServices }) =>
            accountWideTypes.flatMap(([type, setting]) => {
                const { length } = resourcesOfType(plan, type);
                const wanted = accountServices[setting] === "create" ? 1 : 0;
                return length === wanted ? [] : [`${length} of ${type}, with ${setting} ${accountServices[setting]}`];
            }),
    },
];
