import { accountServiceChecks } from "./preflight/account-services.ts";
import { runChecks, type Check, type Subject, type Verdict } from "./preflight/check.ts";
import { credentialProblems } from "./preflight/credentials.ts";
import { domainCheck, type Resolve } from "./preflight/domain.ts";
import { placeChecks } from "./preflight/place.ts";
import { quotaChecks } from "./preflight/quotas.ts";
import type { Clients } from "./clients.ts";

/** Everything that is looked at in AWS before an update. */
export const checksWith = (resolve?: Resolve): Check[] => [
    ...placeChecks,
    ...quotaChecks,
    domainCheck(resolve),
    ...accountServiceChecks,
];

/** Whether the account, the region and the domain are ready for a stack, with all that is wrong at once. */
export async function preflight(clients: Clients, subject: Subject, checks = checksWith()): Promise<Verdict> {
    const problems = await credentialProblems(clients, subject.settings.accountId);
    // Of another account, or of none, nothing else is worth asking.
    return problems.length > 0 ? { problems, warnings: [] } : runChecks(checks, clients, subject);
}
