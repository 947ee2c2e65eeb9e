import { accountPoliciesOf, allowStatements } from "../iam/policies.ts";
import { allowedRequestsOf, type AllowedRequest } from "../iam/broadest-requests.ts";
import { lambdaPermissionsOf } from "../iam/resource-policies.ts";
import { storeHeadings, createNameReplacer, storesOf, type Store } from "../iam/stores.ts";
import { matchesResource } from "../iam/wildcards.ts";
import {
    resourcesOfType,
    arnOf,
    compareText,
    isObjectOrArray,
    memoizeByPlan,
    splitPart,
    inputText,
} from "../../plan/query.ts";
import { toArray, type ParsedStatement } from "../iam/statements.ts";
import type { Plan } from "../../plan/plan.ts";

/** One action that a role or another principal may take on one resource. */
export interface Right {
    /** Heading in the record, such as `Queues`. */
    readonly kind: string;
    /** Logical name of a role, an AWS service, another account's ARN, or `*`. */
    readonly principal: string;
    readonly action: string;
    /** Logical name; an ARN or pattern for a resource outside the stack; `*` for every resource. */
    readonly resource: string;
    /** Part of the resource, such as a prefix of a bucket; empty for the whole resource. */
    readonly part: string;
    /** Conditions on the request; empty where there are none. */
    readonly condition: string;
}

const outsideStack = "Not made by the stack";
const everyResource = "Every resource";

/** Headings of the record, in order. */
export const rightKinds: readonly string[] = [...storeHeadings, "Functions", "Roles", outsideStack, everyResource];

const throughAccountPolicies = "the account, through its IAM policies";

/** Every resource of a plan to which a policy can give access. */
const resourcesWithRights = memoizeByPlan((plan): readonly Store[] => [
    ...storesOf(plan),
    ...[
        ["Functions", "lambda/function:Function"],
        ["Roles", "iam/role:Role"],
    ].flatMap(([kind = "", type = ""]) =>
        resourcesOfType(plan, type).map((node) => ({ kind, name: node.name, arn: arnOf(node) })),
    ),
]);

/** Service prefixes of the actions on a resource: a role is a resource of IAM, and STS assumes it. */
const actionServicesOf = ({ arn }: Store): string[] => {
    const service = splitPart(arn, ":", 2);
    return service === "iam" ? ["iam", "sts"] : [service];
};

/** The part of a resource that a pattern matches: empty for the whole resource, undefined for another resource. */
function partNamedBy({ arn, kind }: Store, pattern: string): string | undefined {
    if (matchesResource(arn, pattern)) {
        return "";
    }
    const isLogGroup = kind === "Log groups";
    const beginning = isLogGroup ? `${arn}:` : `${arn}/`;
    if (pattern.startsWith(beginning)) {
        return pattern.slice(beginning.length);
    }
    // A pattern for another log group could match a stream whose name has the colons of an ARN, which AWS does not accept.
    return matchesResource(`${beginning}${isLogGroup ? "any" : "*"}`, pattern, "some") ? "*" : undefined;
}

/** Position of a permission in the record. */
type RightTarget = Pick<Right, "kind" | "resource" | "part">;

function rightTargetsOf(plan: Plan, action: string, pattern: string): RightTarget[] {
    if (pattern === "*") {
        return [{ kind: everyResource, resource: "*", part: "" }];
    }
    const found = resourcesWithRights(plan)
        .filter((resource) => actionServicesOf(resource).includes(splitPart(action, ":", 0)))
        .flatMap((resource): RightTarget[] => {
            const named = partNamedBy(resource, pattern);
            return named === undefined ? [] : [{ kind: resource.kind, resource: resource.name, part: named }];
        });
    return found.length > 0 ? found : [{ kind: outsideStack, resource: pattern, part: "" }];
}

const isEquality = (operator: string): boolean => /^(StringEquals|Bool)$/.test(operator);

/** Sorted, because AWS returns the elements of a policy in another order. */
const conditionsOf = ({ Condition = {} }: ParsedStatement): string[] =>
    Object.entries(Condition)
        .flatMap(([operator, keys]) =>
            Object.entries(keys).map(([key, values]) => {
                const sign = isEquality(operator) ? "=" : `(${operator})`;
                return `${key} ${sign} ${toArray(values).toSorted().join(" or ")}`;
            }),
        )
        .toSorted();

const isByFunctionCode = ({ context }: AllowedRequest): boolean => context["lambda:SourceFunctionArn"] !== undefined;

