import { accountPoliciesOf, allowStatements } from "../iam/policies.ts";
import { allowedRequestsOf, type AllowedRequest } from "../iam/broadest-requests.ts";
import { storeHeadings, createNameReplacer, storesOf, type Store } from "../iam/stores.ts";
import { fillWildcards, matchesResource } from "../iam/wildcards.ts";
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
    /** Heading of the record under which it stands, such as `Queues`. */
    readonly kind: string;
    /** Logical name of a role, an AWS service, another account's ARN, or `*`. */
    readonly principal: string;
    readonly action: string;
    /** Logical name; an ARN or pattern where the stack does not make the resource; `*` for every resource. */
    readonly resource: string;
    /** Part of the resource that the policy names, such as a folder of a bucket; empty for the whole resource. */
    readonly part: string;
    /** What the policy demands of the request; empty where it demands nothing. */
    readonly condition: string;
}

const outsideStack = "Not made by the stack";
const everyResource = "Every resource";

/** Headings of the record, in its order. */
export const rightKinds: readonly string[] = [...storeHeadings, "Functions", "Roles", outsideStack, everyResource];

const throughAccountPolicies = "the account, through its IAM policies";

/** Everything of a plan that a policy can give rights on. */
const resourcesWithRights = memoizeByPlan((plan): readonly Store[] => [
    ...storesOf(plan),
    ...[
        ["Functions", "lambda/function:Function"],
        ["Roles", "iam/role:Role"],
    ].flatMap(([kind = "", type = ""]) =>
        resourcesOfType(plan, type).map((node) => ({ kind, name: node.name, arn: arnOf(node) })),
    ),
]);

/** A role is IAM's resource, and is assumed by a call to STS. */
const actionServicesOf = ({ arn }: Store): string[] => {
    const service = splitPart(arn, ":", 2);
    return service === "iam" ? ["iam", "sts"] : [service];
};

/** Which part of a resource a pattern names: empty for all of it, undefined where the pattern is about another. */
function partNamedBy({ arn, kind }: Store, pattern: string): string | undefined {
    if (matchesResource(arn, pattern)) {
        return "";
    }
    const separator = kind === "Log groups" ? ":" : "/";
    if (pattern.startsWith(`${arn}${separator}`)) {
        return pattern.slice(arn.length + separator.length);
    }
    return matchesResource(`${arn}${separator}any`, pattern) || fillWildcards(pattern).startsWith(`${arn}${separator}`)
        ? "*"
        : undefined;
}

/** Where a right stands in the record. */
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

/** Sorted: AWS gives a policy back in another order than it was given. */
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

/** The patterns of a statement that an evaluated request stands for. */
const patternsOf = ({ statement, resource }: AllowedRequest): string[] =>
    toArray(statement.Resource ?? "*").filter(
        (pattern) => (pattern === "*" ? pattern : fillWildcards(pattern)) === resource,
    );

/** What the policies let roles do, and no other policy denies. */
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
        // Lambda itself acts as the function's role, too: a policy can deny the code what Lambda needs.
        const isDeniedToCode = withFunctions.has(grant.role) && !grants.some(isByFunctionCode);
        const condition = [
            ...conditionsOf(grant.statement),
            ...(isDeniedToCode ? ["called by Lambda itself, not by the function's code"] : []),
        ].join("; ");
        return patternsOf(grant)
            .flatMap((pattern) => rightTargetsOf(plan, grant.action, pattern))
            .map((target) => ({ principal: grant.role.node.name, action: grant.action, condition, ...target }));
    });
}

const principalsOf = ({ Principal }: ParsedStatement): string[] =>
    isObjectOrArray(Principal) ? Object.values(Principal).flatMap((each) => toArray(each)) : [String(Principal)];

/** Whom the policy of a resource lets in: AWS services, accounts, roles by their ARN, or everybody. */
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

/** Whom a function lets call it: Lambda keeps each permission as a resource of its own. */
const rightsToInvoke = (plan: Plan): Right[] =>
    resourcesOfType(plan, "lambda/permission:Permission").flatMap((permission) => {
        const conditions = ["sourceArn", "sourceAccount", "principalOrgId"]
            .map((input) => [input, inputText(permission, input)] as const)
            .filter(([, value]) => value !== "");
        return resourcesOfType(plan, "lambda/function:Function")
            .filter((node) => [node.id, node.outputs.name, arnOf(node)].includes(inputText(permission, "function")))
            .map((node) => ({
                kind: "Functions",
                principal: inputText(permission, "principal"),
                action: inputText(permission, "action"),
                resource: node.name,
                part: inputText(permission, "qualifier"),
                condition: conditions.map(([input, value]) => `${input} = ${value}`).join("; "),
            }));
    });

/** Text by which two rights are the same. */
export const rightKey = ({ kind, resource, principal, action, part: within, condition }: Right): string =>
    JSON.stringify([kind, resource, principal, action, within, condition]);

/** Rights of one principal, a text for each resource and condition: `sqs:GetQueueUrl, sqs:SendMessage on payment-processing-dev`. */
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

/** Text without what AWS or Pulumi made up, and without the number of the plan's own account. */
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
 * Who may do what on which resource, each once, in a stable order. Two plans of one program and its settings have the same
 * rights, whatever IDs AWS gave.
 *
 * Policies that the evaluator does not understand are left out: the rule `policies-supported` refuses them.
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

/** Resources with secrets, data or logs on which no policy gives anybody a right by name. */
export function resourcesWithoutRights(plan: Plan): Pick<Right, "kind" | "resource">[] {
    const keyOf = ({ kind, resource }: Pick<Right, "kind" | "resource">) => `${kind} ${resource}`;
    const named = new Set(rightsOf(plan).map(keyOf));
    return storesOf(plan)
        .map(({ kind, name }) => ({ kind, resource: name }))
        .filter((resource) => !named.has(keyOf(resource)));
}
