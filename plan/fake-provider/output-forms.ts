import type { Asked } from "./outputs.ts";
import { bare, type Wire } from "../value.ts";

export type Row = Wire | ((asked: Asked) => Wire);
export type Rows = Record<string, Row>;
type Text = (asked: Asked) => string;

/** `vpc-0123456789abcdef0` */
export const numbered =
    (prefix: string): Text =>
    ({ hex }) =>
        `${prefix}-${hex(17)}`;

/** A resource whose ID is a number with a prefix, and whose ARN ends in it. */
export const ec2 = (kind: string, prefix: string): Rows => ({
    id: numbered(prefix),
    arn: (asked) => asked.arn("ec2", `${kind}/${numbered(prefix)(asked)}`),
});

/** A resource known by its ARN. */
export const byArn = (arn: Text): Rows => ({ id: arn, arn });

/** Each name of a certificate is proved by one record. */
export function validationOptions(asked: Asked): Wire {
    const others = bare(asked.inputs.subjectAlternativeNames);
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

export const loadBalancer: Text = ({ physical, hex, text }) =>
    `${text("loadBalancerType") === "network" ? "net" : "app"}/${physical}/${hex(16)}`;
/** What an ARN of a listener shares with that of its load balancer. */
export const below = (asked: Asked, input: string): string => asked.text(input).replace(/^[^/]*\//, "");
export const targetGroup: Text = ({ physical, hex }) => `targetgroup/${physical}/${hex(16)}`;
export const clusterOf = (asked: Asked): string => asked.text("cluster", "default").replace(/^.*\//, "");
export const port = (asked: Asked): number => (/mysql|mariadb/.test(asked.text("engine")) ? 3306 : 5432);
export const rdsHost = (asked: Asked, kind: string): string =>
    `${asked.physical}.${kind}c${asked.hex(11)}.${asked.region}.rds.amazonaws.com`;
export const cacheHost = (asked: Asked, kind: string): string =>
    `${kind}.${asked.physical}.${asked.hex(6)}.use1.cache.amazonaws.com`;
export const pem = (kind: string, asked: Asked): string =>
    `-----BEGIN ${kind}-----\n${asked.hex(64)}\n-----END ${kind}-----\n`;
export const rds = (kind: string): Rows => ({ arn: (asked) => asked.arn("rds", `${kind}:${asked.physical}`) });
export const cache = (kind: string): Rows => ({
    arn: (asked) => asked.arn("elasticache", `${kind}:${asked.physical}`),
});
export const password: Text = (asked) => {
    const { length } = asked.inputs;
    return asked
        .hex(64)
        .repeat(2)
        .slice(0, typeof length === "number" ? length : 32);
};
