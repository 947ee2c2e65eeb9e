import type { ProviderRequest } from "./outputs.ts";
import { withoutSecretMark, type Wire } from "../value.ts";

export type FakeOutput = Wire | ((asked: ProviderRequest) => Wire);
export type FakeOutputs = Record<string, FakeOutput>;
type TextOutput = (asked: ProviderRequest) => string;

/** `vpc-0123456789abcdef0` */
export const idWithPrefix =
    (prefix: string): TextOutput =>
    ({ hex }) =>
        `${prefix}-${hex(17)}`;

/** A resource whose ID is a number with a prefix, and whose ARN ends in it. */
export const ec2Outputs = (kind: string, prefix: string): FakeOutputs => ({
    id: idWithPrefix(prefix),
    arn: (asked) => asked.arn("ec2", `${kind}/${idWithPrefix(prefix)(asked)}`),
});

/** A resource whose ID is its ARN. */
export const identifiedByArn = (arn: TextOutput): FakeOutputs => ({ id: arn, arn });

/** Each name of a certificate is proved by one record. */
export function certificateValidationOptions(asked: ProviderRequest): Wire {
    const others = withoutSecretMark(asked.inputs.subjectAlternativeNames);
    const names = new Set([asked.text("domainName", asked.name), ...(Array.isArray(others) ? others : [])]);
    return [...names]
        .filter((name) => typeof name === "string")
        .map((domainName) => ({
            domainName,
            // A wildcard is proved by the record of its parent.
            resourceRecordName: `_${asked.hex(32)}.${domainName.replace(/^\*\./, "")}.`,
            resourceRecordType: "CNAME",
            resourceRecordValue: `_${asked.hex(31)}.acm-validations.aws.`,
        }));
}

export const loadBalancerPath: TextOutput = ({ physicalName, hex, text }) =>
    `${text("loadBalancerType") === "network" ? "net" : "app"}/${physicalName}/${hex(16)}`;
/** What an ARN of a listener shares with that of its load balancer. */
export const loadBalancerPathIn = (asked: ProviderRequest, input: string): string =>
    asked.text(input).replace(/^[^/]*\//, "");
export const targetGroupPath: TextOutput = ({ physicalName, hex }) => `targetgroup/${physicalName}/${hex(16)}`;
export const clusterNameOf = (asked: ProviderRequest): string => asked.text("cluster", "default").replace(/^.*\//, "");
export const port = (asked: ProviderRequest): number => (/mysql|mariadb/.test(asked.text("engine")) ? 3306 : 5432);
export const rdsHostName = (asked: ProviderRequest, kind: string): string =>
    `${asked.physicalName}.${kind}c${asked.hex(11)}.${asked.region}.rds.amazonaws.com`;
export const cacheHostName = (asked: ProviderRequest, kind: string): string =>
    `${kind}.${asked.physicalName}.${asked.hex(6)}.use1.cache.amazonaws.com`;
export const fakePem = (kind: string, asked: ProviderRequest): string =>
    `-----BEGIN ${kind}-----\n${asked.hex(64)}\n-----END ${kind}-----\n`;
export const rdsArnOutput = (kind: string): FakeOutputs => ({
    arn: (asked) => asked.arn("rds", `${kind}:${asked.physicalName}`),
});
export const elastiCacheArnOutput = (kind: string): FakeOutputs => ({
    arn: (asked) => asked.arn("elasticache", `${kind}:${asked.physicalName}`),
});
export const fakePassword: TextOutput = (asked) => {
    const { length } = asked.inputs;
    return asked
        .hex(64)
        .repeat(2)
        .slice(0, typeof length === "number" ? length : 32);
};
