import type { Unplanned } from "./listing.ts";

/** `aws.vpc.SecurityGroupIngressRule` for `vpc/securityGroupIngressRule:SecurityGroupIngressRule`. */
const classOf = (type: string): string => `aws.${type.replace(/\/.*:/, ".")}`;

/** What an operator must know of an addition: what it opens, and how it goes or comes into the program. */
export const unplannedInWords = ({ parent, item, key, opens, remove, type }: Unplanned): string =>
    [
        `not planned: ${parent.name} (${parent.type}) has the ${item} ${key}`,
        `opens: ${opens}`,
        `remove: ${remove}`,
        ...(type === undefined ? [] : [`or keep: plan it as ${classOf(type)} and import it`]),
    ].join("\n    ");

/** `1 list`, `2 lists` */
export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;
