import { accessOf, allows } from "../iam/policies.ts";
import { grantsOf, type Grant } from "../iam/broadest-requests.ts";
import { grouped } from "../iam/group-actions.ts";
import { kindsOfStores, namesOf, storesOf, type Store } from "../iam/stores.ts";
import { filled, resourceLike } from "../iam/wildcards.ts";
import { all, arnOf, inOrder, isTree, once, part, text } from "../../plan/query.ts";
import { many, type Statement } from "../iam/statements.ts";
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

const outside = "Not made by the stack";
const everything = "Every resource";

/** Headings of the record, in its order. */
export const rightKinds: readonly string[] = [...kindsOfStores, "Functions", "Roles", outside, everything];

const byAccount = "the account, through its IAM policies";

/** Everything of a plan that a policy can give rights on. */
const resourcesOf = once((plan): readonly Store[] => [
    ...storesOf(plan),
    ...[
        ["Functions", "lambda/function:Function"],
        ["Roles", "iam/role:Role"],
    ].flatMap(([kind = "", type = ""]) => all(plan, type).map((node) => ({ kind, name: node.name, arn: arnOf(node) }))),
]);

/** A role is IAM's resource, and is assumed by a call to STS. */
const servicesOf = ({ arn }: Store): string[] => {
    const service = part(arn, ":", 2);
    return service === "iam" ? ["iam", "sts"] : [service];
};

/** Which part of a resource a pattern names: empty for all of it, undefined where the pattern is about another. */
function partOf({ arn, kind }: Store, pattern: string): string | undefined {
    if (resourceLike(arn, pattern)) {
        return "";
    }
    const separator = kind === "Log groups" ? ":" : "/";
    if (pattern.startsWith(`${arn}${separator}`)) {
        return pattern.slice(arn.length + separator.length);
    }
    return resourceLike(`${arn}${separator}any`, pattern) || filled(pattern).startsWith(`${arn}${separator}`)
        ? "*"
        : undefined;
}

/** Where a right stands in the record. */
type Target = Pick<Right, "kind" | "resource" | "part">;

function targetsOf(plan: Plan, action: string, pattern: string): Target[] {
    if (pattern === "*") {
        return [{ kind: everything, resource: "*", part: "" }];
    }
    const found = resourcesOf(plan)
        .filter((resource) => servicesOf(resource).includes(part(action, ":", 0)))
        .flatMap((resource): Target[] => {
            const named = partOf(resource, pattern);
            return named === undefined ? [] : [{ kind: resource.kind, resource: resource.name, part: named }];
        });
    return found.length > 0 ? found : [{ kind: outside, resource: pattern, part: "" }];
}

const isEquality = (operator: string): boolean => /^(StringEquals|Bool)$/.test(operator);

/** Sorted: AWS gives a policy back in another order than it was given. */
const conditionsOf = ({ Condition = {} }: Statement): string[] =>
    Object.entries(Condition)
        .flatMap(([operator, keys]) =>
            Object.entries(keys).map(([key, values]) => {
                const sign = isEquality(operator) ? "=" : `(${operator})`;
                return `${key} ${sign} ${many(values).toSorted().join(" or ")}`;
            }),
        )
        .toSorted();

const isByCode = ({ context }: Grant): boolean => context["lambda:SourceFunctionArn"] !== undefined;

/** The patterns of a statement that an evaluated request stands for. */
const patternsOf = ({ statement, resource }: Grant): string[] =>
    many(statement.Resource ?? "*").filter((pattern) => (pattern === "*" ? pattern : filled(pattern)) === resource);

/** What the policies let roles do, and no other policy denies. */
function rightsOfRoles(plan: Plan): Right[] {
    const withFunctions = new Set(
        grantsOf(plan)
            .filter(isByCode)
            .map(({ role }) => role),
    );
    const same = grouped(grantsOf(plan), ({ role, action, resource, statement }) =>
        JSON.stringify([role.arn, action, resource, statement]),
    );
    return [...same.values()].flatMap((grants) => {
        const [grant] = grants;
        if (grant === undefined) {
            return [];
        }
        // Lambda itself acts as the function's role, too: a policy can deny the code what Lambda needs.
        const isDeniedToCode = withFunctions.has(grant.role) && !grants.some(isByCode);
        const condition = [
            ...conditionsOf(grant.statement),
            ...(isDeniedToCode ? ["called by Lambda itself, not by the function's code"] : []),
        ].join("; ");
        return patternsOf(grant)
            .flatMap((pattern) => targetsOf(plan, grant.action, pattern))
            .map((target) => ({ principal: grant.role.node.name, action: grant.action, condition, ...target }));
    });
}

