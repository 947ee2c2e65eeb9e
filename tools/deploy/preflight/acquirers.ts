import { DescribeSecretCommand } from "@aws-sdk/client-secrets-manager";
import { nameOf } from "../../../lib/scope.ts";
import { acquirerNoun } from "../../../lib/settings/acquirer.ts";
import { stateResourceNamed } from "../../../plan/state.ts";
import type { AwsClients } from "../../frame/aws-clients.ts";
import type { PreflightCheck } from "./check.ts";

/** The credential for an acquirer is no resource of the stack: only Secrets Manager knows whether there is one. */
export const acquirerCheck: PreflightCheck = {
    name: "credentials for acquirers",
    iamActions: ["secretsmanager:DescribeSecret"],
    isWarning: true,
    run: async (clients, { settings, state }) => {
        const withAcquirer = Object.entries(settings.services).filter(([, { acquirer }]) => acquirer !== undefined);
        const warnings = withAcquirer.map(async ([service]) => {
            const name = nameOf({ suffix: settings.environmentSuffix }, acquirerNoun(service));
            const arn = stateResourceNamed(state, "secretsmanager/secret:Secret", name)?.id;
            if (arn === undefined) {
                return `the update creates the secret of ${service} without a value: ${putValue("<its ARN in the output acquirerSecretArns>")}`;
            }
            return (await hasValue(clients, arn))
                ? []
                : `the secret of ${service} has no value, so that its calls to the acquirer fail: ${putValue(arn)}`;
        });
        return (await Promise.all(warnings)).flat();
    },
};

const putValue = (arn: string): string =>
    `aws secretsmanager put-secret-value --secret-id ${arn} --secret-string file://<file> (docs/rotation.md)`;

async function hasValue({ secrets }: AwsClients, SecretId: string): Promise<boolean> {
    const { VersionIdsToStages = {} } = await secrets.send(new DescribeSecretCommand({ SecretId }));
    return Object.values(VersionIdsToStages).some((stages) => stages.includes("AWSCURRENT"));
}
