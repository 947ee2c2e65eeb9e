import { PlanError } from "../../plan/plan-error.ts";
import type { Plan } from "../../plan/plan.ts";
import { providerRegion } from "../../plan/query.ts";
import type { TasksByService } from "../../plan/stack-settings.ts";
import { costAtRest, taskCosts } from "./at-rest.ts";
import { sum, type CostCalculation, type CostInputs, type CostRow } from "./inputs.ts";
import { notPricedIn, type NotPriced } from "./not-priced.ts";
import { MissingPriceError, pricesIn } from "./prices.ts";
import { trafficCosts } from "./traffic.ts";

/** What a stack costs a month. */
export interface CostEstimate {
    /** Region of the prices. */
    readonly region: string;
    readonly rows: readonly CostRow[];
    /** Parts of the stack without a price in the region: the total is too low by them. */
    readonly missing: readonly NotPriced[];
    /** What the estimate never prices. */
    readonly notPriced: readonly NotPriced[];
}

export interface EstimateOptions {
    /** @default 0: the stack without requests */
    readonly requestsPerSecond?: number;
    /** @default the region of the stack */
    readonly pricesOf?: string;
}

/**
 * @param tasks of each service, once it has an image
 * @throws PlanError for a region, a class of database instances or a type of cache nodes that has no price
 */
export function estimateCost(plan: Plan, tasks: TasksByService, options: EstimateOptions = {}): CostEstimate {
    const { requestsPerSecond = 0 } = options;
    const region = options.pricesOf ?? regionOf(plan);
    const inputs: CostInputs = { region, price: pricesIn(region), plan, tasks };
    const rows: CostRow[] = [];
    const missing: NotPriced[] = [];
    const add = (item: string, compute: () => readonly CostRow[]) => {
        try {
            rows.push(...compute());
        } catch (error) {
            if (!(error instanceof MissingPriceError)) {
                throw error;
            }
            missing.push({ item, reason: error.message });
        }
    };
    const addAll = (calculations: Readonly<Record<string, CostCalculation>>) => {
        for (const [item, calculate] of Object.entries(calculations)) {
            add(item, () => {
                const row = calculate(inputs);
                return row === undefined ? [] : [{ item, ...row }];
            });
        }
    };
    addAll(costAtRest);
    add("Services", () => taskCosts(inputs));
    if (requestsPerSecond > 0) {
        addAll(trafficCosts(requestsPerSecond));
    }
    return { region, rows, missing, notPriced: notPricedIn(plan) };
}

export const totalOf = (rows: readonly CostRow[]): number => sum(rows.map(({ amount }) => amount));

/** @throws PlanError for a plan without a provider of AWS */
function regionOf(plan: Plan): string {
    const region = providerRegion(plan);
    if (region === "") {
        throw new PlanError(["the plan has no AWS provider with a region: give --prices-of"]);
    }
    return region;
}
