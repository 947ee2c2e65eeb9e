import { dnsSuffixOf } from "../../lib/partitions.ts";
import type { ProviderRequest } from "./outputs.ts";
import { withoutSecretMark, type Wire } from "../value.ts";

export type FakeOutput = Wire | ((request: ProviderRequest) => Wire);
export type FakeOutputs = Record<string, FakeOutput>;
type TextOutput = (request: ProviderRequest) => string;

/** `vpc-0123456789abcdef0` */
export const idWithPrefix =
    (prefix: string): TextOutput =>
    ({ hex }) =>
        `${prefix}-${hex(17)}`;

/** `eu-central-1` is `euc1` in IDs of zones and addresses of caches, `ap-southeast-2` is `apse2`, `us-gov-west-1` is `usgw1`. */
export const abbreviateRegion = (region: string): string =>
    region.replaceAll("-", "").replace(/gov|north|south|east|west|central/g, (word) => word.charAt(0));

/** A resource whose ID is a number with a prefix, and whose ARN ends in it. */
export const ec2Outputs = (kind: string, prefix: string): FakeOutputs => ({
    id: idWithPrefix(prefix),
    arn: (request) => request.arn("ec2", `${kind}/${idWithPrefix(prefix)(request)}`),
});

/** A resource whose ID is its ARN. */
export const identifiedByArn = (arn: TextOutput): FakeOutputs => ({ id: arn, arn });

/** Each name of a certificate is proved by one record. */
export function certificateValidationOptions(request: ProviderRequest): Wire {
    const others = withoutSecretMark(request.inputs.subjectAlternativeNames);
    const names = new Set([request.text("domainName", request.name), ...(Array.isArray(others) ? others : [])]);
    return [...names]
        .filter((name) => typeof name === "string")
        .map((domainName) => ({
            domainName,
            // A wildcard is proved by the record of its parent.
            resourceRecordName: `_${request.hex(32)}.${domainName.replace(/^\*\./, "")}.`,
            resourceRecordType: "CNAME",
            resourceRecordValue: `_${request.hex(31)}.acm-validations.aws.`,
        }));
}

export const loadBalancerPath: TextOutput = ({ physicalName, hex, text }) =>
    `${text("loadBalancerType") === "network" ? "net" : "app"}/${physicalName}/${hex(16)}`;
/** What an ARN of a listener shares with that of its load balancer. */
export const loadBalancerPathIn = (request: ProviderRequest, input: string): string =>
    request.text(input).replace(/^[^/]*\//, "");
export const targetGroupPath: TextOutput = ({ physicalName, hex }) => `targetgroup/${physicalName}/${hex(16)}`;
export const clusterNameOf = (request: ProviderRequest): string =>
    request.text("cluster", "default").replace(/^.*\//, "");
export const databasePort = (request: ProviderRequest): number =>
    /mysql|mariadb/.test(request.text("engine")) ? 3306 : 5432;
export const rdsHostName = (request: ProviderRequest, kind: string): string =>
    `${request.physicalName}.${kind}c${request.hex(11)}.${request.region}.rds.${dnsSuffixOf(request.region)}`;
export const cacheHostName = (request: ProviderRequest, kind: string): string =>
    `${kind}.${request.physicalName}.${request.hex(6)}.${abbreviateRegion(request.region)}.cache.${dnsSuffixOf(request.region)}`;
export const fakePem = (kind: string, request: ProviderRequest): string =>
    `-----BEGIN ${kind}-----\n${request.hex(64)}\n-----END ${kind}-----\n`;
export const rdsArnOutput = (kind: string): FakeOutputs => ({
    arn: (request) => request.arn("rds", `${kind}:${request.physicalName}`),
});
export const elastiCacheArnOutput = (kind: string): FakeOutputs => ({
    arn: (request) => request.arn("elasticache", `${kind}:${request.physicalName}`),
});
export const fakePassword: TextOutput = (request) => {
    const { length } = request.inputs;
    return request
        .hex(64)
        .repeat(2)
        .slice(0, typeof length === "number" ? length : 32);
};
