import { many, statementsIn, type Statement } from "../../analysis/iam/statements.ts";

/** What a policy document allows, in one line; nobody is named where the document belongs to a role. */
export const allowedIn = (document: string): string => {
    const allowed = statementsIn(document).filter(({ Effect }) => Effect === "Allow");
    return allowed.map(inWords).join("; ") || "nothing";
};

function inWords({ Principal, Action, NotAction, Resource, Condition }: Statement): string {
    const who = principalsIn(Principal);
    const what = NotAction === undefined ? many(Action).join(", ") : "all but some actions";
    const on = many(Resource).join(", ");
    return [
        who.length > 0 ? `${who.map(whoIs).join(", ")} may ` : "",
        what,
        on === "" ? "" : ` on ${on}`,
        Condition === undefined ? "" : " under conditions",
    ].join("");
}

const principalsIn = (principal: Statement["Principal"]): string[] =>
    typeof principal === "object" ? Object.values(principal).flatMap(many) : many(principal);

const whoIs = (principal: string): string => (principal === "*" ? "anybody" : principal);

/** What AWS leaves out of an answer is shown as `?`: a finding is told even so. */
export const orUnknown = (value: string | number | undefined): string => String(value ?? "?");

/** `a, b and 3 more`; empty where there is no list. */
export const some = (names: readonly string[] = [], most = 4): string =>
    names.length > most ? `${names.slice(0, most).join(", ")} and ${names.length - most} more` : names.join(", ");
