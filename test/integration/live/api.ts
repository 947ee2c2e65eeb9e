import { GetRestApiCommand, GetStageCommand, GetUsagePlanCommand } from "@aws-sdk/client-api-gateway";
import type { Row } from "./row.ts";

export const apiRows: readonly Row[] = [
    {
        type: "apigateway/restApi:RestApi",
        read: async ({ api }, { id }) => {
            const found = await api.send(new GetRestApiCommand({ restApiId: id }));
            return {
                name: found.name,
                description: found.description,
                endpointConfiguration: { types: found.endpointConfiguration?.types },
                endpointAccessMode: found.endpointAccessMode,
                securityPolicy: found.securityPolicy,
                disableExecuteApiEndpoint: found.disableExecuteApiEndpoint,
                tagsAll: found.tags,
            };
        },
        notEmulated: { endpointAccessMode: "it does not know it", securityPolicy: "it does not know it" },
    },
    {
        type: "apigateway/stage:Stage",
        read: async ({ api }, { text }) => {
            const found = await api.send(
                new GetStageCommand({ restApiId: text("restApi"), stageName: text("stageName") }),
            );
            return {
                xrayTracingEnabled: found.tracingEnabled,
                accessLogSettings: found.accessLogSettings,
                clientCertificateId: found.clientCertificateId,
                tagsAll: found.tags,
            };
        },
        notEmulated: { clientCertificateId: "it forgets it" },
    },
    {
        type: "apigateway/methodSettings:MethodSettings",
        read: async ({ api }, { text }) => {
            const { methodSettings } = await api.send(
                new GetStageCommand({ restApiId: text("restApi"), stageName: text("stageName") }),
            );
            return { settings: methodSettings?.[text("methodPath")] };
        },
    },
    {
        type: "apigateway/usagePlan:UsagePlan",
        read: async ({ api }, { arn }) => {
            const found = await api.send(new GetUsagePlanCommand({ usagePlanId: arn.split("/").at(-1) }));
            return {
                apiStages: found.apiStages?.map(({ apiId, stage }) => ({ apiId, stage })),
                quotaSettings: found.quota,
                throttleSettings: found.throttle,
            };
        },
    },
];
