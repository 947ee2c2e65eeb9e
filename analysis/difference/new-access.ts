import { pathsOf, pathText, type NetworkPath } from "../records/paths.ts";
import { rightsOf, type Right } from "../records/rights.ts";
import { grouped } from "../../policies/access/grouped.ts";
import { part, text } from "../../policies/look.ts";
import { many, statementsIn, type Statement } from "../../policies/statements.ts";
import type { Plan, PlanNode } from "../../tools/plan/plan.ts";
import type { Consequence } from "./consequence.ts";
import { pairsOf } from "./pairs.ts";

/** Rights that nobody had before, by who has them: a role, all roles of a new component, or the resource that lets others in. */
export function newRights(before: Plan, after: Plan): Consequence[] {
    const known = new Set(allRights(before).map(rightKey));
    const fresh = allRights(after).filter(
        // A right without a condition covers the same one under any.
        (right) => !known.has(rightKey(right)) && !known.has(rightKey({ ...right, condition: "" })),
    );
    const nameOf = namesOfNew(before, after);
    const roles = new Set(after.nodes.filter(isRole).map(({ name }) => name));
    const holderOf = (right: Right): string => {
        const role = roleIn(right);
        const holder = roles.has(role) ? role : storeIn(right);
        return nameOf(holder) ?? holder;
    };
    return [...grouped(fresh, holderOf)].map(([resource, rights]) => ({
        kind: "rights",
        resource,
        text: `gives ${rightsText(rights)}`,
        losesData: false,
    }));
}

/** What roles may do, what policies of resources let others do, and who may take a role. */
const allRights = (plan: Plan): Right[] => [...rightsOf(plan), ...plan.nodes.filter(isRole).flatMap(trustOf)];

const isRole = ({ type }: PlanNode): boolean => type === "aws:iam/role:Role";

const trustOf = (role: PlanNode): Right[] =>
    statementsIn(text(role, "assumeRolePolicy"))
        .filter(({ Effect }) => Effect === "Allow")
        .flatMap(({ Principal, Action, Condition }) =>
            many(Action).map((action) => ({
                who: principalText(Principal),
                action,
                resource: role.name,
                condition: Condition === undefined ? "" : JSON.stringify(Condition),
            })),
        );

const principalText = (principal: Statement["Principal"]): string =>
    typeof principal === "object" ? Object.values(principal).flatMap(many).join(", ") : (principal ?? "nobody");

/** A function's own code has rights apart from what AWS does in its role's name. */
const roleIn = ({ who }: Right): string => part(who, ", ", 0);

/** `payment-audit-prod` of `payment-audit-prod/cloudtrail/*`. */
const storeIn = ({ resource }: Right): string => part(resource, "/", 0);

const rightKey = ({ who, action, resource, condition }: Right): string =>
    JSON.stringify([who, action, resource, condition]);

/** `payment-api-task-dev: sqs:GetQueueUrl, sqs:SendMessage on payment-processing-dev; ... . payment-...` */
const rightsText = (rights: readonly Right[]): string =>
    [...grouped(rights, ({ who }) => who)]
        .map(([who, ofOne]) => {
            const grants = grouped(ofOne, ({ resource, condition }) =>
                condition === "" ? resource : `${resource} if ${condition}`,
            );
            const texts = [...grants].map(
                ([on, same]) =>
                    `${same
                        .map(({ action }) => action)
                        .toSorted()
                        .join(", ")} on ${on}`,
            );
            return `${who}: ${texts.join("; ")}`;
        })
        .join(". ");

/** Network paths that were not open before, by the resource they lead to; those from or to a new component by that. */
export function newPaths(before: Plan, after: Plan): Consequence[] {
    const known = new Set(pathsOf(before).map(pathText));
    const fresh = pathsOf(after).filter((path) => !known.has(pathText(path)));
    const nameOf = namesOfNew(before, after);
    // The internet is nothing that anybody could accept by its name.
    const endOf = ({ from, to }: NetworkPath): string =>
        nameOf(to.name) ?? nameOf(from.name) ?? (to.kind === "internet" ? from.name : to.name);
    return [...grouped(fresh, endOf)].map(([resource, paths]) => ({
        kind: "path",
        resource,
        text: `opens ${paths.map(pathText).join("; ")}`,
        losesData: false,
    }));
}

/**
 * Gives, for the logical name of a new resource, the name of the outermost component that is new with it: what a new service
 * brings is asked for once, by the name of the service. Nothing for a resource that was there, or that is new by itself.
 */
function namesOfNew(before: Plan, after: Plan): (name: string) => string | undefined {
    const nodes = new Map(after.nodes.map((node) => [node.urn, node]));
    const kept = new Set(pairsOf(before, after).map((pair) => pair.after.urn));
    const byName = grouped(after.nodes, ({ name }) => name);
    const outermost = (node: PlanNode): PlanNode => {
        const parent = nodes.get(node.parent ?? "");
        return parent === undefined || kept.has(parent.urn) ? node : outermost(parent);
    };
    return (name) => {
        const found = byName.get(name) ?? [];
        const [first] = found;
        return first === undefined || found.some(({ urn }) => kept.has(urn)) ? undefined : outermost(first).name;
    };
}
