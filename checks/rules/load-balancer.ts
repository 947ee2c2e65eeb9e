import type { PlanNode } from "../../plan/plan.ts";
import { isNonEmptyText, requireInputs, type InputPredicate } from "../required-inputs.ts";
import type { Rule } from "../rule.ts";
import { isObjectOrArray, getPath } from "../../plan/query.ts";

/** Forward secrecy and authenticated ciphers only (https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html#elb-17). */
const strictTlsPolicies: ReadonlySet<unknown> = new Set([
    "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
]);

/** A listener that only redirects HTTP to HTTPS. */
const redirectsToHttps = ({ inputs }: PlanNode): boolean =>
    inputs.protocol === "HTTP" && getPath(inputs, "defaultActions.0.redirect.protocol") === "HTTPS";

const isTrueForEveryRule =
    (holds: (rule: unknown) => boolean): InputPredicate =>
    (rules) =>
        Array.isArray(rules) && rules.length > 0 && rules.every(holds);

const hasAction = (rule: unknown): boolean =>
    isObjectOrArray(getPath(rule, "action")) || isObjectOrArray(getPath(rule, "overrideAction"));
const hasMetricsEnabled = (rule: unknown): boolean =>
    getPath(rule, "visibilityConfig.cloudwatchMetricsEnabled") === true;

/** A managed rule group with its own actions, or with count where the settings have it in `waf.countOnly`. */
const hasManagedRuleGroup =
    (name: string): InputPredicate =>
    (rules, _node, _plan, { waf }) =>
        Array.isArray(rules) &&
        rules.some(
            (rule) =>
                getPath(rule, "statement.managedRuleGroupStatement.name") === `AWSManagedRules${name}` &&
                (isObjectOrArray(getPath(rule, "overrideAction.none")) ||
                    waf.countOnly.some((counted) => counted === name)),
        );

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
        check: requireInputs({
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
        }),
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
                { path: "keyAlgorithm", expected: undefined },
            ],
        }),
    },
    {
        name: "firewalls-complete",
        description: "Every web ACL has an action and metrics for each rule, and blocks known bad inputs",
        fix: "Give each rule an action and metrics, and keep AWSManagedRulesKnownBadInputsRuleSet without an override.",
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
                    requirement: "have AWSManagedRulesKnownBadInputsRuleSet with the action that the stack sets",
                },
                {
                    path: "rules",
                    expected: hasManagedRuleGroup("AnonymousIpList"),
                    requirement: "have AWSManagedRulesAnonymousIpList with the action that the stack sets",
                },
            ],
        }),
    },
];
