import { z } from "zod";
import { namespace, regionKey } from "../../lib/settings/problem.ts";
import { PlanError } from "../../plan/plan-error.ts";
import { providerLocationIn } from "../../plan/fake-provider/outputs.ts";
import type { DeployerLocation } from "./placeholder-values.ts";

/**
 * Where a stack stands, from the configuration of one that can be planned.
 *
 * @param account given by hand, where the stack sets none
 * @throws PlanError when the stack sets another account
 */
export function deployerLocationOfStack(config: Readonly<Record<string, string>>, account?: string): DeployerLocation {
    const accountId = config[`${namespace}accountId`];
    if (accountId !== undefined && account !== undefined && accountId !== account) {
        throw new PlanError([`--account must be the stack's accountId ${accountId} or be left out, got ${account}`]);
    }
    const set = (key: string) => z.string().parse(config[key]);
    const { region, partition } = providerLocationIn(set(regionKey));
    return {
        suffix: set(`${namespace}environmentSuffix`),
        region,
        partition,
        account: accountId ?? account ?? "*",
        boundary: config[`${namespace}permissionsBoundaryArn`],
    };
}

/** What whoever creates the policies must know. */
export const locationWarnings = ({ account, boundary }: DeployerLocation): string[] => [
    ...(account === "*"
        ? ["these policies name no account: set accountId, or give --account, before you create them"]
        : []),
    ...(boundary === undefined
        ? [
              "the roles of the stack are unbounded, so whoever deploys can make one that may do anything: create the boundary and set permissionsBoundaryArn",
          ]
        : []),
];
