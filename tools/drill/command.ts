import type { Command } from "commander";
import { requireItem } from "../../lib/list.ts";
import { isInPciScope } from "../../lib/settings/compliance.ts";
import type { PlatformSettings } from "../../lib/settings.ts";
import { createCommand, requireStackFile, runForExitCode, type OutputStreams } from "../plan/command-line.ts";
import { readSettingsOfStack } from "../../plan/stack-settings.ts";
import { requireAccount } from "./account.ts";
import type { ClientConfig, DrillClients } from "./clients.ts";
import { runRestoreDrill } from "./restore.ts";
import type { Clock } from "../clock.ts";
import { isSkipped, errorMessage } from "./context.ts";

export interface DrillCommandContext extends OutputStreams {
    /** Folder of the project. */
    root: string;
    /** Reads an answer from the terminal; undefined without a terminal. */
    ask?: (question: string) => Promise<string>;
    createClients: (config: ClientConfig) => Promise<DrillClients>;
    clock: Clock;
    /** Ctrl-C: the drill ends, and its copies are deleted. */
    signal: AbortSignal;
}

interface Options {
    yes: boolean;
    confirm?: string;
}

/**
 * Runs the command and returns its exit code: 0, 1 for a drill that failed, 2 for invalid arguments or a drill that was not
 * confirmed.
 */
export async function run(argv: string[], context: DrillCommandContext): Promise<number> {
    const { out, err, root, clock, signal } = context;
    const command = defineCommand(context);
    return runForExitCode(
        async () => {
            command.parse(argv, { from: "user" });
            const stack = requireItem(command.args, 0);
            requireStackFile(command, root, stack);
            const settings = readSettingsOfStack(root, stack);
            const say = (line: string): void => {
                err(`${line}\n`);
            };
            say(announcementText(settings));
            await confirm(command, stack, settings, context);
            const clients = await context.createClients({ region: settings.region });
            const drillContext = { clients, suffix: settings.environmentSuffix, clock, say, signal };
            await requireAccount(drillContext, settings.accountId);
            const { database, transactions } = await runRestoreDrill(drillContext, settings.recovery.drillEveryDays);
            const lines = Object.entries({ database, transactions }).map(([store, result]) =>
                isSkipped(result)
                    ? `${store}: skipped, ${result.skipped}`
                    : `${store}: restored in ${result.seconds} s; ${result.lostSeconds} s would have been lost`,
            );
            out(`${lines.join("\n")}\n`);
            return 0;
            // AWS's own message, such as that of an expired session, is the clearest.
        },
        context,
        errorMessage,
    );
}

const defineCommand = (streams: DrillCommandContext): Command =>
    createCommand("drill", streams)
        .description("Restores a stack's database and transaction log into copies, and deletes the copies.")
        .argument("<stack>", "name of the stack, as in Pulumi.<stack>.yaml")
        .option("--yes", "do not ask", false)
        .option("--confirm <stack>", "as --yes, with compliance PCI-DSS: the stack's name once more")
        .addHelpText("after", "\nSee docs/drills.md.");

const announcementText = ({ environmentSuffix: suffix, region }: PlatformSettings): string =>
    [
        `This restores payment-database-${suffix} and payment-transactions-${suffix} in ${region} into copies named payment-drill-...`,
        "and deletes them. Of what is there it changes one row of the transaction log, which it writes and deletes.",
        "It takes about an hour and costs about $1, and more with the size of the stores (docs/drills.md).",
    ].join("\n");

/** A copy contains the same data: with compliance PCI-DSS, that may be card data, so the stack's name must be typed. */
async function confirm(
    command: Command,
    stack: string,
    settings: PlatformSettings,
    { ask }: DrillCommandContext,
): Promise<void> {
    const { yes, confirm: name } = command.opts<Options>();
    const isInScope = isInPciScope(settings);
    const given = yes && !isInScope ? stack : name;
    if (given === stack) {
        return;
    }
    if (given !== undefined) {
        command.error(`error: --confirm ${given} is not ${stack}; nothing was changed`);
    }
    const wanted = isInScope ? stack : "yes";
    if (ask === undefined) {
        const option = isInScope ? `--confirm ${stack}` : "--yes";
        command.error(`error: a drill needs a confirmation, and there is no terminal: pass ${option}`);
    } else if ((await ask(`Type ${wanted}: `)) !== wanted) {
        command.error("error: not confirmed; nothing was changed");
    }
}
