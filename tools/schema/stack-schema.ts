import { z } from "zod";
import { configKey, namespace } from "../../lib/settings/problem.ts";
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
 * Pulumi itself reads, and the configuration of other programs than ours.
 */
export function stackFileSchema(): JsonSchema {
    const { $schema, properties = {}, required = [] } = settingsJsonSchema();
    const text = { type: "string" } as const;
    return {
        $schema,
        title: "Stack of the payment platform",
        type: "object",
        properties: {
            config: {
                type: "object",
                properties: Object.fromEntries(Object.entries(properties).map(([key, value]) => [configKey(key), value])),
                patternProperties: { [`^(?!${namespace}|aws:)[\\w-]+:`]: {} },
                required: required.map(configKey),
                additionalProperties: false,
            },
            encryptionsalt: text,
            encryptedkey: text,
            secretsprovider: text,
            environment: {},
            mainEnvironment: text,
        },
        required: ["config"],
        additionalProperties: false,
    };
}
