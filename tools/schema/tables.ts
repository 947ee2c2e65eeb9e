import { listVariables, variables } from "../../contract/container.ts";
import { guardrails } from "../../lib/settings/guardrails.ts";
import { regionKey } from "../../lib/settings/problem.ts";
import { rules } from "../../lib/settings/rules.ts";
import { code, table } from "./markdown.ts";
import { type JsonSchema, settingsJsonSchema } from "./stack-schema.ts";

interface Row {
    readonly path: string;
    readonly values: string;
    readonly preset: string;
    readonly description: string;
}

/** Every setting a stack may make, from the schema alone. */
export function settingsTable(): string {
    const rows = rowsOf("", settingsJsonSchema(), "");
    return table(
        ["Setting", "Values", "Default", "What it does"],
        rows.map(({ path, values, preset, description }) => [code(path), values, preset, description]),
    );
}

/** What a stack with compliance PCI-DSS is refused for, by the names that waivers use. */
export const guardrailTable = (): string =>
    table(
        ["Guardrail", "With compliance PCI-DSS", "Why"],
        guardrails.map(({ name, field, must, why }) => [code(name), `${code(named(field))} must ${must}`, why]),
    );

/** What is checked between the settings of every stack. */
export const ruleTable = (): string =>
    table(
        ["Rule", "Setting", "Why"],
        rules.map(({ name, field, why }) => [name, code(named(field)), why]),
    );

/** What a container finds in its environment. */
export const contractTable = (): string =>
    table(
        ["Variable", "Given to", "Meaning"],
        Object.entries({ ...variables, ...listVariables }).map(([name, { when, meaning }]) => [
            code(name),
            when === "always" ? "all" : `services with \`${when}\``,
            meaning,
        ]),
    );

const named = (field: string) => field.replace("@", "<name>");

export function rowsOf(path: string, schema: JsonSchema, preset: string): Row[] {
    const { oneOf, properties, items, additionalProperties } = schema;
    if (oneOf) {
        return rowsOfChoice(path, oneOf.filter(isSchema));
    }
    if (properties) {
        return Object.entries(properties)
            .filter((entry): entry is [string, JsonSchema] => isSchema(entry[1]))
            .flatMap(([key, value]) => rowsOf(join(path, key), value, presetOf(value, schema.required?.includes(key))));
    }
    const description = schema.description ?? "";
    if (isSchema(additionalProperties) && additionalProperties.properties) {
        const self = { path: `${path}.<name>`, values: entriesOf(schema), preset, description };
        return [self, ...rowsOf(self.path, additionalProperties, "")];
    }
    if (isSchema(items) && items.properties) {
        return [{ path, values: "list", preset, description }, ...rowsOf(`${path}[]`, items, "")];
    }
    return [{ path, values: valuesOf(schema), preset, description }];
}

/** The fields of all alternatives together; the first one, which they share, tells them apart. */
function rowsOfChoice(path: string, options: readonly JsonSchema[]): Row[] {
    const fields = [...new Set(options.flatMap(({ properties = {} }) => Object.keys(properties)))];
    const [tag = ""] = fields;
    return fields.map((field) => {
        const holders = options.flatMap((option) => {
            const schema = option.properties?.[field];
            const tagSchema = option.properties?.[tag];
            const name = code(String(isSchema(tagSchema) ? tagSchema.const : ""));
            return isSchema(schema) ? [{ schema, name, isRequired: option.required?.includes(field) ?? false }] : [];
        });
        const needing = holders.filter(({ isRequired }) => isRequired).map(({ name }) => name);
        return {
            path: join(path, field),
            values: field === tag ? holders.map(({ name }) => name).join(", ") : valuesOf(holders[0]?.schema ?? {}),
            preset: needing.length === options.length ? required : `${required} with ${needing.join(", ")}`,
            description:
                field === tag
                    ? holders.map(({ name, schema }) => `${name}: ${schema.description}`).join(" ")
                    : (holders[0]?.schema.description ?? ""),
        };
    });
}

const required = "required";

function presetOf(schema: JsonSchema, isRequired = false): string {
    if (isRequired) {
        return required;
    }
    const { default: preset } = schema;
    const isEmpty = preset === undefined || ["[]", "{}"].includes(JSON.stringify(preset));
    return isEmpty ? "none" : code(Array.isArray(preset) ? preset.join(", ") : JSON.stringify(preset).replaceAll('"', ""));
}

function valuesOf(schema: JsonSchema): string {
    const { type, enum: choices, minimum, maximum, multipleOf, format, items, additionalProperties } = schema;
    if (choices) {
        return choices.map((value) => code(String(value))).join(", ");
    }
    if (isSchema(items)) {
        return `list of ${valuesOf(items)}`;
    }
    if (isSchema(additionalProperties)) {
        return `${valuesOf(additionalProperties)} by name`;
    }
    if (type === "boolean") {
        return "`true`, `false`";
    }
    if (type === "string") {
        return format ?? "text";
    }
    const range = maximum === undefined ? `${minimum} or more` : `${minimum} to ${maximum}`;
    return multipleOf === undefined ? range : `${range} in steps of ${multipleOf}`;
}

const entriesOf = ({ minProperties, maxProperties }: JsonSchema) => `${minProperties} to ${maxProperties} entries`;

const join = (path: string, key: string) => (path === "" || key === regionKey ? key : `${path}.${key}`);

const isSchema = (schema: unknown): schema is JsonSchema => typeof schema === "object" && schema !== null;
