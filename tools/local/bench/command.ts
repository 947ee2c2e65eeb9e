import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { readSettingsOfStack } from "../../../plan/stack-settings.ts";
import { defineCommand, flag, optionWithDefault } from "../../frame/command.ts";
import { ExitError } from "../../frame/exit.ts";
import { withTemporaryFolder } from "../../frame/temporary-folder.ts";
import { dayOf, parseCount } from "../../frame/values.ts";
import { programLines, withLastLines } from "../lines.ts";
import { requireCacheServer } from "../machine/cache.ts";
import { withSession } from "../machine/session.ts";
import { plannedPlatform } from "../platform.ts";
import { machineFolder } from "../run-session.ts";
import { markdownTable, replaceBetween } from "../../schema/markdown.ts";
import { brokenPromises, figureRows, formatFigures } from "./figures.ts";
import { measureServices } from "./measure.ts";

/** The page with the figures. */
const loadPage = "docs/load.md";

const stack = "dev";

const spec = {
    arguments: {},
    options: {
        requests: optionWithDefault("<n>", "status checks that are sent without a pause", 720_000, {
            parse: parseCount,
        }),
        payments: optionWithDefault("<n>", "payments that are sent without a pause", 2000, { parse: parseCount }),
        seconds: optionWithDefault(
            "<n>",
            "seconds for which status checks are sent at the promised rate, and for which nothing is sent",
            60,
            { parse: parseCount },
        ),
        check: flag("end with 1 where a promise is broken"),
        write: flag(`write the figures into ${loadPage}`),
    },
    helpText: "It needs Redis or Valkey on the path. See docs/load.md.",
    exitReasons: ["done", "failed", "usage", "refused", "cancelled"] as const,
};

export const command = defineCommand(spec, async ({ check, write, ...amounts }, context) => {
    const { root, out, env, clock, interrupt, progress, planStack } = context;
    const server = requireCacheServer(env);
    const step = (text: string): void => {
        progress.step(text);
    };
    const { services, gateway } = readSettingsOfStack(root, stack);
    const lines = programLines(undefined, () => clock.now());
    const args = {
        platform: plannedPlatform(await planStack(root, stack)),
        merchants: Object.keys(gateway.merchants),
        folder: machineFolder(),
        cacheServer: server,
        mayCacheEnd: true,
        countsStatements: true,
        port: 0,
        signal: interrupt.signal,
        onStep: step,
        // Of the metrics, a line for each request, nothing is shown; this process has the load to send.
        onLine: (source: string, line: string) => {
            if (!line.includes('"_aws"')) {
                lines.onLine(source, line);
            }
        },
    };
    const measured = () =>
        withTemporaryFolder("payment-platform-", (directory) =>
            withSession({ ...args, directory }, (session) =>
                measureServices(session, amounts, services.api?.memoryMib ?? 0, step),
            ),
        );
    const figures = await interrupt.waitFor(() => withLastLines(measured, lines), "all its processes have ended");
    out(formatFigures(figures));
    if (write) {
        const file = join(root, loadPage);
        const date = dayOf(clock.now());
        const [cpu] = cpus();
        const text = [
            `Measured on ${date} with Node.js ${process.version}, ${cpus().length} processors (${cpu?.model ?? "unknown"}), all of it on this machine:`,
            markdownTable(["What", "Figure"], figureRows(figures)),
        ].join("\n\n");
        writeFileSync(file, replaceBetween(readFileSync(file, "utf8"), "load", `\n${text}\n`));
    }
    const broken = brokenPromises(figures);
    if (check && broken.length > 0) {
        throw new ExitError("failed", broken.join("\n"));
    }
});
