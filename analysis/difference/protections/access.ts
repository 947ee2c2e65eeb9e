import type { Values } from "../../../plan/value.ts";
import { changedTo, eachNamedItem, changedFrom, removed } from "./checks.ts";
import { encryptionRisk, type WeakerInput } from "./weaker-input.ts";

const waf = "https://docs.aws.amazon.com/waf/latest/developerguide";
const apigateway = "https://docs.aws.amazon.com/apigateway/latest/developerguide";

const removedBlockingRule = (rule: Values): string | undefined =>
    JSON.stringify(rule).includes('"count":') ? undefined : "goes";

/** Rules of a web ACL that no longer block: `action` is that of a rule, `overrideAction` that of a managed group. */
const firewallRules = eachNamedItem(
    "rules",
    "name",
    [removed("action.block"), removed("overrideAction.none")],
    removedBlockingRule,
);

/** What stands between callers and what runs, by type. */
export const accessProtections: Readonly<Record<string, readonly WeakerInput[]>> = {
    "aws:iam/role:Role": [
        {
            check: removed("permissionsBoundary"),
            risk: "nothing but its own policies bounds the role",
            source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
        },
    ],
    "aws:lambda/function:Function": [
        {
            check: removed("kmsKeyArn"),
            risk: encryptionRisk,
            source: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html",
        },
    ],
    "aws:wafv2/webAcl:WebAcl": [
        {
            check: firewallRules,
            risk: "requests that were blocked pass",
            source: `${waf}/web-acl-rule-actions.html`,
        },
        {
            check: removed("defaultAction.block"),
            risk: "requests that no rule names pass",
            source: `${waf}/web-acl-default-action.html`,
        },
    ],
    "aws:ecs/service:Service": [
        {
            check: changedTo("enableExecuteCommand", true),
            risk: "who may call ecs:ExecuteCommand gets a shell in its tasks",
            source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html",
        },
    ],
    "aws:lb/loadBalancer:LoadBalancer": [
        {
            check: changedFrom("accessLogs.enabled", true),
            risk: "requests leave no record",
            source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html",
        },
        {
            check: changedFrom("dropInvalidHeaderFields", true),
            risk: "requests can be smuggled past the firewall",
            source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html",
        },
    ],
    "aws:lb/listener:Listener": [
        {
            check: changedFrom("protocol", "HTTPS"),
            risk: "requests cross the internet in the open",
            source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/create-https-listener.html",
        },
    ],
    "aws:lb/targetGroup:TargetGroup": [
        {
            check: changedFrom("protocol", "HTTPS"),
            risk: "requests cross the network to the tasks in the open",
            source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html",
        },
    ],
    "aws:apigateway/method:Method": [
        {
            check: changedTo("authorization", "NONE"),
            risk: "anybody may call it",
            source: `${apigateway}/apigateway-control-access-to-api.html`,
        },
        {
            check: changedFrom("apiKeyRequired", true),
            risk: "anybody may call it, and no quota counts the calls",
            source: `${apigateway}/api-gateway-api-usage-plans.html`,
        },
    ],
    "aws:apigateway/stage:Stage": [
        {
            check: removed("accessLogSettings"),
            risk: "requests leave no record",
            source: `${apigateway}/set-up-logging.html`,
        },
    ],
    "aws:apigateway/methodSettings:MethodSettings": [
        {
            check: changedTo("settings.dataTraceEnabled", true),
            risk: "requests and answers stand in the log with all that they carry",
            source: `${apigateway}/set-up-logging.html`,
        },
    ],
};
