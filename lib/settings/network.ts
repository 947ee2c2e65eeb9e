import { z } from "zod";
import { maxZones } from "../network/subnets.ts";
import { integer, privateBlock } from "./fields.ts";

export const network = z.strictObject({
    cidr: privateBlock.describe(
        "Private IPv4 block of the VPC, /16 to /20. It cannot be changed: AWS moves no database and no load balancer to another VPC. For another one make another stack.",
    ),
    availabilityZones: integer(2, maxZones).describe(
        "Availability Zones with subnets; a load balancer and a DB subnet group need two. Adding one does not change the others, but replaces the VPC link and the deployment of the API, after the new ones exist. Before one goes, lower `database.readers` and `cache.nodes` in an update of its own.",
    ),
    endpointZones: integer(0, maxZones).describe(
        "Zones with an interface endpoint of each AWS service (about $7.30 a month each); 0 only with egress `nat`.",
    ),
    egress: z
        .enum(["endpoints", "nat"])
        .default("endpoints")
        .describe(
            "`endpoints`: tasks can connect to AWS only. `nat`: also to the internet on port 443, for an external acquirer.",
        ),
    natGateways: z
        .enum(["single", "per-az"])
        .optional()
        .describe("With egress `nat` only: one NAT gateway for all zones, or one per zone."),
});
