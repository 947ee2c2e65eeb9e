import type { PlanNode } from "../../plan/plan.ts";
import { given, type Configuration, type Holds } from "../configuration.ts";
import { isTree, look } from "../../plan/query.ts";

/** Forward secrecy and authenticated ciphers only (https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html#elb-17). */
const restrictedPolicies: ReadonlySet<unknown> = new Set([
    "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
]);

/** Answers all callers without TLS with the address that has it. */
const redirects = ({ inputs }: PlanNode): boolean =>
    inputs.protocol === "HTTP" && look(inputs, "defaultActions.0.redirect.protocol") === "HTTPS";

const everyRule =
    (holds: (rule: unknown) => boolean): Holds =>
    (rules) =>
        Array.isArray(rules) && rules.length > 0 && rules.every(holds);

const acts = (rule: unknown): boolean => isTree(look(rule, "action")) || isTree(look(rule, "overrideAction"));
const isCounted = (rule: unknown): boolean => look(rule, "visibilityConfig.cloudwatchMetricsEnabled") === true;

/** A group of AWS's rules, which keeps callers out unless the stack says that it only counts. */
const hasGroup =
    (name: string): Holds =>
    (rules, _node, _plan, { waf }) =>
        Array.isArray(rules) &&
        rules.some(
            (rule) =>
                look(rule, "statement.managedRuleGroupStatement.name") === `AWSManagedRules${name}` &&
                (isTree(look(rule, "overrideAction.none")) || waf.countOnly.some((counted) => counted === name)),
        );

export const frontDoorConfiguration: readonly Configuration[] = [
    {
        name: "load-balancer-hardened",
        promise: "the load balancer drops malformed requests, logs each one and stands in two zones",
        fix: "Set the input to the value that the rule names.",
        controls: [
            "ELB.4",
            "CKV_AWS_131",
            "ELB.5",
            "CKV_AWS_91",
            "aws-lb-loadbalancer-enable-access-logging",
            "aws-lb-loadbalancer-configure-access-logging",
            "ELB.12",
            "CKV_AWS_328",
            "ELB.13",
        ],
        types: ["lb/loadBalancer:LoadBalancer"],
        expects: [
            { path: "dropInvalidHeaderFields", is: true },
            { path: "desyncMitigationMode", is: "strictest" },
            { path: "accessLogs.enabled", is: true },
            { path: "accessLogs.bucket", is: given },
            { path: "subnets", is: (value) => Array.isArray(value) && value.length >= 2, must: "stand in two subnets" },
        ],
    },
    {
        name: "listeners-modern-tls",
        promise: "the load balancer listens over HTTPS with TLS 1.2 and 1.3 only",
        fix: "Use protocol HTTPS with one of the policies that Security Hub ELB.17 recommends.",
        controls: [
            "ELB.1",
            "CKV2_AWS_20",
            "ELB.17",
            "CKV_AWS_103",
            "CKV2_AWS_74",
            "ELB.18",
            "CKV_AWS_2",
            "aws-lb-listener-disallow-unencrypted-traffic",
        ],
        types: ["lb/listener:Listener"],
        where: (listener) => !redirects(listener),
        expects: [
            { path: "protocol", is: "HTTPS" },
            { path: "sslPolicy", is: (value) => restrictedPolicies.has(value), must: "have a restricted TLS policy" },
            { path: "certificateArn", is: given },
        ],
    },
    {
        name: "targets-encrypted",
        promise: "traffic from the load balancer to its targets is encrypted, and their health is checked",
        fix: "Set protocol and healthCheck.protocol to HTTPS, and healthCheck.path.",
        controls: ["ELB.21", "ELB.22", "CKV_AWS_378", "CKV_AWS_261"],
        types: ["lb/targetGroup:TargetGroup"],
        // Functions are called by the API of Lambda, over TLS.
        where: ({ inputs }) => inputs.targetType !== "lambda",
        expects: [
            { path: "protocol", is: "HTTPS" },
            { path: "healthCheck.protocol", is: "HTTPS" },
            { path: "healthCheck.path", is: given },
        ],
    },
    {
        name: "certificates-renew",
        promise: "certificates from ACM renew by themselves, are logged in public and stand for one domain",
        fix: "Validate by DNS, leave transparency logging on and name the domain.",
        controls: ["ACM.1", "ACM.2", "CKV_AWS_234", "CKV2_AWS_71"],
        types: ["acm/certificate:Certificate"],
        // What is imported has no domain here.
        where: ({ inputs }) => inputs.domainName !== undefined,
        optional: true,
        expects: [
            { path: "validationMethod", is: "DNS" },
            { path: "options.certificateTransparencyLoggingPreference", is: "ENABLED" },
            {
                path: "domainName",
                is: (value) => typeof value === "string" && !value.includes("*"),
                must: "stand for one domain",
            },
            { path: "keyAlgorithm", is: undefined },
        ],
    },
    {
        name: "firewalls-complete",
        promise: "every firewall acts, counts each rule and refuses known bad input",
        fix: "Give each rule an action and metrics, and keep AWSManagedRulesKnownBadInputsRuleSet without an override.",
        controls: ["WAF.10", "CKV_AWS_175", "CKV_AWS_342", "WAF.12", "CKV_AWS_192", "CKV2_AWS_76", "CKV2_AWS_77"],
        types: ["wafv2/webAcl:WebAcl"],
        expects: [
            { path: "visibilityConfig.cloudwatchMetricsEnabled", is: true },
            { path: "rules", is: everyRule(acts), must: "have an action in each rule" },
            { path: "rules", is: everyRule(isCounted), must: "count each rule in CloudWatch" },
            { path: "rules", is: hasGroup("KnownBadInputsRuleSet"), must: "refuse known bad input" },
            { path: "rules", is: hasGroup("AnonymousIpList"), must: "look for anonymous callers" },
        ],
    },
];
