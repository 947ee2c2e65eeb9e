import { z } from "zod";
import { integer, ipv4Block, uniqueList } from "./fields.ts";

/**
 * Policies that Security Hub's ELB.17 accepts: TLS 1.2 with forward secrecy or later. Not those of TLS 1.3 alone: API
 * Gateway calls the load balancer with TLS 1.2.
 */
const tlsPolicies = ["ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"] as const;

/** AWS managed rule groups of the web firewall, in the order in which they look at a request. */
export const managedRuleGroups = [
    "AmazonIpReputationList",
    "AnonymousIpList",
    "CommonRuleSet",
    "KnownBadInputsRuleSet",
    "SQLiRuleSet",
] as const;

export const edge = z.strictObject({
    // A security group holds 60 rules, and with `httpRedirect` each block takes two.
    allowedCidrs: uniqueList(ipv4Block)
        .min(1)
        .max(25)
        .default(["0.0.0.0/0"])
        .describe("IPv4 blocks that may reach the load balancer on port 443."),
    httpRedirect: z
        .boolean()
        .default(false)
        .describe("Answer port 80 with a redirect to HTTPS. Off: port 80 stays closed."),
    tlsPolicy: z.enum(tlsPolicies).default(tlsPolicies[0]).describe("TLS policy of the listener."),
    targetProtocol: z
        .enum(["HTTPS", "HTTP"])
        .default("HTTPS")
        .describe("What containers speak on port 8080. The load balancer accepts a self-signed certificate there."),
});

export const waf = z.strictObject({
    requestsPer5Minutes: integer(10, 2_000_000_000).describe(
        "Requests in five minutes after which an address is blocked.",
    ),
    countOnly: uniqueList(z.enum(["RateLimit", ...managedRuleGroups]))
        .default(["AnonymousIpList"])
        .describe("Rules that count and do not block. Anonymous addresses are counted by default: customers use VPNs."),
});
