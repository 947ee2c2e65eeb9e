import { meetsConditions, meetsConditionsIfKnown, type RequestContext } from "./conditions.ts";
import { isArn, matchPrincipal } from "./principals.ts";
import { toArray, type ParsedStatement } from "./statements.ts";
import { matchesAction, matchesResource, type Extent } from "./wildcards.ts";

/** A request to AWS, as IAM evaluates it. Patterns of actions and resources stand for every request that they match. */
export interface AccessRequest {
    /** ARN of a role, or an AWS service such as `sns.amazonaws.com`. */
    readonly principal: string;
    readonly action: string;
    /** ARN; empty where the action has no resource. */
    readonly resource: string;
    readonly context: RequestContext;
}

export interface NamedPolicy {
    /** As findings show it: `the policy of the queue payment-processing-prod`. */
    readonly name: string;
    readonly statements: readonly ParsedStatement[];
}

export type PolicyType = "identity" | "resource" | "key" | "trust" | "endpoint" | "boundary";

/** Every policy that applies to a request. */
export interface ApplicablePolicies {
    readonly identity: readonly NamedPolicy[];
    /** Policy of the resource; a key policy or a trust policy must allow the request, any other may. */
    readonly resource?: NamedPolicy & { readonly layer: "resource" | "key" | "trust" };
    /** Policy of the VPC endpoint that the request passes. */
    readonly endpoint?: NamedPolicy;
    readonly boundary?: NamedPolicy;
}

export type Decision =
    { readonly allowed: true } | { readonly allowed: false; readonly by: PolicyType; readonly why: string };

const opposite = { all: "some", some: "all" } as const satisfies Record<Extent, Extent>;

/**
 * Whether action, resource and conditions of a statement match a request, whatever its principal. For `all`, the requests that
 * patterns stand for are all allowed by an Allow, or some denied by a Deny, and have just the keys of the context. For `some`,
 * some are allowed or all denied, and they may have other keys, too.
 *
 * @param supportedKeys condition keys whose values the context gives completely: those of a plan's requests by default. Only the tests of
 *   the deployer's policies give others, as their requests have the values of every key.
 * @throws Error that names an operator, condition key or variable that is not supported
 */
export function statementApplies(
    statement: ParsedStatement,
    { action, resource, context }: Omit<AccessRequest, "principal">,
    supportedKeys?: readonly RegExp[],
    requests: Extent = "all",
): boolean {
    const { Effect, Action, NotAction, Resource, NotResource } = statement;
    const extent = Effect === "Allow" ? requests : opposite[requests];
    const namesAction = (patterns: ParsedStatement["Action"], of: Extent) =>
        toArray(patterns).some((pattern) => matchesAction(action, pattern, of));
    const namesResource = (patterns: ParsedStatement["Resource"], of: Extent) =>
        toArray(patterns).some((pattern) => matchesResource(resource, pattern, of));
    return (
        (Action === undefined ? !namesAction(NotAction, opposite[extent]) : namesAction(Action, extent)) &&
        // A trust policy has no `Resource`: it applies to its role.
        (Resource === undefined ? !namesResource(NotResource, opposite[extent]) : namesResource(Resource, extent)) &&
        (requests === "all"
            ? meetsConditions(context, statement, supportedKeys)
            : meetsConditionsIfKnown(context, statement, extent))
    );
}

const includesPrincipal =
    ({ principal }: AccessRequest) =>
    (statement: ParsedStatement): boolean =>
        matchPrincipal(statement, principal) !== undefined;

/**
 * Decides as AWS does within one account: an explicit deny in any policy wins; the endpoint policy must allow; then the
 * identity policy or the resource policy must allow, and a key or trust policy in any case; a permissions boundary limits the
 * result (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-single-account.html).
 * Service control, resource control and session policies are not part of a plan, and therefore not evaluated.
 *
 * @param requests whether `all` requests that patterns of the request stand for must be allowed, or `some` of them
 * @throws Error that names an operator, condition key or variable that is not supported
 */
export function evaluate(request: AccessRequest, policies: ApplicablePolicies, requests: Extent = "all"): Decision {
    const { identity, resource, endpoint, boundary } = policies;
    const statementsWithEffect = (document: NamedPolicy | undefined, effect: "Allow" | "Deny"): ParsedStatement[] =>
        (document?.statements ?? []).filter(
            (statement) => statement.Effect === effect && statementApplies(statement, request, undefined, requests),
        );
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
    for (const [layer, document, hasPrincipals] of layers) {
        const denials = statementsWithEffect(document, "Deny").filter(
            (statement) => !hasPrincipals || includesPrincipal(request)(statement),
        );
        if (document !== undefined && denials.length > 0) {
            return refuse(layer, document.name, "denies it");
        }
    }
    if (endpoint !== undefined && !statementsWithEffect(endpoint, "Allow").some(includesPrincipal(request))) {
        return refuse("endpoint", endpoint.name, "does not allow it");
    }
    const byIdentity =
        isArn(request.principal) && identity.some((document) => statementsWithEffect(document, "Allow").length > 0);
    const byResource = statementsWithEffect(resource, "Allow").map((statement) =>
        matchPrincipal(statement, request.principal),
    );
    if (!byResource.includes("named")) {
        if (resource !== undefined && resource.layer !== "resource" && !byResource.includes("account")) {
            return refuse(resource.layer, resource.name, "does not allow it");
        }
        if (!byIdentity) {
            return isArn(request.principal)
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
    if (boundary !== undefined && statementsWithEffect(boundary, "Allow").length === 0) {
        return refuse("boundary", boundary.name, "does not allow it");
    }
    return { allowed: true };
}
