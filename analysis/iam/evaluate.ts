import { isObjectOrArray, splitPart } from "../../plan/query.ts";
import { toArray, type ParsedStatement } from "./statements.ts";
import { meetsConditions, type RequestContext } from "./conditions.ts";
import { matchesAction, matchesResource } from "./wildcards.ts";

/** Somebody who wants to do something. */
export interface AccessRequest {
    /** ARN of a role, or an AWS service such as `sns.amazonaws.com`. */
    readonly principal: string;
    readonly action: string;
    /** ARN; `*` where AWS knows none. */
    readonly resource: string;
    readonly context: RequestContext;
}

export interface NamedPolicy {
    /** As a finding names it: `the policy of the queue payment-processing-prod`. */
    readonly name: string;
    readonly statements: readonly ParsedStatement[];
}

export type PolicyType = "identity" | "resource" | "key" | "trust" | "endpoint" | "boundary";

/** Every policy that has a say in a request. */
export interface ApplicablePolicies {
    readonly identity: readonly NamedPolicy[];
    /** Policy of the resource; keys and trusts must allow, others may. */
    readonly resource?: NamedPolicy & { readonly layer: "resource" | "key" | "trust" };
    /** The endpoint through which the call goes. */
    readonly endpoint?: NamedPolicy;
    readonly boundary?: NamedPolicy;
}

export type Decision =
    { readonly allowed: true } | { readonly allowed: false; readonly by: PolicyType; readonly why: string };

/** `named` grants by itself; `account` leaves it to the account's own policies. */
type PrincipalMatch = "named" | "account" | undefined;

/** Whether a principal is a role, and not an AWS service. */
export const isRoleArn = (principal: string): boolean => principal.startsWith("arn:");

function matchPrincipals(principals: unknown, principal: string): PrincipalMatch {
    const listed = isObjectOrArray(principals) ? principals : { AWS: principals };
    if (!isRoleArn(principal)) {
        const services = toArray(listed.Service as string | string[] | undefined);
        return services.includes(principal) || toArray(listed.AWS as string | string[]).includes("*")
            ? "named"
            : undefined;
    }
    const identities = toArray(listed.AWS as string | string[] | undefined);
    const account = splitPart(principal, ":", 4);
    if (identities.includes("*") || identities.includes(principal)) {
        return "named";
    }
    const isAccount = (each: string) => each === account || each.endsWith(`:iam::${account}:root`);
    return identities.some(isAccount) ? "account" : undefined;
}

/** How a statement of a resource names a principal. */
function matchPrincipal({ Principal, NotPrincipal }: ParsedStatement, principal: string): PrincipalMatch {
    if (NotPrincipal !== undefined) {
        return matchPrincipals(NotPrincipal, principal) === undefined ? "named" : undefined;
    }
    return matchPrincipals(Principal, principal);
}

function appliesTo(statement: ParsedStatement, { action, resource, context }: AccessRequest): boolean {
    const { Action, Resource } = statement;
    const notActions = toArray(statement.NotAction as string | string[] | undefined);
    const notResources = toArray(statement.NotResource as string | string[] | undefined);
    const isAction =
        Action === undefined
            ? !notActions.some((pattern) => matchesAction(action, pattern))
            : toArray(Action).some((pattern) => matchesAction(action, pattern));
    // The policy of a role says nothing of resources: it is about the role.
    const isResource =
        Resource === undefined
            ? !notResources.some((pattern) => matchesResource(resource, pattern))
            : toArray(Resource).some((pattern) => matchesResource(resource, pattern));
    return isAction && isResource && meetsConditions(context, statement);
}

const statementsWithEffect = (
    document: NamedPolicy | undefined,
    effect: string,
    request: AccessRequest,
): ParsedStatement[] =>
    (document?.statements ?? []).filter((statement) => statement.Effect === effect && appliesTo(statement, request));

const namesPrincipal =
    ({ principal }: AccessRequest) =>
    (statement: ParsedStatement): boolean =>
        matchPrincipal(statement, principal) !== undefined;

/**
 * Decides as AWS does within one account: an explicit deny anywhere wins; the endpoint must allow; then the identity's or
 * the resource's policy allows, where keys and trusts must allow in any case; a boundary limits all of it
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-single-account.html).
 * Service control, resource control and session policies are not in a plan, and so not here.
 *
 * @throws Error that names an operator or condition key that is not known
 */
export function evaluate(request: AccessRequest, policies: ApplicablePolicies): Decision {
    const { identity, resource, endpoint, boundary } = policies;
    const refuse = (by: PolicyType, document: string, verb: string): Decision => ({
        allowed: false,
        by,
        why: `${document} ${verb}`,
    });
    const layers: [PolicyType, NamedPolicy | undefined, boolean][] = [
        ...identity.map((document): [PolicyType, NamedPolicy, boolean] => ["identity", document, false]),
        [resource?.layer ?? "resource", resource, true],
        ["endpoint", endpoint, true],
        ["boundary", boundary, false],
    ];
    for (const [layer, document, names] of layers) {
        const denials = statementsWithEffect(document, "Deny", request).filter(
            (each) => !names || namesPrincipal(request)(each),
        );
        if (document !== undefined && denials.length > 0) {
            return refuse(layer, document.name, "denies it");
        }
    }
    if (endpoint !== undefined && !statementsWithEffect(endpoint, "Allow", request).some(namesPrincipal(request))) {
        return refuse("endpoint", endpoint.name, "does not allow it");
    }
    const byIdentity =
        isRoleArn(request.principal) &&
        identity.some((each) => statementsWithEffect(each, "Allow", request).length > 0);
    const byResource = statementsWithEffect(resource, "Allow", request).map((each) =>
        matchPrincipal(each, request.principal),
    );
    if (!byResource.includes("named")) {
        if (resource !== undefined && resource.layer !== "resource" && !byResource.includes("account")) {
            return refuse(resource.layer, resource.name, "does not allow it");
        }
        if (!byIdentity) {
            return isRoleArn(request.principal)
                ? refuse(
                      "identity",
                      identity.map(({ name }) => name).join(" and ") || "a policy of the role",
                      "does not allow it",
                  )
                : refuse(
                      resource?.layer ?? "resource",
                      resource?.name ?? "a policy of the resource",
                      "does not allow it",
                  );
        }
    }
    if (boundary !== undefined && statementsWithEffect(boundary, "Allow", request).length === 0) {
        return refuse("boundary", boundary.name, "does not allow it");
    }
    return { allowed: true };
}
