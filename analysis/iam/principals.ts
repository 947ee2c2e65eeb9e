import { isObjectOrArray, splitPart } from "../../plan/query.ts";
import { toArray, type ParsedStatement } from "./statements.ts";

/**
 * How a statement includes a principal. `named`: the statement alone decides. `account`: it delegates to the IAM policies of
 * the principal's account.
 */
type PrincipalMatch = "named" | "account" | undefined;

/** Whether a principal is given by its ARN, as roles are; AWS services have names such as `sns.amazonaws.com`. */
export const isArn = (principal: string): boolean => principal.startsWith("arn:");

/** Identities or services in an element `Principal`. */
export const principalsIn = (element: ParsedStatement["Principal"], type: "AWS" | "Service"): string[] =>
    isObjectOrArray(element) ? toArray(element[type]) : type === "AWS" ? toArray(element) : [];

/** Whether a resource-based statement includes every principal, also those of other accounts. */
export const includesEveryone = ({ Principal }: ParsedStatement): boolean =>
    principalsIn(Principal, "AWS").includes("*");

function matchElement(element: ParsedStatement["Principal"], principal: string): PrincipalMatch {
    const identities = principalsIn(element, "AWS");
    const named = isArn(principal) ? identities : principalsIn(element, "Service");
    if (identities.includes("*") || named.includes(principal)) {
        return "named";
    }
    const account = splitPart(principal, ":", 4);
    const isAccount = (each: string) => each === account || each.endsWith(`:iam::${account}:root`);
    return isArn(principal) && identities.some(isAccount) ? "account" : undefined;
}

/** How a statement of a resource-based policy includes a principal; undefined where it does not. */
export function matchPrincipal({ Principal, NotPrincipal }: ParsedStatement, principal: string): PrincipalMatch {
    if (NotPrincipal !== undefined) {
        return matchElement(NotPrincipal, principal) === undefined ? "named" : undefined;
    }
    return matchElement(Principal, principal);
}
