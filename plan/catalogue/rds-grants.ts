import {
    automaticNamePattern,
    readGrant,
    regionalArns,
    writeGrant,
    type DeployerGrant,
    type ResourceScope,
    listGrant,
} from "./deployer-grant.ts";

export const clusterParameters = regionalArns("rds", `cluster-pg:${automaticNamePattern}`);
export const subnetGroups = regionalArns("rds", `subgrp:${automaticNamePattern}`);

export const rdsTagGrant = (on: ResourceScope): DeployerGrant =>
    writeGrant("rds: AddTagsToResource RemoveTagsFromResource", on);
export const rdsReadTagsGrant = (on: ResourceScope): DeployerGrant => readGrant("rds: ListTagsForResource", on);
export const describeRds = (names: string): DeployerGrant => listGrant(`rds: ${names}`);
