import { dirname, join } from "node:path";
import { readSettingsOfStack } from "../../plan/stack-settings.ts";
import { argument, defineCommand, option, optionWithDefault } from "../frame/command.ts";
import type { CommandContext } from "../frame/context.ts";
import { errorMessage, ExitError, isCancellation } from "../frame/exit.ts";
import { stackProblem } from "../frame/stack-argument.ts";
import { withTemporaryFolder } from "../frame/temporary-folder.ts";
import { parseWholeNumber } from "../frame/values.ts";
import { addressesText } from "./addresses.ts";
import { scenarios } from "./demo/scenarios.ts";
import { lifeLines, problemsOf } from "./demo/timeline.ts";
import { readableLine } from "./log-line.ts";
import { cacheServer, noCacheServer } from "./machine/cache.ts";
import { live } from "./machine/live.ts";
import { acceptsConnections } from "./machine/ports.ts";
import { merchantAt } from "./merchant-client.ts";
import { withSession, type LocalSession } from "./machine/session.ts";
import { serviceNames } from "./machine/start.ts";
import { plannedPlatform, type PlannedPlatform } from "./platform.ts";

const spec = {
    arguments: {
        action: argument("[action]", "demo: send some payments, show the life of each, and end", {
            problem: (value) =>
                value === undefined || value === "demo" ? undefined : `no action "${value}": there is only demo`,
        }),
    },
    options: {
        stack: optionWithDefault("<stack>", "the stack whose plan says what the services find", "dev", {
            problem: stackProblem,
        }),
        port: option("<port>", "port of the address in API Gateway's place; any free one by default", {
            parse: parseWholeNumber,
        }),
    },
    helpText: "See docs/local.md.",
    exitReasons: ["done", "failed", "usage", "refused", "cancelled"] as const,
};

/** Lines of the programs that are shown where the demonstration fails. */
const shownLines = 20;

export const command = defineCommand(spec, async ({ action, stack, port = 0 }, context) => {
    const { root, interrupt, progress } = context;
    const server = cacheServer(context.env);
    if (server === undefined) {
        throw new ExitError("refused", noCacheServer);
    }
    if (port !== 0 && (await acceptsConnections(port))) {
        throw new ExitError("refused", `port ${port} is in use: choose another one with --port`);
    }
    const platform = plannedPlatform(await context.planStack(root, stack));
    const merchants = Object.keys(readSettingsOfStack(root, stack).gateway.merchants);
    throwUnlessRunnable(stack, platform, merchants);
    const lines: string[] = [];
    const width = Math.max(...["migration", ...serviceNames].map(({ length }) => length));
    const onLine = (source: string, line: string): void => {
        const text = readableLine(source, width, line, context.clock.now());
        if (text !== undefined && action === undefined) {
            context.out(text);
        } else if (text !== undefined) {
            lines.push(text);
        }
    };
    const args = {
        ...{ platform, merchants, port, onLine, cacheServer: server, signal: interrupt.signal },
        folder: join(dirname(process.argv[1] ?? ""), "local", "machine"),
        onStep: (step: string) => {
            progress.step(step);
        },
    };
    const work = action === undefined ? showUntilCancelled(context, stack) : demonstrate(context, stack);
    await interrupt.waitFor(async () => {
        try {
            await withTemporaryFolder("payment-platform-", (directory) => withSession({ ...args, directory }, work));
        } catch (error) {
            if (error instanceof ExitError || isCancellation(error)) {
                throw error;
            }
            throw new ExitError("failed", `${lines.slice(-shownLines).join("")}${errorMessage(error)}`);
        }
    }, "all its processes have ended, and their files are removed");
});

/** @throws ExitError `failed` with all that the stack lacks */
function throwUnlessRunnable(stack: string, { environments }: PlannedPlatform, merchants: readonly string[]): void {
    const missing = ["migration", ...serviceNames]
        .filter((name) => environments[name] === undefined)
        .map((name) => (name === "migration" ? "the task of the migration" : `services.${name}`));
    const problems = [...missing, ...(merchants.length === 0 ? ["a merchant in gateway.merchants"] : [])];
    if (problems.length > 0) {
        throw new ExitError("failed", `${stack} cannot run on this machine: its plan lacks ${problems.join(", ")}`);
    }
}

/** Prints the addresses; the logs follow until the operator cancels, which ends the session. */
const showUntilCancelled =
    ({ out, progress }: CommandContext, stack: string) =>
    (session: LocalSession): Promise<never> => {
        out(addressesText(stack, session));
        progress.step("waiting for requests");
        return new Promise<never>(() => undefined);
    };

/** Shows the life of one payment after the other. @throws ExitError `failed` where one was not as expected */
const demonstrate =
    ({ out, progress }: CommandContext, stack: string) =>
    async ({ address, apiKeys, running }: LocalSession): Promise<void> => {
        const { machine, passages } = running;
        const [apiKey = ""] = Object.values(apiKeys);
        out(`${stack} on this machine: ${scenarios.length} payments\n`);
        const failed: string[] = [];
        for (const scenario of scenarios) {
            progress.step(scenario.title);
            const life = await live({ merchant: merchantAt(address, apiKey), machine, passages }, scenario);
            out(`\n${lifeLines(scenario, life).join("\n")}\n`);
            failed.push(...(problemsOf(scenario, life).length === 0 ? [] : [scenario.title]));
        }
        if (failed.length > 0) {
            throw new ExitError("failed", `not as expected: ${failed.join("; ")}`);
        }
        out("\nevery payment as expected\n");
    };
