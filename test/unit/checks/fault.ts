import { expect } from "@jest/globals";
import { toText } from "../../../plan/query.ts";
import type { Plan, PlanNode, Value, Values } from "../../../plan/plan.ts";

/** A fault that someone may build in. */
export type PlanChange = (plan: Plan) => Plan;

/** Faults by the rule that must notice, each with a name. */
export type FaultsByRule = Readonly<Record<string, Readonly<Record<string, PlanChange>>>>;

/** The plan with each resource exchanged that is of a type, and has that in its name. */
export const changeResources =
    (type: string, part: string, change: (node: PlanNode) => PlanNode[]): PlanChange =>
    (plan) => {
        const isMeant = (node: PlanNode) => node.type === type && node.name.includes(part);
        expect(plan.nodes.filter(isMeant).length).toBeGreaterThan(0);
        return { ...plan, nodes: plan.nodes.flatMap((node) => (isMeant(node) ? change(node) : [node])) };
    };
export const removeResources = (type: string, part = ""): PlanChange => changeResources(type, part, () => []);
export const changeInputs = (type: string, part: string, change: Values | ((old: Values) => Values)): PlanChange =>
    changeResources(type, part, (node) => [
        { ...node, inputs: { ...node.inputs, ...(typeof change === "function" ? change(node.inputs) : change) } },
    ]);
export const replaceText =
    (input: string, from: string | RegExp, to: string | ((found: string) => string)) =>
    (old: Values): Values => {
        const text = toText(old[input]);
        expect(text).toMatch(from);
        return { [input]: typeof to === "string" ? text.replace(from, to) : text.replace(from, to) };
    };
export const changePolicy = (
    type: string,
    part: string,
    from: string | RegExp,
    to: string | ((found: string) => string),
    input = "policy",
): PlanChange => changeInputs(type, part, replaceText(input, from, to));
export const changeOptions = (type: string, changes: Partial<PlanNode["options"]>): PlanChange =>
    changeResources(type, "", (node) => [{ ...node, options: { ...node.options, ...changes } }]);

export const withoutDependencies = (node: PlanNode): PlanNode[] => [{ ...node, dependencies: [] }];
export const withValueAt =
    (path: string, value: Value) =>
    (old: Values): Values => {
        const [key = "", ...rest] = path.split(".");
        const within = old[key];
        return {
            [key]:
                rest.length === 0
                    ? value
                    : { ...(within as Values), ...withValueAt(rest.join("."), value)((within ?? {}) as Values) },
        };
    };
