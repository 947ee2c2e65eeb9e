import { GetAWSDefaultServiceQuotaCommand, GetServiceQuotaCommand } from "@aws-sdk/client-service-quotas";
import { consoleUrl } from "../../../lib/partitions.ts";
import { resourcesOfType } from "../../../plan/query.ts";
import type { AwsClients } from "../../frame/aws-clients.ts";
import { hasErrorName } from "../../frame/aws-errors.ts";
import { stateResourcesOfType } from "../../../plan/state.ts";
import type { PreflightCheck, PreflightInput } from "./check.ts";
import { quotas, type Quota } from "./quota-table.ts";

const checkOf = (quota: Quota, name: string, usage: (subject: PreflightInput) => number): PreflightCheck => ({
    name: `quota of ${name}`,
    iamActions: [...quota.iamActions, ...(quota.code === undefined ? [] : ["servicequotas:GetServiceQuota"])],
    run: async (clients, subject) => {
        const more = usage(subject);
        if (more <= 0) {
            return [];
        }
        const [limit, used] = await Promise.all([
            getQuotaValue(quota, clients),
            quota.currentUsage?.(clients, subject) ?? 0,
        ]);
        return used + more > limit
            ? [
                  `${formatNumber(more)} more, ${formatNumber(used)} of ${formatNumber(limit)} in use; ${remedyText(quota, subject)}`,
              ]
            : [];
    },
});

/**
 * Whether each limit of AWS leaves room for what the update starts, and, as a warning, for what autoscaling may start later.
 */
export const quotaChecks: readonly PreflightCheck[] = quotas.flatMap((quota) => [
    checkOf(quota, quota.name, (subject) => additionalUsage(quota, subject)),
    ...(quota.peakUsage === undefined
        ? []
        : [{ ...checkOf(quota, `${quota.name} at the peak`, quota.peakUsage), isWarning: true as const }]),
]);

const formatNumber = (value: number): string => String(Number(value.toFixed(2)));

/** What the stack takes that it has not already. */
function additionalUsage({ countByType = {}, plannedUsage }: Quota, subject: PreflightInput): number {
    const { plan, state } = subject;
    if (plannedUsage !== undefined) {
        return plannedUsage(subject);
    }
    return Object.entries(countByType).reduce((sum, [type, each]) => {
        const total = (resources: readonly { inputs?: Readonly<Record<string, unknown>> }[]) =>
            resources.reduce((part, { inputs = {} }) => part + each(inputs), 0);
        return sum + total(resourcesOfType(plan, type)) - total(stateResourcesOfType(state, type));
    }, 0);
}

const remedyText = ({ code }: Quota, { settings: { region } }: PreflightInput): string =>
    code === undefined
        ? "AWS does not raise it: delete what is spare"
        : `ask for more at ${consoleUrl(region)}/servicequotas/home/services/${code.replace("/", "/quotas/")}`;

async function getQuotaValue({ code, fixedLimit }: Quota, { quotas: client }: AwsClients): Promise<number> {
    if (code === undefined) {
        return fixedLimit ?? Infinity;
    }
    const [ServiceCode, QuotaCode] = code.split("/");
    try {
        const { Quota: found } = await client.send(new GetServiceQuotaCommand({ ServiceCode, QuotaCode }));
        return found?.Value ?? Infinity;
    } catch (error) {
        // An account that never requested an increase may have no value of its own.
        if (hasErrorName(error, "NoSuchResourceException")) {
            const command = new GetAWSDefaultServiceQuotaCommand({ ServiceCode, QuotaCode });
            return (await client.send(command)).Quota?.Value ?? Infinity;
        }
        throw error;
    }
}
