import { GetAWSDefaultServiceQuotaCommand, GetServiceQuotaCommand } from "@aws-sdk/client-service-quotas";
import { all } from "../../../plan/query.ts";
import type { Clients } from "../clients.ts";
import { stateOf } from "../../../plan/state.ts";
import type { Check, Subject } from "./check.ts";
import { quotas, type Quota } from "./quota-table.ts";

/** Whether each limit of AWS leaves room for what the stack adds. */
export const quotaChecks: readonly Check[] = quotas.map((quota) => ({
    name: `quota of ${quota.name}`,
    needs: [...quota.needs, ...(quota.code === undefined ? [] : ["servicequotas:GetServiceQuota"])],
    run: async (clients, subject) => {
        const more = added(quota, subject);
        if (more <= 0) {
            return [];
        }
        const [limit, used] = await Promise.all([limitOf(quota, clients), quota.used?.(clients, subject) ?? 0]);
        return used + more > limit
            ? [`${shown(more)} more, ${shown(used)} of ${shown(limit)} in use; ${remedy(quota, subject)}`]
            : [];
    },
}));

const shown = (value: number): string => String(Number(value.toFixed(2)));

/** What the stack takes that it has not already. */
export function added({ of = {}, planned }: Quota, subject: Subject): number {
    const { plan, state } = subject;
    if (planned !== undefined) {
        return planned(subject);
    }
    return Object.entries(of).reduce((sum, [type, each]) => {
        const total = (resources: readonly { inputs?: Readonly<Record<string, unknown>> }[]) =>
            resources.reduce((part, { inputs = {} }) => part + each(inputs), 0);
        return sum + total(all(plan, type)) - total(stateOf(state, type));
    }, 0);
}

const remedy = ({ code }: Quota, { settings: { region } }: Subject): string =>
    code === undefined
        ? "AWS does not raise it: delete what is spare"
        : `ask for more at https://${region}.console.aws.amazon.com/servicequotas/home/services/${code.replace("/", "/quotas/")}`;

async function limitOf({ code, limit }: Quota, { quotas: client }: Clients): Promise<number> {
    if (code === undefined) {
        return limit ?? Infinity;
    }
    const [ServiceCode, QuotaCode] = code.split("/");
    try {
        const { Quota: found } = await client.send(new GetServiceQuotaCommand({ ServiceCode, QuotaCode }));
        return found?.Value ?? Infinity;
    } catch (error) {
        // An account that never asked for more may have no value of its own.
        if (error instanceof Error && error.name === "NoSuchResourceException") {
            const command = new GetAWSDefaultServiceQuotaCommand({ ServiceCode, QuotaCode });
            return (await client.send(command)).Quota?.Value ?? Infinity;
        }
        throw error;
    }
}
