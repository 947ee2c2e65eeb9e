import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { migrationFileName, schemaLabels, schemaVersionsOf, type SchemaVersions } from "../../contract/schema.ts";
import { migrationNoun } from "../../lib/settings/migration.ts";
import { errorMessage, ExitError } from "../frame/exit.ts";
import { readLabels, UnreadableConfigError, type ConfigAccess } from "./registry.ts";
import type { ImageRepository } from "./reference.ts";
import { serviceRepository } from "./service-repository.ts";
import type { StackServices } from "./stack-services.ts";

/** What the labels of an image say. */
export type ImageSchema = Partial<SchemaVersions>;

/**
 * Versions that labels say; each may be missing. Versions are compared as text, so that they must have the digits of a migration's number.
 *
 * @throws ExitError `failed` for a label that is not four digits
 */
export function schemaOfLabels(labels: Readonly<Record<string, string>>): ImageSchema {
    const problems = Object.values(schemaLabels)
        .filter((name) => !/^\d{4}$/.test(labels[name] ?? "0000"))
        .map(
            (name) =>
                `its label ${name} must be the number of a migration, four digits such as 0004, got "${labels[name]}"`,
        );
    if (problems.length > 0) {
        throw new ExitError("failed", `${problems.join("; ")}: build the image again with it (docs/images.md)`);
    }
    return { version: labels[schemaLabels.version], oldestServed: labels[schemaLabels.oldestServed] };
}

/** What an image in a repository says. @throws ExitError `failed` where ECR does not have it, or its labels are wrong */
export const readSchema = async (
    registry: ConfigAccess,
    repository: ImageRepository,
    digest: string,
): Promise<ImageSchema> => schemaOfLabels(await readLabels(registry, repository, digest));

/** The versions of the migrations in `services/migration/sql`. @throws ExitError `failed` for a file whose line on what it serves is wrong */
export function schemaOfSources(root: string): SchemaVersions {
    const folder = join(root, "services", "migration", "sql");
    const names = (existsSync(folder) ? readdirSync(folder) : []).filter((name) => migrationFileName.test(name)).sort();
    try {
        return schemaVersionsOf(names.map((name) => ({ name, sql: readFileSync(join(folder, name), "utf8") })));
    } catch (error) {
        throw new ExitError("failed", errorMessage(error));
    }
}

/** Why the schema that a migration's image makes no longer serves an image of a service; nothing where one of them does not say. */
export const servedProblem = ({ version }: ImageSchema, migration: ImageSchema): string | undefined =>
    version !== undefined && migration.oldestServed !== undefined && version < migration.oldestServed
        ? `it was built with schema ${version}, and a migration takes away what services built before ${migration.oldestServed} use`
        : undefined;

/** Why an image of a service cannot work on the schema that a migration's image makes; nothing where one of them does not say. */
export const schemaProblem = (service: ImageSchema, migration: ImageSchema): string | undefined =>
    service.version !== undefined && migration.version !== undefined && service.version > migration.version
        ? `it was built with schema ${service.version}, and the recorded migration makes ${migration.version}: record the image of its migration first`
        : servedProblem(service, migration);

/** Why an image of the migration must not take the place of the recorded one: that says what the database has. */
function migrationProblem(next: ImageSchema, recorded: ImageSchema): string | undefined {
    if (recorded.version === undefined) {
        return undefined;
    }
    if (next.version === undefined) {
        return `the image has no label ${schemaLabels.version}, and the recorded one has: build it with the label (docs/images.md)`;
    }
    return next.version < recorded.version
        ? `it makes schema ${next.version}, and the recorded one ${recorded.version}. No migration is undone: leave the recorded one, which serves older services. If it failed, see docs/migrations.md`
        : undefined;
}

/** What the recorded images of a stack say. */
export class RecordedSchemas {
    private readonly registry: ConfigAccess;
    private readonly root: string;
    private readonly stack: string;
    private readonly services: StackServices;

    constructor(
        registry: ConfigAccess,
        { root, stack, services }: { readonly root: string; readonly stack: string; readonly services: StackServices },
    ) {
        this.registry = registry;
        this.root = root;
        this.stack = stack;
        this.services = services;
    }

    /**
     * Of an image of a service, or of the migration; empty where none is recorded, or it has no labels.
     *
     * @throws ExitError `failed` where the repository has it no more
     */
    public async of(owner: string, digest = this.services.getDigest(owner)): Promise<ImageSchema> {
        return digest === undefined
            ? {}
            : readSchema(this.registry, serviceRepository(this.root, this.stack, owner), digest);
    }

    /**
     * Why images that are about to be recorded do not go together with the recorded ones. The migration runs before the services are
     * updated, so that it must serve the recorded services, too.
     */
    public async problemsOf(images: ReadonlyMap<string, ImageSchema>): Promise<string[]> {
        const recordedMigration = await this.ofStored(migrationNoun);
        const newMigration = images.get(migrationNoun);
        const problems: string[] = [];
        const change = newMigration && migrationProblem(newMigration, recordedMigration);
        if (change !== undefined) {
            problems.push(`${migrationNoun}: ${change}`);
        }
        for (const owner of this.services.imageOwners().filter((each) => each !== migrationNoun)) {
            const image = images.get(owner);
            const problem = image && schemaProblem(image, newMigration ?? recordedMigration);
            if (problem !== undefined) {
                problems.push(`${owner}: ${problem}`);
                continue;
            }
            const running = newMigration && servedProblem(await this.ofStored(owner), newMigration);
            if (running !== undefined) {
                problems.push(
                    `${owner}: its recorded image still runs when the database is migrated: ${running}. Deploy the services first`,
                );
            }
        }
        return problems;
    }

    /**
     * Empty, too, where the repository has it no more, as it cannot run, and where its labels are wrong.
     *
     * @throws ExitError `failed` where ECR has it and does not let its labels be read: recording would pass by the comparison
     */
    private async ofStored(owner: string): Promise<ImageSchema> {
        return this.of(owner).catch((error: unknown) => {
            if (error instanceof UnreadableConfigError) {
                throw new ExitError(
                    "failed",
                    `${owner}: its recorded image is not compared: ${error.message}. Run it again`,
                );
            }
            if (error instanceof ExitError) {
                return {};
            }
            throw error;
        });
    }
}
