import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";

/** The checkout. */
export const thisRelease = process.cwd();

/**
 * The release before, whose services are still to be served: its schema ends with migration 0002. Renew it when a migration says
 * that it serves later services only.
 */
const formerCommit = "6c22c57";

/** Whether the history has it; a checkout of one commit does not. */
export const hasFormerRelease = (): boolean =>
    spawnSync("git", ["cat-file", "-e", `${formerCommit}^{commit}`], { stdio: "ignore" }).status === 0;

/**
 * Writes the sources of the former release into an empty folder, to run with the packages of this one. Its services listen on
 * all addresses of the machine: that they listen on its own alone is newer.
 *
 * @returns the folder
 */
export function checkOutFormerRelease(folder: string): string {
    mkdirSync(folder, { recursive: true });
    const archive = execFileSync("git", ["archive", formerCommit], { maxBuffer: 2 ** 30 });
    execFileSync("tar", ["-x", "-C", folder], { input: archive });
    symlinkSync(resolve("node_modules"), join(folder, "node_modules"), "junction");
    return folder;
}

export const removeRelease = (folder: string): void => {
    rmSync(folder, { recursive: true, force: true });
};

/** Where the programs of a release lie that start its services. */
export const machineFolderOf = (release: string): string => join(release, "tools", "local", "machine");

export const migrationsOf = (release: string): string => join(release, "services", "migration", "sql");
