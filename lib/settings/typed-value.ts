import { z } from "zod";

/**
 * A value converted to the schema's type. `pulumi config set --path` guesses types from the text: `0.5` becomes `"0.5"`, and
 * the version `"16"` becomes `16`. Text is converted to the number or boolean that the schema expects, and vice versa. Other
 * values are not changed, and the schema rejects them.
 */
export function typedValue(schema: z.core.$ZodType, value: unknown): unknown {
    if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
        return typedValue(schema.unwrap(), value);
    }
    if (schema instanceof z.ZodDiscriminatedUnion) {
        const chosen = schema.options.find((option) => isChosen(option, schema.def.discriminator, value));
        return chosen === undefined ? value : typedValue(chosen, value);
    }
    if (Array.isArray(value)) {
        return schema instanceof z.ZodArray ? value.map((item) => typedValue(schema.element, item)) : value;
    }
    if (isGroup(value)) {
        return Object.fromEntries(
            Object.entries(value).map(([key, inner]) => {
                const field = fieldOf(schema, key);
                return [key, field === undefined ? inner : typedValue(field, inner)];
            }),
        );
    }
    return typedScalar(schema, value);
}

const isGroup = (value: unknown): value is Record<string, unknown> =>
    typeof value === "object" && value !== null && !Array.isArray(value);

function fieldOf(schema: z.core.$ZodType, key: string): z.core.$ZodType | undefined {
    if (schema instanceof z.ZodRecord) {
        return schema.valueType;
    }
    return schema instanceof z.ZodObject ? new Map(Object.entries<z.core.$ZodType>(schema.shape)).get(key) : undefined;
}

function isChosen(option: z.core.$ZodType, discriminator: string, value: unknown): boolean {
    const field = fieldOf(option, discriminator);
    return (
        isGroup(value) && field instanceof z.ZodLiteral && field.values.has(value[discriminator] as z.core.util.Literal)
    );
}

function typedScalar(schema: z.core.$ZodType, value: unknown): unknown {
    if (typeof value === "string") {
        return (expectsNumber(schema) && isNumberText(value)) ||
            (schema instanceof z.ZodBoolean && isBooleanText(value))
            ? JSON.parse(value)
            : value;
    }
    // A fraction may have lost digits of the text: 1.10.
    const isWhole = typeof value === "number" && Number.isSafeInteger(value);
    return expectsText(schema) && (isWhole || typeof value === "boolean") ? String(value) : value;
}

const isNumberText = (text: string): boolean => /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text);
const isBooleanText = (text: string): boolean => text === "true" || text === "false";

const expectsNumber = (schema: z.core.$ZodType): boolean =>
    schema instanceof z.ZodNumber ||
    (schema instanceof z.ZodLiteral && [...schema.values].some((value) => typeof value === "number"));

/** `z.email()` and `z.iso.date()` are also text, but have classes of their own. */
const expectsText = (schema: z.core.$ZodType): boolean =>
    schema instanceof z.ZodEnum || schema._zod.def.type === "string";
