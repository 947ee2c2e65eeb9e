import { expect } from "@jest/globals";
import { shown } from "../../../plan/query.ts";
import type { Plan, PlanNode, Value, Values } from "../../../plan/plan.ts";

/** A fault that someone may build in. */
export type Change = (plan: Plan) => Plan;

/** Faults by the rule that must notice, each with a name. */
export type Faults = Readonly<Record<string, Readonly<Record<string, Change>>>>;

/** The plan with each resource exchanged that is of a type, and has that in its name. */
export const where =
    (type: string, part: string, change: (node: PlanNode) => PlanNode[]): Change =>
    (plan) => {
        const isMeant = (node: PlanNode) => node.type === type && node.name.includes(part);
        expect(plan.nodes.filter(isMeant).length).toBeGreaterThan(0);
        return { ...plan, nodes: plan.nodes.flatMap((node) => (isMeant(node) ? change(node) : [node])) };
    };
export const without = (type: string, part = ""): Change => where(type, part, () => []);
export const inputs = (type: string, part: string, change: Values | ((old: Values) => Values)): Change =>
    where(type, part, (node) => [
        { ...node, inputs: { ...node.inputs, ...(typeof change === "function" ? change(node.inputs) : change) } },
    ]);
export const replaced =
    (input: string, from: string | RegExp, to: string | ((found: string) => string)) =>
    (old: Values): Values => {
        const text = shown(old[input]);
        expect(text).toMatch(from);
        return { [input]: typeof to === "string" ? text.replace(from, to) : text.replace(from, to) };
    };
export const policy = (
    type: string,
    part: string,
    from: string | RegExp,
    to: string | ((found: string) => string),
    input = "policy",
): Change => inputs(type, part, replaced(input, from, to));
export const options = (type: string, changes: Partial<PlanNode["options"]>): Change =>
    where(type, "", (node) => [{ ...node, options: { ...node.options, ...changes } }]);

export const unordered = (node: PlanNode): PlanNode[] => [{ ...node, dependencies: [] }];
export const deep =
    (path: string, value: Value) =>
    (old: Values): Values => {
        const [key = "", ...rest] = path.split(".");
        const within = old[key];
        return {
            [key]:
                rest.length === 0
                    ? value
                    : { ...(within as Values), ...deep(rest.join("."), value)((within ?? {}) as Values) },
        };
    };
