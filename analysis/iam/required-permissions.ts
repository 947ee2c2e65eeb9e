import { memoizeByPlan } from "../../plan/query.ts";
import { accountPoliciesOf } from "./policies.ts";
import { deliveryPermissions } from "./required-permissions/deliveries.ts";
import { lambdaFunctionPermissions } from "./required-permissions/functions.ts";
import { logDeliveryPermissions } from "./required-permissions/log-deliveries.ts";
import { assumeRolePermissions } from "./required-permissions/role-assignments.ts";
import type { RequiredPermission } from "./required-permissions/permission.ts";
import { recorderPermissions } from "./required-permissions/recorders.ts";
import { schedulePermissions } from "./required-permissions/schedules.ts";
import { ecsTaskPermissions } from "./required-permissions/tasks.ts";

/** Every permission that the workloads of a plan and AWS services need, derived from the resources and not from the policies. */
export const requiredPermissionsOf = memoizeByPlan((plan): readonly RequiredPermission[] => {
    const access = accountPoliciesOf(plan);
    return [
        ...ecsTaskPermissions(plan, access),
        ...lambdaFunctionPermissions(plan, access),
        ...recorderPermissions(plan, access),
        ...assumeRolePermissions(plan, access),
        ...deliveryPermissions(plan, access),
        ...logDeliveryPermissions(plan, access),
        ...schedulePermissions(plan),
    ].filter(({ resource }) => resource !== "");
});
