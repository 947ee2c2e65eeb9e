import { isInPciScope } from "../../lib/settings/compliance.ts";
import { databaseClusterName } from "../../lib/settings/database-generations.ts";
import type { PlatformSettings } from "../../lib/settings.ts";
import { readSettingsOfStack } from "../../plan/stack-settings.ts";
import { requireCaller } from "../frame/account.ts";
import { defineCommand, flag, option } from "../frame/command.ts";
import type { CommandContext } from "../frame/context.ts";
import { ExitError } from "../frame/exit.ts";
import { stackArgument } from "../frame/stack-argument.ts";
import { isSkipped, type DrillContext } from "./context.ts";
import { runRestoreDrill } from "./restore.ts";

const spec = {
    arguments: { stack: stackArgument },
    options: {
        yes: flag("do not ask"),
        confirm: option("<stack>", "as --yes, with compliance PCI-DSS: the stack's name once more"),
    },
    helpText: "See docs/drills.md.",
    exitReasons: ["done", "failed", "usage", "unconfirmed", "cancelled"] as const,
};

export const command = defineCommand(spec, async ({ stack, yes, confirm }, context) => {
    const { root, out, say, clock, interrupt } = context;
    const settings = readSettingsOfStack(root, stack);
    say(announcementText(settings));
    await confirmDrill(stack, settings, yes === true && !isInPciScope(settings) ? stack : confirm, context);
    const clients = await context.createClients(settings.region);
    await requireCaller(clients, settings.accountId);
    const { signal } = interrupt;
    signal.addEventListener("abort", () => {
        say("interrupted: the copies are deleted, wait for it");
    });
    const drillContext = {
        clients,
        suffix: settings.environmentSuffix,
        databaseCluster: clusterInUse(settings),
        clock,
        say,
        signal,
    };
    out(
        await interrupt.waitFor(
            () => drillReport(drillContext, settings),
            "every change is undone, unless it is named below",
        ),
    );
});

async function drillReport(drillContext: DrillContext, { recovery }: PlatformSettings): Promise<string> {
    const { database, transactions } = await runRestoreDrill(drillContext, recovery.drillEveryDays);
    return Object.entries({ database, transactions })
        .map(([store, result]) =>
            isSkipped(result)
                ? `${store}: skipped, ${result.skipped}\n`
                : `${store}: restored in ${result.seconds} s; ${result.lostSeconds} s would have been lost\n`,
        )
        .join("");
}

const clusterInUse = ({ database, environmentSuffix: suffix }: PlatformSettings): string =>
    databaseClusterName({ suffix }, database.generation);

const announcementText = (settings: PlatformSettings): string =>
    [
        `This restores ${clusterInUse(settings)} and payment-transactions-${settings.environmentSuffix} in ${settings.region} into copies named payment-drill-...`,
        "and deletes them. Of what is there it changes one row of the transaction log, which it writes and deletes.",
        "It takes about an hour and costs about $1, and more with the size of the stores (docs/drills.md).",
    ].join("\n");

/**
 * A copy holds the same data: with compliance PCI-DSS, that may be card data, so the stack's name must be typed.
 *
 * @param given the name that the options confirm
 * @throws ExitError `unconfirmed`
 */
async function confirmDrill(
    stack: string,
    settings: PlatformSettings,
    given: string | undefined,
    { terminal }: CommandContext,
): Promise<void> {
    if (given === stack) {
        return;
    }
    const isInScope = isInPciScope(settings);
    if (given !== undefined) {
        throw new ExitError("unconfirmed", `--confirm ${given} is not ${stack}; nothing was changed`);
    }
    if (terminal === undefined) {
        const needed = isInScope ? `--confirm ${stack}` : "--yes";
        throw new ExitError("unconfirmed", `a drill asks first, and there is no terminal: pass ${needed}`);
    }
    const wanted = isInScope ? stack : "yes";
    if ((await terminal.ask(`Type ${wanted}: `)) !== wanted) {
        throw new ExitError("unconfirmed", "not confirmed; nothing was changed");
    }
}