const principalsIn = ({ Principal }: Statement): string[] =>
    isTree(Principal) ? Object.values(Principal).flatMap((each) => many(each)) : [String(Principal)];

/** Whom the policy of a resource lets in: AWS services, accounts, roles by their ARN, or everybody. */
function rightsByPolicy(plan: Plan, resource: Store): Right[] {
    const { resources, account } = accessOf(plan);
    const policy = resources.get(resource.arn);
    return (policy === undefined ? [] : allows(policy)).flatMap((statement) =>
        principalsIn(statement).flatMap((principal) =>
            many(statement.Resource ?? resource.arn).flatMap((pattern) =>
                many(statement.Action).map((action) => ({
                    kind: resource.kind,
                    principal: principal.endsWith(`:iam::${account}:root`) ? byAccount : principal,
                    action,
                    resource: resource.name,
                    part: partOf(resource, pattern) ?? "",
                    condition: conditionsOf(statement).join("; "),
                })),
            ),
        ),
    );
}

/** Whom a function lets call it: Lambda keeps each permission as a resource of its own. */
const rightsToInvoke = (plan: Plan): Right[] =>
    all(plan, "lambda/permission:Permission").flatMap((permission) => {
        const conditions = ["sourceArn", "sourceAccount", "principalOrgId"]
            .map((input) => [input, text(permission, input)] as const)
            .filter(([, value]) => value !== "");
        return all(plan, "lambda/function:Function")
            .filter((node) => [node.id, node.outputs.name, arnOf(node)].includes(text(permission, "function")))
            .map((node) => ({
                kind: "Functions",
                principal: text(permission, "principal"),
                action: text(permission, "action"),
                resource: node.name,
                part: text(permission, "qualifier"),
                condition: conditions.map(([input, value]) => `${input} = ${value}`).join("; "),
            }));
    });

/** Text by which two rights are the same. */
export const rightKey = ({ kind, resource, principal, action, part: within, condition }: Right): string =>
    JSON.stringify([kind, resource, principal, action, within, condition]);

/** Rights of one principal, a text for each resource and condition: `sqs:GetQueueUrl, sqs:SendMessage on payment-processing-dev`. */
export const grantTexts = (rights: readonly Right[]): string[] =>
    [...grouped(rights, targetText)].map(
        ([target, same]) => `${[...new Set(same.map(({ action }) => action))].toSorted().join(", ")} on ${target}`,
    );

const targetText = ({ resource, part: within, condition }: Right): string =>
    [
        resource === "*" ? "every resource" : resource,
        within === "" ? "" : `/${within}`,
        condition === "" ? "" : ` if ${condition}`,
    ].join("");

/** Text without what AWS or Pulumi made up, and without the number of the plan's own account. */
function stable(plan: Plan, right: Right): Right {
    const { account } = accessOf(plan);
    const named = namesOf(plan);
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
 * Policies that the evaluator does not understand are left out: the rule `policies-are-understood` refuses them.
 */
export const rightsOf = once((plan): readonly Right[] => {
    const found = [
        ...rightsOfRoles(plan),
        ...resourcesOf(plan).flatMap((resource) => rightsByPolicy(plan, resource)),
        ...rightsToInvoke(plan),
    ].map((right) => stable(plan, right));
    const place = ({ kind }: Right) => rightKinds.indexOf(kind);
    return [...new Map(found.map((right) => [rightKey(right), right])).values()].toSorted(
        (a, b) => place(a) - place(b) || inOrder(rightKey(a), rightKey(b)),
    );
});

/** Resources with secrets, data or logs on which no policy gives anybody a right by name. */
export function withoutRights(plan: Plan): Pick<Right, "kind" | "resource">[] {
    const keyOf = ({ kind, resource }: Pick<Right, "kind" | "resource">) => `${kind} ${resource}`;
    const named = new Set(rightsOf(plan).map(keyOf));
    return storesOf(plan)
        .map(({ kind, name }) => ({ kind, resource: name }))
        .filter((resource) => !named.has(keyOf(resource)));
}
