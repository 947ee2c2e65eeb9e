import {
    withResourceTag,
    readGrant,
    arnsWithoutAccount,
    type DeployerGrant,
} from "../../../plan/catalogue/deployer-grant.ts";

/** What stands under an API of the stack. */
export const readApiPermissions: readonly DeployerGrant[] = [
    readGrant("apigateway: GET", withResourceTag(arnsWithoutAccount("apigateway", "/restapis/*"))),
];

/** Lists of the account, such as `/usageplans`: they have no tags that a right could ask for. */
export const readAccountPermissions = (...paths: string[]): readonly DeployerGrant[] => [
    readGrant("apigateway: GET", arnsWithoutAccount("apigateway", ...paths)),
];
