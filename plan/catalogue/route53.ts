import { readGrant, withConditions, writeGrant, type ResourceScope, listGrant } from "./deployer-grant.ts";
import { refused } from "./exclusive-inputs.ts";
import { forceNew } from "./force-new.ts";
import type { ServiceRows } from "./row.ts";

/** A hosted zone belongs to the domain, not to the stack: only its planned records may change. */
const hostedZones: ResourceScope = { arns: ["arn:{partition}:route53:::hostedzone/*"] };

/**
 * ACM asks for the same record for each certificate of a domain
 * (https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html), so the program takes over an existing one.
 */
const isValidationRecord = ({ allowOverwrite }: Readonly<Record<string, unknown>>): boolean => allowOverwrite === true;

export const route53: ServiceRows = {
    "aws:route53/record:Record": {
        name: { givenBecause: "it is called like a domain" },
        summary: ["{type}", "{name}"],
        fakeOutputs: {
            id: (request) => `${request.text("zoneId")}_${request.text("name")}_${request.text("type")}`,
            fqdn: (request) => request.text("name", request.name).replace(/\.$/, ""),
        },
        forceNew: forceNew("route53/record", ["name", "zoneId"]),
        deletion: {
            shared: isValidationRecord,
            remains: (inputs) =>
                isValidationRecord(inputs)
                    ? `record ${String(inputs.name)}, with which ACM renews every certificate of the domain in the account`
                    : undefined,
        },
        exclusive: [refused("route53", "ChangeResourceRecordSets", "zoneId name type", "InvalidChangeBatch")],
        recovery: "lookup",
        children: { none: "the zone belongs to the domain, and its other records are not the stack's" },
        grants: [
            writeGrant(
                "route53: ChangeResourceRecordSets",
                withConditions(hostedZones, {
                    "ForAllValues:StringLike": { "route53:ChangeResourceRecordSetsNormalizedRecordNames": "{records}" },
                    // `ForAllValues` holds of a request that names none.
                    Null: { "route53:ChangeResourceRecordSetsNormalizedRecordNames": "false" },
                }),
            ),
            readGrant("route53: GetHostedZone ListResourceRecordSets ListTagsForResource", hostedZones),
            readGrant("route53: GetChange", { arns: ["arn:{partition}:route53:::change/*"] }),
            listGrant("route53: ListHostedZones ListHostedZonesByName"),
        ],
    },
};
