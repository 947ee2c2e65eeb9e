import type { PlanNode } from "../../plan/plan.ts";
import { isNonEmptyText, requireInputs, type InputPredicate } from "../required-inputs.ts";
import type { Rule } from "../rule.ts";
import { apiFirewalls, rulesForBrowsers } from "./api-limits.ts";
import {
    arnOf,
    findingsUnless,
    getPath,
    inputText,
    isObjectOrArray,
    itemsOf,
    resourcesOfType,
    textAtPath,
} from "../../plan/query.ts";

/** Forward secrecy and authenticated ciphers only (https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html#elb-17). */
const strictTlsPolicies: ReadonlySet<unknown> = new Set([
    "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
]);

/** A listener whose own actions only redirect HTTP to HTTPS, on the host of the request. */
const redirectsToHttps = ({ inputs }: PlanNode): boolean =>
    inputs.protocol === "HTTP" &&
    itemsOf(inputs.defaultActions).every(
        (action) =>
            getPath(action, "redirect.protocol") === "HTTPS" &&
            (getPath(action, "redirect.host") ?? "#{host}") === "#{host}",
    );

const isTrueForEveryRule =
    (holds: (rule: unknown) => boolean): InputPredicate =>
    (rules) =>
        Array.isArray(rules) && rules.length > 0 && rules.every(holds);

const hasAction = (rule: unknown): boolean =>
    isObjectOrArray(getPath(rule, "action")) || isObjectOrArray(getPath(rule, "overrideAction"));
const hasMetricsEnabled = (rule: unknown): boolean =>
    getPath(rule, "visibilityConfig.cloudwatchMetricsEnabled") === true;

const groupPrefix = "AWSManagedRules";

const hasManagedRuleGroup =
    (name: string): InputPredicate =>
    (rules) =>
        itemsOf(rules).some(
            (rule) => getPath(rule, "statement.managedRuleGroupStatement.name") === `${groupPrefix}${name}`,
        );

/**
 * Every managed rule group has its own actions, or count where the settings have it in `waf.countOnly`, and for all requests. Of its
 * rules none is overridden, but with count those of the API that programs break.
 */
const usesManagedRuleGroups: InputPredicate = (rules, acl, plan, { waf }) =>
    itemsOf(rules).every((rule) => {
        const group = getPath(rule, "statement.managedRuleGroupStatement");
        const counted = apiFirewalls(plan).includes(acl)
            ? rulesForBrowsers[textAtPath(group, "name").slice(groupPrefix.length)]
            : undefined;
        return (
            group === undefined ||
            ((isObjectOrArray(getPath(rule, "overrideAction.none")) ||
                waf.countOnly.some((counted) => `${groupPrefix}${counted}` === textAtPath(group, "name"))) &&
                getPath(group, "scopeDownStatement") === undefined &&
                itemsOf(getPath(group, "ruleActionOverrides")).every(
                    (override) =>
                        isObjectOrArray(getPath(override, "actionToUse.count")) &&
                        counted?.includes(textAtPath(override, "name")) === true,
                ))
        );
    });

