import { once } from "../look.ts";
import { accessOf } from "./access.ts";
import { deliveryNeeds } from "./needs/deliveries.ts";
import { functionNeeds } from "./needs/functions.ts";
import { lenderNeeds } from "./needs/lenders.ts";
import type { Need } from "./needs/need.ts";
import { recorderNeeds } from "./needs/recorders.ts";
import { scheduleNeeds } from "./needs/schedules.ts";
import { taskNeeds } from "./needs/tasks.ts";

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
