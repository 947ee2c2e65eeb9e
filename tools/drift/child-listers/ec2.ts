import {
    allResources,
    listsEverything,
    readGrant,
    type DeployerGrant,
} from "../../../plan/catalogue/deployer-grant.ts";
import type { Filter } from "@aws-sdk/client-ec2";
import type { DriftResource } from "../listing.ts";

/** @param names such as `Subnets Vpcs` */
export const describePermissions = (names: string): DeployerGrant[] => [
    readGrant(
        `ec2: ${names
            .split(" ")
            .map((name) => `Describe${name}`)
            .join(" ")}`,
        allResources(listsEverything),
    ),
];

export const equalsFilter = (Name: string, value: string): Filter[] => [{ Name, Values: [value] }];
export const vpcFilter = ({ id }: DriftResource): Filter[] => equalsFilter("vpc-id", id);
export const getId = ({ id }: DriftResource): string => id;
