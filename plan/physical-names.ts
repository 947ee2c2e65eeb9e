import { hash } from "node:crypto";
import { automaticDigits } from "../lib/settings/names.ts";
import { catalogue } from "./catalogue/catalogue.ts";
import type { NameInAws } from "./catalogue/row.ts";
import type { PlanNode } from "./plan-node.ts";
import type { ResourceClass } from "./resource-class.ts";
import { escapeRegExp } from "./text.ts";
import type { WireObject } from "./value.ts";

/** Hexadecimal digits derived from a URN: nothing in a plan may change between two runs. */
export const hexDigitsOf = (urn: string, count: number): string => hash("sha256", urn).slice(0, count);

/** What the catalogue says about the name of a type's resources; undefined where the program does not choose it. */
function nameOfType(type: string): NameInAws | undefined {
    const name = catalogue[type]?.name;
    return name === undefined || "givenBecause" in name ? undefined : name;
}

/** The input that holds the name in AWS. */
export const nameInputOf = (type: string): string => nameOfType(type)?.input ?? "name";

/** Characters that AWS allows in the name; undefined if the catalogue does not list them. */
export const maxNameLengthOf = (type: string): number | undefined => nameOfType(type)?.maxLength;

/** The type with which this one shares its names in AWS; the type itself where it shares them with none. */
export const nameScopeOf = (type: string): string => nameOfType(type)?.sharedWith ?? type;

/** Whether the name is unique in another resource of the stack, and not in the account. */
export const isNamedWithinParent = ({ type }: PlanNode): boolean => nameOfType(type)?.uniqueWithin !== undefined;

/** The name in AWS, given by the program or by Pulumi; nothing for a resource that has an ID only, or that AWS names. */
export function physicalName({ type, inputs, outputs }: PlanNode): string | undefined {
    const row = catalogue[type]?.name;
    const input = nameInputOf(type);
    const name = inputs[input] ?? outputs[input];
    const isChosen = type.startsWith("aws:") && !(row !== undefined && "givenBecause" in row);
    return isChosen && typeof name === "string" ? name : undefined;
}

/** As a part of patterns: what Pulumi adds to a logical name. */
export const automaticEnding = `-[0-9a-f]{${automaticDigits}}`;

/** Names that Pulumi gives in AWS to a resource with this logical name. */
export const automaticNamePattern = (name: string): RegExp => new RegExp(`^${escapeRegExp(name)}${automaticEnding}$`);

/** The name that Pulumi gives in AWS where the program gives none. */
export function withAutomaticName(
    resource: { type: string; name: string; urn: string },
    inputs: WireObject,
    declared: ResourceClass,
): WireObject {
    const property = nameInputOf(resource.type);
    const given = property in inputs || `${property}Prefix` in inputs;
    return given || !resource.type.startsWith("aws:") || !declared.inputs.has(property)
        ? {}
        : { [property]: `${resource.name}-${hexDigitsOf(resource.urn, automaticDigits)}` };
}
