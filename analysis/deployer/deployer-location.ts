import { z } from "zod";
import { namespace, regionKey } from "../../lib/settings/problem.ts";
import { PlanError } from "../../plan/plan-error.ts";
import { providerLocationIn } from "../../plan/fake-provider/outputs.ts";
import type { DeployerLocation } from "./placeholder-values.ts";

/**
 * Partition, Region, account and suffix of a stack, from its configuration.
 *
 * @param account account ID from the command line, for a stack that sets none
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

/** Warnings for the operator who creates the policies. */
export const locationWarnings = ({ account, boundary }: DeployerLocation): string[] => [
    ...(account === "*"
        ? ["these policies name no account: set accountId, or give --account, before you create them"]
        : []),
    ...(boundary === undefined ? [unboundedRolesText] : []),
];

const unboundedRolesText =
    "the roles of the stack have no permissions boundary, so the deployer can create a role with any permission: set permissionsBoundaryArn to the ARN that the boundary will have, and run this again (docs/deployer.md)";

/**
 * @param compliance the setting of that name
 * @throws PlanError for a stack in the scope of PCI DSS whose deployer could give every permission to a role: PCI DSS 7.2.5 asks
 * for the least privileges that a system account needs
 */
export function requireBoundedRoles({ boundary }: DeployerLocation, compliance: string | undefined): void {
    if (boundary === undefined && compliance === "PCI-DSS") {
        throw new PlanError([`with compliance PCI-DSS no policies are generated: ${unboundedRolesText}`]);
    }
}
