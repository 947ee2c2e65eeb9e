import { paginateGetUsagePlanKeys, paginateGetUsagePlans } from "@aws-sdk/client-api-gateway";
import { collectPages } from "../../frame/aws-clients.ts";
import { withResourceTag, readGrant, arnsWithoutAccount } from "../../../plan/catalogue/deployer-grant.ts";
import { defineLister } from "../listing.ts";
import { readAccountPermissions } from "./rest-api-permissions.ts";

export const usagePlanLister = defineLister({
    item: "usage plan",
    permissions: readAccountPermissions("/usageplans"),
    list: async ({ apiGateway: client }, { id }) =>
        (await collectPages(paginateGetUsagePlans({ client }, {}), (page) => page.items)).filter(({ apiStages = [] }) =>
            apiStages.some(({ apiId }) => apiId === id),
        ),
    key: ({ id }) => id,
    planned: { "apigateway/usagePlan:UsagePlan": ({ id }) => id },
    opens: ({ name }) => `who has an API key of ${name} may call the API`,
    remove: ({ id }) => `aws apigateway delete-usage-plan --usage-plan-id ${id}`,
});

export const usagePlanKeyLister = defineLister({
    item: "API key",
    permissions: [readGrant("apigateway: GET", withResourceTag(arnsWithoutAccount("apigateway", "/usageplans/*")))],
    list: ({ apiGateway: client }, { id }) =>
        collectPages(paginateGetUsagePlanKeys({ client }, { usagePlanId: id }), (page) => page.items),
    key: (key, { id }) => `${id} ${key.id}`,
    planned: { "apigateway/usagePlanKey:UsagePlanKey": ({ text }) => `${text("usagePlanId")} ${text("keyId")}` },
    opens: ({ name, id }, plan) => `who has the API key ${name} (${id}) may call the API as ${plan.name} does`,
    remove: (key, { id }) => `aws apigateway delete-usage-plan-key --usage-plan-id ${id} --key-id ${key.id}`,
});
