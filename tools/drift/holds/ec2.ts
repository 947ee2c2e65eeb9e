import { everything, lists, read, type Grant } from "../../../analysis/deployer/grant.ts";
import type { Filter } from "@aws-sdk/client-ec2";
import type { Resource } from "../listing.ts";

/** @param names such as `Subnets Vpcs` */
export const describe = (names: string): Grant[] => [
    read(
        `ec2: ${names
            .split(" ")
            .map((name) => `Describe${name}`)
            .join(" ")}`,
        everything(lists),
    ),
];

export const equals = (Name: string, value: string): Filter[] => [{ Name, Values: [value] }];
export const inVpc = ({ id }: Resource): Filter[] => equals("vpc-id", id);
export const byId = ({ id }: Resource): string => id;
