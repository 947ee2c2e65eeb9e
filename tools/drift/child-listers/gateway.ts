import type { ChildListers } from "../listing.ts";
import { apiPartLister } from "./rest-api-parts.ts";
import { methodSettingLister, apiSettingListers } from "./rest-api.ts";
import { usagePlanKeyLister, usagePlanLister } from "./usage-plans.ts";

const listedForApi = "what may stand under it is listed for its API";

export const gatewayListersByType: Readonly<Record<string, ChildListers>> = {
    "apigateway/restApi:RestApi": [apiPartLister, ...apiSettingListers, usagePlanLister],
    "apigateway/resource:Resource": listedForApi,
    "apigateway/method:Method": listedForApi,
    "apigateway/methodResponse:MethodResponse": "it is an answer of its method",
    "apigateway/integration:Integration": listedForApi,
    "apigateway/integrationResponse:IntegrationResponse": "it is an answer of its integration",
    "apigateway/model:Model": "it is a schema, and nothing else",
    "apigateway/requestValidator:RequestValidator": "it is a choice of checks, and nothing else",
    "apigateway/response:Response": "it is an answer of its API, and nothing else",
    "apigateway/deployment:Deployment": "it is a copy of its API, which nobody can change",
    "apigateway/stage:Stage": [methodSettingLister],
    "apigateway/methodSettings:MethodSettings": "it is a setting of its stage",
    "apigateway/apiKey:ApiKey": "it lets nobody in by itself: what it opens is listed for the usage plans",
    "apigateway/usagePlan:UsagePlan": [usagePlanKeyLister],
    "apigateway/usagePlanKey:UsagePlanKey": "it says that a key belongs to a plan, and nothing else",
    "apigateway/clientCertificate:ClientCertificate": "it is a certificate, and nothing else",
    "apigateway/account:Account": "its role is an argument of its own; what else the account has is not the stack's",
    "apigatewayv2/vpcLink:VpcLink": "its subnets and groups are arguments of its own, which Pulumi's refresh compares",
};
