import { expect } from "@jest/globals";
import { toText } from "../../../plan/query.ts";
import type { Plan, PlanNode, Value, Values } from "../../../plan/plan.ts";

/** A change of a plan that breaks a rule. */
export type PlanChange = (plan: Plan) => Plan;

/** The change, and one finding of the rule: `<resource> <reason>`. */
type Fault = readonly [change: PlanChange, finding: string];

/** Faults by the rule that must report them, each with a name. */
export type FaultsByRule = Readonly<Record<string, Readonly<Record<string, Fault>>>>;

/** The faults as rows of `test.each`. */
export const faultRows = (
    faults: FaultsByRule,
): (readonly [rule: string, fault: string, change: PlanChange, finding: string])[] =>
    Object.entries(faults).flatMap(([rule, all]) =>
        Object.entries(all).map(([fault, [change, finding]]) => [rule, fault, change, finding] as const),
    );

/** Replaces each resource of a type whose name contains a text. */
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

/** Sets one input of the resources of a type, given as `sqs/queue:Queue`. */
export const setInput = (type: string, path: string, value: Value, part = ""): PlanChange =>
    changeInputs(`aws:${type}`, part, withValueAt(path, value));
/** Changes each item of a list input. */
export const changeItems = (type: string, path: string, change: (item: Values) => Values): PlanChange =>
    changeInputs(`aws:${type}`, "", (old) => ({ [path]: (old[path] as Values[]).map(change) }));
/** Keeps only some items of a list input. */
export const keepItems = (type: string, path: string, keep: (item: Values) => boolean): PlanChange =>
    changeInputs(`aws:${type}`, "", (old) => ({ [path]: (old[path] as Values[]).filter(keep) }));
/** Whether a text appears in an item. */
export const mentions = (text: string) => (item: Values) => JSON.stringify(item).includes(text);
