import { GetAccountCommand } from "@aws-sdk/client-api-gateway";
import { DescribeConfigurationRecordersCommand } from "@aws-sdk/client-config-service";
import { paginateListDetectors } from "@aws-sdk/client-guardduty";
import { DescribeHubCommand } from "@aws-sdk/client-securityhub";
import { collectPages, type AwsClients } from "../../frame/aws-clients.ts";
import { hasErrorName } from "../../frame/aws-errors.ts";
import { stateResourcesOfType } from "../../../plan/state.ts";
import type { PreflightCheck, PreflightInput } from "./check.ts";

/** What AWS has once in an account and region, and how to see whether it is there (docs/account-services.md). */
interface AccountServiceRow {
    readonly setting: keyof PreflightInput["settings"]["accountServices"];
    readonly description: string;
    /** Type of the resource that creates it. */
    readonly type: string;
    readonly iamAction: string;
    /** What PCI DSS demands it for, in the account of a stack with that compliance. */
    readonly pciPurpose?: string;
    readonly findExisting: (clients: AwsClients) => Promise<string | undefined>;
}

const accountServiceRows: readonly AccountServiceRow[] = [
    {
        setting: "apiGatewayRole",
        description: "a role for API Gateway's logs",
        type: "apigateway/account:Account",
        iamAction: "apigateway:GET",
        findExisting: async ({ apiGateway }) => (await apiGateway.send(new GetAccountCommand({}))).cloudwatchRoleArn,
    },
    {
        setting: "guardDuty",
        description: "a GuardDuty detector",
        type: "guardduty/detector:Detector",
        iamAction: "guardduty:ListDetectors",
        pciPurpose: "detects intrusions (PCI DSS 11.5.1)",
        findExisting: async ({ guardDuty: client }) => {
            const [id] = await collectPages(paginateListDetectors({ client }, {}), (page) => page.DetectorIds);
            return id;
        },
    },
    {
        setting: "config",
        description: "a recorder of AWS Config",
        type: "cfg/recorder:Recorder",
        iamAction: "config:DescribeConfigurationRecorders",
        pciPurpose: "detects changes of settings (PCI DSS 11.5.2)",
        findExisting: async ({ config }) => {
            const { ConfigurationRecorders: recorders } = await config.send(
                new DescribeConfigurationRecordersCommand({}),
            );
            return recorders?.[0]?.name;
        },
    },
    {
        setting: "securityHub",
        description: "Security Hub",
        type: "securityhub/account:Account",
        iamAction: "securityhub:DescribeHub",
        findExisting: async ({ securityHub }) => {
            try {
                return (await securityHub.send(new DescribeHubCommand({}))).HubArn;
            } catch (error) {
                // So it says that it is off
                // (https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_DescribeHub.html).
                if (hasErrorName(error, "InvalidAccessException")) {
                    return undefined;
                }
                throw error;
            }
        },
    },
];

/** Whether `create` would meet one that is there, and `adopt` one that is not. */
export const accountServiceChecks: readonly PreflightCheck[] = accountServiceRows.map(
    ({ setting, description, type, iamAction, findExisting }) => ({
        name: `accountServices.${setting}`,
        iamActions: [iamAction],
        run: async (clients, { settings, state }) => {
            const choice = settings.accountServices[setting];
            // Its own is no other's.
            if (choice === "skip" || stateResourcesOfType(state, type).length > 0) {
                return [];
            }
            const found = await findExisting(clients);
            if (choice === "create" && found !== undefined) {
                return [`is create, and the account has ${description} already (${found}): set adopt`];
            }
            return choice === "adopt" && found === undefined
                ? [`is adopt, and the account has not ${description}: set create`]
                : [];
        },
    }),
);

/** Whether a stack with compliance PCI-DSS leaves to the account what the account has not. Its owner may use other products. */
export const skippedServiceChecks: readonly PreflightCheck[] = accountServiceRows.flatMap(
    ({ setting, description, iamAction, pciPurpose, findExisting }) =>
        pciPurpose === undefined
            ? []
            : {
                  name: `accountServices.${setting}`,
                  iamActions: [iamAction],
                  isWarning: true as const,
                  run: async (clients: AwsClients, { settings }: PreflightInput) => {
                      const isLeft = settings.compliance === "PCI-DSS" && settings.accountServices[setting] === "skip";
                      return !isLeft || (await findExisting(clients)) !== undefined
                          ? []
                          : [
                                `is skip, and the account has not ${description}: see that another product ${pciPurpose}, or set create`,
                            ];
                  },
              },
);
