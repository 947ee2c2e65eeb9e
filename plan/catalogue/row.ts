import type { Storage } from "../../lib/manifest/storage-by-type.ts";
import type { FakeOutputs } from "../fake-provider/output-formats.ts";
import type { PlanNode } from "../plan-node.ts";
import type { StateResource } from "../state.ts";
import type { Value } from "../value.ts";
import type { DeployerGrant } from "./deployer-grant.ts";
import type { Exclusivity } from "./exclusive-inputs.ts";
import type { ForceNew } from "./force-new.ts";
import type { Protector, WeakerInput } from "./protection-checks.ts";

/** The facts of one type of resource that commands, rules and analyses read. */
export interface ResourceTypeRow {
    /** @default resources of the type have an ID, and no name */
    readonly name?: NameInAws | UnnamedByProgram;
    /**
     * What `npm run plan` prints of a resource. `{path}` is the value of an input; `{path?}` prints nothing. A piece is left
     * out where one of its inputs is absent or false.
     * @default the name and the type alone
     */
    readonly summary?: readonly string[];
    /** Inputs whose size AWS limits. `sizes-fit` checks them. */
    readonly sizeLimits?: readonly SizeLimit[];
    /** Outputs of the offline plan, where the program or a reader uses their parts: `plan/fake-provider/outputs.ts` fills the rest. */
    readonly fakeOutputs?: FakeOutputs;
    /** Values that the provider sets where the program sets none, by path (`Default` in the schema of terraform-provider-aws). */
    readonly providerDefaults?: Readonly<Record<string, unknown>>;
    readonly forceNew: ForceNew;
    /** @default a replacement or a deletion loses nothing: the next resource does the same */
    readonly loss?: Loss;
    readonly storage?: Storage;
    /** Inputs that name a KMS key, besides that of `storage`. */
    readonly otherKeyInputs?: readonly string[];
    /** Heading in the record of rights, for what callers read or write. */
    readonly storeKind?: StoreKind;
    /** The resource that this one's policy is about. */
    readonly policyOf?: PolicyTarget;
    /** Resources of which this one is a copy, as they were when it was created. */
    readonly copyOf?: CopySource;
    readonly deletion?: Deletion;
    /** Changes of inputs after which the resource protects less. */
    readonly weakerInputs?: readonly WeakerInput[];
    /** A resource that does nothing but protect another, or keep a record of it. */
    readonly protector?: Protector;
    readonly tagPropagation?: TagPropagation;
    /** Lists that AWS returns whole, whatever the program set: an item that the program leaves out shows as a change. */
    readonly wholeLists?: readonly WholeList[];
    readonly exclusive: Exclusivity;
    /** @default AWS makes every change during the update */
    readonly waitsForMaintenance?: WaitsForMaintenance;
    readonly subnets?: SubnetList;
    /** Changes for which the provider replaces nothing, and which AWS refuses. */
    readonly refusedChanges?: readonly RefusedChange[];
    readonly recovery: RecoveryMethod;
    readonly children: Children;
    readonly grants: readonly DeployerGrant[];
}

/** Rows of one AWS service. The compiler asks for the members that each type must have. */
export type ServiceRows = Readonly<Record<`aws:${string}`, ResourceTypeRow>>;

/** Rows of types of which only some facts are needed. */
export type PartialRows = Readonly<Record<string, Partial<ResourceTypeRow>>>;

export interface NameInAws {
    /** @default "name" */
    readonly input?: string;
    /** Characters that AWS allows. */
    readonly maxLength: number;
    /** Why two stacks of an account can have the same one, without the suffix. */
    readonly uniqueWithin?: string;
    /** Type whose resources must not have the same name. */
    readonly sharedWith?: string;
}

export interface SizeLimit {
    /** Text, or a group that counts as JSON. */
    readonly input: string;
    /** Bytes that AWS allows. */
    readonly max: number;
    /** Input that names what has the limit, if several resources share it. @default each resource has its own */
    readonly sharedBy?: string;
    readonly source: string;
}

export interface UnnamedByProgram {
    /** Why the name is not the program's to choose. */
    readonly givenBecause: string;
}

export interface Loss {
    /** What the resource holds, or what others know it by. */
    readonly content: string;
    /** Whether that is data, which is deleted with the resource, and not an address or a place that another one can take. */
    readonly losesData: boolean;
    /** Types of which it is a part. Where one of them is lost as well, the operator is not asked about this one. */
    readonly partOf?: readonly string[];
    /**
     * Inputs that fill a new resource with data. Only of what each stack has from its first update on: a deployed stack without it
     * has lost it, or restores it, and without one of these inputs an update would make an empty one.
     */
    readonly restoreInputs?: readonly string[];
}

