import type { ChildListers } from "../listing.ts";
import { apiPartLister } from "./rest-api-parts.ts";
import { methodSettingLister, apiSettingListers } from "./rest-api.ts";
import { usagePlanKeyLister, usagePlanLister } from "./usage-plans.ts";

export const gatewayListersByType: Readonly<Record<string, ChildListers>> = {
    "apigateway/restApi:RestApi": [apiPartLister, ...apiSettingListers, usagePlanLister],
    "apigateway/stage:Stage": [methodSettingLister],
    "apigateway/usagePlan:UsagePlan": [usagePlanKeyLister],
};
