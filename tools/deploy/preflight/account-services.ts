import { GetAccountCommand } from "@aws-sdk/client-api-gateway";
import { DescribeConfigurationRecordersCommand } from "@aws-sdk/client-config-service";
import { ListDetectorsCommand } from "@aws-sdk/client-guardduty";
import { DescribeHubCommand } from "@aws-sdk/client-securityhub";
import type { Clients } from "../clients.ts";
import { stateOf } from "../../../plan/state.ts";
import type { Check, Subject } from "./check.ts";

/** What AWS has once in an account and region, and how to see whether it is there (docs/account-services.md). */
interface Singleton {
    readonly setting: keyof Subject["settings"]["accountServices"];
    readonly is: string;
    /** Type of the resource that creates it. */
    readonly type: string;
    readonly needs: string;
    readonly find: (clients: Clients) => Promise<string | undefined>;
}

const singletons: readonly Singleton[] = [
    {
        setting: "apiGatewayRole",
        is: "a role for API Gateway's logs",
        type: "apigateway/account:Account",
        needs: "apigateway:GET",
        find: async ({ apiGateway }) => (await apiGateway.send(new GetAccountCommand({}))).cloudwatchRoleArn,
    },
    {
        setting: "guardDuty",
        is: "a GuardDuty detector",
        type: "guardduty/detector:Detector",
        needs: "guardduty:ListDetectors",
        find: async ({ guardDuty }) => (await guardDuty.send(new ListDetectorsCommand({}))).DetectorIds?.[0],
    },
    {
        setting: "config",
        is: "a recorder of AWS Config",
        type: "cfg/recorder:Recorder",
        needs: "config:DescribeConfigurationRecorders",
        find: async ({ config }) => {
            const { ConfigurationRecorders: recorders } = await config.send(
                new DescribeConfigurationRecordersCommand({}),
            );
            return recorders?.[0]?.name;
        },
    },
    {
        setting: "securityHub",
        is: "Security Hub",
        type: "securityhub/account:Account",
        needs: "securityhub:DescribeHub",
        find: async ({ securityHub }) => {
            try {
                return (await securityHub.send(new DescribeHubCommand({}))).HubArn;
            } catch (error) {
                // So it says that it is off
                // (https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_DescribeHub.html).
                if (error instanceof Error && error.name === "InvalidAccessException") {
                    return undefined;
                }
                throw error;
            }
        },
    },
];

/** Whether `create` would meet one that is there, and `adopt` one that is not. */
export const accountServiceChecks: readonly Check[] = singletons.map(({ setting, is, type, needs, find }) => ({
    name: `accountServices.${setting}`,
    needs: [needs],
    run: async (clients, { settings, state }) => {
        const choice = settings.accountServices[setting];
        // Its own is no other's.
        if (choice === "skip" || stateOf(state, type).length > 0) {
            return [];
        }
        const found = await find(clients);
        if (choice === "create" && found !== undefined) {
            return [`is create, and the account has ${is} already (${found}): set adopt`];
        }
        return choice === "adopt" && found === undefined ? [`is adopt, and the account has not ${is}: set create`] : [];
    },
}));
