import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import packageJson from "../package.json" with { type: "json" };
import type { Inventory } from "./manifest/inventory.ts";
import { contentKinds, encryptionKinds } from "./manifest/storage-by-type.ts";
import type { PlatformSettings } from "./settings.ts";
import { sha256Of } from "./sorted-keys.ts";

/** Changes when a reader of the manifest has to. */
const schemaVersion = 1;

const resource = z.strictObject({
    type: z.string().describe("Pulumi's type of the resource."),
    name: z.string().describe("Name in the program; names in AWS begin with it or are part of the ARN."),
    arn: z.string().nullable().describe("null: not known yet, or AWS gives it none."),
    holds: z.enum(contentKinds).nullable().describe("What is kept in it. null: nothing but its own configuration."),
    dataClassification: z.string().nullable().describe("Of what it holds."),
    encryption: z
        .enum(encryptionKinds)
        .nullable()
        .describe("Whose key encrypts it: `customer-key` the stack's, `aws-key` AWS's own, `none` nobody's."),
    encryptionKey: z.string().nullable().describe("Name, among these resources, of the key."),
    encryptionKeyArn: z.string().nullable().describe("null: not known yet, or no key of the stack's."),
    retentionDays: z
        .number()
        .nonnegative()
        .nullable()
        .describe(
            "Days that logs, records and messages are kept, and backups of stores. null: until somebody deletes it.",
        ),
});

/** What an auditor asks of a stack. Written to `schema/manifest.schema.json` by `npm run schema`. */
export const manifestSchema = z
    .strictObject({
        schemaVersion: z.literal(schemaVersion),
        generatedBy: z.string().describe("The program and its version."),
        project: z.string(),
        stack: z.string(),
        environment: z.string(),
        environmentSuffix: z.string(),
        account: z
            .string()
            .regex(/^\d{12}$/)
            .nullable()
            .describe("null: not known yet."),
        region: z.string(),
        compliance: z.string().describe("As the tags of all resources say."),
        settingsHash: z
            .string()
            .regex(/^sha256:[0-9a-f]{64}$/)
            .describe("Of all settings with their defaults: the same hash, the same settings."),
        resources: z.array(resource).describe("Every AWS resource of the stack, by type and name."),
    })
    .meta({ title: "Manifest of a stack of the payment platform" });

export type Manifest = z.output<typeof manifestSchema>;

export interface ManifestArgs {
    readonly settings: PlatformSettings;
    readonly accountId: pulumi.Input<string>;
    /** Has observed every resource of the stack. */
    readonly inventory: Inventory;
}

/**
 * The manifest as a stack output. A preview knows its resources only once AWS has told the ARNs of all; the offline plan
 * leaves the ARNs out.
 *
 * Nothing in it is confidential. It is a secret because Pulumi prints every output that changes, and this one has some
 * 4,000 lines; of a secret it prints that it is one.
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
        settingsHash: hashOfSettings(settings),
        resources: inventory.resources(settings),
    });

/** Settings are the same whatever the order of their keys. */
export const hashOfSettings = (settings: PlatformSettings): string => `sha256:${sha256Of(settings)}`;
