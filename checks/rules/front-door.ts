import { gatewayTokenHeader } from "../../contract/gateway.ts";
import type { PlatformSettings } from "../../lib/settings.ts";
import type { PlanNode } from "../../plan/plan.ts";
import { Secret } from "../../plan/value.ts";
import {
    resourcesOfType,
    arnOf,
    getPath,
    toText,
    inputText,
    itemsOf,
    findingsUnless,
    stackFindingUnless,
} from "../../plan/query.ts";
import type { Rule } from "../rule.ts";

/** Types that an account has once, and the setting for who creates them. */
const accountWideTypes: readonly (readonly [type: string, setting: keyof PlatformSettings["accountServices"]])[] = [
    ["apigateway/account:Account", "apiGatewayRole"],
    ["guardduty/detector:Detector", "guardDuty"],
    ["cfg/recorder:Recorder", "config"],
    ["securityhub/account:Account", "securityHub"],
];

/** With credentials, and with texts that a client chooses. */
const protectedHeaders = [
    ...["authorization", "cookie", "x-api-key", gatewayTokenHeader],
    ...["idempotency-key", "referer", "x-correlation-id"],
];

export const frontDoorRules: readonly Rule[] = [
    {
        name: "public-endpoints-behind-waf",
        description: "Every internet-facing load balancer and API stage has a WAF web ACL, and each web ACL has a log",
        fix: "Associate a web ACL of the stack, and give it a log.",
        check: (plan) => {
            const entryPoints = [
                ...resourcesOfType(plan, "lb/loadBalancer:LoadBalancer"),
                ...resourcesOfType(plan, "apigateway/stage:Stage"),
            ];
            const firewalls = resourcesOfType(plan, "wafv2/webAcl:WebAcl");
            const firewallArns = firewalls.map(arnOf);
            const associations = resourcesOfType(plan, "wafv2/webAclAssociation:WebAclAssociation");
            const logs = resourcesOfType(plan, "wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration");
            return [
                ...findingsUnless(
                    entryPoints,
                    (entryPoint) =>
                        associations.filter(
                            (each) =>
                                inputText(each, "resourceArn") === arnOf(entryPoint) &&
                                firewallArns.includes(inputText(each, "webAclArn")),
                        ).length === 1,
                    "have one web ACL of the stack",
                ),
                ...findingsUnless(
                    firewalls,
                    (firewall) => logs.filter((log) => inputText(log, "resourceArn") === arnOf(firewall)).length === 1,
                    "have a log",
                ),
                ...findingsUnless(logs, ({ inputs }) => inputs.loggingFilter === undefined, "log all requests"),
            ];
        },
    },
    {
        name: "firewall-logs-redacted",
        description:
            "Logs of web ACLs have no credentials, and neither query string nor path, which may contain card data",
        fix: "Redact the headers of the finding, the query string and the path in the log.",
        check: (plan) =>
            findingsUnless(
                resourcesOfType(plan, "wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"),
                ({ inputs }) => {
                    const fields = itemsOf(inputs.redactedFields);
                    const headers = fields.map((field) => getPath(field, "singleHeader.name"));
                    return (
                        protectedHeaders.every((header) => headers.includes(header)) &&
                        ["queryString", "uriPath"].every((part) =>
                            fields.some((field) => getPath(field, part) !== undefined),
                        )
                    );
                },
                `redact the headers ${protectedHeaders.join(", ")}, the query string and the path`,
            ),
    },
    {
        name: "merchants-keyed",
        description: "Every merchant has its own API key and limits, and the key is kept in Secrets Manager",
        fix: "Give each merchant of `gateway.merchants` one usage plan and one API key that AWS generates, and keep the key in a secret.",
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
            // While a merchant changes to a new key, the one before is accepted, too.
            const expectedKeys = Object.values(gateway.merchants).reduce(
                (sum, { key }) => sum + (key.acceptPrevious ? 2 : 1),
                0,
            );
            const keysOf = (usagePlanId: string) =>
                usagePlanKeys
                    .filter((each) => inputText(each, "usagePlanId") === usagePlanId)
                    .map((each) => keys.find(({ id }) => inputText(each, "keyId") === id));
            const admitsOwnKeys = (usagePlanId: string) => {
                const admitted = keysOf(usagePlanId);
                return admitted.length > 0 && !admitted.includes(undefined);
            };
            const isKept = ({ outputs: { value } }: PlanNode) =>
                value instanceof Secret &&
                versions.some(
                    ({ inputs }) =>
                        secrets.includes(toText(inputs.secretId)) &&
                        inputs.secretString instanceof Secret &&
                        inputs.secretString.value === value.value,
                );
            const usagePlanKeysOf = (key: PlanNode) =>
                usagePlanKeys.filter((each) => inputText(each, "keyId") === key.id);
            return [
                ...stackFindingUnless(
                    JSON.stringify(plans.map(limitsOf).toSorted()) === JSON.stringify(expectedLimits.toSorted()),
                    "the limits of the usage plans are not those of `gateway.merchants`",
                ),
                ...stackFindingUnless(
                    keys.length === expectedKeys,
                    `there are ${keys.length} API keys for ${expectedLimits.length} merchants` +
                        (expectedKeys > expectedLimits.length ? `, which need ${expectedKeys} during a rotation` : ""),
                ),
                ...findingsUnless(
                    plans,
                    ({ id, inputs }) =>
                        stages.some(
                            (stage) => getPath(inputs, "apiStages.0.stage") === inputText(stage, "stageName"),
                        ) && admitsOwnKeys(id),
                    "give API keys of the stack access to the stage",
                ),
                ...findingsUnless(
                    plans,
                    ({ inputs }) =>
                        itemsOf(inputs.apiStages).every((each) => itemsOf(getPath(each, "throttles")).length === 0),
                    "have no other limits for single methods",
                ),
                ...findingsUnless(keys, (key) => usagePlanKeysOf(key).length === 1, "belong to one usage plan"),
                ...findingsUnless(
                    keys,
                    ({ inputs }) => !("value" in inputs),
                    "have no `value`, so that AWS generates it",
                ),
                ...findingsUnless(keys, ({ outputs }) => outputs.value instanceof Secret, "be a secret output"),
                ...findingsUnless(
                    plans,
                    ({ id }) => keysOf(id).some((key) => key !== undefined && isKept(key)),
                    "admit an API key that is kept in a secret of the stack",
                ),
                ...findingsUnless(
                    usagePlanKeys,
                    ({ options }) => options.additionalSecretOutputs.includes("value"),
                    "list `value` in `additionalSecretOutputs`: it repeats the API key",
                ),
            ];
        },
    },
    {
        name: "account-services-as-set",
        description: "Resources that an account has only once exist only where the stack creates them",
        fix: "Create the resource only where `accountServices` is create.",
        check: (plan, { accountServices }) =>
            accountWideTypes.flatMap(([type, setting]) => {
                const { length } = resourcesOfType(plan, type);
                const wanted = accountServices[setting] === "create" ? 1 : 0;
                return length === wanted
                    ? []
                    : [`there are ${length} of ${type}, where ${setting} is ${accountServices[setting]}`];
            }),
    },
];
