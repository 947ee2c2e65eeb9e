import { createRequire } from "node:module";
import { join } from "node:path";

/** A module of Pulumi's SDK whose members may be replaced: the one that the SDK itself uses, not a copy of its exports. */
export const sdkModule = (path: string): unknown =>
    createRequire(join(process.cwd(), "package.json"))(`@pulumi/pulumi/${path}`);
