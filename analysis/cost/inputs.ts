import type { Plan, Values } from "../../plan/plan.ts";
import type { TasksByService } from "../../plan/stack-settings.ts";
import { isAgentEndpoint, isObjectOrArray, resourcesOfType } from "../../plan/query.ts";
import { isInsightsMode, type InsightsMode } from "./container-insights.ts";
import { hoursPerMonth, type PriceLookup } from "./prices.ts";

/** One line of the bill. */
export interface CostRow {
    readonly item: string;
    /** How the amount is computed. */
    readonly arithmetic: string;
    /** USD a month. */
    readonly amount: number;
}

/** What a row is computed from. */
export interface CostInputs {
    readonly region: string;
    readonly price: PriceLookup;
    readonly plan: Plan;
    /** Tasks of each service, once it has an image. */
    readonly tasks: TasksByService;
}

/** A line without its name, or nothing where the stack has none of it. */
export type CostCalculation = (inputs: CostInputs) => Omit<CostRow, "item"> | undefined;

/** Inputs of all resources of a type, such as `kms/key:Key`. */
export const inputsOf = (plan: Plan, type: string): Values[] => resourcesOfType(plan, type).map(({ inputs }) => inputs);

export const countOf = (plan: Plan, type: string): number => resourcesOfType(plan, type).length;

/** Availability Zones of the load balancer, which has a subnet in each; 0 without one. */
export const balancerZones = (plan: Plan): number =>
    sum(inputsOf(plan, "lb/loadBalancer:LoadBalancer").map(({ subnets }) => listOf(subnets).length));

/**
 * VPC endpoints that AWS bills: that of GuardDuty's agent has no additional cost
 * (https://docs.aws.amazon.com/guardduty/latest/ug/eksrunmon-prereq-deploy-security-agent.html).
 */
export const pricedEndpoints = (plan: Plan): Values[] =>
    resourcesOfType(plan, "ec2/vpcEndpoint:VpcEndpoint")
        .filter((endpoint) => !isAgentEndpoint(endpoint))
        .map(({ inputs }) => inputs);

export const minAcu = (plan: Plan): number =>
    numberOf(valuesOf(inputsOf(plan, "rds/cluster:Cluster")[0]?.serverlessv2ScalingConfiguration).minCapacity);

/** Classes of the database's instances, one for each. */
export const instanceClasses = (plan: Plan): string[] =>
    inputsOf(plan, "rds/clusterInstance:ClusterInstance").map(({ instanceClass }) => textOf(instanceClass));

/** Whether Container Insights is on for the cluster, and how; undefined without a cluster. */
export function insightsMode(plan: Plan): InsightsMode | undefined {
    const [cluster] = inputsOf(plan, "ecs/cluster:Cluster");
    const setting = listOf(cluster?.settings)
        .map(valuesOf)
        .find(({ name }) => name === "containerInsights");
    return isInsightsMode(setting?.value) ? setting.value : undefined;
}

/** A count times a price, which is looked up only where there is something to price; nothing for none. */
export function multiply(count: number, unit: string, price: () => number): Omit<CostRow, "item"> | undefined {
    if (count <= 0) {
        return undefined;
    }
    const each = price();
    return { arithmetic: `${quantity(count)} ${unit} x ${dollars(each)}`, amount: count * each };
}

export const monthly = (usdPerHour: number): number => usdPerHour * hoursPerMonth;

/** In cents, or with four digits where a price below one dollar has parts of a cent. */
export const dollars = (usd: number): string =>
    `$${usd.toFixed(usd < 1 && Math.abs(usd * 100 - Math.round(usd * 100)) > 1e-6 ? 4 : 2)}`;

/** A count in at most three digits after the point. */
export const quantity = (count: number): string => String(Math.round(count * 1000) / 1000);

export const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);
export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
export const valuesOf = (value: unknown): Record<string, unknown> => (isObjectOrArray(value) ? value : {});
export const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
export const numberOf = (value: unknown): number => (typeof value === "number" ? value : 0);
