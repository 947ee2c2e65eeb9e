import { z } from "zod";
import { imageDigest } from "./fields.ts";

/** Noun in the names of what migrates the database; no service may have it. */
export const migrationNoun = "migration";

export const migration = z.strictObject({
    imageDigest: imageDigest.describe(
        "Digest of the image in the repository of the migration; `npm run images` records it. `npm run deploy` runs it before each update. Until it is set nothing migrates the database. Leave it out for an update that restores the database.",
    ),
});
