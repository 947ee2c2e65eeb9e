import { ours, read, regional, type Grant } from "../../../analysis/deployer/grant.ts";

/** What stands under an API of the stack. */
export const readApi: readonly Grant[] = [read("apigateway: GET", ours(regional("apigateway", "/restapis/*")))];

/** Lists of the account, such as `/usageplans`: they have no tags that a right could ask for. */
export const readAccount = (...paths: string[]): readonly Grant[] => [
    read("apigateway: GET", regional("apigateway", ...paths)),
];
