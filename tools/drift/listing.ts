import { look } from "../../plan/query.ts";
import type { Clients } from "../deploy/clients.ts";
import { nameOf, type State, type StateResource } from "../../plan/state.ts";
import type { Grant } from "../../analysis/deployer/grant.ts";
import { isMissing } from "./asking.ts";

/** A resource of the state. */
export interface Resource {
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
export interface Parent extends Resource {
    readonly state: State;
}

/**
 * An item of an answer of AWS's, whose texts are there. The client's types call every field of an answer optional, but
 * AWS always tells the names, ids and ARNs by which it lists something.
 */
export type Listed<Item> = Item extends object ? Item & { [Key in TextKeys<Item>]-?: NonNullable<Item[Key]> } : Item;
/** Of an answer that is no listing's own, such as what stands in its items. */
export const listed = <Item>(items: readonly Item[]): readonly Listed<Item>[] =>
    items.map((each) => each as Listed<Item>);
type TextKeys<Item> = { [Key in keyof Item]-?: NonNullable<Item[Key]> extends string ? Key : never }[keyof Item];

/** What AWS makes by itself under a resource. */
export interface MadeByAws<Item> {
    readonly what: string;
    /** A page of AWS that says so. */
    readonly source: string;
    readonly is: (item: Listed<Item>, parent: Parent) => boolean;
}

/** One kind of thing that may stand under a resource, and how AWS lists it. */
export interface Listing<Item> {
    /** What one is called, such as `inbound rule`. */
    readonly item: string;
    /** Rights that `list` and `opens` take. */
    readonly rights: readonly Grant[];
    readonly list: (aws: Clients, parent: Parent) => Promise<readonly Item[]>;
    /** What tells one from the others, for a program and for an operator. */
    readonly key: (item: Listed<Item>, parent: Parent) => string;
    /** Types by which the program makes them, and the key of one that is in the state. */
    readonly planned?: Readonly<Record<string, (resource: Resource) => string>>;
    /** Which of these types one is. @default the first */
    readonly typeOf?: (item: Listed<Item>) => string;
    readonly byAws?: readonly MadeByAws<Item>[];
    /** What it makes possible, as a sentence without an end. */
    readonly opens: (item: Listed<Item>, parent: Parent, aws: Clients) => string | Promise<string>;
    /** Command that removes it. */
    readonly remove: (item: Listed<Item>, parent: Parent) => string;
}

/** Something in AWS that is not in the state. */
export interface Unplanned {
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
export interface Look {
    readonly unplanned: readonly Unplanned[];
    /** Number of items that the state knows. */
    readonly known: number;
    /** What AWS made, an entry for each item. */
    readonly byAws: readonly string[];
}

/** A listing whose kind of item no longer matters. */
export interface Lister {
    readonly item: string;
    readonly rights: readonly Grant[];
    readonly planned: readonly string[];
    readonly byAws: readonly { readonly what: string; readonly source: string }[];
    readonly lookUnder: (aws: Clients, parent: Parent) => Promise<Look>;
}

/** What may stand under a type's resources, or why nothing can. */
export type Holds = readonly Lister[] | string;

export const listing = <Item>(given: Listing<Item>): Lister => ({
    item: given.item,
    rights: given.rights,
    planned: Object.keys(given.planned ?? {}),
    byAws: given.byAws ?? [],
    lookUnder: (aws, parent) => lookUnder(given, aws, parent),
});

async function lookUnder<Item>(given: Listing<Item>, aws: Clients, parent: Parent): Promise<Look> {
    const { item, key, planned = {}, typeOf, byAws = [], opens, remove } = given;
    const known = knownKeys(planned, parent.state);
    const items = listed(await unlessMissing(given.list(aws, parent)));
    const unknown = items.filter((each) => !known.has(key(each, parent)));
    const made = unknown.map((each) => byAws.find(({ is }) => is(each, parent))?.what);
    const [only] = Object.keys(planned);
    const unplanned = unknown
        .filter((_, i) => made[i] === undefined)
        .map(async (each): Promise<Unplanned> => ({
            parent: { name: parent.name, type: parent.type },
            item,
            key: key(each, parent),
            opens: await opens(each, parent, aws),
            remove: remove(each, parent),
            type: typeOf?.(each) ?? only,
        }));
    return {
        unplanned: await Promise.all(unplanned),
        known: items.length - unknown.length,
        byAws: made.filter((what) => what !== undefined),
    };
}

/** Nothing stands under what is not there; that it is gone, Pulumi's refresh tells. */
async function unlessMissing<Item>(asked: Promise<readonly Item[]>): Promise<readonly Item[]> {
    try {
        return await asked;
    } catch (error) {
        if (isMissing(error)) {
            return [];
        }
        throw error;
    }
}

/** Of what is about to be deleted, too: it is known. */
const knownKeys = (planned: NonNullable<Listing<unknown>["planned"]>, { resources }: State): Set<string> =>
    new Set(
        resources.flatMap((resource) => {
            const { type } = resourceOf(resource);
            return planned[type] === undefined ? [] : [planned[type](resourceOf(resource))];
        }),
    );

export function resourceOf(resource: StateResource): Resource {
    const { type, id = "", inputs, outputs } = resource;
    const text = (path: string): string => {
        const found = [outputs, inputs].map((values) => look(values, path)).find((value) => typeof value === "string");
        return found ?? "";
    };
    return { type: type.replace(/^aws:/, ""), name: nameOf(resource), id, arn: text("arn"), text };
}
