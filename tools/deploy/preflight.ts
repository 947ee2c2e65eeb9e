import { accountServiceChecks, skippedServiceChecks } from "./preflight/account-services.ts";
import { acquirerCheck } from "./preflight/acquirers.ts";
import {
    runPreflightChecks,
    type PreflightCheck,
    type PreflightInput,
    type PreflightResult,
} from "./preflight/check.ts";
import { domainCheck, type ResolveNameServers } from "./preflight/domain.ts";
import { regionChecks } from "./preflight/region.ts";
import { quotaChecks } from "./preflight/quotas.ts";
import { rotationCheck } from "./preflight/rotations.ts";
import { schemaCheck } from "./preflight/schema.ts";
import { takenNameChecks } from "./preflight/taken-names.ts";
import { credentialsProblem } from "../frame/account.ts";
import type { AwsClients } from "../frame/aws-clients.ts";

/** Checks of the region, the quotas, the domain, the account's services, the names of resources, the acquirers' credentials, the rotations and the schema of the database. `runPreflight` checks the credentials first. */
export const preflightChecks = (resolve?: ResolveNameServers): PreflightCheck[] => [
    ...regionChecks,
    ...quotaChecks,
    domainCheck(resolve),
    ...accountServiceChecks,
    ...skippedServiceChecks,
    ...takenNameChecks,
    acquirerCheck,
    rotationCheck,
    schemaCheck(fetch),
];

/** Whether the account, the region and the domain are ready for a stack, with all that is wrong at once. */
export async function runPreflight(
    clients: AwsClients,
    subject: PreflightInput,
    checks = preflightChecks(),
): Promise<PreflightResult> {
    const problem = await credentialsProblem(clients, subject.settings.accountId);
    // Another account, or none, would make all other answers wrong.
    return problem === undefined ? runPreflightChecks(checks, clients, subject) : { problems: [problem], warnings: [] };
}
