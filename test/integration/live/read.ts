import { resourcesOfType, toText } from "../../../plan/query.ts";
import type { Plan, PlanNode, Values } from "../../../plan/plan.ts";
import { isNotFoundError } from "../../../tools/frame/aws-errors.ts";
import type { Clients } from "./clients.ts";
import type { Names } from "./names.ts";
import { atOf, type Listing, type Live, type Row } from "./row.ts";
import { isExactlySame, isSame } from "./same.ts";

/** A difference between AWS and the plan. */
export interface Difference {
    /** Such as `sqs/queue:Queue`. */
    readonly type: string;
    /** `*` where a whole resource is missing, not planned or cannot be read. */
    readonly property: string;
    readonly line: string;
}

/** What AWS has of some planned resources, with the plan's names. */
export interface Reading {
    /** Names of the properties that AWS returned, by the URN of the planned resource. */
    readonly seen: readonly (readonly [urn: string, properties: readonly string[]])[];
    /** Live properties that are not as planned, in the same way. */
    readonly changed: readonly (readonly [urn: string, Live])[];
    /** URNs of what is planned and not in AWS. */
    readonly missing: readonly string[];
    /** What is in AWS and not planned. */
    readonly strays: readonly PlanNode[];
    readonly differences: readonly Difference[];
}

const told = (value: unknown): string => (value === undefined ? "nothing" : toText(value));

/** The answer; undefined when AWS has no such resource, or the difference that says why it cannot be read. */
async function answerOf<T>(
    type: string,
    name: string,
    asked: Promise<T>,
): Promise<{ answer?: T; unread?: Difference }> {
    try {
        return { answer: await asked };
    } catch (error) {
        const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
        return isNotFoundError(error)
            ? {}
            : { unread: { type, property: "*", line: `${name} (${type}) cannot be read: ${reason}` } };
    }
}

/** The clients, and the resources to read. */
export interface Asking {
    readonly aws: Clients;
    readonly plan: Plan;
    readonly names: Names;
    /** An emulator answers: a property that it does not store is no difference. */
    readonly isEmulated: boolean;
}

const nothing: Reading = { seen: [], changed: [], missing: [], strays: [], differences: [] };

/** Reads one resource. */
export async function readRow(
    { aws, names, isEmulated }: Asking,
    { type, read, defaults = {}, exact = [], notEmulated = {} }: Row,
    node: PlanNode,
): Promise<Reading> {
    const { answer, unread } = await answerOf(type, node.name, read(aws, atOf(names.toLive(node))));
    if (unread !== undefined) {
        return { ...nothing, differences: [unread] };
    }
    if (answer === undefined) {
        const line = `${node.name} (${type}) is not in AWS`;
        return { ...nothing, missing: [node.urn], differences: [{ type, property: "*", line }] };
    }
    const live = Object.entries(names.toPlanned(answer))
        .map(([property, value]) => ({
            property,
            value,
            // An input, or an output of the provider, such as `tagsAll`.
            planned: node.inputs[property] ?? node.outputs[property] ?? defaults[property],
        }))
        // AWS chooses what the program does not set.
        .filter(({ property, planned }) => planned !== undefined && !(isEmulated && property in notEmulated));
    const changed = live.filter(
        ({ property, planned, value }) => !(exact.includes(property) ? isExactlySame : isSame)(planned, value),
    );
    return {
        ...nothing,
        seen: [[node.urn, live.map(({ property }) => property)]],
        changed: [[node.urn, Object.fromEntries(changed.map(({ property, value }) => [property, value]))]],
        differences: changed.map(({ property, planned, value }) => ({
            type,
            property,
            line: `${node.name} (${type}) ${property}: planned ${told(planned)}, in AWS ${told(value)}`,
        })),
    };
}

/** The planned values of the properties that a list returns. */
const asListed = (node: PlanNode, one: Live): Live =>
    Object.fromEntries(Object.entries(node.inputs).filter(([property]) => property in one));

/** A resource that is not planned, in the form of a planned one. */
const strayOf = (owner: PlanNode, type: string, inputs: Live, i: number): PlanNode => ({
    ...owner,
    urn: `${owner.urn}::${type}::${i}`,
    type: `aws:${type}`,
    name: `${owner.name}: not planned`,
    id: `not-planned-${i}`,
    inputs: Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== undefined)) as Values,
    outputs: {},
    dependencies: [owner.urn],
    propertyDependencies: {},
});

/** Reads all resources of a type that belong to another resource. */
export async function readListing(
    { aws, plan, names, isEmulated }: Asking,
    { type, under, by, list, notEmulated = {} }: Listing,
    owner: PlanNode,
): Promise<Reading> {
    const { answer = [], unread } = await answerOf(under, owner.name, list(aws, atOf(names.toLive(owner))));
    if (unread !== undefined) {
        return { ...nothing, differences: [unread] };
    }
    const left = names.toPlanned(answer).map((one): Live => {
        const kept = Object.entries(one).filter(([property]) => !isEmulated || !(property in notEmulated));
        return Object.fromEntries(kept);
    });
    const matches = resourcesOfType(plan, type)
        .filter(({ inputs }) => [owner.id, owner.outputs.name].includes(inputs[by]))
        .map((node) => {
            const i = left.findIndex((one) => isSame(asListed(node, one), one));
            const [found] = i < 0 ? [] : left.splice(i, 1);
            return { node, found: found && Object.keys(asListed(node, found)) };
        });
    const missing = matches.filter(({ found }) => found === undefined).map(({ node }) => node);
    const strays = left.map((one, i) => strayOf(owner, type, { ...one, [by]: owner.id }, i));
    return {
        ...nothing,
        seen: matches.flatMap(({ node, found }) => (found === undefined ? [] : [[node.urn, found] as const])),
        missing: missing.map(({ urn }) => urn),
        strays,
        differences: [
            ...missing.map(({ name }) => ({ type, property: "*", line: `${name} (${type}) is not in AWS as planned` })),
            ...strays.map(({ inputs }) => ({
                type,
                property: "*",
                line: `${owner.name} has a ${type} in AWS that is not planned: ${toText(inputs)}`,
            })),
        ],
    };
}
