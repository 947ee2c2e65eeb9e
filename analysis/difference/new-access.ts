import type { Plan, PlanNode } from "../../plan/plan.ts";
import { pathKey, pathsOf, pathText, type NetworkPath } from "../records/paths.ts";
import { rightTexts, rightKey, rightsOf, type Right } from "../records/rights.ts";
import type { Consequence } from "./consequence.ts";
import { pairNodes } from "./pairs.ts";

/** Permissions that no principal had before, by role, by new component with all its roles, or by resource for other principals. */
export function newRights(before: Plan, after: Plan): Consequence[] {
    const existing = new Set(rightsOf(before).map(rightKey));
    const added = rightsOf(after).filter(
        // A permission without a condition includes the same permission with one.
        (right) => !existing.has(rightKey(right)) && !existing.has(rightKey({ ...right, condition: "" })),
    );
    const nameOf = findNewComponentName(before, after);
    const roles = new Set(after.nodes.filter(({ type }) => type === "aws:iam/role:Role").map(({ name }) => name));
    const ownerOf = ({ principal, resource }: Right): string => {
        const owner = roles.has(principal) ? principal : resource;
        return nameOf(owner) ?? owner;
    };
    return [...Map.groupBy(added, ownerOf)].map(([resource, rights]) => ({
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

/** Network paths that did not exist before, by target; those from or to a new component by the component. */
export function newPaths(before: Plan, after: Plan): Consequence[] {
    const existing = new Set(pathsOf(before).map(pathKey));
    const added = pathsOf(after).filter((path) => !existing.has(pathKey(path)));
    const nameOf = findNewComponentName(before, after);
    // The internet has no name: a path to it is accepted by the name of its source.
    const targetOf = ({ from, to }: NetworkPath): string => nameOf(to) ?? nameOf(from) ?? (to === "" ? from : to);
    return [...Map.groupBy(added, targetOf)].map(([resource, paths]) => ({
        kind: "path",
        resource,
        text: `opens ${paths.map(pathText).join("; ")}`,
        losesData: false,
    }));
}

/**
 * Finds, for the logical name of a new resource, the outermost component that is new with it, so that all permissions and
 * paths of a new service are accepted once, by the name of the service. Undefined for a resource that existed before.
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
