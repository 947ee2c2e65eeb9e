import { GetUsageCommand } from "@aws-sdk/client-api-gateway";
import { merchantKeyName } from "../../lib/gateway/key-name.ts";
import { nameOf } from "../../lib/scope.ts";
import {
    logicalNameOf,
    secretContent,
    stateResourceNamed,
    stateResourcesOfType,
    type State,
} from "../../plan/state.ts";
import { dayMilliseconds } from "../frame/clock.ts";
import { dayOf } from "../frame/values.ts";
import { storedSecret, type RotatedSecret } from "./rotated-secret.ts";

/** Days without a request by the former key, today included, after which the merchant no longer uses it. */
const daysWithoutRequests = 2;

/** The API key of a merchant: two keys are valid until the merchant has changed to the new one. */
export function merchantKey(suffix: string, merchant: string): RotatedSecret {
    const name = nameOf({ suffix }, `gateway-merchant-${merchant}`);
    const keyName = (version: number) => merchantKeyName({ suffix }, merchant, version);
    const keyOf = (state: State, version: number) =>
        stateResourceNamed(state, "apigateway/apiKey:ApiKey", keyName(version));
    return {
        noun: `the API key of ${merchant}`,
        setting: `gateway.merchants.${merchant}.key`,
        read: ({ gateway }) => gateway.merchants[merchant]?.key ?? { version: 1, acceptPrevious: false },
        deployed: (state) => {
            const stored = storedSecret(state, name);
            const keys = stateResourcesOfType(state, "apigateway/apiKey:ApiKey");
            const current = keys.find((key) => stored !== undefined && secretContent(key.outputs?.value) === stored);
            const version = current === undefined ? undefined : versionOf(logicalNameOf(current));
            return version === undefined
                ? undefined
                : { version, acceptPrevious: keyOf(state, version - 1) !== undefined };
        },
        accept: (state, { version, acceptPrevious }) =>
            !acceptPrevious && keyOf(state, version - 1) !== undefined ? [`${keyName(version - 1)}:delete`] : [],
        handover: `give ${merchant} the new key, which is in the secret ${name}`,
        inUse: async ({ clients: { apiGateway }, state, current, now }) => {
            const usagePlanId = stateResourceNamed(state, "apigateway/usagePlan:UsagePlan", name)?.id;
            const keyId = keyOf(state, current.version - 1)?.id;
            const day = (before: number) => dayOf(now - before * dayMilliseconds);
            const { items = {} } = await apiGateway.send(
                new GetUsageCommand({
                    usagePlanId,
                    keyId,
                    startDate: day(daysWithoutRequests - 1),
                    endDate: day(0),
                }),
            );
            // A list for each key with a pair for each day: requests of the day, and those that were left.
            const requests = Object.values(items)
                .flat()
                .reduce((sum, [used = 0]) => sum + used, 0);
            return requests === 0
                ? undefined
                : `${merchant} has sent ${requests} requests with the former key since ${day(daysWithoutRequests - 1)}: ` +
                      "run this again once there are none, or pass --finish to refuse the former key now";
        },
    };
}

/** Version of an API key, by its logical name. */
const versionOf = (name: string): number => Number(/-gateway-key-(\d+)-/.exec(name)?.[1] ?? 1);
