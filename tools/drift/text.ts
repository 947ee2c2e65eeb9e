import { toArray, parseStatements, type ParsedStatement } from "../../analysis/iam/statements.ts";

/** What a policy document allows, in one line; without a principal where the document belongs to a role. */
export const describePolicy = (document: string): string => {
    const allowed = parseStatements(document).filter(({ Effect }) => Effect === "Allow");
    return allowed.map(describeStatement).join("; ") || "nothing";
};

function describeStatement({ Principal, Action, NotAction, Resource, Condition }: ParsedStatement): string {
    const who = principalsOf(Principal);
    const what = NotAction === undefined ? toArray(Action).join(", ") : "all but some actions";
    const on = toArray(Resource).join(", ");
    return [
        who.length > 0 ? `${who.map(principalText).join(", ")} may ` : "",
        what,
        on === "" ? "" : ` on ${on}`,
        Condition === undefined ? "" : " under conditions",
    ].join("");
}

const principalsOf = (principal: ParsedStatement["Principal"]): string[] =>
    typeof principal === "object" ? Object.values(principal).flatMap(toArray) : toArray(principal);

const principalText = (principal: string): string => (principal === "*" ? "anybody" : principal);

/** A field that AWS leaves out of a response is shown as `?`. */
export const textOrUnknown = (value: string | number | undefined): string => String(value ?? "?");

/** `a, b and 3 more`; empty where there is no list. */
export const joinNames = (names: readonly string[] = [], maxNames = 4): string =>
    names.length > maxNames
        ? `${names.slice(0, maxNames).join(", ")} and ${names.length - maxNames} more`
        : names.join(", ");
