import { z } from "zod";
import { readStack } from "../../../plan/stack-file.ts";
import { testProjectFolder } from "../../project.ts";

/** What a stack's file sets, in the format in which Pulumi gives it to the program. */
export type StackConfig = Record<string, string>;

export const toStackConfigText = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

const configs = new Map<string, StackConfig>();

/** Read once a test file: hundreds of tests ask for it, and each changes a copy. */
export function readStackConfig(stack: string): StackConfig {
    const known = configs.get(stack);
    if (known !== undefined) {
        return { ...known };
    }
    const config = Object.fromEntries(
        // Options of Pulumi's own are in the project's file.
        Object.entries(readStack(testProjectFolder, stack).config).filter(([key]) => !key.startsWith("pulumi:")),
    );
    configs.set(stack, config);
    return { ...config };
}

type Tree = Record<string, unknown>;
const tree = z.record(z.string(), z.unknown());

/** The configuration with the value at `network.cidr`, or any other field, exchanged; undefined takes the field out. */
export function withSetting(config: StackConfig, field: string, value: unknown): StackConfig {
    const [key = "", ...path] = field.split(".");
    const name = key.startsWith("aws:") ? key : `payment-platform:${key}`;
    const { [name]: old, ...others } = config;
    const next = path.length > 0 ? withNestedValue(tree.parse(JSON.parse(old ?? "{}")), path, value) : value;
    return next === undefined ? others : { ...others, [name]: toStackConfigText(next) };
}

function withNestedValue(group: Tree, [key = "", ...path]: readonly string[], value: unknown): Tree {
    const { [key]: old, ...others } = group;
    const next = path.length > 0 ? withNestedValue(tree.parse(old ?? {}), path, value) : value;
    // In its old place: the order of services matters to messages.
    return next === undefined ? others : { ...group, [key]: next };
}

/** Several fields exchanged at once. */
export const withSettings = (config: StackConfig, changes: Readonly<Record<string, unknown>>): StackConfig =>
    Object.entries(changes).reduce((changed, [field, value]) => withSetting(changed, field, value), config);
