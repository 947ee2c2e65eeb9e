import type { Plan, PlanNode } from "../../plan/plan.ts";
import { arnOf, findingsUnless, getPath, inputText, itemsOf, resourcesOfType, textAtPath } from "../../plan/query.ts";
import type { Rule } from "../rule.ts";

/** Seconds at its rate for which a merchant's daily quota must last. */
const minQuotaSeconds = 3600;

/**
 * Bytes of a body that WAF inspects by default: of a load balancer always, of an API unless the web ACL is set to more
 * (https://docs.aws.amazon.com/waf/latest/developerguide/waf-oversize-request-components.html).
 */
const inspectedApiBytes = 16_384;

/**
 * Rules that programs break, by managed rule group: merchants call from the addresses of clouds
 * (https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html).
 */
export const rulesForBrowsers: Readonly<Record<string, readonly string[]>> = {
    AnonymousIpList: ["HostingProviderIPList"],
    CommonRuleSet: ["NoUserAgent_HEADER", "SizeRestrictions_BODY"],
};

/** NaN if it is absent. */
const inputNumber = (node: PlanNode, path: string): number => Number(getPath(node.inputs, path));

const rulesOf = (acl: PlanNode): unknown[] => itemsOf(acl.inputs.rules);

/** Web ACLs of the stages of APIs. */
export const apiFirewalls = (plan: Plan): PlanNode[] => {
    const stages = resourcesOfType(plan, "apigateway/stage:Stage").map(arnOf);
    const associated = resourcesOfType(plan, "wafv2/webAclAssociation:WebAclAssociation")
        .filter((each) => stages.includes(inputText(each, "resourceArn")))
        .map((each) => inputText(each, "webAclArn"));
    return resourcesOfType(plan, "wafv2/webAcl:WebAcl").filter((acl) => associated.includes(arnOf(acl)));
};

/** Requests of an address that the rate-based rules allow in a second; without end where none blocks. */
const allowedRate = (acl: PlanNode): number =>
    Math.min(
        ...rulesOf(acl)
            .filter((rule) => getPath(rule, "action.block") !== undefined)
            .map((rule) => {
                const statement = getPath(rule, "statement.rateBasedStatement");
                return statement === undefined
                    ? Infinity
                    : Number(getPath(statement, "limit")) / Number(getPath(statement, "evaluationWindowSec"));
            }),
    );

const blocksLargerBodies = (rule: unknown): boolean => {
    const statement = getPath(rule, "statement.sizeConstraintStatement");
    return (
        getPath(rule, "action.block") !== undefined &&
        getPath(statement, "comparisonOperator") === "GT" &&
        Number(getPath(statement, "size")) === inspectedApiBytes &&
        getPath(statement, "fieldToMatch.body.oversizeHandling") === "MATCH"
    );
};

/** Whether a web ACL has the managed rule group and counts these of its rules, and no other. */
const countsOnly = (acl: PlanNode, groupName: string, names: readonly string[]): boolean =>
    rulesOf(acl).some((rule) => {
        const group = getPath(rule, "statement.managedRuleGroupStatement");
        const counted = itemsOf(getPath(group, "ruleActionOverrides"))
            .filter((override) => getPath(override, "actionToUse.count") !== undefined)
            .map((override) => textAtPath(override, "name"));
        return (
            textAtPath(group, "name") === `AWSManagedRules${groupName}` && counted.toSorted().join() === names.join()
        );
    });

/** Whether a rule allows requests, without the inspection of the rules after it, from other addresses than the VPC's. */
const allowsOthers = (plan: Plan, rule: unknown): boolean => {
    if (getPath(rule, "action.allow") === undefined) {
        return false;
    }
    const blocks = resourcesOfType(plan, "ec2/vpc:Vpc").map((vpc) => inputText(vpc, "cidrBlock"));
    const set = resourcesOfType(plan, "wafv2/ipSet:IpSet").find(
        (each) => arnOf(each) === textAtPath(rule, "statement.ipSetReferenceStatement.arn"),
    );
    return !itemsOf(set?.inputs.addresses ?? [""]).every((address) => blocks.includes(String(address)));
};

export const apiLimitRules: readonly Rule[] = [
    {
        name: "merchant-limits-agree",
        description: "A merchant can use the rate of its usage plan: neither web ACL, stage nor daily quota allow less",
        fix: "Raise the limit that is lower, or lower the merchant's rate.",
        check: (plan) => {
            const plans = resourcesOfType(plan, "apigateway/usagePlan:UsagePlan");
            const rate = (each: PlanNode) => inputNumber(each, "throttleSettings.rateLimit");
            return [
                ...apiFirewalls(plan).flatMap((acl) =>
                    findingsUnless(
                        plans,
                        (each) => rate(each) <= allowedRate(acl),
                        `have a rate of at most ${allowedRate(acl)} requests per second, which ${acl.name} allows an address`,
                    ),
                ),
                ...resourcesOfType(plan, "apigateway/methodSettings:MethodSettings").flatMap((stage) =>
                    findingsUnless(
                        plans,
                        (each) =>
                            rate(each) <= inputNumber(stage, "settings.throttlingRateLimit") &&
                            inputNumber(each, "throttleSettings.burstLimit") <=
                                inputNumber(stage, "settings.throttlingBurstLimit"),
                        "have a rate and a burst of at most the stage's",
                    ),
                ),
                ...findingsUnless(
                    plans,
                    (each) => inputNumber(each, "quotaSettings.limit") >= minQuotaSeconds * rate(each),
                    (each) => `have a daily quota of ${minQuotaSeconds * rate(each)} or more, an hour at its rate`,
                ),
            ];
        },
    },
    {
        name: "api-firewall-for-programs",
        description:
            "The web ACL of the API blocks bodies above 16 KiB, and no smaller ones; it asks for no User-Agent, and blocks no cloud",
        fix: "Add a rule for the size of bodies, and count the rules of AnonymousIpList and CommonRuleSet for browsers.",
        check: (plan) => [
            ...findingsUnless(
                apiFirewalls(plan),
                (acl) => rulesOf(acl).some(blocksLargerBodies),
                `block bodies of more than ${inspectedApiBytes} bytes`,
            ),
            ...Object.entries(rulesForBrowsers).flatMap(([group, names]) =>
                findingsUnless(
                    apiFirewalls(plan),
                    (acl) => countsOnly(acl, group, names),
                    `count ${names.join(" and ")} of ${group}, and no other rule`,
                ),
            ),
        ],
    },
    {
        name: "firewalls-inspect-all",
        description: "Every request from outside the VPC is inspected by all rules of a web ACL",
        fix: "Allow no addresses but the VPC's before the other rules.",
        check: (plan) =>
            findingsUnless(
                resourcesOfType(plan, "wafv2/webAcl:WebAcl"),
                (acl) => !rulesOf(acl).some((rule) => allowsOthers(plan, rule)),
                "allow uninspected requests from the VPC only",
            ),
    },
];
