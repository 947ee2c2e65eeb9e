import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { projectFolder } from "../../project.ts";

/** The configuration as Pulumi hands it to the program: text as it is, all else as JSON. */
export type StackConfig = Record<string, string>;

const stackFile = z.object({ config: z.record(z.string(), z.unknown()) });

export const asText = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

export function stackConfig(stack: string): StackConfig {
    const { config } = stackFile.parse(parse(readFileSync(join(projectFolder, `Pulumi.${stack}.yaml`), "utf8")));
    return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, asText(value)]));
}

type Tree = Record<string, unknown>;
const tree = z.record(z.string(), z.unknown());

/** The configuration with the value at `network.cidr`, or any other field, exchanged; undefined takes the field out. */
export function withSetting(config: StackConfig, field: string, value: unknown): StackConfig {
    const [key = "", ...path] = field.split(".");
    const name = key.startsWith("aws:") ? key : `payment-platform:${key}`;
    const { [name]: old, ...others } = config;
    const next = path.length > 0 ? replaced(tree.parse(JSON.parse(old ?? "{}")), path, value) : value;
    return next === undefined ? others : { ...others, [name]: asText(next) };
}

function replaced(group: Tree, [key = "", ...path]: readonly string[], value: unknown): Tree {
    const { [key]: old, ...others } = group;
    const next = path.length > 0 ? replaced(tree.parse(old ?? {}), path, value) : value;
    // In its old place: the order of services matters to messages.
    return next === undefined ? others : { ...group, [key]: next };
}

/** Several fields exchanged at once. */
export const withSettings = (config: StackConfig, changes: Readonly<Record<string, unknown>>): StackConfig =>
    Object.entries(changes).reduce((changed, [field, value]) => withSetting(changed, field, value), config);
