import type { Values } from "../../../../plan/plan.ts";
import { getPath } from "../../../../plan/query.ts";
import { changeInputs, changeItems, keepItems, mentions, setInput, type FaultsByRule } from "../fault.ts";

const balancer = "lb/loadBalancer:LoadBalancer";
const listener = "lb/listener:Listener";
const targets = "lb/targetGroup:TargetGroup";
const certificate = "acm/certificate:Certificate";
const firewall = "wafv2/webAcl:WebAcl";

const asTheStackSets = "must use each managed rule group for all requests, with the action that the stack sets";

/** Adds inputs to the rules of managed rule groups. */
const inManagedGroup =
    (more: Values) =>
    (rule: Values): Values =>
        mentions("managedRuleGroupStatement")(rule)
            ? {
                  ...rule,
                  statement: {
                      managedRuleGroupStatement: {
                          ...(getPath(rule, "statement.managedRuleGroupStatement") as Values),
                          ...more,
                      },
                  },
              }
            : rule;

export const loadBalancerFaults: FaultsByRule = {
    "load-balancer-hardened": {
        "invalid headers are kept": [
            setInput(balancer, "dropInvalidHeaderFields", false),
            "payment-prod must have dropInvalidHeaderFields true, not false",
        ],
        "the monitor mode": [
            setInput(balancer, "desyncMitigationMode", "monitor"),
            "payment-prod must have desyncMitigationMode strictest, not monitor",
        ],
        "no access log": [
            setInput(balancer, "accessLogs.enabled", false),
            "payment-prod must have accessLogs.enabled true, not false",
        ],
        "no access log bucket": [
            setInput(balancer, "accessLogs.bucket", null),
            "payment-prod must have accessLogs.bucket, not unset",
        ],
        "one subnet": [
            setInput(balancer, "subnets", ["subnet-00000000000000000"]),
            "payment-prod must be in two subnets or more",
        ],
    },
    "listeners-modern-tls": {
        "an HTTP listener": [
            setInput(listener, "protocol", "HTTP"),
            "payment-https-prod must have protocol HTTPS, not HTTP",
        ],
        "a redirect to HTTP": [
            changeInputs(`aws:${listener}`, "", {
                protocol: "HTTP",
                defaultActions: [{ type: "redirect", redirect: { protocol: "HTTP" } }],
            }),
            "payment-https-prod must have protocol HTTPS, not HTTP",
        ],
        "a redirect to another host": [
            changeInputs(`aws:${listener}`, "", {
                protocol: "HTTP",
                defaultActions: [{ type: "redirect", redirect: { protocol: "HTTPS", host: "other.example.org" } }],
            }),
            "payment-https-prod must have protocol HTTPS, not HTTP",
        ],
        "a rule of a listener that redirects": [
            changeInputs(`aws:${listener}`, "", {
                protocol: "HTTP",
                defaultActions: [{ type: "redirect", redirect: { protocol: "HTTPS", port: "443" } }],
            }),
            "payment-api-prod must not belong to payment-https-prod, which is there for redirects to HTTPS",
        ],
        "weak ciphers": [
            setInput(listener, "sslPolicy", "ELBSecurityPolicy-2016-08"),
            "payment-https-prod must have a TLS policy that Security Hub ELB.17 recommends",
        ],
        "no certificate": [
            setInput(listener, "certificateArn", null),
            "payment-https-prod must have certificateArn, not unset",
        ],
    },
    "targets-encrypted": {
        "HTTP to targets": [setInput(targets, "protocol", "HTTP"), "api-prod must have protocol HTTPS, not HTTP"],
        "HTTP health checks": [
            setInput(targets, "healthCheck.protocol", "HTTP"),
            "api-prod must have healthCheck.protocol HTTPS, not HTTP",
        ],
        "no health check path": [
            setInput(targets, "healthCheck.path", null),
            "api-prod must have healthCheck.path, not unset",
        ],
    },
    "certificates-renew": {
        "validation by e-mail": [
            setInput(certificate, "validationMethod", "EMAIL"),
            "payment-certificate-prod must have validationMethod DNS, not EMAIL",
        ],
        "no transparency log": [
            setInput(certificate, "options", { certificateTransparencyLoggingPreference: "DISABLED" }),
            "payment-certificate-prod must have options.certificateTransparencyLoggingPreference ENABLED, not DISABLED",
        ],
        "a wildcard domain": [
            setInput(certificate, "domainName", "*.example.com"),
            "payment-certificate-prod must have a domain name without a wildcard",
        ],
        "a wildcard in another name": [
            setInput(certificate, "subjectAlternativeNames", ["*.example.com"]),
            "payment-certificate-prod must have no other name with a wildcard",
        ],
        "a weak key": [
            setInput(certificate, "keyAlgorithm", "RSA_1024"),
            "payment-certificate-prod must have keyAlgorithm unset, not RSA_1024",
        ],
    },
    "firewalls-complete": {
        "a web ACL without metrics": [
            setInput(firewall, "visibilityConfig", { cloudwatchMetricsEnabled: false }),
            "payment-gateway-firewall-prod must have visibilityConfig.cloudwatchMetricsEnabled true, not false",
        ],
        "a rule without an action": [
            changeItems(firewall, "rules", (rule) => ({
                ...rule,
                action: null,
                overrideAction: null,
            })),
            "payment-gateway-firewall-prod must have an action in each rule",
        ],
        "a rule without metrics": [
            changeItems(firewall, "rules", (rule) => ({
                ...rule,
                visibilityConfig: { cloudwatchMetricsEnabled: false },
            })),
            "payment-gateway-firewall-prod must have CloudWatch metrics for each rule",
        ],
        "no rule for known bad inputs": [
            keepItems(firewall, "rules", (rule) => !mentions("KnownBadInputs")(rule)),
            "payment-gateway-firewall-prod must have AWSManagedRulesKnownBadInputsRuleSet",
        ],
        "a rule for known bad inputs that only counts": [
            changeItems(firewall, "rules", (rule) =>
                mentions("KnownBadInputs")(rule) ? { ...rule, overrideAction: { count: {} } } : rule,
            ),
            `payment-gateway-firewall-prod ${asTheStackSets}`,
        ],
        "no rule for anonymous callers": [
            keepItems(firewall, "rules", (rule) => !mentions("AnonymousIp")(rule)),
            "payment-gateway-firewall-prod must have AWSManagedRulesAnonymousIpList",
        ],
        "managed rules for some requests": [
            changeItems(firewall, "rules", inManagedGroup({ scopeDownStatement: { geoMatchStatement: {} } })),
            `payment-gateway-firewall-prod ${asTheStackSets}`,
        ],
        "a managed rule that only counts": [
            changeItems(
                firewall,
                "rules",
                inManagedGroup({ ruleActionOverrides: [{ name: "Log4JRCE_BODY", actionToUse: { count: {} } }] }),
            ),
            `payment-gateway-firewall-prod ${asTheStackSets}`,
        ],
        "a rule for browsers that only counts at the load balancer": [
            changeItems(
                firewall,
                "rules",
                inManagedGroup({ ruleActionOverrides: [{ name: "NoUserAgent_HEADER", actionToUse: { count: {} } }] }),
            ),
            `payment-firewall-prod ${asTheStackSets}`,
        ],
        "a managed rule that allows requests": [
            changeItems(
                firewall,
                "rules",
                inManagedGroup({ ruleActionOverrides: [{ name: "Log4JRCE_BODY", actionToUse: { allow: {} } }] }),
            ),
            `payment-gateway-firewall-prod ${asTheStackSets}`,
        ],
    },
};
