import { getPath, withoutAwsPrefix } from "../../plan/query.ts";
import type { AwsClients } from "../frame/aws-clients.ts";
import { logicalNameOf, type State, type StateResource } from "../../plan/state.ts";
import type { DeployerGrant } from "../../plan/catalogue/deployer-grant.ts";
import { isNotFoundError } from "../frame/aws-errors.ts";

/** A resource of the state. */
export interface DriftResource {
    /** Such as `sqs/queue:Queue`. */
    readonly type: string;
    /** In the program. */
    readonly name: string;
    readonly id: string;
    /** Empty where it has none. */
    readonly arn: string;
    /** Text at a path of its outputs, else of its inputs; empty where there is none. */
    readonly text: (path: string) => string;
}

/** A resource under which others may stand. */
export interface ParentResource extends DriftResource {
    readonly state: State;
}

/**
 * An item of an answer of AWS's, whose texts are there. The client's types call every field of an answer optional, but
 * AWS always tells the names, ids and ARNs by which it lists something.
 */
export type ListedItem<Item> = Item extends object
    ? Item & { [Key in StringKeys<Item>]-?: NonNullable<Item[Key]> }
    : Item;
/** Of an answer that is no listing's own, such as what stands in its items. */
export const asListedItems = <Item>(items: readonly Item[]): readonly ListedItem<Item>[] =>
    items.map((each) => each as ListedItem<Item>);
type StringKeys<Item> = { [Key in keyof Item]-?: NonNullable<Item[Key]> extends string ? Key : never }[keyof Item];

/** What AWS makes by itself under a resource. */
export interface AwsManagedItem<Item> {
    readonly what: string;
    /** A page of AWS that says so. */
    readonly source: string;
    readonly matches: (item: ListedItem<Item>, parent: ParentResource) => boolean;
}

/** One kind of thing that may stand under a resource, and how AWS lists it. */
export interface ChildListing<Item> {
    /** What one is called, such as `inbound rule`. */
    readonly item: string;
    /** Rights that `list` and `opens` take. */
    readonly permissions: readonly DeployerGrant[];
    readonly list: (aws: AwsClients, parent: ParentResource) => Promise<readonly Item[]>;
    /** Identifies an item among those of all parents: it is compared with the state, and shown to the operator. */
    readonly key: (item: ListedItem<Item>, parent: ParentResource) => string;
    /** Types by which the program makes them, and the key of one that is in the state. */
    readonly planned?: Readonly<Record<string, (resource: DriftResource) => string>>;
    /** Which of these types one is. @default the first */
    readonly typeOf?: (item: ListedItem<Item>) => string;
    readonly byAws?: readonly AwsManagedItem<Item>[];
    /** What it makes possible, as a sentence without an end. */
    readonly opens: (item: ListedItem<Item>, parent: ParentResource, aws: AwsClients) => string | Promise<string>;
    /** Command that removes it. */
    readonly remove: (item: ListedItem<Item>, parent: ParentResource) => string;
}

/** A resource in AWS that is not in the state. */
export interface ResourceNotInState {
    /** What it stands under: name in the program and type. */
    readonly parent: { readonly name: string; readonly type: string };
    readonly item: string;
    readonly key: string;
    readonly opens: string;
    readonly remove: string;
    /** Type by which the program could make it; nothing where there is none. */
    readonly type?: string;
}

/** What was found under one resource. */
export interface ListingResult {
    readonly notInState: readonly ResourceNotInState[];
    /** Number of items that the state knows. */
    readonly known: number;
    /** What AWS made, an entry for each item. */
    readonly byAws: readonly string[];
}

/** A listing whose kind of item no longer matters. */
export interface ChildLister {
    readonly item: string;
    readonly permissions: readonly DeployerGrant[];
    readonly planned: readonly string[];
    readonly byAws: readonly { readonly what: string; readonly source: string }[];
    readonly listChildren: (aws: AwsClients, parent: ParentResource) => Promise<ListingResult>;
}

/** What can be below resources of a type. */
export type ChildListers = readonly ChildLister[];

export const defineLister = <Item>(given: ChildListing<Item>): ChildLister => ({
    item: given.item,
    permissions: given.permissions,
    planned: Object.keys(given.planned ?? {}),
    byAws: given.byAws ?? [],
    listChildren: (aws, parent) => lookUnder(given, aws, parent),
});

async function lookUnder<Item>(
    given: ChildListing<Item>,
    aws: AwsClients,
    parent: ParentResource,
): Promise<ListingResult> {
    const { item, key, planned = {}, typeOf, byAws = [], opens, remove } = given;
    const known = keysInState(planned, parent.state);
    const items = asListedItems(await emptyIfNotFound(given.list(aws, parent)));
    const unknown = items.filter((each) => !known.has(key(each, parent)));
    const made = unknown.map((each) => byAws.find(({ matches }) => matches(each, parent))?.what);
    const [only] = Object.keys(planned);
    const notInState = unknown
        .filter((_, i) => made[i] === undefined)
        .map(async (each): Promise<ResourceNotInState> => ({
            parent: { name: parent.name, type: parent.type },
            item,
            key: key(each, parent),
            opens: await opens(each, parent, aws),
            remove: remove(each, parent),
            type: typeOf?.(each) ?? only,
        }));
    return {
        notInState: await Promise.all(notInState),
        known: items.length - unknown.length,
        byAws: made.filter((what) => what !== undefined),
    };
}

/** Nothing stands under what is not there; that it is gone, Pulumi's refresh tells. */
async function emptyIfNotFound<Item>(call: Promise<readonly Item[]>): Promise<readonly Item[]> {
    try {
        return await call;
    } catch (error) {
        if (isNotFoundError(error)) {
            return [];
        }
        throw error;
    }
}

/** Of what is about to be deleted, too: it is known. */
const keysInState = (planned: NonNullable<ChildListing<unknown>["planned"]>, { resources }: State): Set<string> =>
    new Set(
        resources.flatMap((resource) => {
            const { type } = toDriftResource(resource);
            return planned[type] === undefined ? [] : [planned[type](toDriftResource(resource))];
        }),
    );

export function toDriftResource(resource: StateResource): DriftResource {
    const { type, id = "", inputs, outputs } = resource;
    const text = (path: string): string => {
        const found = [outputs, inputs]
            .map((values) => getPath(values, path))
            .find((value) => typeof value === "string");
        return found ?? "";
    };
    return { type: withoutAwsPrefix(type), name: logicalNameOf(resource), id, arn: text("arn"), text };
}
