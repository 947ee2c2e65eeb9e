import type { DeployerGrant } from "../../../plan/catalogue/deployer-grant.ts";
import type { AwsClients } from "../../frame/aws-clients.ts";

export type Tags = Readonly<Record<string, string>>;

/** A resource in AWS that may be what an interrupted creation made. */
export interface Candidate {
    /** The ID that `pulumi import` takes. */
    readonly importId: string;
    /** The ID in the state, where `pulumi import` takes another one. @default importId */
    readonly id?: string;
    /** Nothing where AWS keeps no tags for this type: it is part of the resource that the inputs name. */
    readonly tags?: Tags;
}

/** Reads inputs of a resource by their path, such as `tags.Name`; a value that is no text or number reads as "". */
export type Read = (input: string) => string;

/** How AWS is asked for the resources of a type that fit the inputs of a creation. */
export interface Lookup {
    /** Rights that the calls take. */
    readonly rights: readonly DeployerGrant[];
    /** All that fit, whoever made them. */
    readonly find: (aws: AwsClients, read: Read, inputs: Readonly<Record<string, unknown>>) => Promise<Candidate[]>;
}

/** Lookups by type, such as `aws:ec2/vpc:Vpc`. */
export type Lookups = Readonly<Record<string, Lookup>>;

/** Tags as most services answer them. */
export const tagsOf = (list: readonly { readonly Key?: string; readonly Value?: string }[] = []): Tags =>
    Object.fromEntries(list.map(({ Key = "", Value = "" }) => [Key, Value]));
