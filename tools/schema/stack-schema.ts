import { z } from "zod";
import { namespace, regionKey } from "../../lib/settings/problem.ts";
import { stackSchema } from "../../lib/settings/stack-schema.ts";

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** The settings as JSON Schema, under the names that the program uses. */
export const settingsJsonSchema = (): JsonSchema =>
    z.toJSONSchema(stackSchema, {
        io: "input",
        // Zod writes an integer as a multiple of 1 as well, which editors do not need.
        override: ({ jsonSchema }) => {
            if (jsonSchema.type === "integer") {
                delete jsonSchema.multipleOf;
            }
        },
    });

/**
 * What an editor needs to check and complete `Pulumi.<stack>.yaml`: our settings under their namespace, the keys that
 * Pulumi itself writes, and whatever other providers read.
 */
export function stackFileSchema(): JsonSchema {
    const { $schema, properties = {}, required = [] } = settingsJsonSchema();
    const keyOf = (setting: string) => (setting === regionKey ? setting : `${namespace}${setting}`);
    const text = { type: "string" } as const;
    return {
        $schema,
        title: "Stack of the payment platform",
        type: "object",
        properties: {
            config: {
                type: "object",
                properties: Object.fromEntries(Object.entries(properties).map(([key, value]) => [keyOf(key), value])),
                patternProperties: { [`^(?!${namespace})[\\w-]+:`]: {} },
                required: required.map(keyOf),
                additionalProperties: false,
            },
            encryptionsalt: text,
            encryptedkey: text,
            secretsprovider: text,
            environment: {},
        },
        required: ["config"],
        additionalProperties: false,
    };
}
