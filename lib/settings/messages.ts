import { z } from "zod";
import { choiceOf } from "./choice.ts";
import { alternatives, suggestConfigKey, suggestName, type SettingProblem } from "./problem.ts";

type RawIssue = z.core.$ZodRawIssue;
type LocatedIssue = RawIssue & { path: PropertyKey[] };

const kinds: Readonly<Record<string, string>> = {
    string: "text (in quotes, if it looks like a number)",
    boolean: "true or false",
    object: "a group of settings",
    record: "a group of settings by name",
    array: "a list",
};

/** The message for a problem, if the schema itself has none. */
export function messageFor(issue: RawIssue): string {
    if (issue.input === undefined) {
        const values = issue.code === "invalid_union" ? optionsOf(issue) : undefined;
        const hints = [values, schemaOf(issue)?.description].filter((hint) => hint !== undefined);
        return ["is required", hints.join(". ")].filter((part) => part !== "").join(": ");
    }
    const schema = schemaOf(issue);
    switch (issue.code) {
        case "not_multiple_of":
            return issue.divisor === 1 ? numberOr(schema, "") : `must be a multiple of ${issue.divisor}`;
        case "invalid_value":
            return `must be ${alternatives(issue.values)}`;
        case "invalid_union":
            return `must be ${optionsOf(issue)}`;
        case "invalid_key":
            return issue.issues.map(({ message }) => message).join(", ");
        case "invalid_type":
            return numberOr(schema, `must be ${kinds[issue.expected]}${emptyGroupHint(issue)}`);
        case "too_small":
            return numberOr(schema, sizeOf("at least", issue.minimum, issue.origin));
        case "too_big":
            return numberOr(schema, sizeOf("at most", issue.maximum, issue.origin));
        // The schema has its own message for each of these.
        case "custom":
        case "invalid_element":
        case "invalid_format":
        case "unrecognized_keys":
            return "is not valid";
    }
}

/** Values of the field that decides which member of a choice is meant. */
const optionsOf = ({ options }: Extract<RawIssue, { code: "invalid_union" }>): string =>
    alternatives(Array.isArray(options) ? options : []);

/** For a name without a value, such as `events:` in `topics`, where a group needs no settings. */
const emptyGroupHint = (issue: RawIssue): string =>
    issue.input === null && schemaOf(issue)?.safeParse({}).success === true ? ", and {} where it has none" : "";

const numberOr = (schema: z.ZodType | undefined, message: string) =>
    schema instanceof z.ZodNumber ? `must be ${rangeOf(schema)}` : message;

function rangeOf(schema: z.ZodNumber): string {
    const { minValue, maxValue } = schema;
    const kind = schema.meta()?.type === "integer" ? "a whole number" : "a number";
    return Number.isFinite(maxValue) ? `${kind} from ${minValue} to ${maxValue}` : `${kind} of ${minValue} or more`;
}

function sizeOf(bound: string, count: number | bigint, origin: string): string {
    const [one, many] = origin === "string" ? ["character", "characters"] : ["entry", "entries"];
    return `must have ${bound} ${count} ${Number(count) === 1 ? one : many}`;
}

function schemaOf({ schema, inst }: RawIssue): z.ZodType | undefined {
    const owner = schema ?? inst;
    return owner instanceof z.ZodType ? owner : undefined;
}

/**
 * Zod's issues, with the path of the wrong field: each unknown key is an issue of its own, and an invalid `source` is an issue
 * of that field, not of the whole group.
 */
export function refineIssue(issue: RawIssue): LocatedIssue[] {
    const path = issue.path ?? [];
    if (issue.code === "unrecognized_keys") {
        const group = schemaOf(issue);
        return issue.keys.map((key) => ({
            ...issue,
            keys: [key],
            path: [...path, key],
            message: unknownKeyMessage(key, group instanceof z.ZodObject ? group : z.object({})),
            input: undefined,
        }));
    }
    if (issue.code === "invalid_union" && issue.discriminator !== undefined) {
        const given = z.record(z.string(), z.unknown()).safeParse(issue.input).data ?? {};
        return [{ ...issue, path, input: given[issue.discriminator] }];
    }
    return [{ ...issue, path }];
}

/** Of a key that a group does not have, although another member of its choice may. */
function unknownKeyMessage(key: string, group: z.ZodObject): string {
    const { tag = "", members = [] } = choiceOf(group) ?? {};
    const others = members.filter(({ shape }) => key in shape);
    if (others.length > 0) {
        const value = (member: z.ZodObject) => literalOf(member.shape[tag]);
        return `cannot be set with ${tag} ${value(group)}, only with ${others.map(value).join(" or ")}`;
    }
    const names = Object.keys(group.shape);
    const [parent = "", ...below] = key.split(".");
    if (below.length > 0 && names.includes(parent)) {
        return `is not a setting (write ${below.join(".")} below ${parent}, or use pulumi config set --path)`;
    }
    return `is not a setting (${key.includes(":") ? suggestConfigKey(key, names) : suggestName(key, names)})`;
}

const literalOf = (schema: unknown): string => (schema instanceof z.ZodLiteral ? String(schema.value) : "");

export const rawIssue = ({ path, message, got }: SettingProblem): LocatedIssue => ({
    code: "custom",
    path: [...path],
    message,
    input: got,
});
