import type { Filter } from "@aws-sdk/client-ec2";
import type { DriftResource } from "../listing.ts";

export const equalsFilter = (Name: string, value: string): Filter[] => [{ Name, Values: [value] }];
export const vpcFilter = ({ id }: DriftResource): Filter[] => equalsFilter("vpc-id", id);
export const getId = ({ id }: DriftResource): string => id;