/** Permissions that policies allow to roles and no other policy denies. */
function rightsOfRoles(plan: Plan): Right[] {
    const withFunctions = new Set(
        allowedRequestsOf(plan)
            .filter(isByFunctionCode)
            .map(({ role }) => role),
    );
    const same = Map.groupBy(allowedRequestsOf(plan), ({ role, action, resource, statement }) =>
        JSON.stringify([role.arn, action, resource, statement]),
    );
    return [...same.values()].flatMap((grants) => {
        const [grant] = grants;
        if (grant === undefined) {
            return [];
        }
        // Lambda itself also uses the function's role: a policy can deny the code what Lambda needs.
        const isDeniedToCode = withFunctions.has(grant.role) && !grants.some(isByFunctionCode);
        const condition = [
            ...conditionsOf(grant.statement),
            ...(isDeniedToCode ? ["called by Lambda itself, not by the function's code"] : []),
        ].join("; ");
        return rightTargetsOf(plan, grant.action, grant.resource).map((target) => ({
            principal: grant.role.node.name,
            action: grant.action,
            condition,
            ...target,
        }));
    });
}

const principalsOf = ({ Principal }: ParsedStatement): string[] =>
    isObjectOrArray(Principal) ? Object.values(Principal).flatMap((each) => toArray(each)) : [String(Principal)];

/** Permissions from a resource policy: for AWS services, accounts, roles by ARN, or everyone. */
function rightsByPolicy(plan: Plan, resource: Store): Right[] {
    const { resources, account } = accountPoliciesOf(plan);
    const policy = resources.get(resource.arn);
    return (policy === undefined ? [] : allowStatements(policy)).flatMap((statement) =>
        principalsOf(statement).flatMap((principal) =>
            toArray(statement.Resource ?? resource.arn).flatMap((pattern) =>
                toArray(statement.Action).map((action) => ({
                    kind: resource.kind,
                    principal: principal.endsWith(`:iam::${account}:root`) ? throughAccountPolicies : principal,
                    action,
                    resource: resource.name,
                    part: partNamedBy(resource, pattern) ?? "",
                    condition: conditionsOf(statement).join("; "),
                })),
            ),
        ),
    );
}

/** Permissions to invoke functions; each is a separate resource in Lambda. */
const rightsToInvoke = (plan: Plan): Right[] =>
    resourcesOfType(plan, "lambda/function:Function").flatMap((lambda) =>
        lambdaPermissionsOf(plan, lambda).map((permission) => ({
            kind: "Functions",
            principal: inputText(permission, "principal"),
            action: inputText(permission, "action"),
            resource: lambda.name,
            part: inputText(permission, "qualifier"),
            condition: ["sourceArn", "sourceAccount", "principalOrgId"]
                .map((input) => [input, inputText(permission, input)] as const)
                .filter(([, value]) => value !== "")
                .map(([input, value]) => `${input} = ${value}`)
                .join("; "),
        })),
    );

/** Text that is equal for equal permissions. */
export const rightKey = ({ kind, resource, principal, action, part: within, condition }: Right): string =>
    JSON.stringify([kind, resource, principal, action, within, condition]);

/** Permissions of one principal, as one text for each resource and condition: `sqs:GetQueueUrl, sqs:SendMessage on payment-processing-dev`. */
export const rightTexts = (rights: readonly Right[]): string[] =>
    [...Map.groupBy(rights, targetText)].map(
        ([target, same]) => `${[...new Set(same.map(({ action }) => action))].toSorted().join(", ")} on ${target}`,
    );

const targetText = ({ resource, part: within, condition }: Right): string =>
    [
        resource === "*" ? "every resource" : resource,
        within === "" ? "" : `/${within}`,
        condition === "" ? "" : ` if ${condition}`,
    ].join("");

/** The permission without generated IDs and without the plan's account ID. */
function withoutGeneratedTexts(plan: Plan, right: Right): Right {
    const { account } = accountPoliciesOf(plan);
    const named = createNameReplacer(plan);
    const plain = (value: string) => named(value).replaceAll(account, "<account>");
    return {
        ...right,
        principal: plain(right.principal),
        resource: plain(right.resource),
        part: plain(right.part),
        condition: plain(right.condition),
    };
}

/**
 * Every permission of a plan, once, in a stable order. Two plans of the same program and settings have the same permissions,
 * whatever IDs AWS generates.
 *
 * Policies that the evaluator does not support are left out; the rule `policies-supported` reports them.
 */
export const rightsOf = memoizeByPlan((plan): readonly Right[] => {
    const found = [
        ...rightsOfRoles(plan),
        ...resourcesWithRights(plan).flatMap((resource) => rightsByPolicy(plan, resource)),
        ...rightsToInvoke(plan),
    ].map((right) => withoutGeneratedTexts(plan, right));
    const place = ({ kind }: Right) => rightKinds.indexOf(kind);
    return [...new Map(found.map((right) => [rightKey(right), right])).values()].toSorted(
        (a, b) => place(a) - place(b) || compareText(rightKey(a), rightKey(b)),
    );
});

/** Resources with secrets, data or logs to which no policy gives access by name. */
export function resourcesWithoutRights(plan: Plan): Pick<Right, "kind" | "resource">[] {
    const keyOf = ({ kind, resource }: Pick<Right, "kind" | "resource">) => `${kind} ${resource}`;
    const named = new Set(rightsOf(plan).map(keyOf));
    return storesOf(plan)
        .map(({ kind, name }) => ({ kind, resource: name }))
        .filter((resource) => !named.has(keyOf(resource)));
}
