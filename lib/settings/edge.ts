import { z } from "zod";
import { integer, ipv4Block, sortedList, uniqueList } from "./fields.ts";

/**
 * Policies that Security Hub ELB.17 accepts: TLS 1.2 with forward secrecy, or later. Not those with TLS 1.3 only: API Gateway
 * calls the load balancer with TLS 1.2.
 */
const tlsPolicies = ["ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"] as const;

/** AWS managed rule groups of the web ACL, in the order of their priority. */
export const managedRuleGroups = [
    "AmazonIpReputationList",
    "AnonymousIpList",
    "CommonRuleSet",
    "KnownBadInputsRuleSet",
    "SQLiRuleSet",
] as const;

export const edge = z.strictObject({
    // The quota is 60 inbound rules per security group, and with `httpRedirect` each block needs two.
    allowedCidrs: uniqueList(ipv4Block)
        .min(1)
        .max(25)
        .default(["0.0.0.0/0"])
        .describe("IPv4 blocks that may connect to the load balancer on port 443."),
    httpRedirect: z.boolean().default(false).describe("Redirects port 80 to HTTPS. Off: port 80 is closed."),
    tlsPolicy: z.enum(tlsPolicies).default(tlsPolicies[0]).describe("Security policy of the HTTPS listener."),
});

export const waf = z.strictObject({
    requestsPer5Minutes: integer(10, 2_000_000_000).describe("Rate limit: requests of an IP address in five minutes."),
    countOnly: sortedList(z.enum(["RateLimit", ...managedRuleGroups]))
        .default(["AnonymousIpList"])
        .describe(
            "Rules that count requests instead of blocking them. By default anonymous addresses are counted, because customers use VPNs. The web ACL of the API never blocks the addresses of clouds, from which merchants call.",
        ),
});
