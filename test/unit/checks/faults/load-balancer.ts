import { changeInputs, changeItems, keepItems, mentions, setInput, type FaultsByRule } from "../fault.ts";

const balancer = "lb/loadBalancer:LoadBalancer";
const listener = "lb/listener:Listener";
const targets = "lb/targetGroup:TargetGroup";
const certificate = "acm/certificate:Certificate";
const firewall = "wafv2/webAcl:WebAcl";

export const loadBalancerFaults: FaultsByRule = {
    "load-balancer-hardened": {
        "malformed headers": [
            setInput(balancer, "dropInvalidHeaderFields", false),
            "payment-prod must have dropInvalidHeaderFields true, not false",
        ],
        "a lenient mode": [
            setInput(balancer, "desyncMitigationMode", "monitor"),
            "payment-prod must have desyncMitigationMode strictest, not monitor",
        ],
        "no access log": [
            setInput(balancer, "accessLogs.enabled", false),
            "payment-prod must have accessLogs.enabled true, not false",
        ],
        "an access log to nowhere": [
            setInput(balancer, "accessLogs.bucket", null),
            "payment-prod must have accessLogs.bucket, not unset",
        ],
        "one subnet": [
            setInput(balancer, "subnets", ["subnet-00000000000000000"]),
            "payment-prod must be in two subnets or more",
        ],
    },
    "listeners-modern-tls": {
        HTTP: [setInput(listener, "protocol", "HTTP"), "payment-https-prod must have protocol HTTPS, not HTTP"],
        "a redirect to HTTP": [
            changeInputs(`aws:${listener}`, "", {
                protocol: "HTTP",
                defaultActions: [{ type: "redirect", redirect: { protocol: "HTTP" } }],
            }),
            "payment-https-prod must have protocol HTTPS, not HTTP",
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
        "HTTP to check them": [
            setInput(targets, "healthCheck.protocol", "HTTP"),
            "api-prod must have healthCheck.protocol HTTPS, not HTTP",
        ],
        "no path to check": [
            setInput(targets, "healthCheck.path", null),
            "api-prod must have healthCheck.path, not unset",
        ],
    },
    "certificates-renew": {
        "validation by mail": [
            setInput(certificate, "validationMethod", "EMAIL"),
            "payment-certificate-prod must have validationMethod DNS, not EMAIL",
        ],
        "no public log": [
            setInput(certificate, "options", { certificateTransparencyLoggingPreference: "DISABLED" }),
            "payment-certificate-prod must have options.certificateTransparencyLoggingPreference ENABLED, not DISABLED",
        ],
        "a wildcard": [
            setInput(certificate, "domainName", "*.example.com"),
            "payment-certificate-prod must have a domain name without a wildcard",
        ],
        "a weak key": [
            setInput(certificate, "keyAlgorithm", "RSA_1024"),
            "payment-certificate-prod must have keyAlgorithm unset, not RSA_1024",
        ],
    },
    "firewalls-complete": {
        "an ACL that nobody counts": [
            setInput(firewall, "visibilityConfig", { cloudwatchMetricsEnabled: false }),
            "payment-gateway-firewall-prod must have visibilityConfig.cloudwatchMetricsEnabled true, not false",
        ],
        "a rule without action": [
            changeItems(firewall, "rules", (rule) => ({
                ...rule,
                action: null,
                overrideAction: null,
            })),
            "payment-gateway-firewall-prod must have an action in each rule",
        ],
        "a rule that nobody counts": [
            changeItems(firewall, "rules", (rule) => ({
                ...rule,
                visibilityConfig: { cloudwatchMetricsEnabled: false },
            })),
            "payment-gateway-firewall-prod must have CloudWatch metrics for each rule",
        ],
        "known bad input let in": [
            keepItems(firewall, "rules", (rule) => !mentions("KnownBadInputs")(rule)),
            "payment-gateway-firewall-prod must have AWSManagedRulesKnownBadInputsRuleSet with the action that the stack sets",
        ],
        "known bad input counted": [
            changeItems(firewall, "rules", (rule) =>
                mentions("KnownBadInputs")(rule) ? { ...rule, overrideAction: { count: {} } } : rule,
            ),
            "payment-gateway-firewall-prod must have AWSManagedRulesKnownBadInputsRuleSet with the action that the stack sets",
        ],
        "anonymous callers unseen": [
            keepItems(firewall, "rules", (rule) => !mentions("AnonymousIp")(rule)),
            "payment-gateway-firewall-prod must have AWSManagedRulesAnonymousIpList with the action that the stack sets",
        ],
    },
};
