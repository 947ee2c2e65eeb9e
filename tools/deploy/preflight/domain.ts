import { resolveNs } from "node:dns/promises";
import { GetHostedZoneCommand, ListHostedZonesByNameCommand } from "@aws-sdk/client-route-53";
import type { Check } from "./check.ts";

/** Names of the servers that the world asks for a domain. */
export type Resolve = (domain: string) => Promise<string[]>;

const plain = (name: string): string => name.toLowerCase().replace(/\.$/, "");

/** Whether the hosted zone is there, public, one alone, and answers for its domain: else ACM never issues. */
export const domainCheck = (resolve: Resolve = resolveNs): Check => ({
    name: "hosted zone",
    needs: ["route53:ListHostedZonesByName", "route53:GetHostedZone"],
    run: async ({ route53 }, { settings: { certificate } }) => {
        const { source, zoneName }: { source: typeof certificate.source; zoneName?: string } = certificate;
        if (zoneName === undefined) {
            return [];
        }
        const { HostedZones: zones = [] } = await route53.send(new ListHostedZonesByNameCommand({ DNSName: zoneName }));
        const named = zones.filter(({ Name = "" }) => plain(Name) === plain(zoneName));
        const [zone, ...others] = named.filter(({ Config }) => Config?.PrivateZone !== true);
        if (zone === undefined) {
            const there = named.length > 0 ? "only a private zone" : "no zone";
            return [`the account has ${there} ${zoneName}: create the public one, or change certificate.zoneName`];
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
        const ours = (delegation?.NameServers ?? []).map(plain);
        const asked = await serversOf(zoneName, resolve);
        return asked.some((server) => ours.includes(plain(server)))
            ? []
            : [
                  `${zoneName} is not delegated to its zone, so ACM would wait for ever: its name servers are ` +
                      `${asked.join(", ") || "none"}; at the registrar or in the parent zone set ${ours.join(", ")}`,
              ];
    },
});

/** No servers where the world knows no such domain. */
async function serversOf(domain: string, resolve: Resolve): Promise<string[]> {
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
