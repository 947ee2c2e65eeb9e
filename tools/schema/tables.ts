import { listVariables, migrationVariables, reconciliationVariables, variables } from "../../contract/container.ts";
import { metricGroups, type MetricContract } from "../../contract/metrics.ts";
import { outputDescriptions } from "../../lib/outputs.ts";
import { guardrails } from "../../lib/settings/guardrails.ts";
import { regionKey } from "../../lib/settings/problem.ts";
import { settingRules } from "../../lib/settings/rules.ts";
import { exitCodes } from "../frame/exit.ts";
import { inlineCode, markdownTable } from "./markdown.ts";
import { type JsonSchema, settingsJsonSchema } from "./stack-schema.ts";

interface SettingRow {
    readonly path: string;
    readonly values: string;
    readonly defaultValue: string;
    readonly description: string;
}

/** Every setting a stack may make, from the schema alone. */
export function settingsTable(): string {
    const rows = settingRows("", settingsJsonSchema(), "");
    return markdownTable(
        ["Setting", "Values", "Default", "What it does"],
        rows.map(({ path, values, defaultValue, description }) => [inlineCode(path), values, defaultValue, description]),
    );
}

/** What a stack with compliance PCI-DSS is refused for, by the names that waivers use. */
export const guardrailTable = (): string =>
    markdownTable(
        ["Guardrail", "With compliance PCI-DSS", "Why"],
        guardrails.map(({ name, field, must, why }) => [inlineCode(name), `${inlineCode(fieldPath(field))} must ${must}`, why]),
    );

/** What is checked between the settings of every stack. */
export const ruleTable = (): string =>
    markdownTable(
        ["Rule", "Setting", "Why"],
        settingRules.map(({ name, field, why }) => [name, inlineCode(fieldPath(field)), why]),
    );

/** What a container finds in its environment. */
export const contractTable = (): string =>
    markdownTable(
        ["Variable", "Given to", "Meaning"],
        Object.entries({ ...variables, ...listVariables }).map(([name, { when, meaning }]) => [
            inlineCode(name),
            when === "always" ? "all" : `services with \`${when}\``,
            meaning,
        ]),
    );

/** What a service sends that names the group in its settings. */
export const metricsTable = (): string =>
    markdownTable(
        ["Group", "Metric", "Unit", "Meaning"],
        Object.entries(metricGroups).flatMap(([group, metrics]) =>
            Object.entries<MetricContract>(metrics).map(([name, { unit, meaning, steady }]) => [
                inlineCode(group),
                inlineCode(name),
                steady ? `${unit}, steady` : unit,
                meaning,
            ]),
        ),
    );

/** What the container of the migration finds in its environment. */
export const migrationTable = (): string => variableTable(migrationVariables);

/** What the container of the task finds that compares payments with the acquirer's report. */
export const reconciliationTable = (): string => variableTable(reconciliationVariables);

const variableTable = (meanings: Readonly<Record<string, string>>): string =>
    markdownTable(
        ["Variable", "Meaning"],
        Object.entries(meanings).map(([name, meaning]) => [inlineCode(name), meaning]),
    );

/** The outputs of a stack. */
export const outputTable = (): string =>
    markdownTable(
        ["Output", "What it is"],
        Object.entries(outputDescriptions).map(([name, description]) => [inlineCode(name), description]),
    );

/** How every command can end. */
export const exitCodeTable = (): string =>
    markdownTable(
        ["Exit code", "Meaning", "What to do"],
        Object.values(exitCodes).map(({ code, meaning, remedy }) => [String(code), meaning, remedy]),
    );

const fieldPath = (field: string) => field.replace("@", "<name>");

