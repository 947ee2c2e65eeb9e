/**
 * Which schema of the database the images of a release need. The schema's version is the number of the newest migration, such as `0004`.
 * Images say it in labels, which are read where no connection to the database exists: before an image is recorded, and before a rollback.
 */

/** Versions that an image says in its labels. */
export interface SchemaVersions {
    /** The schema that the image was built with; the one that the migration's image makes. */
    readonly version: string;
    /** The oldest version whose services can work on the schema that the migration's image makes. */
    readonly oldestServed: string;
}

/** Names of the labels. */
export const schemaLabels: Readonly<Record<keyof SchemaVersions, string>> = {
    version: "payment-platform.schema-version",
    oldestServed: "payment-platform.oldest-served-schema-version",
};

/** Name of a file with SQL; other files beside it are no migrations. */
export const migrationFileName = /^\d{4}-[a-z0-9-]+\.sql$/;

interface MigrationFile {
    /** Begins with four digits. */
    readonly name: string;
    readonly sql: string;
}

/** The line of a migration that takes away what older services use. */
const servedLine = /^-- Serves services built with (\d{4}) or later\.$/;

/**
 * Versions of the schema that migrations make together. A file without a line on what it serves serves every version.
 *
 * @param files in the order of their numbers
 * @throws Error for a line that begins as one on what a migration serves and is none, or that names no earlier migration
 */
export function schemaVersionsOf(files: readonly MigrationFile[]): SchemaVersions {
    const numbers = files.map(({ name }) => name.slice(0, 4));
    const [first = "0000"] = numbers;
    const served = files.map((file, index) => {
        const lines = file.sql.split("\n").filter((line) => /^\s*--\s*serves\b/i.test(line));
        const [number, ...more] = lines.map((line) => servedLine.exec(line)?.[1] ?? "");
        if (number !== undefined && (more.length > 0 || !numbers.slice(0, index).includes(number))) {
            throw new Error(
                `migration ${file.name}: "${lines.join(" ")}" must be one line "-- Serves services built with NNNN or later." with the number of an earlier migration`,
            );
        }
        return number ?? first;
    });
    return { version: numbers.at(-1) ?? first, oldestServed: served.toSorted().at(-1) ?? first };
}
