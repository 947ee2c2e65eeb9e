import { paginateGetUsagePlanKeys, paginateGetUsagePlans } from "@aws-sdk/client-api-gateway";
import { allOf } from "../../deploy/clients.ts";
import { ours, read, regional } from "../../../analysis/deployer/grant.ts";
import { listing } from "../listing.ts";
import { readAccount } from "./rest-api-rights.ts";

export const usagePlans = listing({
    item: "usage plan",
    rights: readAccount("/usageplans"),
    list: async ({ apiGateway: client }, { id }) =>
        (await allOf(paginateGetUsagePlans({ client }, {}), (page) => page.items)).filter(({ apiStages = [] }) =>
            apiStages.some(({ apiId }) => apiId === id),
        ),
    key: ({ id }) => id,
    planned: { "apigateway/usagePlan:UsagePlan": ({ id }) => id },
    opens: ({ name }) => `who has an API key of ${name} may call the API`,
    remove: ({ id }) => `aws apigateway delete-usage-plan --usage-plan-id ${id}`,
});

export const planKeys = listing({
    item: "API key",
    rights: [read("apigateway: GET", ours(regional("apigateway", "/usageplans/*")))],
    list: ({ apiGateway: client }, { id }) =>
        allOf(paginateGetUsagePlanKeys({ client }, { usagePlanId: id }), (page) => page.items),
    key: (key, { id }) => `${id} ${key.id}`,
    planned: { "apigateway/usagePlanKey:UsagePlanKey": ({ text }) => `${text("usagePlanId")} ${text("keyId")}` },
    opens: ({ name, id }, plan) => `who has the API key ${name} (${id}) may call the API as ${plan.name} does`,
    remove: (key, { id }) => `aws apigateway delete-usage-plan-key --usage-plan-id ${id} --key-id ${key.id}`,
});
