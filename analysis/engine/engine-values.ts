import * as pulumi from "@pulumi/pulumi";
import { isObjectOrArray, type UnknownRecord } from "../../plan/query.ts";

/**
 * What the engine sends in the place of a value that a preview does not know, one for each type of value
 * (https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/plugin/rpc.go).
 */
const unknownMarkers: ReadonlySet<unknown> = new Set([
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

export const isUnknown = (value: unknown): boolean => unknownMarkers.has(value);

/** Whether a preview does not know the value, or a part of it. */
export const hasUnknown = (value: unknown): boolean =>
    isUnknown(value) || (isObjectOrArray(value) && !isAssetOrArchive(value) && Object.values(value).some(hasUnknown));

export const isAssetOrArchive = (value: unknown): boolean =>
    pulumi.asset.Asset.isInstance(value) || pulumi.asset.Archive.isInstance(value);

/** Properties as the engine sent them: `@pulumi/policy` throws when a value is read that is still unknown. */
export const rawProperties = (props: UnknownRecord): UnknownRecord =>
    (props.__getSpecialProxyTarget ?? props) as UnknownRecord;
