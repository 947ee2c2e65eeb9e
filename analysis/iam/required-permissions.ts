import { once } from "../../plan/query.ts";
import { accessOf } from "./policies.ts";
import { deliveryNeeds } from "./required-permissions/deliveries.ts";
import { functionNeeds } from "./required-permissions/functions.ts";
import { lenderNeeds } from "./required-permissions/role-assignments.ts";
import type { Need } from "./required-permissions/permission.ts";
import { recorderNeeds } from "./required-permissions/recorders.ts";
import { scheduleNeeds } from "./required-permissions/schedules.ts";
import { taskNeeds } from "./required-permissions/tasks.ts";

/** Everything that somebody must be able to do, read from what the plan builds and not from its policies. */
export const needsOf = once((plan): readonly Need[] => {
    const access = accessOf(plan);
    return [
        ...taskNeeds(plan, access),
        ...functionNeeds(plan, access),
        ...recorderNeeds(plan, access),
        ...lenderNeeds(plan, access),
        ...deliveryNeeds(plan, access),
        ...scheduleNeeds(plan),
    ].filter(({ resource }) => resource !== "");
});
