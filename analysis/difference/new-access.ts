import type { Plan, PlanNode } from "../../plan/plan.ts";
import { pathKey, pathsOf, pathText, type NetworkPath } from "../records/paths.ts";
import { rightTexts, rightKey, rightsOf, type Right } from "../records/rights.ts";
import type { Consequence } from "./consequence.ts";
import { pairNodes } from "./pairs.ts";

/** Rights that nobody had before, by who has them: a role, all roles of a new component, or the resource that lets others in. */
export function newRights(before: Plan, after: Plan): Consequence[] {
    const known = new Set(rightsOf(before).map(rightKey));
    const fresh = rightsOf(after).filter(
        // A right without a condition covers the same one under any.
        (right) => !known.has(rightKey(right)) && !known.has(rightKey({ ...right, condition: "" })),
    );
    const nameOf = findNewComponentName(before, after);
    const roles = new Set(after.nodes.filter(({ type }) => type === "aws:iam/role:Role").map(({ name }) => name));
    const holderOf = ({ principal, resource }: Right): string => {
        const holder = roles.has(principal) ? principal : resource;
        return nameOf(holder) ?? holder;
    };
    return [...Map.groupBy(fresh, holderOf)].map(([resource, rights]) => ({
        kind: "rights",
        resource,
        text: `gives ${rightsText(rights)}`,
        losesData: false,
    }));
}

/** `payment-api-task-dev: sqs:GetQueueUrl, sqs:SendMessage on payment-processing-dev; ... . payment-...` */
const rightsText = (rights: readonly Right[]): string =>
    [...Map.groupBy(rights, ({ principal }) => principal)]
        .map(([principal, ofOne]) => {
            return `${principal}: ${rightTexts(ofOne).join("; ")}`;
        })
        .join(". ");

/** Network paths that were not open before, by the resource they lead to; those from or to a new component by that. */
export function newPaths(before: Plan, after: Plan): Consequence[] {
    const known = new Set(pathsOf(before).map(pathKey));
    const fresh = pathsOf(after).filter((path) => !known.has(pathKey(path)));
    const nameOf = findNewComponentName(before, after);
    // The internet has no name: a path out to it is accepted by the name of what takes it.
    const endOf = ({ from, to }: NetworkPath): string => nameOf(to) ?? nameOf(from) ?? (to === "" ? from : to);
    return [...Map.groupBy(fresh, endOf)].map(([resource, paths]) => ({
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
function findNewComponentName(before: Plan, after: Plan): (name: string) => string | undefined {
    const nodes = new Map(after.nodes.map((node) => [node.urn, node]));
    const kept = new Set(pairNodes(before, after).map((pair) => pair.after.urn));
    const byName = Map.groupBy(after.nodes, ({ name }) => name);
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
