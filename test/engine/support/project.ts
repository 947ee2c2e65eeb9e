import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseDocument } from "yaml";
import { readState, type State } from "../../../plan/state.ts";
import { copyProject, testStacks } from "../../project.ts";
import { missingPrerequisite } from "./environment.ts";
import { runCommand, runSuccessfully, type ProcessResult, type CommandOptions } from "./process.ts";
import { readEventLog, type EngineReport } from "./event-log.ts";

/** Operations of the CLI that report events. */
type CliOperation = "preview" | "up" | "refresh" | "destroy";

/** How an operation ended, and what the engine reported of it. */
export interface OperationResult extends ProcessResult, EngineReport {}

/**
 * A copy of the project in a folder of its own: Pulumi writes into stack files, and scenarios change them. Its
 * `node_modules` are those of the checkout.
 */
export class Project {
    readonly root: string;

    private constructor(root: string) {
        this.root = root;
    }

    /** Copies what Git tracks of the checkout, and what it would track, with the stack files of the tests. */
    static copy(): Project {
        const root = mkdtempSync(join(tmpdir(), "payment-platform-"));
        const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
            encoding: "utf8",
        });
        files
            .split("\0")
            .filter((pathOf) => pathOf !== "" && existsSync(pathOf))
            .forEach((file) => {
                cpSync(file, join(root, file));
            });
        copyProject(root, testStacks, "index.ts");
        return new Project(linkNodeModules(root));
    }

    /** The project as it was at a commit or tag, with today's packages. */
    static atCommit(ref: string): Project {
        const root = mkdtempSync(join(tmpdir(), "payment-platform-"));
        const archive = execFileSync("git", ["archive", "--format=tar", ref], { maxBuffer: 64 * 1024 * 1024 });
        execFileSync("tar", ["-x", "-C", root], { input: archive });
        return new Project(linkNodeModules(root));
    }

    /**
     * The copy of the project that all files of one run share, with the stacks that they deploy. It is in the folder of
     * the state, and is deleted with it.
     */
    static shared(): Project {
        if (missingPrerequisite(process.env) !== undefined) {
            // Nothing runs then.
            return new Project(process.cwd());
        }
        const root = join(fileURLToPath(process.env.PULUMI_BACKEND_URL ?? ""), "..", "project");
        if (!existsSync(root)) {
            const { root: copy } = Project.copy();
            cpSync(copy, root, { recursive: true, verbatimSymlinks: true });
            rmSync(copy, { recursive: true });
        }
        return new Project(root);
    }

    file(name: string): string {
        return join(this.root, name);
    }

    read(name: string): string {
        return readFileSync(this.file(name), "utf8");
    }

    /** Changes a file, which must change. */
    edit(name: string, change: (text: string) => string): void {
        const before = existsSync(this.file(name)) ? this.read(name) : "";
        const after = change(before);
        if (after === before) {
            throw new Error(`${name}: the edit changes nothing`);
        }
        mkdirSync(dirname(this.file(name)), { recursive: true });
        writeFileSync(this.file(name), after);
    }

    /**
     * Sets a setting of a stack, or removes it where the value is `undefined`.
     *
     * @param path such as `["waf", "requestsPer5Minutes"]`
     */
    setSetting(stack: string, path: readonly string[], value: unknown): void {
        const [key = "", ...inside] = path;
        this.edit(`Pulumi.${stack}.yaml`, (text) => {
            const document = parseDocument(text);
            const full = ["config", `payment-platform:${key}`, ...inside];
            if (value === undefined) {
                document.deleteIn(full);
            } else {
                document.setIn(full, value);
            }
            return document.toString({ lineWidth: 0 });
        });
    }

    /** Does something with a stack file changed, and puts the settings back in the end, whatever happens. */
    async withChangedSettings<T>(
        stack: string,
        changes: readonly StackFileChange[],
        act: () => Promise<T>,
    ): Promise<T> {
        const name = `Pulumi.${stack}.yaml`;
        const before = this.read(name);
        try {
            changes.forEach(({ path, value }) => {
                this.setSetting(stack, path, value);
            });
            return await act();
        } finally {
            writeFileSync(this.file(name), before);
        }
    }

    /** Runs the CLI, whatever its exit code. */
    pulumi(args: readonly string[], options: Partial<CommandOptions> = {}): Promise<ProcessResult> {
        return runCommand(["pulumi", "--non-interactive", ...args], { cwd: this.root, ...options });
    }

    /** Runs an operation of the CLI without questions, whatever its exit code, and reads the events of the engine. */
    async runOperation(
        operation: CliOperation,
        stack: string,
        args: readonly string[] = [],
        options: Partial<CommandOptions> = {},
    ): Promise<OperationResult> {
        const log = join(mkdtempSync(join(tmpdir(), "events-")), "events.json");
        const confirmationFlags = operation === "preview" ? [] : ["--yes", "--skip-preview"];
        const result = await this.pulumi(
            [operation, "--stack", stack, ...confirmationFlags, "--event-log", log, ...args],
            {
                ...options,
                // The flag is among those for debugging.
                env: { PULUMI_DEBUG_COMMANDS: "true", ...options.env },
            },
        );
        const report = readEventLog(existsSync(log) ? readFileSync(log, "utf8") : "");
        rmSync(dirname(log), { recursive: true });
        return { ...result, ...report };
    }

    /** As `operate`, of what must succeed. @throws Error with the errors of the engine, or the end of what the CLI wrote */
    async runOperationSuccessfully(
        operation: CliOperation,
        stack: string,
        args: readonly string[] = [],
    ): Promise<OperationResult> {
        const outcome = await this.runOperation(operation, stack, args);
        if (outcome.code !== 0) {
            const errorText = outcome.errors.length > 0 ? outcome.errors.join("\n") : outcome.stdout.slice(-6000);
            throw new Error(
                `pulumi ${operation} of ${stack} ended with ${outcome.code}:\n${errorText}${outcome.stderr}`,
            );
        }
        return outcome;
    }

    /** `npm run <script> -- <arguments>`, whatever its exit code. */
    npm(script: string, args: readonly string[], options: Partial<CommandOptions> = {}): Promise<ProcessResult> {
        return runCommand(["npm", "run", "--silent", script, "--", ...args], { cwd: this.root, ...options });
    }

    /** `npm run deploy -- <stack> <arguments>`, whatever its exit code. */
    deploy(stack: string, args: readonly string[], options: Partial<CommandOptions> = {}): Promise<ProcessResult> {
        return this.npm("deploy", [stack, ...args], options);
    }

    /** The state of a stack, secrets in the open. */
    async state(stack: string): Promise<State> {
        const { stdout } = await runSuccessfully(["pulumi", "stack", "export", "--show-secrets", "--stack", stack], {
            cwd: this.root,
        });
        return readState({
            exportStack: () => Promise.resolve(JSON.parse(stdout) as { version: number; deployment: object }),
        });
    }

    /** Names of the stacks in the backend. */
    async stacks(): Promise<string[]> {
        const { stdout } = await runSuccessfully(["pulumi", "stack", "ls", "--json"], { cwd: this.root });
        return (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name);
    }

    /**
     * Deploys a stack as the README says, unless that was done from here already.
     *
     * @returns whether it was deployed just now, so that no scenario has changed it
     */
    async ensureDeployed(stack: string): Promise<boolean> {
        const isThere =
            existsSync(this.file(`outputs/${stack}.json`)) &&
            (await this.stacks()).includes(stack) &&
            (await this.state(stack)).resources.some(({ custom }) => custom);
        if (!isThere) {
            await runSuccessfully(["npm", "run", "--silent", "deploy", "--", stack, "up", "--yes"], { cwd: this.root });
        }
        return !isThere;
    }

    remove(): void {
        rmSync(this.root, { recursive: true, force: true });
    }
}

/** A setting to change: removed where the value is `undefined`. */
export interface StackFileChange {
    readonly path: readonly string[];
    readonly value: unknown;
}

function linkNodeModules(root: string): string {
    symlinkSync(join(process.cwd(), "node_modules"), join(root, "node_modules"));
    return root;
}
