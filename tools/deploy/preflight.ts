import { accountServiceChecks } from "./preflight/account-services.ts";
import {
    runPreflightChecks,
    type PreflightCheck,
    type PreflightInput,
    type PreflightResult,
} from "./preflight/check.ts";
import { findCredentialProblems } from "./preflight/credentials.ts";
import { domainCheck, type ResolveNameServers } from "./preflight/domain.ts";
import { regionChecks } from "./preflight/region.ts";
import { quotaChecks } from "./preflight/quotas.ts";
import type { AwsClients } from "./clients.ts";

/** Everything that is looked at in AWS before an update. */
export const preflightChecks = (resolve?: ResolveNameServers): PreflightCheck[] => [
    ...regionChecks,
    ...quotaChecks,
    domainCheck(resolve),
    ...accountServiceChecks,
];

/** Whether the account, the region and the domain are ready for a stack, with all that is wrong at once. */
export async function runPreflight(
    clients: AwsClients,
    subject: PreflightInput,
    checks = preflightChecks(),
): Promise<PreflightResult> {
    const problems = await findCredentialProblems(clients, subject.settings.accountId);
    // Of another account, or of none, nothing else is worth asking.
    return problems.length > 0 ? { problems, warnings: [] } : runPreflightChecks(checks, clients, subject);
}
