import { z } from "zod";
import { maxZones } from "../network/subnets.ts";
import { integer, privateBlock } from "./fields.ts";

export const network = z.strictObject({
    cidr: privateBlock.describe(
        "Private IPv4 block of the VPC, /16 to /20. Changing it replaces the network and all in it.",
    ),
    availabilityZones: integer(2, maxZones).describe(
        "Zones that hold subnets; a load balancer and an Aurora subnet group need two. Adding one leaves the others alone.",
    ),
    endpointZones: integer(0, maxZones).describe(
        "Zones that hold an interface endpoint of each AWS service (about $7.30 a month each); 0 only with egress `nat`.",
    ),
    egress: z
        .enum(["endpoints", "nat"])
        .default("endpoints")
        .describe(
            "`endpoints`: tasks reach AWS only. `nat`: they reach the internet on port 443 too, for an outside acquirer.",
        ),
    natGateways: z
        .enum(["single", "per-az"])
        .optional()
        .describe("With egress `nat` only: one gateway for all zones, or one each."),
});
