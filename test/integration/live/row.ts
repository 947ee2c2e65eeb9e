import { physicalName } from "../../../plan/physical-names.ts";
import { isObjectOrArray, getPath, type UnknownRecord } from "../../../plan/query.ts";
import type { PlanNode } from "../../../plan/plan.ts";
import type { Clients } from "./clients.ts";

/** Properties of a live resource, with the names and in the form of the program's inputs. */
export type Live = Readonly<Record<string, unknown>>;

/** A planned resource, with its names in AWS. */
export interface At {
    readonly id: string;
    /** Empty when AWS has none. */
    readonly arn: string;
    readonly name: string;
    readonly inputs: UnknownRecord;
    /** Text at a path of the inputs; empty when there is none. */
    readonly text: (path: string) => string;
}

/** How the resources of a type are read. What `read` returns is compared with what is planned, property by property. */
export interface Row {
    /** Such as `sqs/queue:Queue`. */
    readonly type: string;
    /** Undefined when AWS has no such resource. */
    readonly read: (aws: Clients, at: At) => Promise<Live | undefined>;
    /** What AWS chooses for a property that the program leaves out, where any other value is a difference. */
    readonly defaults?: Readonly<Record<string, unknown>>;
    /** Properties to which AWS adds nothing: whatever they have besides what is planned is a difference. */
    readonly exact?: readonly string[];
    /** Properties that an emulator does not store, and what it does instead. */
    readonly notEmulated?: Readonly<Record<string, string>>;
}

/** How the resources that belong to another are listed: a resource in the list that is not planned is a difference, too. */
export interface Listing {
    readonly type: string;
    /** Type of the resource to which they belong. */
    readonly under: string;
    /** Property in which they name it, by its ID or name. */
    readonly by: string;
    readonly list: (aws: Clients, owner: At) => Promise<readonly Live[]>;
    /** Properties that an emulator does not store, and what it does instead. */
    readonly notEmulated?: Readonly<Record<string, string>>;
}

/** The names in AWS of a node whose values already have AWS's names. */
export const atOf = (node: PlanNode): At => ({
    id: node.id,
    arn: typeof node.outputs.arn === "string" ? node.outputs.arn : "",
    name: physicalName(node) ?? node.name,
    inputs: node.inputs,
    text: (path) => {
        const found = getPath(node.inputs, path);
        return typeof found === "string" ? found : "";
    },
});

/** Tags in the form of most services, as a record. */
export const tagsOf = (
    tags: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined,
): Record<string, string> => Object.fromEntries((tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value]));

/** A planned `17` equals `17.4`: AWS chooses the minor version. */
export const within = (planned: string, live: string | undefined): string | undefined =>
    live?.startsWith(`${planned}.`) ? planned : live;

/** `IPSetReferenceStatement` in the program's form: `ipSetReferenceStatement`; the same for all nested names. */
export function camel(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(camel);
    }
    const small = (key: string) =>
        key
            .replace("CloudWatch", "Cloudwatch")
            .replace(/^([A-Z]+(?=[A-Z][a-z])|[A-Z]+$|[A-Z])/, (start) => start.toLowerCase());
    return isObjectOrArray(value)
        ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [small(key), camel(inner)]))
        : value;
}
