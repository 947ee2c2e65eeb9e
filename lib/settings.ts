import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { isMeantForPlatform, settingOf } from "./settings/config-key.ts";
import { messageFor, rawIssue, refineIssue } from "./settings/messages.ts";
import { hasSettings, noSettingsMessage } from "./settings/no-settings.ts";
import {
    mayHoldCredential,
    problemLine,
    regionKey,
    settingsProblemsText,
    type ProblemPlace,
} from "./settings/problem.ts";
import { checkRule } from "./settings/rule.ts";
import { settingRules } from "./settings/rules.ts";
import type { Settings } from "./settings/schema.ts";
import { stackSchema } from "./settings/stack-schema.ts";
import { applyGuardrails } from "./settings/waivers.ts";
import { typedValue } from "./settings/typed-value.ts";
import { unusableNames } from "./settings/unusable-names.ts";

declare module "@pulumi/pulumi/runtime/config.js" {
    /** Pulumi exports it and marks it as internal, which leaves it out of the types; `Config` only warns of secrets. */
    export function isConfigSecret(key: string): boolean;
}

export type PlatformSettings = Settings & {
    /** From `aws:region`. */
    readonly region: string;
};

export type SettingsResult =
    | { readonly settings: PlatformSettings; readonly problems?: undefined }
    | {
          readonly settings?: undefined;
          readonly problems: readonly string[];
          /** Of the problems, in the same order. */
          readonly places: readonly ProblemPlace[];
      };

/**
 * The settings of the current stack, validated.
 *
 * @throws pulumi.RunError with all problems, or with how to add settings if the stack has none
 */
export function loadSettings(): PlatformSettings {
    const config = pulumi.runtime.allConfig();
    if (!hasSettings(config)) {
        throw new pulumi.RunError(noSettingsMessage(pulumi.getStack()));
    }
    const secretKeys = Object.keys(config).filter((key) => pulumi.runtime.isConfigSecret(key));
    const { settings, problems } = readSettings(config, secretKeys, new Date().toISOString().slice(0, 10));
    if (problems) {
        throw new pulumi.RunError(settingsProblemsText(pulumi.getStack(), problems));
    }
    return settings;
}

/**
 * @param config the whole configuration of a stack as Pulumi returns it: text, or JSON for other values
 * @param secretKeys keys of `config` whose values are secret
 * @param today as `2027-03-31`; waivers expire, and a restore is to a time in the past
 */
export function readSettings(
    config: Readonly<Record<string, string>>,
    secretKeys: readonly string[],
    today: string,
): SettingsResult {
    const secrets = secretKeys.filter(isMeantForPlatform).map(settingOf);
    const given = Object.entries(config)
        .filter(([key]) => isMeantForPlatform(key))
        .map(([key, text]) => [settingOf(key), decode(settingOf(key), text)] as const);

    const result = stackSchema
        .superRefine(
            (value, context) => {
                const reported = context.issues.splice(0).flatMap(refineIssue);
                const found = [
                    ...reported,
                    ...unusableNames(
                        given,
                        reported.map(({ path }) => path),
                    ).map(rawIssue),
                ];
                const faults = [
                    ...found.filter(({ path: [field] }) => !secrets.includes(String(field))),
                    ...secrets.map((field) => rawIssue(secretProblem(field))),
                ];
                const paths = faults.map(({ path }) => path);
                const settings = { ...value, region: value[regionKey] };
                context.issues.push(
                    ...faults,
                    ...settingRules.flatMap((rule) => checkRule(rule, settings, paths, today).problems).map(rawIssue),
                    ...applyGuardrails(settings, paths, today).map(rawIssue),
                );
            },
            // Also if fields are invalid, so that all problems are reported at once. A rule skips what it cannot check.
            { when: () => true },
        )
        .safeParse(Object.fromEntries(given), { reportInput: true, error: messageFor });
    if (!result.success) {
        // A message states the whole rule, and one value may break two parts of it.
        const byLine = new Map(
            result.error.issues.map((issue) => [JSON.stringify([issue.path, issue.message]), issue]),
        );
        const issues = [...byLine.values()];
        return {
            problems: issues.map(({ path, message, input }) => problemLine({ path, message, got: input })),
            // The value of an unknown key may be anything.
            places: issues.map(({ code, path }) => ({
                path,
                mayBeCredential: code === "unrecognized_keys" || mayHoldCredential(path),
            })),
        };
    }
    const { [regionKey]: region, ...settings } = result.data;
    return { settings: { ...settings, region } };
}

const secretProblem = (field: string) => ({
    path: [field],
    message: "must not be secret: the platform reads no secrets from its configuration; keep them in Secrets Manager",
});

const fieldTypes = new Map<string, z.ZodType>(Object.entries(stackSchema.shape));

/** Parses values that Pulumi returns as JSON. Text is not parsed: `"001234567890"` is an account, not a number. */
function decode(field: string, text: string): unknown {
    const type = fieldTypes.get(field);
    if (type === undefined || isTextSetting(field)) {
        return text;
    }
    try {
        return typedValue(type, JSON.parse(text));
    } catch {
        // The schema reports what is expected.
        return text;
    }
}

/** Whether a setting that is in no group is text, such as `costCenter`. */
export function isTextSetting(field: string): boolean {
    const type = fieldTypes.get(field);
    return type !== undefined && isText(type);
}

function isText(type: z.core.$ZodType): boolean {
    if (type instanceof z.ZodDefault || type instanceof z.ZodOptional || type instanceof z.ZodPrefault) {
        return isText(type.unwrap());
    }
    return type instanceof z.ZodString || type instanceof z.ZodEnum;
}
