import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import packageJson from "../package.json" with { type: "json" };
import type { Inventory } from "./manifest/inventory.ts";
import { contentKinds, encryptionKinds } from "./manifest/storage-by-type.ts";
import { accountIdPattern } from "./scope.ts";
import type { PlatformSettings } from "./settings.ts";
import { allowsFailureTests } from "./settings/compliance.ts";
import { digestPattern } from "./settings/fields.ts";
import { sha256Of } from "./sorted-keys.ts";

/** Increased with each change that readers of the manifest must adapt to. */
const schemaVersion = 1;

const resource = z.strictObject({
    type: z.string().describe("Pulumi's type of the resource."),
    name: z.string().describe("Name in the program; names in AWS begin with it or are part of the ARN."),
    arn: z.string().nullable().describe("null: not created yet, or a resource without ARN."),
    holds: z.enum(contentKinds).nullable().describe("What it stores. null: nothing but its own configuration."),
    dataClassification: z.string().nullable().describe("Classification of the stored data."),
    encryption: z
        .enum(encryptionKinds)
        .nullable()
        .describe(
            "KMS key: `customer-key` a customer managed key of the stack, `aws-key` a key of AWS, `none` no encryption.",
        ),
    encryptionKey: z.string().nullable().describe("Name, among these resources, of the key."),
    encryptionKeyArn: z.string().nullable().describe("null: not created yet, or no key of the stack."),
    retentionDays: z
        .number()
        .nonnegative()
        .nullable()
        .describe("Retention in days of logs, records, messages and backups. null: until it is deleted."),
});

/** Inventory of a stack for auditors. `npm run schema` writes it to `schema/manifest.schema.json`. */
export const manifestSchema = z
    .strictObject({
        schemaVersion: z.literal(schemaVersion),
        generatedBy: z.string().describe("The program and its version."),
        project: z.string(),
        stack: z.string(),
        environment: z.string(),
        environmentSuffix: z.string(),
        account: z.string().regex(accountIdPattern).nullable().describe("null: not determined yet."),
        region: z.string(),
        compliance: z.string().describe("Value of the Compliance tag of all resources."),
        failureTests: z
            .boolean()
            .default(false)
            .describe("Integration tests may leave test payments and cause failures in the stack."),
        settingsHash: z
            .string()
            .regex(digestPattern)
            .describe("Of all settings with their defaults: two stacks with the same hash have the same settings."),
        resources: z.array(resource).describe("Every AWS resource of the stack, by type and name."),
    })
    .meta({ title: "Manifest of a stack of the payment platform" });

export type Manifest = z.output<typeof manifestSchema>;

export interface ManifestArgs {
    readonly settings: PlatformSettings;
    readonly accountId: pulumi.Input<string>;
    /** Must have observed every resource of the stack. */
    readonly inventory: Inventory;
}

/**
 * The manifest as a stack output. In a preview it is unknown until all ARNs are; the offline plan has no ARNs.
 *
 * Nothing in it is confidential. It is a secret because Pulumi prints each changed output, and this one has about 4,000
 * lines; a secret it prints as `[secret]`.
 */
export const createManifestOutput = ({ settings, accountId, inventory }: ManifestArgs) =>
    pulumi.secret({
        schemaVersion,
        generatedBy: `${packageJson.name} ${packageJson.version}`,
        project: pulumi.getProject(),
        stack: pulumi.getStack(),
        environment: settings.environment,
        environmentSuffix: settings.environmentSuffix,
        account: accountId,
        region: settings.region,
        compliance: settings.compliance,
        failureTests: allowsFailureTests(settings),
        settingsHash: hashOfSettings(settings),
        resources: inventory.resources(settings),
    });

/** Hash of all settings, whatever the order of their keys. */
export const hashOfSettings = (settings: PlatformSettings): string => `sha256:${sha256Of(settings)}`;
