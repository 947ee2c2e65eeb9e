import type { Plan, PlanNode } from "../../plan/plan.ts";
import { resourcesOfType, inputText } from "../../plan/query.ts";

/** Finds the resources that a resource needs. */
export type FindDependencies = (plan: Plan, node: PlanNode) => PlanNode[];

export const allOfTypes =
    (...types: string[]): FindDependencies =>
    (plan) =>
        types.flatMap((type) => resourcesOfType(plan, type));

/** Resources of a type whose name is `payment-<noun>-...`. */
export const ofTypeNamed =
    (type: string, noun: string): FindDependencies =>
    (plan) =>
        resourcesOfType(plan, type).filter(({ name }) => name.startsWith(`payment-${noun}-`));

export const siblingsOfType =
    (type: string): FindDependencies =>
    (plan, { parent }) =>
        resourcesOfType(plan, type).filter((node) => node.parent === parent);

export const vpcEndpointsWhere =
    (isNeeded: (endpoint: PlanNode) => boolean): FindDependencies =>
    (plan) =>
        resourcesOfType(plan, "ec2/vpcEndpoint:VpcEndpoint").filter(isNeeded);

/** Lambda permissions of a service. */
export const permissionsFor =
    (principal: string): FindDependencies =>
    (plan) =>
        resourcesOfType(plan, "lambda/permission:Permission").filter(
            (permission) => inputText(permission, "principal") === principal,
        );