/** In the order of the record. */
export const storeKinds = [
    "Secrets",
    "Queues",
    "Topics",
    "Tables",
    "Buckets",
    "Keys",
    "Repositories",
    "Log groups",
] as const;
export type StoreKind = (typeof storeKinds)[number];

export interface PolicyTarget {
    readonly type: string;
    /** Input of the policy that names the resource. */
    readonly input: string;
    /** Input or output of the resource with the same value. */
    readonly property: string;
    /**
     * Actions and ARNs for which the policy must deny plain HTTP.
     * @default no rule requires it
     */
    readonly denyPlainHttp?: { readonly action: string; readonly resources: (arn: string) => readonly string[] };
}

export interface CopySource {
    readonly types: readonly string[];
    /** Path of the input that is a hash of the inputs of those resources. */
    readonly hash: string;
    /** Page of AWS that says so. */
    readonly source: string;
}

export interface Deletion {
    /** Inputs that follow the setting `deletionProtection`. */
    readonly inputs?: readonly DeletionInput[];
    /** Pulumi's option `protect` follows the setting, too. */
    readonly pulumiProtect?: true;
    /** Inputs that would keep the resource in AWS after `pulumi destroy`. No stack sets them. */
    readonly retainingInputs?: readonly string[];
    /** Whether Pulumi must leave it in AWS, because others use it as well. */
    readonly shared?: (inputs: Readonly<Record<string, unknown>>) => boolean;
    /** The resource serves callers, so that its replacement must exist before it is deleted. */
    readonly replaceFirst?: true;
    /** How long AWS takes, and why, where that is minutes. */
    readonly duration?: string;
    /** What AWS keeps after the deletion. */
    readonly remains?: (inputs: NonNullable<StateResource["inputs"]>, resource: StateResource) => string | undefined;
}

/** Changes that AWS makes in the maintenance window, after Pulumi's update has ended. */
export interface WaitsForMaintenance {
    /** Input that, if true, makes them during the update. */
    readonly unless: string;
    /** Inputs that refer to other resources: until the window AWS uses the former one. */
    readonly references: readonly string[];
    /** Error with which AWS refuses to delete what is still used. */
    readonly refusedWith: string;
    readonly source: string;
}

/** Subnets of a resource that is kept when their list changes. AWS takes none of another VPC into the list. */
export interface SubnetList {
    readonly input: string;
    readonly source: string;
    /** What AWS puts into these subnets. @default nothing that keeps a subnet in the list */
    readonly members?: SubnetMembers;
}

/** AWS refuses to take a subnet off the list while one of these is in it. */
export interface SubnetMembers {
    readonly type: string;
    /** Input with the name of the resource that has the list. */
    readonly reference: string;
    /** Input with the number of members. @default each resource is one */
    readonly count?: string;
    readonly refusedWith: string;
    /** Setting with the number of members. */
    readonly setting: string;
}

export interface RefusedChange {
    readonly input: string;
    readonly isRefused: (before: Value | undefined, after: Value | undefined) => boolean;
    /** Why, after the change in words. */
    readonly text: string;
    /** What to do instead. */
    readonly steps: string;
    readonly source: string;
}

export interface DeletionInput {
    readonly input: string;
    readonly unprotected: boolean | number;
    /** Value while the stack is protected. A number is AWS's default, too. */
    readonly protected: boolean | number;
}

/** What AWS creates out of a resource, and which inputs copy the tags to it. */
export interface TagPropagation {
    readonly createdResources: string;
    readonly requirement: string;
    readonly propagatesTags: (node: PlanNode) => boolean;
}

export interface WholeList {
    /** Name of the resource that has the list. */
    readonly of: string;
    readonly input: string;
    /** Key by which the provider compares the items. */
    readonly key: string;
    /** In the order in which AWS returns them. */
    readonly items: readonly string[];
    readonly source: string;
}

/**
 * What `npm run deploy -- <stack> up` does about a resource whose creation was interrupted.
 * - `importId`: the ID for `pulumi import`, made of inputs (https://www.pulumi.com/registry/packages/aws/api-docs/, section
 *   "Import" of each resource). The state may have another ID afterwards.
 * - `createAgain`: why the next update can create one more.
 * - `lookup`: AWS makes up the ID, and a second resource is refused, costs money or blocks a deletion: `tools/deploy/lookups/`
 *   searches for the first one in AWS.
 */
export type RecoveryMethod = { readonly importId: string } | { readonly createAgain: string } | "lookup";

export const sameAgain = "AWS answers a second creation with the first resource";

/**
 * What people can add below a resource in AWS, which `npm run deploy -- <stack> drift` looks for: listed by
 * `tools/drift/child-listers/`, or why there is nothing to list.
 */
export type Children = "listed" | { readonly none: string };

export const comparedByRefresh = "nothing is below it; Pulumi's refresh compares all of it";
