import { nameOf, type Scope } from "../scope.ts";

/** Names of this stack's log groups. AWS chooses what is before and after ours. */
export const logGroupPatterns = (scope: Pick<Scope, "suffix">): string[] => [
    `*${nameOf(scope, "*")}`,
    `*${nameOf(scope, "*")}/*`,
    // API Gateway's own name for an API's errors contains the API's ID, which is unknown when the key is created.
    "API-Gateway-Execution-Logs_*/*",
];
