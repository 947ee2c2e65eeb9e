import { APIGatewayClient, GetApiKeysCommand, GetResourcesCommand } from "@aws-sdk/client-api-gateway";
import { DescribeServicesCommand, DescribeTaskDefinitionCommand, ECSClient } from "@aws-sdk/client-ecs";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { gatewayTokenHeader } from "../../../contract/gateway.ts";
import { getPath } from "../../../plan/query.ts";
import type { State } from "../../../plan/state.ts";
import type { LocalSessionArgs } from "../../../tools/local/machine/session.ts";
import type { Environment, PlannedPlatform } from "../../../tools/local/platform.ts";
import { outputsSchema } from "../../integration/support/outputs.ts";

const config = { region: process.env.AWS_REGION };
const ecs = new ECSClient(config);
const secrets = new SecretsManagerClient(config);
const apiGateway = new APIGatewayClient(config);

/** Outputs of a stack, as the integration tests read them. */
export const outputsIn = ({ outputs, manifest }: State) => outputsSchema.parse({ ...outputs, manifest });
type Outputs = ReturnType<typeof outputsIn>;

/** What the emulator gives to a container: the variables of its task definition, and what ECS adds for the AWS SDK. */
async function environmentOf(taskDefinition: string | undefined): Promise<Environment> {
    const { taskDefinition: found } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
    const { environment = [] } = found?.containerDefinitions?.[0] ?? {};
    const { AWS_ENDPOINT_URL = "", AWS_ACCESS_KEY_ID = "", AWS_SECRET_ACCESS_KEY = "" } = process.env;
    return {
        ...Object.fromEntries(environment.map(({ name = "", value = "" }) => [name, value])),
        ...{ AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY },
    };
}

/** The environments of the services that are deployed, and of the migration. Queues and topics are in the emulator. */
export async function deployedPlatform(outputs: Outputs): Promise<PlannedPlatform> {
    const { region, ecsClusterName: cluster, serviceNames, environmentSuffix } = outputs;
    const { services = [] } = await ecs.send(
        new DescribeServicesCommand({ cluster, services: Object.values(serviceNames) }),
    );
    const definitions = Object.entries(serviceNames).map(
        ([service, name]) =>
            [service, services.find(({ serviceName }) => serviceName === name)?.taskDefinition] as const,
    );
    const environments = await Promise.all(
        [...definitions, ["migration", `payment-migration-${environmentSuffix}`] as const].map(
            async ([name, definition]) => [name, await environmentOf(definition)] as const,
        ),
    );
    return { region, environments: Object.fromEntries(environments), queues: [], topics: [], subscriptions: [] };
}

export async function secretValue(SecretId: string): Promise<string> {
    const { SecretString = "" } = await secrets.send(new GetSecretValueCommand({ SecretId }));
    return SecretString;
}

/** The token that the API sends to services, in the single quotes of a static value. */
async function tokenOfApi(restApiId: string): Promise<string> {
    const { items = [] } = await apiGateway.send(new GetResourcesCommand({ restApiId, embed: ["methods"] }));
    const services = items.find(({ pathPart }) => pathPart === "{proxy+}");
    const sent = services?.resourceMethods?.ANY?.methodIntegration?.requestParameters ?? {};
    const [, value = ""] =
        Object.entries(sent).find(([name]) => name.toLowerCase().endsWith(`.${gatewayTokenHeader}`)) ?? [];
    return value.slice(1, -1);
}

/** What stands for PostgreSQL, Redis and API Gateway must accept and send: nothing of it is made by the test. */
export async function deployedCredentials(
    { apiGatewayId }: Outputs,
    { environments }: PlannedPlatform,
): Promise<NonNullable<LocalSessionArgs["deployed"]>> {
    const master = JSON.parse(await secretValue(environments.migration?.DATABASE_MASTER_SECRET_ARN ?? "")) as object;
    const { items = [] } = await apiGateway.send(new GetApiKeysCommand({ includeValues: true }));
    return {
        cacheToken: await secretValue(environments.api?.CACHE_TOKEN_SECRET_ARN ?? ""),
        master: { user: String(getPath(master, "username")), password: String(getPath(master, "password")) },
        apiKeys: Object.fromEntries(items.map(({ id = "", value = "" }) => [value, id])),
        token: await tokenOfApi(apiGatewayId),
    };
}
