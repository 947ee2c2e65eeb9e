import { metricGroupNames, type MetricGroup } from "../../contract/metrics.ts";
import { hasReconciliation } from "./acquirer.ts";
import type { ServiceSettings } from "./schema.ts";

/** Of a service whose payments are compared with the acquirer's report; no setting names it. */
const derivedGroup = "reconciliation";

type ChosenGroup = Exclude<MetricGroup, typeof derivedGroup>;

/** Groups that the setting `metrics` may name. */
export const chosenGroupNames: readonly ChosenGroup[] = metricGroupNames.filter(
    (group): group is ChosenGroup => group !== derivedGroup,
);

/** Groups of metrics that a service sends. */
export const metricGroupsOf = (service: Pick<ServiceSettings, "metrics" | "acquirer">): MetricGroup[] => [
    ...service.metrics,
    ...(hasReconciliation(service) ? ([derivedGroup] as const) : []),
];
