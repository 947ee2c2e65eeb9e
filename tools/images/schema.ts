import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { schemaLabels, schemaVersionsOf, type SchemaVersions } from "../../contract/schema.ts";
import { migrationNoun } from "../../lib/settings/migration.ts";
import { errorMessage, ExitError } from "../frame/exit.ts";
import { readLabels, type ConfigAccess } from "./registry.ts";
import { serviceRepository } from "./service-repository.ts";
import type { StackServices } from "./stack-services.ts";

/** What the labels of an image say. */
export type ImageSchema = Partial<SchemaVersions>;

export const schemaOfLabels = (labels: Readonly<Record<string, string>>): ImageSchema => ({
    version: labels[schemaLabels.version],
    oldestServed: labels[schemaLabels.oldestServed],
});

/** The versions of the migrations in `services/migration/sql`. @throws ExitError `failed` for a file whose line on what it serves is wrong */
export function schemaOfSources(root: string): SchemaVersions {
    const folder = join(root, "services", "migration", "sql");
    const names = (existsSync(folder) ? readdirSync(folder) : []).filter((name) => name.endsWith(".sql")).sort();
    try {
        return schemaVersionsOf(names.map((name) => ({ name, sql: readFileSync(join(folder, name), "utf8") })));
    } catch (error) {
        throw new ExitError("failed", errorMessage(error));
    }
}

/** Why an image of a service cannot work on the schema that a migration's image makes; nothing where one of them does not say. */
export function schemaProblem(service: ImageSchema, migration: ImageSchema): string | undefined {
    const { version } = service;
    if (version === undefined || migration.version === undefined) {
        return undefined;
    }
    if (version > migration.version) {
        return `it was built with schema ${version}, and the migration makes ${migration.version}: record the image of its migration first`;
    }
    return migration.oldestServed !== undefined && version < migration.oldestServed
        ? `it was built with schema ${version}, and the migration to ${migration.version} takes away what services built before ${migration.oldestServed} use`
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

    /** Of an image of a service, or of the migration; empty where the repository has it no more, or it has no labels. */
    public async of(owner: string, digest = this.services.getDigest(owner)): Promise<ImageSchema> {
        if (digest === undefined) {
            return {};
        }
        try {
            return schemaOfLabels(
                await readLabels(this.registry, serviceRepository(this.root, this.stack, owner), digest),
            );
        } catch (error) {
            if (error instanceof ExitError) {
                return {};
            }
            throw error;
        }
    }

    /**
     * Why images that are about to be recorded do not go together with the recorded ones. The migration runs before the services are
     * updated, so that it must serve the recorded services, too.
     */
    public async problemsOf(images: ReadonlyMap<string, ImageSchema>): Promise<string[]> {
        const newMigration = images.get(migrationNoun);
        const migration = newMigration ?? (await this.of(migrationNoun));
        const problems: string[] = [];
        for (const owner of this.services.imageOwners().filter((each) => each !== migrationNoun)) {
            const image = images.get(owner);
            const problem = image && schemaProblem(image, migration);
            if (problem !== undefined) {
                problems.push(`${owner}: ${problem}`);
            }
            const running = newMigration && schemaProblem(await this.of(owner), newMigration);
            if (running !== undefined && problem === undefined) {
                problems.push(
                    `${owner}: its recorded image runs while the database is migrated, and ${running}. Deploy the services first`,
                );
            }
        }
        return problems;
    }
}
