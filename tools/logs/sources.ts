import { paginateGetRestApis } from "@aws-sdk/client-api-gateway";
import {
    executionLogGroup,
    functionLogGroup,
    serviceLogGroup,
    vendedLogGroupName,
    webAclLogGroup,
} from "../../lib/logs.ts";
import { nameOf } from "../../lib/scope.ts";
import type { PlatformSettings } from "../../lib/settings.ts";
import { stageName } from "../../contract/container.ts";
import { migrationNoun } from "../../lib/settings/migration.ts";
import { serviceTaskNouns } from "../../lib/settings/acquirer.ts";
import { suggestName } from "../../lib/settings/problem.ts";
import { collectPages, type AwsClients } from "../frame/aws-clients.ts";
import { ExitError } from "../frame/exit.ts";

type NamedSettings = Pick<PlatformSettings, "environmentSuffix" | "services">;

/** A log group, under the name that its records are shown with. */
export interface LogGroup {
    readonly source: string;
    readonly groupName: string;
}

/** Sources besides the services; no service can have these names (`lib/settings/names.ts`). */
const platformSources: readonly string[] = [migrationNoun, "validator", "gateway", "waf"];

export const isPlatformSource = (name: string): boolean => platformSources.includes(name);

export type GatewayAccess = Pick<AwsClients, "apiGateway">;

/** What `npm run logs` can read: each service and its reconciliation, the migration, and the parts in front of them that log to CloudWatch. */
export const logSourceNames = ({ services }: NamedSettings): string[] => [
    ...serviceTaskNouns(services),
    ...platformSources,
];

/** @throws ExitError `usage` for a name that the stack does not have */
export function requireLogSource(settings: NamedSettings, source: string): void {
    const known = logSourceNames(settings);
    if (!known.includes(source)) {
        const where =
            source === "alb" || source === "load-balancer"
                ? "its access logs are in S3, what its web ACL decided is in waf"
                : suggestName(source, known);
        throw new ExitError("usage", `no service "${source}": ${where}`);
    }
}

/** The log groups of a source. */
export async function logGroupsOf(
    { environmentSuffix: suffix }: NamedSettings,
    source: string,
    clients: GatewayAccess,
): Promise<LogGroup[]> {
    const name = (noun: string) => nameOf({ suffix }, noun);
    switch (source) {
        case "validator":
            return [{ source, groupName: functionLogGroup(name("validator")) }];
        case "gateway":
            return [
                { source, groupName: vendedLogGroupName("apigateway", name("gateway")) },
                ...(await executionLogGroups(clients, name("gateway"))),
            ];
        case "waf":
            return ["firewall", "gateway-firewall"].map((noun) => ({ source, groupName: webAclLogGroup(name(noun)) }));
        default:
            return [{ source, groupName: serviceLogGroup(name(source)) }];
    }
}

/** The name contains the ID of the API, which API Gateway makes up. */
async function executionLogGroups({ apiGateway }: GatewayAccess, apiName: string): Promise<LogGroup[]> {
    const apis = await collectPages(paginateGetRestApis({ client: apiGateway }, {}), ({ items }) => items);
    return apis
        .filter(({ name }) => name === apiName)
        .map(({ id = "" }) => ({ source: "gateway", groupName: executionLogGroup(id, stageName) }));
}