export const loadBalancerRules: readonly Rule[] = [
    {
        name: "load-balancer-hardened",
        description: "The load balancer drops malformed requests, has access logs and spans two Availability Zones",
        fix: "Set the input to the value in the finding.",
        check: requireInputs({
            types: ["lb/loadBalancer:LoadBalancer"],
            inputs: [
                { path: "dropInvalidHeaderFields", expected: true },
                { path: "desyncMitigationMode", expected: "strictest" },
                { path: "accessLogs.enabled", expected: true },
                { path: "accessLogs.bucket", expected: isNonEmptyText },
                {
                    path: "subnets",
                    expected: (value) => Array.isArray(value) && value.length >= 2,
                    requirement: "be in two subnets or more",
                },
            ],
        }),
    },
    {
        name: "listeners-modern-tls",
        description: "Listeners of the load balancer use HTTPS with TLS 1.2 and 1.3 only",
        fix: "Use protocol HTTPS with a policy that Security Hub ELB.17 recommends.",
        check: (plan, settings) => [
            ...requireInputs({
                types: ["lb/listener:Listener"],
                appliesTo: (listener) => !redirectsToHttps(listener),
                inputs: [
                    { path: "protocol", expected: "HTTPS" },
                    {
                        path: "sslPolicy",
                        expected: (value) => strictTlsPolicies.has(value),
                        requirement: "have a TLS policy that Security Hub ELB.17 recommends",
                    },
                    { path: "certificateArn", expected: isNonEmptyText },
                ],
            })(plan, settings),
            ...resourcesOfType(plan, "lb/listener:Listener")
                .filter(redirectsToHttps)
                .flatMap((listener) =>
                    findingsUnless(
                        resourcesOfType(plan, "lb/listenerRule:ListenerRule"),
                        (rule) => inputText(rule, "listenerArn") !== arnOf(listener),
                        `not belong to ${listener.name}, which is there for redirects to HTTPS`,
                    ),
                ),
        ],
    },
    {
        name: "targets-encrypted",
        description: "Target groups and their health checks use HTTPS",
        fix: "Set protocol and healthCheck.protocol to HTTPS, and healthCheck.path.",
        check: requireInputs({
            types: ["lb/targetGroup:TargetGroup"],
            // The load balancer invokes functions through the Lambda API, over TLS.
            appliesTo: ({ inputs }) => inputs.targetType !== "lambda",
            inputs: [
                { path: "protocol", expected: "HTTPS" },
                { path: "healthCheck.protocol", expected: "HTTPS" },
                { path: "healthCheck.path", expected: isNonEmptyText },
            ],
        }),
    },
    {
        name: "certificates-renew",
        description: "ACM certificates renew automatically, are in certificate transparency logs and have no wildcard",
        fix: "Validate by DNS, leave transparency logging enabled and name the domain.",
        check: requireInputs({
            types: ["acm/certificate:Certificate"],
            isOptional: true,
            // Imported certificates have no domainName.
            appliesTo: ({ inputs }) => inputs.domainName !== undefined,
            inputs: [
                { path: "validationMethod", expected: "DNS" },
                { path: "options.certificateTransparencyLoggingPreference", expected: "ENABLED" },
                {
                    path: "domainName",
                    expected: (value) => typeof value === "string" && !value.includes("*"),
                    requirement: "have a domain name without a wildcard",
                },
                {
                    path: "subjectAlternativeNames",
                    expected: (value) => itemsOf(value).every((name) => !String(name).includes("*")),
                    requirement: "have no other name with a wildcard",
                },
                { path: "keyAlgorithm", expected: undefined },
            ],
        }),
    },
    {
        name: "firewalls-complete",
        description: "Every web ACL has an action and metrics for each rule, and blocks known bad inputs",
        fix: "Give each rule an action and metrics, and keep the managed rule groups without overrides of your own and without a scope.",
        check: requireInputs({
            types: ["wafv2/webAcl:WebAcl"],
            inputs: [
                { path: "visibilityConfig.cloudwatchMetricsEnabled", expected: true },
                { path: "rules", expected: isTrueForEveryRule(hasAction), requirement: "have an action in each rule" },
                {
                    path: "rules",
                    expected: isTrueForEveryRule(hasMetricsEnabled),
                    requirement: "have CloudWatch metrics for each rule",
                },
                {
                    path: "rules",
                    expected: hasManagedRuleGroup("KnownBadInputsRuleSet"),
                    requirement: "have AWSManagedRulesKnownBadInputsRuleSet",
                },
                {
                    path: "rules",
                    expected: hasManagedRuleGroup("AnonymousIpList"),
                    requirement: "have AWSManagedRulesAnonymousIpList",
                },
                {
                    path: "rules",
                    expected: usesManagedRuleGroups,
                    requirement: "use each managed rule group for all requests, with the action that the stack sets",
                },
            ],
        }),
    },
];
