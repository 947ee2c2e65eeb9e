import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { sendRequest } from "../client.ts";
import type { Machine } from "../../../../tools/local/machine/machine.ts";
import { freePort } from "../../../../tools/local/machine/ports.ts";
import type { AcquirerFaults, ServerFile } from "./faults.ts";
import type { Change, Entry, LedgerReport } from "./ledger.ts";

export interface AcquirerReport extends LedgerReport {
    readonly failed: number;
    readonly silent: number;
    /** Calls that were answered with 409, as the first one with their key was under way. */
    readonly underWay: number;
    readonly refused: number;
}

/** The acquirer's process and its control. It ends when its stdin is closed, also by the end of this process. */
export class AcquirerProcess {
    public readonly url: string;
    private readonly file: string;
    private readonly port: number;
    private child: ChildProcess | undefined;

    private constructor(port: number, file: string) {
        this.port = port;
        this.file = file;
        this.url = `https://localhost:${port}/v1`;
    }

    public static async start(machine: Machine): Promise<AcquirerProcess> {
        const port = await freePort();
        const file = join(machine.directory, `acquirer-${port}.json`);
        const content: ServerFile = {
            port,
            keyFile: machine.keyFile,
            certificateFile: machine.authorityFile,
            secretsFile: machine.secretsFile,
            secretArn: machine.acquirerSecretArn,
            ledgerFile: join(machine.directory, `acquirer-${port}.ledger`),
        };
        writeFileSync(file, JSON.stringify(content));
        const acquirer = new AcquirerProcess(port, file);
        await acquirer.run();
        return acquirer;
    }

    /** Starts it, after `stop` with the ledger of before. */
    public async run(): Promise<void> {
        this.child = spawn(
            process.execPath,
            [join(process.cwd(), "test/services/support/acquirer/server.ts"), this.file],
            {
                stdio: ["pipe", "pipe", "inherit"],
            },
        );
        await Promise.race([
            once(this.child.stdout ?? this.child, "data"),
            once(this.child, "exit").then(() => Promise.reject(new Error("the acquirer ended"))),
        ]);
    }

    /** Kills it, in the middle of its calls. */
    public async stop(): Promise<void> {
        const { child } = this;
        if (child?.exitCode === null && child.signalCode === null) {
            child.kill("SIGKILL");
            await once(child, "exit");
        }
    }

    public async setFaults(faults: Partial<AcquirerFaults>): Promise<void> {
        await this.control("PUT", "/control/faults", faults);
    }

    public async isHolding(): Promise<boolean> {
        return ((await this.control("GET", "/control/holding")) as { isHolding: boolean }).isHolding;
    }

    public async report(): Promise<AcquirerReport> {
        return (await this.control("GET", "/control/ledger")) as AcquirerReport;
    }

    /** Puts entries into the ledger, in place of those with their keys. */
    public async put(...entries: readonly Entry[]): Promise<void> {
        await this.change(entries.map((put) => ({ put })));
    }

    /** Takes the entry of a key away. */
    public async drop(idempotencyKey: string): Promise<void> {
        await this.change([{ dropped: idempotencyKey }]);
    }

    private async change(changes: readonly Change[]): Promise<void> {
        await this.control("POST", "/control/ledger", changes);
    }

    private async control(method: string, path: string, body?: unknown): Promise<unknown> {
        const { status, text } = await sendRequest(this.port, { method, path, body });
        if (status !== 200) {
            throw new Error(`the acquirer's control answered ${status} ${text}`);
        }
        return JSON.parse(text) as unknown;
    }
}
