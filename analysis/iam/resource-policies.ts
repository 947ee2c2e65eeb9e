import { typesWith } from "../../plan/catalogue/catalogue.ts";
import type { Plan, PlanNode } from "../../plan/plan.ts";
import { arnOf, inputText, resourcesOfType, toText } from "../../plan/query.ts";

/** Types of policies, each with the type of resource that it is about. */
export const resourcePolicyTypes = typesWith("policyOf");

/** Policies that a plan attaches to a resource; AWS keeps one for each resource. */
export const policiesAttachedTo = (plan: Plan, resource: PlanNode): PlanNode[] =>
    resourcePolicyTypes
        .filter(([, { type }]) => resource.type === type)
        .flatMap(([policyType, { input, property }]) => {
            const value = toText(resource.inputs[property] ?? resource.outputs[property]);
            const names = [value, resource.id, arnOf(resource)];
            return resourcesOfType(plan, policyType).filter((policy) => names.includes(inputText(policy, input)));
        });

/** Permissions of a Lambda function: Pulumi has each statement of a function's policy as a separate resource. */
export const lambdaPermissionsOf = (plan: Plan, lambda: PlanNode): PlanNode[] => {
    const names = [lambda.id, toText(lambda.outputs.name), arnOf(lambda)];
    return resourcesOfType(plan, "lambda/permission:Permission").filter((permission) =>
        names.includes(inputText(permission, "function")),
    );
};
