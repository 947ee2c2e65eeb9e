import { nameOf, type Scope } from "../scope.ts";

/** Patterns of the names of this stack's log groups, to which AWS adds prefixes and suffixes. */
export const logGroupPatterns = (scope: Pick<Scope, "suffix">): string[] => [
    `*${nameOf(scope, "*")}`,
    `*${nameOf(scope, "*")}/*`,
    // API Gateway's execution log group contains the API's ID, which does not exist when the key is created.
    "API-Gateway-Execution-Logs_*/*",
];
