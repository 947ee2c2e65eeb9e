import { resolveNs } from "node:dns/promises";
import { GetHostedZoneCommand, ListHostedZonesByNameCommand } from "@aws-sdk/client-route-53";
import type { PreflightCheck } from "./check.ts";

/** Names of the name servers of a domain, in the public DNS. */
export type ResolveNameServers = (domain: string) => Promise<string[]>;

const normalizeDomainName = (name: string): string => name.toLowerCase().replace(/\.$/, "");

/** Whether the hosted zone is there, public, one alone, and answers for its domain: else ACM never issues. */
export const domainCheck = (resolve: ResolveNameServers = resolveNs): PreflightCheck => ({
    name: "hosted zone",
    iamActions: ["route53:ListHostedZonesByName", "route53:GetHostedZone"],
    run: async ({ route53 }, { settings: { certificate } }) => {
        const { source, zoneName }: { source: typeof certificate.source; zoneName?: string } = certificate;
        if (zoneName === undefined) {
            return [];
        }
        const { HostedZones: zones = [] } = await route53.send(new ListHostedZonesByNameCommand({ DNSName: zoneName }));
        const named = zones.filter(({ Name = "" }) => normalizeDomainName(Name) === normalizeDomainName(zoneName));
        const [zone, ...others] = named.filter(({ Config }) => Config?.PrivateZone !== true);
        if (zone === undefined) {
            const foundText = named.length > 0 ? "only a private zone" : "no zone";
            return [`the account has ${foundText} ${zoneName}: create the public one, or change certificate.zoneName`];
        }
        if (others.length > 0) {
            return [
                `the account has ${others.length + 1} public zones ${zoneName}: Pulumi cannot tell which; delete the spare`,
            ];
        }
        if (source !== "dns") {
            return [];
        }
        const { DelegationSet: delegation } = await route53.send(new GetHostedZoneCommand({ Id: zone.Id }));
        const zoneNameServers = (delegation?.NameServers ?? []).map(normalizeDomainName);
        const publicNameServers = await findNameServers(zoneName, resolve);
        return publicNameServers.some((server) => zoneNameServers.includes(normalizeDomainName(server)))
            ? []
            : [
                  `${zoneName} is not delegated to its zone, so ACM would wait for ever: its name servers are ` +
                      `${publicNameServers.join(", ") || "none"}; at the registrar or in the parent zone set ${zoneNameServers.join(", ")}`,
              ];
    },
});

/** No servers for a domain that is not in the public DNS. */
async function findNameServers(domain: string, resolve: ResolveNameServers): Promise<string[]> {
    try {
        return await resolve(domain);
    } catch (error) {
        const code = error instanceof Error && "code" in error ? error.code : undefined;
        if (code === "ENOTFOUND" || code === "ENODATA") {
            return [];
        }
        throw error;
    }
}
