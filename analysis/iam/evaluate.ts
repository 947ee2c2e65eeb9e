import { isTree, part } from "../../plan/query.ts";
import { many, type Statement } from "./statements.ts";
import { meets, type Context } from "./conditions.ts";
import { actionLike, resourceLike } from "./wildcards.ts";

/** Somebody who wants to do something. */
export interface Request {
    /** ARN of a role, or an AWS service such as `sns.amazonaws.com`. */
    readonly principal: string;
    readonly action: string;
    /** ARN; `*` where AWS knows none. */
    readonly resource: string;
    readonly context: Context;
}

export interface Document {
    /** As a finding names it: `the policy of the queue payment-processing-prod`. */
    readonly name: string;
    readonly statements: readonly Statement[];
}

export type Layer = "identity" | "resource" | "key" | "trust" | "endpoint" | "boundary";

/** Every policy that has a say in a request. */
export interface Policies {
    readonly identity: readonly Document[];
    /** Policy of the resource; keys and trusts must allow, others may. */
    readonly resource?: Document & { readonly layer: "resource" | "key" | "trust" };
    /** The endpoint through which the call goes. */
    readonly endpoint?: Document;
    readonly boundary?: Document;
}

export type Decision =
    { readonly allowed: true } | { readonly allowed: false; readonly by: Layer; readonly why: string };

/** `named` grants by itself; `account` leaves it to the account's own policies. */
type Naming = "named" | "account" | undefined;

/** Whether a principal is a role, and not an AWS service. */
export const isRole = (principal: string): boolean => principal.startsWith("arn:");

function namingOf(principals: unknown, principal: string): Naming {
    const listed = isTree(principals) ? principals : { AWS: principals };
    if (!isRole(principal)) {
        const services = many(listed.Service as string | string[] | undefined);
        return services.includes(principal) || many(listed.AWS as string | string[]).includes("*")
            ? "named"
            : undefined;
    }
    const identities = many(listed.AWS as string | string[] | undefined);
    const account = part(principal, ":", 4);
    if (identities.includes("*") || identities.includes(principal)) {
        return "named";
    }
    const isAccount = (each: string) => each === account || each.endsWith(`:iam::${account}:root`);
    return identities.some(isAccount) ? "account" : undefined;
}

/** How a statement of a resource names a principal. */
function naming({ Principal, NotPrincipal }: Statement, principal: string): Naming {
    if (NotPrincipal !== undefined) {
        return namingOf(NotPrincipal, principal) === undefined ? "named" : undefined;
    }
    return namingOf(Principal, principal);
}

function concerns(statement: Statement, { action, resource, context }: Request): boolean {
    const { Action, Resource } = statement;
    const notActions = many(statement.NotAction as string | string[] | undefined);
    const notResources = many(statement.NotResource as string | string[] | undefined);
    const isAction =
        Action === undefined
            ? !notActions.some((pattern) => actionLike(action, pattern))
            : many(Action).some((pattern) => actionLike(action, pattern));
    // The policy of a role says nothing of resources: it is about the role.
    const isResource =
        Resource === undefined
            ? !notResources.some((pattern) => resourceLike(resource, pattern))
            : many(Resource).some((pattern) => resourceLike(resource, pattern));
    return isAction && isResource && meets(context, statement);
}

const effects = (document: Document | undefined, effect: string, request: Request): Statement[] =>
    (document?.statements ?? []).filter((statement) => statement.Effect === effect && concerns(statement, request));

const namesIt =
    ({ principal }: Request) =>
    (statement: Statement): boolean =>
        naming(statement, principal) !== undefined;

/**
 * Decides as AWS does within one account: an explicit deny anywhere wins; the endpoint must allow; then the identity's or
 * the resource's policy allows, where keys and trusts must allow in any case; a boundary limits all of it
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-single-account.html).
 * Service control, resource control and session policies are not in a plan, and so not here.
 *
 * @throws Error that names an operator or condition key that is not known
 */
export function evaluate(request: Request, policies: Policies): Decision {
    const { identity, resource, endpoint, boundary } = policies;
    const refuse = (by: Layer, document: string, verb: string): Decision => ({
        allowed: false,
        by,
        why: `${document} ${verb}`,
    });
    const layers: [Layer, Document | undefined, boolean][] = [
        ...identity.map((document): [Layer, Document, boolean] => ["identity", document, false]),
        [resource?.layer ?? "resource", resource, true],
        ["endpoint", endpoint, true],
        ["boundary", boundary, false],
    ];
    for (const [layer, document, names] of layers) {
        const denials = effects(document, "Deny", request).filter((each) => !names || namesIt(request)(each));
        if (document !== undefined && denials.length > 0) {
            return refuse(layer, document.name, "denies it");
        }
    }
    if (endpoint !== undefined && !effects(endpoint, "Allow", request).some(namesIt(request))) {
        return refuse("endpoint", endpoint.name, "does not allow it");
    }
    const byIdentity = isRole(request.principal) && identity.some((each) => effects(each, "Allow", request).length > 0);
    const byResource = effects(resource, "Allow", request).map((each) => naming(each, request.principal));
    if (!byResource.includes("named")) {
        if (resource !== undefined && resource.layer !== "resource" && !byResource.includes("account")) {
            return refuse(resource.layer, resource.name, "does not allow it");
        }
        if (!byIdentity) {
            return isRole(request.principal)
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
    if (boundary !== undefined && effects(boundary, "Allow", request).length === 0) {
        return refuse("boundary", boundary.name, "does not allow it");
    }
    return { allowed: true };
}