export function settingRows(path: string, schema: JsonSchema, preset: string): SettingRow[] {
    const { oneOf, properties, items, additionalProperties } = schema;
    if (oneOf) {
        return choiceRows(path, oneOf.filter(isSchema), preset);
    }
    if (properties) {
        return Object.entries(properties)
            .filter((entry): entry is [string, JsonSchema] => isSchema(entry[1]))
            .flatMap(([key, value]) => settingRows(joinSettingPath(path, key), value, defaultText(value, schema.required?.includes(key))));
    }
    const description = schema.description ?? "";
    if (isSchema(additionalProperties) && additionalProperties.properties) {
        const self = { path: `${path}.<name>`, values: entryCountText(schema), defaultValue: preset, description };
        return [self, ...settingRows(self.path, additionalProperties, "")];
    }
    if (isSchema(items) && items.properties) {
        return [{ path, values: "list", defaultValue: preset, description }, ...settingRows(`${path}[]`, items, "")];
    }
    return [{ path, values: allowedValuesText(schema), defaultValue: preset, description }];
}

/**
 * The fields of all alternatives together; the first one, which all have, says which alternative it is. `preset` is `none`
 * where the stack may leave all of them out.
 */
function choiceRows(path: string, options: readonly JsonSchema[], preset: string): SettingRow[] {
    const fields = [...new Set(options.flatMap(({ properties = {} }) => Object.keys(properties)))];
    const [tag = ""] = fields;
    return fields.map((field) => {
        const optionsWithField = options.flatMap((option) => {
            const schema = option.properties?.[field];
            const tagSchema = option.properties?.[tag];
            const name = inlineCode(String(isSchema(tagSchema) ? tagSchema.const : ""));
            return isSchema(schema) ? [{ schema, name, isRequired: option.required?.includes(field) ?? false }] : [];
        });
        const optionsRequiringField = optionsWithField.filter(({ isRequired }) => isRequired).map(({ name }) => name);
        return {
            path: joinSettingPath(path, field),
            values: field === tag ? optionsWithField.map(({ name }) => name).join(", ") : allowedValuesText(optionsWithField[0]?.schema ?? {}),
            defaultValue: requirementText(field === tag && preset === "none" ? [] : optionsRequiringField, preset === "none" ? 0 : options.length),
            description:
                field === tag
                    ? optionsWithField.map(({ name, schema }) => `${name}: ${schema.description}`).join(" ")
                    : (optionsWithField[0]?.schema.description ?? ""),
        };
    });
}

const required = "required";

/** @param everyOption how many alternatives there are, if the stack must choose one */
const requirementText = (requiredWith: readonly string[], everyOption: number): string => {
    if (requiredWith.length === 0) {
        return "none";
    }
    return requiredWith.length === everyOption ? required : `${required} with ${requiredWith.join(", ")}`;
};

function defaultText(schema: JsonSchema, isRequired = false): string {
    if (isRequired) {
        return required;
    }
    const { default: preset } = schema;
    const isEmpty = preset === undefined || ["[]", "{}"].includes(JSON.stringify(preset));
    return isEmpty ? "none" : inlineCode(Array.isArray(preset) ? preset.join(", ") : JSON.stringify(preset).replaceAll('"', ""));
}

function allowedValuesText(schema: JsonSchema): string {
    const { type, enum: choices, multipleOf, format, items, additionalProperties } = schema;
    if (choices) {
        return choices.map((value) => inlineCode(String(value))).join(", ");
    }
    if (isSchema(items)) {
        return `list of ${allowedValuesText(items)}`;
    }
    if (isSchema(additionalProperties)) {
        return `${allowedValuesText(additionalProperties)} by name`;
    }
    if (type === "boolean") {
        return "`true`, `false`";
    }
    if (type === "string") {
        return format ?? "text";
    }
    const range = rangeText(schema);
    return multipleOf === undefined ? range : `${range} in steps of ${multipleOf}`;
}

function rangeText({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): string {
    if (exclusiveMinimum !== undefined) {
        return `above ${exclusiveMinimum}`;
    }
    if (exclusiveMaximum !== undefined) {
        return `${minimum} to below ${exclusiveMaximum}`;
    }
    return maximum === undefined ? `${minimum} or more` : `${minimum} to ${maximum}`;
}

const entryCountText = ({ minProperties, maxProperties }: JsonSchema) => `${minProperties} to ${maxProperties} entries`;

const joinSettingPath = (path: string, key: string) => (path === "" || key === regionKey ? key : `${path}.${key}`);

const isSchema = (schema: unknown): schema is JsonSchema => typeof schema === "object" && schema !== null;
